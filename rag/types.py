"""The values that flow from a course text to a cited answer.

Pages and slides are 1-based; character spans are half-open offsets into the stored text of a
document; a higher score is better everywhere; ids are content hashes in hexadecimal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.layout import Layout

HEADING_SEPARATOR = " > "
LOCAL = "local"  # the learner where there is only one
_REFERENCE_ID = 12  # characters of a document's id


def content_id(*parts: str) -> str:
    """Return a 128-bit hexadecimal id of `parts`, each delimited by its length."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page or slide begins in a document's text.

    Attributes:
        number: 1-based, as viewers count.
        label: what is printed on it, where that differs ("iv", "A-3"); else empty.
    """

    offset: int
    number: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A course text as it is stored: readable Markdown-like text and where its pages begin.

    Attributes:
        id: hash of the bytes of the file; the same bytes under two names are one document.
        text: the stored text; every span in Openbook is an offset into it.
        pages: page or slide starts in ascending offset order; empty when the file has none.
        page_unit: what `pages` counts: "page", "slide" or "" when there are none.
        lines: for each line of `text`, the 1-based line of the source file it came from; 0 where the file has none,
            as a PDF.
        layout: where the words stand on the pages; empty unless the file can be shown page by page.
    """

    id: str
    title: str
    media_type: str
    text: str
    pages: tuple[PageStart, ...] = ()
    page_unit: str = ""
    lines: tuple[int, ...] = ()
    layout: Layout = field(default_factory=Layout, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A name under which a document was added: a file of a course.

    Attributes:
        version: what tells, without reading it, that the file is as it was (the ETag of an object in S3); "" for none.
    """

    course: str
    uri: str
    name: str
    tags: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document that is embedded and retrieved as one.

    `text` equals `document.text[start:end]`. `line` is the line of the source file on which the chunk
    begins, 0 where the file has no lines.
    """

    document_id: str
    position: int
    text: str
    heading_path: tuple[str, ...]
    start: int
    end: int
    line: int
    page_start: int | None = None
    page_end: int | None = None

    @property
    def id(self) -> str:
        """Hash of document, position and text."""
        return content_id(self.document_id, str(self.position), self.text)

    @property
    def embed_text(self) -> str:
        """What the embedder reads: the heading path, which gives the text its subject, and the text."""
        return "\n".join(filter(None, (HEADING_SEPARATOR.join(self.heading_path), self.text)))

    def place(self, page_unit: str, headings: tuple[str, ...] | None = None) -> str:
        """Where it stands in its document, for a person to read: headings (all, unless some are given), page, line."""
        shown = HEADING_SEPARATOR.join(self.heading_path if headings is None else headings)
        page = f"{page_unit} {self.page_start}" if self.page_start is not None else ""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(filter(None, (shown, page, line)))


@dataclass(frozen=True, slots=True)
class EmbedderFingerprint:
    """What must agree for two vectors to be comparable."""

    name: str
    revision: str
    dimension: int
    normalised: bool

    def __str__(self) -> str:
        return f"{self.name}@{self.revision[:12]} ({self.dimension} dimensions)"


@dataclass(frozen=True, slots=True)
class LibraryStamp:
    """What a library was indexed by; another embedder or chunker needs a new index.

    Attributes:
        chunker: name and version of the chunker, with the settings that change its chunks.
    """

    embedder: EmbedderFingerprint
    chunker: str

    def __str__(self) -> str:
        return f"{self.embedder}, chunker {self.chunker}"


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A stored document without its text."""

    id: str
    title: str
    media_type: str
    page_unit: str
    characters: int
    chunks: int
    added_at: str
    sources: tuple[Source, ...]

    @property
    def name(self) -> str:
        """The first name under which the document was added."""
        return self.sources[0].name if self.sources else self.title


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents a question may be answered from; empty means all."""

    course: str = ""
    document_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation with the text of its answer."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of one ranking: `key` names a chunk within the library that returned it."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk retrieved for a question, with why it was retrieved.

    Ranks are 1-based and None where that ranking did not return the chunk. `also` holds passages
    that say nearly the same elsewhere. `relevance` is what a reranker or a retriever elsewhere made of
    it, on a scale of its own; `score` then follows from the order (`rag.retrieve.scored_by_rank`).
    """

    chunk: Chunk
    document: DocumentInfo
    score: float
    dense_rank: int | None = None
    dense_score: float | None = None
    lexical_rank: int | None = None
    lexical_score: float | None = None
    also: tuple[Passage, ...] = ()
    relevance: float | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement is to be found: the quote stands at `start:end` of the stored text.

    Attributes:
        line: of the file, 1-based; 0 where the file has no lines.
        page_label: what is printed on the page, or on the first and the last, where that differs from the number.
    """

    number: int
    document_id: str
    document: str
    title: str
    heading_path: tuple[str, ...]
    quote: str
    start: int
    end: int
    line: int
    page_unit: str = ""
    page_start: int | None = None
    page_end: int | None = None
    page_label: str = ""

    @property
    def reference(self) -> str:
        """What `openbook show` finds the quote again by: the beginning of the document's id, and the span."""
        return f"{self.document_id[:_REFERENCE_ID]}:{self.start}-{self.end}"

    @property
    def place(self) -> str:
        """The place for a person to read: document, headings, page or slide with what is printed on it, line."""
        parts = [self.document]
        if self.heading_path:
            parts.append(HEADING_SEPARATOR.join(self.heading_path))
        if self.page_start is not None:
            last = self.page_end or self.page_start
            pages = str(self.page_start) if last == self.page_start else f"{self.page_start}-{last}"
            printed = f" (printed {self.page_label})" if self.page_label else ""
            parts.append(f"{self.page_unit} {pages}{printed}")
        if self.line:
            parts.append(f"line {self.line}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Grounding:
    """How far sources support a claim: `score` 0 to 1, whether that is enough, and what was not found in them."""

    score: float
    supported: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnswerStatement:
    """One thing the answer says: `lead` is the heading or parent that gives `text` its meaning."""

    text: str
    citations: tuple[int, ...]
    lead: str = ""
    is_item: bool = False
    score: float = 0.0

    def __str__(self) -> str:
        marks = "".join(f"[{number}]" for number in self.citations)
        lead = f"{self.lead}: " if self.lead else ""
        return f"{lead}{self.text} {marks}".strip()


@dataclass(frozen=True, slots=True)
class Unverified:
    """What a model is writing at this moment, from its last whole statement on; the texts may not support it."""

    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The texts do not say: why, and what comes closest."""

    reason: str
    closest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, from what, by what and how fast.

    Attributes:
        question: as it was answered; it stands alone, a follow-up was made to.
        usage: tokens that language models read and wrote.
        cost_usd: what they cost, None where no price is set.
        notes: what a reader must know of the sources: that they disagree, that one gives orders to the assistant.
        dropped: what a language model wrote and nothing supports, each with the reason; never part of the answer.
    """

    question: str
    statements: tuple[AnswerStatement, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    answerer: str
    refusal: Refusal | None = None
    confidence: float = 0.0
    usage: Mapping[str, int] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    cost_usd: float | None = None
    dropped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The answer as plain text with [n] marks, or the reason of the refusal."""
        if self.refusal is not None:
            return self.refusal.reason
        return "\n".join(f"- {s}" if s.is_item else str(s) for s in self.statements)
