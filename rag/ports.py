"""The ports of the core: what it needs of the outside, each with one contract test suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.asked import Retrieved
from rag.conversation.exchanges import Conversation, Exchange, Position
from rag.layout import Layout
from rag.question import Question
from rag.types import (
    Answer,
    AnswerStatement,
    Chunk,
    Document,
    DocumentInfo,
    EmbedderFingerprint,
    Grounding,
    Hit,
    Passage,
    Scope,
    Source,
    Unverified,
)

Vectors: TypeAlias = NDArray[np.float32]
Scores: TypeAlias = NDArray[np.float32]
Vectorise: TypeAlias = Callable[[Sequence[str]], Vectors]  # texts to `(n, d) float32`, rows L2-normalised


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is a similarity."""

    @property
    def fingerprint(self) -> EmbedderFingerprint:
        """What a library indexed with these vectors is stamped with."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, d) float32`, rows L2-normalised, in the order of `texts`; `(0, d)` for none.

        The vector of a text does not depend on the texts beside it.

        Raises:
            ModelError: the weights are missing, damaged or cannot be run.
        """
        ...


class Reader(Protocol):
    """Reads two texts together: does a statement answer a question, does a source support a claim?"""

    @property
    def fingerprint(self) -> str:
        """Name and checksum: what a calibration was made for."""
        ...

    def relevance(self, question: str, texts: Sequence[str]) -> Scores:
        """Return `(n,) float32`: the log-odds that each text answers the question, whatever stands beside it.

        Raises:
            ModelError: the weights are missing, damaged or cannot be run.
        """
        ...

    def support(self, claim: str, sources: Sequence[str]) -> Scores:
        """Return `(n, 3) float32`: log-odds that each source supports, contradicts or says nothing of a claim.

        Raises:
            ModelError: as `relevance`.
        """
        ...


class GroundingScorer(Protocol):
    """Says whether sources support a claim."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    def score(self, claim: str, sources: Sequence[str]) -> Grounding:
        """Return how far `sources` together support `claim`; without sources nothing is supported.

        Raises:
            ModelError: a model it rests on failed.
        """
        ...


class Answerer(Protocol):
    """Answers a question from the passages that were retrieved for it."""

    @property
    def name(self) -> str:
        """What an answer says it was made by."""
        ...

    def answer(self, retrieved: Retrieved) -> Answer:
        """Return an answer whose every statement is cited, or one that refuses.

        Raises:
            ModelError: a model failed.
        """
        ...

    def stream(self, retrieved: Retrieved) -> Iterator[Unverified | AnswerStatement | Answer]:
        """Yield each statement once it may be shown, and the whole answer last. Raises as `answer` does.

        Between them comes what is being written, which may be shown only if it is marked as unverified. An answer
        that refuses withdraws the statements before it.
        """
        ...


class Reranker(Protocol):
    """Puts passages in the order in which they answer a question."""

    @property
    def reads(self) -> int:
        """How many passages it wants to choose from."""
        ...

    def rerank(self, question: str, passages: Sequence[Passage], top_k: int) -> list[Passage]:
        """Return the `top_k` passages that answer best, best first, each with its `relevance`.

        Raises:
            ModelError: a model failed.
        """
        ...


class Texts(Protocol):
    """Stored texts that quotes are verified in."""

    def text(self, document_id: str, start: int, end: int) -> str:
        """Return `document.text[start:end]`; the empty string if the document is gone."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a stored document with its text, without its layout.

        Raises:
            LibraryError: no such document.
        """
        ...

    def has_document(self, document_id: str) -> bool:
        """Whether the document is stored."""
        ...


class Collection(Texts, Protocol):
    """Texts that questions are answered from, wherever they lie, and the words in them."""

    def frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return for each term in how many chunks it occurs, 0 where that is not known."""
        ...

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """Return the indexed words that begin with `prefix`, stemmed, each with how many chunks hold it."""
        ...

    @property
    def chunk_count(self) -> int | None:
        """How many chunks are stored, None where that is not known."""
        ...


class RemoteCollection(Collection, Protocol):
    """Texts that lie elsewhere and are searched there."""

    def retrieve(self, question: Question, limit: int, scope: Scope = Scope()) -> list[Passage]:
        """Return up to `limit` passages, best first, each with its `relevance`.

        Raises:
            QuestionError: the scope is none that can be looked in there.
            ModelError: the call failed.
        """
        ...


class Library(Collection, Protocol):
    """Documents, chunks, vectors and the lexical index, as one transactional store.

    Every writing call is one transaction: a reader sees all of it or nothing. A reader in another
    process sees the last committed state at its next call.
    """

    def put(
        self,
        document: Document,
        source: Source,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        original: bytes | None = None,
    ) -> None:
        """Store `document` under `source`; what `source` named before is removed if nothing else names it.

        `vectors` is `(len(chunks), d) float32`; `original` is the file of a document that is shown page by page. If
        the document is stored already, only the source is added (its tags and version replaced), and the others are
        not used.
        """
        ...

    def add_source(self, document_id: str, source: Source) -> None:
        """Name a stored document by `source`, as `put` does, without its chunks.

        Raises:
            LibraryError: no such document.
        """
        ...

    def source_document(self, course: str, uri: str) -> str | None:
        """Return the id of the document that a source names, or None."""
        ...

    def remove_source(self, course: str, uri: str) -> bool:
        """Forget a source, and its document if nothing else names it. Return whether it was there."""
        ...

    def remove_document(self, document_id: str) -> bool:
        """Remove a document with its sources, chunks, vectors and lexical rows. Return whether it was there."""
        ...

    def documents(self, scope: Scope = Scope()) -> list[DocumentInfo]:
        """List documents in scope by name, without their text."""
        ...

    def layout(self, document_id: str) -> Layout:
        """Return where the words of a document stand on its pages; empty where it has none, or is gone."""
        ...

    def original(self, document_id: str) -> bytes | None:
        """Return the file of a document that is shown page by page; None where none is kept."""
        ...

    def chunks(self, keys: Sequence[int]) -> dict[int, Chunk]:
        """Return the chunks of `keys`; a key that is no longer there is left out."""
        ...

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """Return a document's chunks in order of position."""
        ...

    def known_vectors(self, embed_texts: Sequence[str]) -> dict[str, Vectors]:
        """Return the stored vector `(d,)` of each text that some chunk was embedded from."""
        ...

    def dense(self, vector: Vectors, limit: int, scope: Scope = Scope()) -> list[Hit]:
        """Return the `limit` chunks of highest inner product with `vector` `(d,)`, best first."""
        ...

    def lexical(self, terms: Sequence[str], limit: int, scope: Scope = Scope()) -> list[Hit]:
        """Return the `limit` chunks of highest BM25 for any of `terms`, best first, scores positive.

        A term of several words is a phrase. Terms are stemmed by the library; stop words are the caller's.
        """
        ...

    @property
    def chunk_count(self) -> int:
        """How many chunks are stored."""
        ...

    @property
    def generation(self) -> int:
        """A number that grows with every committed change."""
        ...

    def close(self) -> None:
        """Release files; writes the vector cache if it is stale."""
        ...


class Conversations(Protocol):
    """Conversations of learners. Every call is one transaction; other processes see it when it is done.

    Another learner's are as if they were not there. Each call raises `StateError` where the store cannot be read or
    written.
    """

    def start(self, learner: str, course: str, at: datetime) -> Conversation:
        """Begin a conversation about a course, or about all with ""; its first exchange gives it its title."""
        ...

    def append(self, learner: str, conversation_id: str, exchange: Exchange) -> None:
        """Store an exchange after those before it.

        All of it is kept except the passages of the answer: what is shown of them is in its citations, and they
        are the one part that would go on holding the text of documents at length.

        Raises:
            StateError: the learner has no such conversation.
        """
        ...

    def conversations(
        self, learner: str, courses: Sequence[str] = (), limit: int | None = None, after: Position | None = None
    ) -> list[Conversation]:
        """List conversations, of some courses or all: what was added to last comes first.

        Args:
            learner: whose.
            courses: only those about one of these; "" is the course of those about all.
            limit: how many at most.
            after: the position of a conversation; those before it, and it, are left out.
        """
        ...

    def conversation(self, learner: str, conversation_id: str) -> Conversation | None:
        """Return a conversation; None if the learner has none of that id."""
        ...

    def exchanges(self, learner: str, conversation_id: str, last: int | None = None) -> list[Exchange]:
        """Return what was said, or the last of it, oldest first, as it was stored; see `as_of_now`."""
        ...

    def rename(self, learner: str, conversation_id: str, title: str) -> bool:
        """Give a conversation another title. Return whether it was there."""
        ...

    def delete(self, learner: str, conversation_id: str) -> bool:
        """Remove a conversation with all that was said. Return whether it was there."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...
