"""Questions to answers: read, retrieve, select, cite; or refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from rag.cite import Citer
from rag.extract import Calibration, ExtractiveAnswerer, Selection
from rag.followup import standalone
from rag.ports import Embedder, Library
from rag.question import AnswerType, Question, parse_question
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.spelling import respell
from rag.types import Answer, Citation, Passage, Refusal, Scope, Turn

_CLOSEST = 3
_SHORTEST_QUOTE = 4  # words of a closest passage that are worth showing
_LACKED = {
    AnswerType.NUMBER: "number",
    AnswerType.COUNT: "count",
    AnswerType.DURATION: "length of time",
    AnswerType.SIZE: "size",
    AnswerType.PERCENT: "percentage",
    AnswerType.MONEY: "price",
    AnswerType.DATE: "date",
    AnswerType.PERSON: "name",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put: after which turns (oldest first), where to look, how many passages to read."""

    text: str
    scope: Scope = Scope()
    top_k: int | None = None
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A question that was read, and the passages found for it."""

    question: Question
    scope: Scope
    passages: tuple[Passage, ...]
    timings_ms: Mapping[str, float]


class Assistant:
    """Answers questions from one library. Thread-safe where its library is."""

    def __init__(
        self, library: Library, embedder: Embedder, settings: Settings, calibration: Calibration | None = None
    ) -> None:
        self.library = library
        self._embedder, self._settings = embedder, settings
        self._retriever = Retriever(library, embedder, settings.candidates)
        self.answerer = ExtractiveAnswerer(library, embedder, calibration)
        self._citer = Citer(library)

    def calibrated(self, calibration: Calibration) -> Assistant:
        """Return an assistant over the same library with other weights and thresholds."""
        return Assistant(self.library, self._embedder, self._settings, calibration)

    def ask(
        self, question: str, scope: Scope = Scope(), top_k: int | None = None, history: Sequence[Turn] = ()
    ) -> Answer:
        """Answer a question, or refuse.

        Raises:
            QuestionError: the question is empty, too long or without words.
            LibraryError: the library cannot be read.
            ModelError: the embedder failed.
        """
        return self.answer(self.retrieve(Asked(question, scope, top_k, tuple(history))))

    def search(self, question: str, scope: Scope = Scope(), top_k: int | None = None) -> list[Passage]:
        """Return the passages that an answer would rest on, best first. Raises as `ask` does."""
        return list(self.retrieve(Asked(question, scope, top_k)).passages)

    def retrieve(self, asked: Asked) -> Retrieved:
        """Read a question and find its passages: the first step of the chain."""
        began = perf_counter()
        text = standalone(asked.text, asked.history)
        question = respell(parse_question(text, self._settings.max_question_characters), self.library)
        passages = self._retriever.retrieve(question, asked.top_k or self._settings.top_k, asked.scope)
        return Retrieved(question, asked.scope, tuple(passages), {"retrieve": _since(began)})

    def answer(self, retrieved: Retrieved) -> Answer:
        """Select statements from passages and cite them, or refuse: the second step of the chain."""
        began = perf_counter()
        selection = self.answerer.select(retrieved.question, retrieved.passages)
        selected = perf_counter()
        answer = self.respond(retrieved, selection)
        timings = {**retrieved.timings_ms, "select": (selected - began) * 1000, "cite": _since(selected)}
        return replace(answer, timings_ms={**timings, "total": sum(timings.values())})

    def respond(self, retrieved: Retrieved, selection: Selection) -> Answer:
        """Cite what was selected, or refuse."""
        return self._cited(retrieved, selection) if selection.answers else self._refusal(retrieved, selection)

    def _cited(self, retrieved: Retrieved, selection: Selection) -> Answer:
        statements, citations = self._citer.cite(selection.chosen, retrieved.passages)
        if not statements:  # everything chosen was deleted between retrieval and citation
            return self._refusal(retrieved, selection)
        return replace(self._empty(retrieved, selection), statements=statements, citations=citations)

    def _refusal(self, retrieved: Retrieved, selection: Selection) -> Answer:
        closest = self._closest(selection, retrieved.passages)
        return replace(self._empty(retrieved, selection), refusal=Refusal(self._reason(retrieved, selection), closest))

    def _empty(self, retrieved: Retrieved, selection: Selection) -> Answer:
        return Answer(
            question=retrieved.question.text,
            statements=(),
            citations=(),
            passages=retrieved.passages,
            answerer=self.answerer.name,
            confidence=selection.confidence,
        )

    def _reason(self, retrieved: Retrieved, selection: Selection) -> str:
        if retrieved.passages:
            lacked = _LACKED.get(retrieved.question.answer_type) if selection.lacking else None
            return f"The texts do not say: no {lacked} is given for this." if lacked else "The texts do not say."
        if self.library.chunk_count == 0:
            return "The library is empty. Add course texts first: openbook ingest PATH"
        return "No text of the chosen course, document or tag holds a word of this question."

    def _closest(self, selection: Selection, passages: Sequence[Passage]) -> tuple[Citation, ...]:
        """Cite the best statement of each of the nearest passages."""
        closest: dict[int, Citation] = {}
        for one in selection.scored:
            statement = one.statement
            too_short = len(statement.text.split()) < _SHORTEST_QUOTE
            if statement.passage in closest or statement.form in ("heading", "code") or too_short:
                continue
            made = self._citer.citation(passages[statement.passage], statement.start, statement.end, len(closest) + 1)
            if made:
                closest[statement.passage] = made
            if len(closest) == _CLOSEST:
                break
        return tuple(closest.values())


def _since(began: float) -> float:
    return (perf_counter() - began) * 1000
