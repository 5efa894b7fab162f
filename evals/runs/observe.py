"""What came of an item: its answer, held against the library and the labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Protocol

from evals.gate import breaches
from evals.items import Item
from evals.metrics import measure
from evals.record import Outcome, SeenCitation, SeenPassage, SeenStatement
from evals.verdict import judge, shown_evidence
from rag.ports import GroundingScorer, Library
from rag.retrieve import collapse_near_duplicates
from rag.types import Answer, AnswerStatement, Chunk, Citation, DocumentInfo, Passage, Scope

_REMEMBERED = 512  # documents with their chunks
_ABOVE = 4000  # characters above a row of a table in which its head is looked for


class Observing(Protocol):
    """Makes outcomes of answers and of what was retrieved for them."""

    @property
    def depth(self) -> int:
        """How many passages retrieval is measured on; an answer rests on as many as the settings say."""
        ...

    def outcome(self, item: Item, answer: Answer, passages: Sequence[Passage]) -> Outcome:
        """Judge and measure what came of an item; `passages` are at most `depth`."""
        ...


class Observer:
    """Makes outcomes; remembers what it has read of the library, which must not change meanwhile.

    Args:
        library: what citations are checked in, whatever the answerer read.
        scorer: says how well what is cited supports a statement; None to leave that out.
    """

    depth = 10

    def __init__(self, library: Library, scorer: GroundingScorer | None = None) -> None:
        self._library, self._scorer = library, scorer
        self._documents = lru_cache(_REMEMBERED)(self._read_documents)
        self._chunks = lru_cache(_REMEMBERED)(library.document_chunks)

    def outcome(self, item: Item, answer: Answer, passages: Sequence[Passage]) -> Outcome:
        """Judge and measure the answer to an item.

        Args:
            item: what was asked.
            answer: what came of it.
            passages: what was retrieved, as deep as retrieval is measured.
        """
        shown = answer.refusal.closest if answer.refusal else answer.citations
        outcome = bare(item).model_copy(
            update={
                "asked": answer.question if answer.question != item.question else "",
                "verdict": judge(item, answer),
                "refusal": answer.refusal.reason if answer.refusal else "",
                "statements": tuple(self._statement(one, answer.citations) for one in answer.statements),
                "citations": (*(self._citation(item, one) for one in shown), *_dangling(answer)),
                "passages": tuple(seen_passage(one, _evidence(item, one)) for one in passages),
                "relevant": self._relevant(item),
                "read": len(answer.passages),
                "confidence": answer.confidence,
                "usage": dict(answer.usage),
                "cost_usd": answer.cost_usd,
                "timings_ms": dict(answer.timings_ms),
            }
        )
        return outcome.model_copy(update={"metrics": measure(item, outcome), "breaches": breaches(item, outcome)})

    def _statement(self, said: AnswerStatement, citations: Iterable[Citation]) -> SeenStatement:
        seen = SeenStatement(text=said.text, lead=said.lead, citations=said.citations, is_item=said.is_item)
        if self._scorer is None:
            return seen
        read = {one.number: self._source(one) for one in citations}
        sources = [read.get(number, "") for number in said.citations]
        each = range(len(sources)) if len(sources) > 1 else ()
        alone = tuple(self._support(said, [sources[at]]) for at in each)
        without = tuple(self._support(said, sources[:at] + sources[at + 1 :]) for at in each)
        support = self._support(said, sources)
        return seen.model_copy(update={"support": support, "cited_alone": alone, "cited_without": without})

    def _support(self, said: AnswerStatement, sources: Iterable[str]) -> float:
        assert self._scorer is not None
        return self._scorer.score(said.text, [source for source in sources if source]).score

    def _source(self, shown: Citation) -> str:
        """Return what a reader sees where a citation opens: the quote under its headings, and those of its table."""
        above = self._library.text(shown.document_id, max(shown.start - _ABOVE, 0), shown.start)
        rows = list(takewhile(_is_row, reversed(above.splitlines()))) if _is_row(shown.quote) else []
        return "\n".join((*shown.heading_path, *rows[-1:], shown.quote))

    def _citation(self, item: Item, shown: Citation) -> SeenCitation:
        info = self._documents(Scope(course=item.course)).get(shown.document_id)
        stored = self._library.text(shown.document_id, shown.start, shown.end)
        present = info is not None and info.name == shown.document and stored == shown.quote and stored.strip() != ""
        return SeenCitation(
            number=shown.number,
            document=shown.document,
            place=shown.place,
            quote=shown.quote,
            present=present,
            evidence=shown_evidence(item, shown.document, shown.quote),
        )

    def _relevant(self, item: Item) -> int:
        """Count the chunks that show evidence; those that say nearly the same are one, as they are in retrieval."""
        wanted = {one.document for one in item.evidence}
        infos = [one for one in self._documents(Scope(course=item.course)).values() if one.name in wanted]
        found = [
            Passage(chunk, info, 0.0)
            for info in infos
            for chunk in self._chunks(info.id)
            if _shows(item, info, chunk)
        ]  # fmt: skip
        return len(collapse_near_duplicates(found))

    def _read_documents(self, scope: Scope) -> dict[str, DocumentInfo]:
        return {info.id: info for info in self._library.documents(scope)}


def failed(item: Item, error: str) -> Outcome:
    """Return the outcome of an item that could not be answered."""
    outcome = bare(item).model_copy(update={"error": error})
    return outcome.model_copy(update={"breaches": breaches(item, outcome)})


def bare(item: Item) -> Outcome:
    """Return the outcome of an item of which nothing is known yet."""
    return Outcome(
        id=item.id,
        kind=item.kind,
        split=item.split,
        question=item.question,
        group=item.group,
        answerable=item.answerable,
        reference=item.reference,
    )


def _dangling(answer: Answer) -> list[SeenCitation]:
    """Return what statements cite by a number that no citation has."""
    known = {one.number for one in answer.citations}
    cited = {number for said in answer.statements for number in said.citations}
    return [SeenCitation(number=one, document="", place="", quote="", present=False) for one in sorted(cited - known)]


def seen_passage(found: Passage, evidence: tuple[int, ...]) -> SeenPassage:
    """Describe a passage that shows these pieces of the item's evidence."""
    page = f"{found.document.page_unit} {found.chunk.page_start}" if found.chunk.page_start is not None else ""
    return SeenPassage(
        document=found.document.name,
        heading=" > ".join(found.chunk.heading_path),
        line=found.chunk.line,
        text=found.chunk.text,
        score=found.score,
        evidence=evidence,
        page=page,
    )


def _evidence(item: Item, found: Passage) -> tuple[int, ...]:
    """Return what a passage shows of the evidence; it shows also what its near-duplicates show."""
    shown = {index for one in (found, *found.also) for index in _shows(item, one.document, one.chunk)}
    return tuple(sorted(shown))


def _shows(item: Item, info: DocumentInfo, chunk: Chunk) -> tuple[int, ...]:
    return shown_evidence(item, info.name, chunk.text)


def _is_row(line: str) -> bool:
    return line.startswith("|")
