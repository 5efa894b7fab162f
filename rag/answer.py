"""Questions to answers: read, retrieve, answer; or refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from rag.asked import Asked, Retrieved
from rag.conversation.followup import Nearness, standalone
from rag.extractive.answerer import Calibration, ExtractiveAnswerer, Selection
from rag.ports import Answerer, Collection, Embedder, Library, Reader, RemoteCollection, Reranker
from rag.question import parse_question
from rag.respond import Responder, since
from rag.retrieve import Retriever, scored_by_rank
from rag.settings import Settings
from rag.spelling import respell
from rag.types import Answer, AnswerStatement, Passage, Scope, Turn, Unverified

if TYPE_CHECKING:
    from rag.chat.answerer import Chat  # imported only where there is one, since it costs half a second


@dataclass(frozen=True, slots=True)
class Parts:
    """What an assistant may have beside a library and an embedder.

    Attributes:
        calibration: None for the one that is shipped.
        reader: what reads question and statement together.
        chat: what writes the answers; None for the extractive answerer.
        reranker: what orders the passages that were found; None to leave them as they are.
        remote: what is searched, quoted and answered from instead of the library.
    """

    calibration: Calibration | None = None
    reader: Reader | None = None
    chat: Chat | None = None
    reranker: Reranker | None = None
    remote: RemoteCollection | None = None


class Assistant:
    """Answers questions from one library. Thread-safe where its library is."""

    def __init__(self, library: Library, embedder: Embedder, settings: Settings, parts: Parts = Parts()) -> None:
        self.library = library
        self.embedder, self.settings = embedder, settings
        self._parts = parts
        self.collection: Collection = parts.remote or library
        self._retriever = parts.remote or Retriever(library, embedder, settings.candidates)
        self.answerer = ExtractiveAnswerer(self.collection, embedder, parts.calibration, parts.reader)
        self._responder = Responder(self.answerer, self.collection)
        self._answerer: Answerer = parts.chat.answerer(self._responder) if parts.chat else self._responder

    def calibrated(self, calibration: Calibration) -> Assistant:
        """Return an assistant over the same library with other weights and thresholds."""
        return self._with(replace(self._parts, calibration=calibration))

    def answering_by(self, chat: Chat | None) -> Assistant:
        """Return an assistant over the same library that answers by a chat model, or without one."""
        return self._with(replace(self._parts, chat=chat))

    def _with(self, parts: Parts) -> Assistant:
        return Assistant(self.library, self.embedder, self.settings, parts)

    def ask(
        self, question: str, scope: Scope = Scope(), top_k: int | None = None, history: Sequence[Turn] = ()
    ) -> Answer:
        """Answer a question, or refuse.

        Raises:
            QuestionError: the question is empty, too long or without words.
            LibraryError: the library cannot be read.
            ModelError: a model failed.
        """
        return self.answer(self.retrieve(Asked(question, scope, top_k, tuple(history))))

    def stream(
        self, question: str, scope: Scope = Scope(), top_k: int | None = None, history: Sequence[Turn] = ()
    ) -> Iterator[AnswerStatement | Answer]:
        """Yield each statement as soon as it is known to be supported, and the whole answer last. Raises as `ask`."""
        for one in self.stream_answer(self.retrieve(Asked(question, scope, top_k, tuple(history)))):
            if not isinstance(one, Unverified):
                yield one

    def search(self, question: str, scope: Scope = Scope(), top_k: int | None = None) -> list[Passage]:
        """Return the passages that an answer would rest on, best first. Raises as `ask` does."""
        return list(self.retrieve(Asked(question, scope, top_k)).passages)

    def retrieve(self, asked: Asked) -> Retrieved:
        """Read a question and find its passages: the first step of the chain."""
        began = perf_counter()
        text, usage = self._standalone(asked)
        question = respell(parse_question(text, self.settings.max_question_characters), self.collection)
        top_k = asked.top_k or self.settings.top_k
        most = max(top_k, self._parts.reranker.reads) if self._parts.reranker else top_k
        passages = self._retriever.retrieve(question, most, asked.scope)
        timings = {"retrieve": since(began)}
        if self._parts.reranker:
            began = perf_counter()
            passages = self._parts.reranker.rerank(question.text, passages, top_k)
            timings["rerank"] = since(began)
        if self._parts.reranker or self._parts.remote:
            passages = scored_by_rank(passages)
        return Retrieved(question, asked.scope, tuple(passages), timings, usage)

    def _standalone(self, asked: Asked) -> tuple[str, Mapping[str, int]]:
        if self._parts.chat:
            return self._parts.chat.standalone(asked.text, asked.history, self._nearness(asked.scope))
        return standalone(asked.text, asked.history, self._nearness(asked.scope)), {}

    def _nearness(self, scope: Scope) -> Nearness | None:
        """Return what says how near the texts of a scope come to a question; of a remote collection, nothing does."""
        return partial(self._retriever.nearness, scope=scope) if isinstance(self._retriever, Retriever) else None

    def answer(self, retrieved: Retrieved) -> Answer:
        """Make an answer from what was retrieved, or refuse: the second step of the chain."""
        return self._answerer.answer(retrieved)

    def stream_answer(self, retrieved: Retrieved) -> Iterator[Unverified | AnswerStatement | Answer]:
        """Make an answer as `answer` does, and yield it as `stream` does, with what a model is writing between."""
        yield from self._answerer.stream(retrieved)

    def respond(self, retrieved: Retrieved, selection: Selection) -> Answer:
        """Cite what the extractive answerer selected, or refuse."""
        return self._responder.respond(retrieved, selection)
