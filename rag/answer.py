"""Questions to answers: read, retrieve, answer; or refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from rag.asked import Asked, Retrieved
from rag.extract import Calibration, ExtractiveAnswerer, Selection
from rag.followup import standalone
from rag.ports import Answerer, Embedder, Library, Reader
from rag.question import parse_question
from rag.respond import Responder, since
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.spelling import respell
from rag.types import Answer, AnswerStatement, Passage, Scope, Turn

if TYPE_CHECKING:
    from rag.chat import Chat  # imported only where there is one, since it costs half a second


class Assistant:
    """Answers questions from one library. Thread-safe where its library is."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        settings: Settings,
        calibration: Calibration | None = None,
        reader: Reader | None = None,
        chat: Chat | None = None,
    ) -> None:
        self.library = library
        self.embedder, self.settings = embedder, settings
        self._retriever = Retriever(library, embedder, settings.candidates)
        self._calibration, self._reader, self._chat = calibration, reader, chat
        self.answerer = ExtractiveAnswerer(library, embedder, calibration, reader)
        self._responder = Responder(self.answerer, library)
        self._answerer: Answerer = chat.answerer(self._responder) if chat else self._responder

    def calibrated(self, calibration: Calibration) -> Assistant:
        """Return an assistant over the same library with other weights and thresholds."""
        return Assistant(self.library, self.embedder, self.settings, calibration, self._reader, self._chat)

    def answering_by(self, chat: Chat | None) -> Assistant:
        """Return an assistant over the same library that answers by a chat model, or without one."""
        return Assistant(self.library, self.embedder, self.settings, self._calibration, self._reader, chat)

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
        yield from self._answerer.stream(self.retrieve(Asked(question, scope, top_k, tuple(history))))

    def search(self, question: str, scope: Scope = Scope(), top_k: int | None = None) -> list[Passage]:
        """Return the passages that an answer would rest on, best first. Raises as `ask` does."""
        return list(self.retrieve(Asked(question, scope, top_k)).passages)

    def retrieve(self, asked: Asked) -> Retrieved:
        """Read a question and find its passages: the first step of the chain."""
        began = perf_counter()
        text, usage = self._standalone(asked)
        question = respell(parse_question(text, self.settings.max_question_characters), self.library)
        passages = self._retriever.retrieve(question, asked.top_k or self.settings.top_k, asked.scope)
        return Retrieved(question, asked.scope, tuple(passages), {"retrieve": since(began)}, usage)

    def _standalone(self, asked: Asked) -> tuple[str, Mapping[str, int]]:
        if self._chat:
            return self._chat.standalone(asked.text, asked.history)
        return standalone(asked.text, asked.history), {}

    def answer(self, retrieved: Retrieved) -> Answer:
        """Make an answer from what was retrieved, or refuse: the second step of the chain."""
        return self._answerer.answer(retrieved)

    def respond(self, retrieved: Retrieved, selection: Selection) -> Answer:
        """Cite what the extractive answerer selected, or refuse."""
        return self._responder.respond(retrieved, selection)
