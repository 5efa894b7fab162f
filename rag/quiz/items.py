"""The items of quizzes and exams: one schema for every type, published as JSON Schema.

Every item carries what a strict editor asks for: its key, a reason for the key and for every wrong option, and the
quotes in the texts that both rest on. An id is the hash of what is asked, so that the same item has the same id
wherever and whenever it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from rag.types import Citation, content_id


class ItemType(StrEnum):
    """What kinds of items there are."""

    MULTIPLE_CHOICE = "multiple_choice"
    MULTIPLE_RESPONSE = "multiple_response"
    TRUE_FALSE = "true_false"
    ORDERING = "ordering"
    MATCHING = "matching"
    CASE_STUDY = "case_study"
    SHORT_ANSWER = "short_answer"
    CLOZE = "cloze"
    FLASHCARD = "flashcard"


class Difficulty(StrEnum):
    """How hard an item is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Bloom(StrEnum):
    """What an item asks of the mind (Anderson and Krathwohl 2001, the revised taxonomy of Bloom)."""

    REMEMBER = "remember"
    UNDERSTAND = "understand"
    APPLY = "apply"
    ANALYSE = "analyse"
    EVALUATE = "evaluate"
    CREATE = "create"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Placement(_Frozen):
    """Where an item belongs: a domain and objective of a blueprint, or else of the texts themselves."""

    blueprint: str = Field(default="", description='Id of the blueprint; "" where the texts give the domain.')
    domain: str = ""
    objective: str = ""


class Option(_Frozen):
    """Something to choose.

    The rationale of a wrong option says what is true of it instead; its citation shows where that stands.
    """

    text: str = Field(min_length=1)
    right: bool
    rationale: str = ""
    citation: Citation | None = None


class Pair(_Frozen):
    """A prompt and what belongs to it."""

    prompt: str = Field(min_length=1)
    match: str = Field(min_length=1)
    rationale: str = ""
    citation: Citation | None = None


class ItemBase(_Frozen):
    """What all items carry.

    Attributes:
        citations: quotes that hold the key, verified in the stored text when the item was made.
        facts: what is asked for, as ids; two items with one of them in common ask the same.
    """

    schema_version: Literal[1] = 1
    id: str = Field(default="", description="Hash of what is asked; filled in.")
    stem: str = Field(min_length=1)
    rationale: str = Field(min_length=1, description="Why the key is the key, in the words of the texts.")
    citations: tuple[Citation, ...] = Field(min_length=1)
    facts: tuple[str, ...] = Field(min_length=1)
    placement: Placement = Placement()
    difficulty: Difficulty = Difficulty.MEDIUM
    bloom: Bloom = Bloom.REMEMBER
    generator: str = Field(min_length=1)
    model: str = Field(default="", description='Language model that wrote it; "" for none.')

    @property
    def asked(self) -> tuple[str, ...]:
        """What makes the item the one it is, beside type, stem and documents."""
        return ()

    @model_validator(mode="after")
    def _identify(self) -> ItemBase:
        documents = sorted({one.document_id for one in self.citations})
        made = content_id(str(getattr(self, "type", "")), self.stem, *self.asked, *documents)
        if self.id and self.id != made:
            raise ValueError("the id is not the hash of what is asked: the item was changed")
        object.__setattr__(self, "id", made)
        return self


class _WithOptions(ItemBase):
    options: tuple[Option, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(sorted(f"{one.right:d} {one.text}" for one in self.options))

    @property
    def key(self) -> tuple[int, ...]:
        """Indices of the options that are right."""
        return tuple(at for at, one in enumerate(self.options) if one.right)


class MultipleChoice(_WithOptions):
    """One of four is right."""

    type: Literal[ItemType.MULTIPLE_CHOICE] = ItemType.MULTIPLE_CHOICE
    SIZE: ClassVar[int] = 4


class MultipleResponse(_WithOptions):
    """Two or more of five or more are right; the stem says how many."""

    type: Literal[ItemType.MULTIPLE_RESPONSE] = ItemType.MULTIPLE_RESPONSE
    NUMBERS: ClassVar[tuple[str, ...]] = ("", "", "TWO", "THREE", "FOUR", "FIVE")


class TrueFalse(ItemBase):
    """A statement that is true or false; the rationale says what is true."""

    type: Literal[ItemType.TRUE_FALSE] = ItemType.TRUE_FALSE
    answer: bool

    @property
    def asked(self) -> tuple[str, ...]:
        """The answer."""
        return (str(self.answer),)


class Ordering(ItemBase):
    """Three to five steps, held here in their order and shown in another."""

    type: Literal[ItemType.ORDERING] = ItemType.ORDERING
    steps: tuple[str, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """The steps in order."""
        return self.steps


class Matching(ItemBase):
    """Three to seven prompts, each with the one that belongs to it, and perhaps some that belong to none."""

    type: Literal[ItemType.MATCHING] = ItemType.MATCHING
    pairs: tuple[Pair, ...]
    decoys: tuple[str, ...] = ()

    @property
    def matches(self) -> tuple[str, ...]:
        """All that can be matched: to each prompt its own, then what belongs to none."""
        return (*(one.match for one in self.pairs), *self.decoys)

    @property
    def asked(self) -> tuple[str, ...]:
        """The pairs in any order."""
        return (*sorted(f"{one.prompt}\n{one.match}" for one in self.pairs), *sorted(self.decoys))


class ShortAnswer(ItemBase):
    """To be answered in a few words: each key fact must be said, in one of its ways."""

    type: Literal[ItemType.SHORT_ANSWER] = ItemType.SHORT_ANSWER
    answer: str = Field(min_length=1, description="A full answer.")
    key_facts: tuple[tuple[str, ...], ...] = Field(
        min_length=1, description="What must be said; each fact with the ways to say it, the plainest first."
    )

    @property
    def asked(self) -> tuple[str, ...]:
        """The answer."""
        return (self.answer,)


class Cloze(ItemBase):
    """A sentence of the texts with a gap, written as BLANK in the stem."""

    type: Literal[ItemType.CLOZE] = ItemType.CLOZE
    answers: tuple[str, ...] = Field(min_length=1, description="What fills the gap; the text's own word first.")
    BLANK: ClassVar[str] = "_____"

    @property
    def asked(self) -> tuple[str, ...]:
        """The text's own word."""
        return self.answers[:1]


class Flashcard(ItemBase):
    """A front (the stem) and a back, graded by the learner."""

    type: Literal[ItemType.FLASHCARD] = ItemType.FLASHCARD
    back: str = Field(min_length=1)

    @property
    def asked(self) -> tuple[str, ...]:
        """The back."""
        return (self.back,)


class CaseStudy(ItemBase):
    """One scenario (the stem) with two or more questions, each graded by itself."""

    type: Literal[ItemType.CASE_STUDY] = ItemType.CASE_STUDY
    items: tuple[MultipleChoice | MultipleResponse, ...] = Field(min_length=2)

    @property
    def asked(self) -> tuple[str, ...]:
        """The ids of its questions."""
        return tuple(one.id for one in self.items)


Item: TypeAlias = Annotated[
    MultipleChoice
    | MultipleResponse
    | TrueFalse
    | Ordering
    | Matching
    | ShortAnswer
    | Cloze
    | Flashcard
    | CaseStudy,
    Field(discriminator="type"),
]  # fmt: skip
ITEM: TypeAdapter[Item] = TypeAdapter(Item)
ITEMS: TypeAdapter[tuple[Item, ...]] = TypeAdapter(tuple[Item, ...])


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an item, as `openbook quiz --schema` prints it."""
    return ITEM.json_schema()


def fact_id(document_id: str, *parts: str) -> str:
    """Return the id of a fact of a document: what is said of what, in plain words; case and spaces do not matter."""
    return content_id(document_id, *(" ".join(part.casefold().split()) for part in parts))


def options_of(item: Item) -> Sequence[Option]:
    """Return the options of an item that has some."""
    return item.options if isinstance(item, MultipleChoice | MultipleResponse) else ()


def questions_of(item: Item) -> Sequence[Item]:
    """Return what is asked one by one: the questions of a case study, else the item itself."""
    return item.items if isinstance(item, CaseStudy) else (item,)


def answers_of(item: Item) -> Sequence[str]:
    """Return the answers that an item holds as texts: of a gap all that fill it, of a key fact its plainest way."""
    match item:
        case MultipleChoice() | MultipleResponse():
            return [one.text for one in item.options if one.right]
        case Matching():
            return [one.match for one in item.pairs]
        case Ordering():
            return item.steps
        case Cloze():
            return item.answers
        case ShortAnswer():
            return [ways[0] for ways in item.key_facts]
        case Flashcard():
            return (item.back,)
        case _:
            return ()


def cited(item: Item) -> Iterator[Citation]:
    """Yield all citations of an item: its own, and those of its options, pairs and questions."""
    yield from item.citations
    parts: Sequence[Option | Pair] = item.pairs if isinstance(item, Matching) else options_of(item)
    yield from (one.citation for one in parts if one.citation)
    if isinstance(item, CaseStudy):
        for question in item.items:
            yield from cited(question)


def cited_documents(item: Item) -> frozenset[str]:
    """Return the ids of the documents that an item rests on; without one of them it is not asked."""
    return frozenset(one.document_id for one in cited(item))
