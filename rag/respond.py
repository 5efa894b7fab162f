"""The extractive answer: what was selected, cited; or a refusal with what comes closest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from rag.asked import Retrieved
from rag.cite import Citer
from rag.extractive.answerer import ExtractiveAnswerer, Selection
from rag.ports import Collection
from rag.question import AnswerType
from rag.text.orders import order_notes
from rag.types import Answer, AnswerStatement, Citation, Passage, Refusal

NOT_SAID = "The texts do not say."
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


class Responder:
    """Answers with statements of the texts themselves, and says for every answerer what a refusal says."""

    def __init__(self, selector: ExtractiveAnswerer, library: Collection) -> None:
        self.name = selector.name
        self.selector, self.library = selector, library
        self.citer = Citer(library)

    def answer(self, retrieved: Retrieved) -> Answer:
        """Select statements from passages and cite them, or refuse."""
        began = perf_counter()
        selection = self.selector.select(retrieved.question, retrieved.passages)
        selected = perf_counter()
        answer = self.respond(retrieved, selection)
        timings = {**retrieved.timings_ms, "select": (selected - began) * 1000, "cite": since(selected)}
        return replace(answer, timings_ms={**timings, "total": sum(timings.values())})

    def stream(self, retrieved: Retrieved) -> Iterator[AnswerStatement | Answer]:
        """Yield the statements and then the answer."""
        answer = self.answer(retrieved)
        yield from answer.statements
        yield answer

    def respond(self, retrieved: Retrieved, selection: Selection) -> Answer:
        """Cite what was selected, or refuse."""
        if selection.answers:
            statements, citations = self.citer.cite(selection.chosen, retrieved.passages)
            if statements:  # else everything chosen was deleted between retrieval and citation
                return replace(self.empty(retrieved, selection), statements=statements, citations=citations)
        return self.refusal(retrieved, selection)

    def refusal(self, retrieved: Retrieved, selection: Selection, reason: str = "") -> Answer:
        """Refuse with what comes closest, for `reason` or the one that selection gives."""
        closest = self._closest(selection, retrieved.passages)
        refused = Refusal(reason or self._reason(retrieved, selection), closest)
        return replace(self.empty(retrieved, selection), refusal=refused)

    def empty(self, retrieved: Retrieved, selection: Selection) -> Answer:
        """Return an answer that neither says anything nor refuses yet, with the notes on what was read."""
        return Answer(
            question=retrieved.question.text,
            statements=(),
            citations=(),
            passages=retrieved.passages,
            answerer=self.name,
            confidence=selection.confidence,
            usage=retrieved.usage,
            notes=(*selection.notes, *order_notes(retrieved.passages)),
        )

    def _reason(self, retrieved: Retrieved, selection: Selection) -> str:
        if retrieved.passages:
            lacked = _LACKED.get(retrieved.question.answer_type) if selection.lacking else None
            return f"The texts do not say: no {lacked} is given for this." if lacked else NOT_SAID
        if self.library.chunk_count == 0:
            return "The library is empty. Add course texts first: openbook ingest PATH"
        if self.library.chunk_count is None:
            return "Nothing was found for this question."
        return "No text of the chosen course, document or tag holds a word of this question."

    def _closest(self, selection: Selection, passages: Sequence[Passage]) -> tuple[Citation, ...]:
        """Cite the best statement of each of the nearest passages."""
        closest: dict[int, Citation] = {}
        for one in selection.scored:
            statement = one.statement
            too_short = len(statement.text.split()) < _SHORTEST_QUOTE
            if statement.passage in closest or statement.form in ("heading", "code") or too_short:
                continue
            made = self.citer.citation(passages[statement.passage], statement.start, statement.end, len(closest) + 1)
            if made:
                closest[statement.passage] = made
            if len(closest) == _CLOSEST:
                break
        return tuple(closest.values())


def since(began: float) -> float:
    """Return the milliseconds since a moment of `perf_counter`."""
    return (perf_counter() - began) * 1000
