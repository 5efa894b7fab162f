"""What requests and replies hold. Rests on pydantic only, so that clients can share it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

QUESTION = "What does Glue FindMatches do?"
_ID = "0f8c2b6d9a3e4f5180c7d6e5a4b3c2d1"


def _is_text(value: str) -> str:
    """Refuse half a character: JSON can write it, UTF-8 and so every reply cannot."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half of a surrogate pair") from error
    return value


Text = Annotated[str, AfterValidator(_is_text)]
Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", examples=[_ID])]
Name = Annotated[Text, Field(max_length=200, pattern=r"^[^\x00]*$")]


class Body(BaseModel):
    """What a request holds: unknown fields are refused, so that a misspelt one is seen."""

    model_config = ConfigDict(extra="forbid")


class SearchRequest(Body):
    """A question, and where to look."""

    question: Text = Field(description="In words, as a student asks.", examples=[QUESTION])
    course: Name = Field(default="", description="Only this course; empty for all that the key may see.")
    documents: list[Identifier] = Field(default_factory=list, max_length=100, description="Only these, by id.")
    tags: list[Name] = Field(default_factory=list, max_length=100, description="Only documents with one of these tags.")
    top_k: int | None = Field(default=None, ge=1, le=100, description="Passages to read.")


class AskRequest(SearchRequest):
    """A question, where to look, and the conversation it is part of."""

    conversation: str | None = Field(
        default=None,
        pattern=r"^(new|[0-9a-f]{32})$",
        description="An id to go on with it, `new` to begin one; without it, nothing is kept.",
    )


class RenameRequest(Body):
    """Another title."""

    title: Text = Field(min_length=1, max_length=200, pattern=r"\S", examples=["Glue and Athena"])


class Citation(BaseModel):
    """Where a statement stands: the quote is the stored text from `start` to `end`."""

    number: int
    document_id: str
    document: str
    title: str
    heading_path: list[str]
    quote: str = Field(description="Word for word; empty if the document was removed since.")
    start: int
    end: int
    line: int
    page_unit: str
    page_start: int | None
    page_end: int | None
    page_label: str
    place: str = Field(description="All of this for a person to read.")
    reference: str = Field(description="What `openbook show` opens.")


class Statement(BaseModel):
    """One thing the answer says, with the numbers of its citations; supported by the texts."""

    text: str
    lead: str = Field(description="The heading or parent that gives the text its meaning.")
    is_item: bool
    citations: list[int]


class Refusal(BaseModel):
    """The texts do not say: why, and what comes closest."""

    reason: str
    closest: list[Citation]


class Source(BaseModel):
    """A name of a document in a course."""

    course: str
    name: str
    tags: list[str]


class Document(BaseModel):
    """A course text without its text."""

    id: str
    title: str
    media_type: str
    page_unit: str
    characters: int
    chunks: int
    added_at: str
    sources: list[Source]


class Passage(BaseModel):
    """What was found for a question: a span of a document."""

    document_id: str
    document: str
    heading_path: list[str]
    text: str
    start: int
    end: int
    page_start: int | None
    page_end: int | None
    place: str
    score: float
    dense_rank: int | None
    lexical_rank: int | None


class Answer(BaseModel):
    """What was answered, or why not."""

    question: str = Field(description="As it was answered: a follow-up is made to stand alone.")
    text: str = Field(description="All of it as plain text with [n] marks, or the reason of the refusal.")
    statements: list[Statement]
    citations: list[Citation]
    refusal: Refusal | None
    notes: list[str] = Field(description="What a reader must know of the sources, such as that they disagree.")
    confidence: float
    answerer: str
    usage: dict[str, int] = Field(description="Tokens that language models read and wrote.")
    cost_usd: float | None
    timings_ms: dict[str, float]


class AskReply(BaseModel):
    """An answer, and the conversation in which it is kept."""

    answer: Answer
    conversation: str | None


class SearchReply(BaseModel):
    """Passages, best first."""

    passages: list[Passage]


class Course(BaseModel):
    """A course and how many documents it has."""

    name: str
    documents: int


class CourseList(BaseModel):
    """The courses that a key may see."""

    courses: list[Course]


class DocumentPage(BaseModel):
    """Documents by id; `next` is the cursor of the following page, null on the last."""

    documents: list[Document]
    next: str | None


class Conversation(BaseModel):
    """A conversation without what was said."""

    id: str
    title: str
    course: str
    created_at: datetime
    updated_at: datetime


class ConversationPage(BaseModel):
    """Conversations, the latest first; `next` is the cursor of the following page, null on the last."""

    conversations: list[Conversation]
    next: str | None


class Exchange(BaseModel):
    """A question as it was put, and its answer as of now."""

    question: str
    asked_at: datetime
    answer: Answer


class ConversationWhole(Conversation):
    """A conversation with all that was said."""

    exchanges: list[Exchange]


class Readiness(BaseModel):
    """Whether questions can be answered."""

    ready: bool


class ProblemDocument(BaseModel):
    """What went wrong, as RFC 9457 has it, and what to do."""

    type: str = Field(examples=["urn:openbook:problem:not-found"], description="Stable; docs/api.md lists all.")
    title: str
    status: int
    detail: str
    advice: str = Field(description="What to do.")
    request_id: str
    errors: list[dict[str, Any]] = Field(default_factory=list, description="Which values are wrong, and why.")
