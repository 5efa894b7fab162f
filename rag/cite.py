"""Turns selected spans into citations whose quotes are verified in the stored text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.errors import LibraryError
from rag.extractive.compose import Selected
from rag.ports import Texts
from rag.types import AnswerStatement, Citation, PageStart, Passage

_REMEMBERED = 256  # layouts of documents
_NEAR = 400  # characters between two quotes that are read in one go


@dataclass(frozen=True, slots=True)
class _Places:
    """Where lines and pages of a document begin; a document never changes, since its id is a hash of it."""

    line_starts: tuple[int, ...]
    lines: tuple[int, ...]
    pages: tuple[PageStart, ...]

    def line(self, offset: int) -> int:
        index = bisect_right(self.line_starts, offset) - 1
        return self.lines[index] if index < len(self.lines) else index + 1

    def page(self, offset: int) -> PageStart | None:
        index = bisect_right(self.pages, offset, key=lambda page: page.offset) - 1
        return self.pages[index] if index >= 0 else None


class Citer:
    """Makes citations; remembers the layout of the documents cited last."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._layout = lru_cache(_REMEMBERED)(self._read_layout)

    def cite(
        self, chosen: Sequence[Selected], passages: Sequence[Passage]
    ) -> tuple[tuple[AnswerStatement, ...], tuple[Citation, ...]]:
        """Return the statements with citation numbers, and the citations in order of first mention.

        A span whose text is not found in the library is no citation, and a statement without one is left out.
        """
        citations: dict[tuple[str, int, int], Citation] = {}
        statements: list[AnswerStatement] = []
        for said in chosen:
            numbers = []
            for passage, start, end in ((said.passage, said.start, said.end), *said.also):
                key = (passages[passage].chunk.document_id, start, end)
                if key not in citations and (made := self.citation(passages[passage], start, end, len(citations) + 1)):
                    citations[key] = made
                if key in citations:
                    numbers.append(citations[key].number)
            if numbers:
                statements.append(AnswerStatement(said.text, tuple(numbers), said.lead, said.is_item, said.score))
        return tuple(statements), tuple(citations.values())

    def citation(self, passage: Passage, start: int, end: int, number: int) -> Citation | None:
        """Return a citation of a span of a passage, or None if the stored text no longer reads so there."""
        chunk, info = passage.chunk, passage.document
        quote = self._texts.text(chunk.document_id, start, end)
        if not quote.strip() or quote != chunk.text[start - chunk.start : end - chunk.start]:
            return None
        try:
            places = self._layout(chunk.document_id)
        except LibraryError:
            if self._texts.has_document(chunk.document_id):
                raise
            return None  # it was deleted a moment ago
        first, last = places.page(start), places.page(end - 1)
        return Citation(
            number=number,
            document_id=chunk.document_id,
            document=info.name,
            title=info.title,
            heading_path=chunk.heading_path,
            quote=quote,
            start=start,
            end=end,
            line=places.line(start),
            page_unit=info.page_unit,
            page_start=first.number if first else None,
            page_end=last.number if last else None,
            page_label="-".join(dict.fromkeys(page.label for page in (first, last) if page and page.label)),
        )

    def _read_layout(self, document_id: str) -> _Places:
        document = self._texts.document(document_id)
        return _Places(
            (0, *(match.end() for match in re.finditer("\n", document.text))),
            document.lines,
            document.pages,
        )


def joined(citations: Iterable[Citation]) -> list[Citation]:
    """Return where to read, each once: neighbours of one section are one place, their quotes parted by "…"."""
    found: dict[str, Citation] = {}
    for one in citations:
        found.setdefault(one.reference, one)
    once, runs = list(found.values()), list[list[Citation]]()
    for one in sorted(once, key=lambda one: (one.document_id, one.start)):
        if runs and _are_near(runs[-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    return [_as_one(run) for run in sorted(runs, key=lambda run: min(map(once.index, run)))]


def _are_near(run: Sequence[Citation], one: Citation) -> bool:
    same = (run[0].document_id, run[0].heading_path) == (one.document_id, one.heading_path)
    return same and one.start - max(other.end for other in run) <= _NEAR


def _as_one(run: Sequence[Citation]) -> Citation:
    quotes = " … ".join(dict.fromkeys(one.quote for one in run))
    return replace(run[0], quote=quotes, end=max(one.end for one in run), page_end=run[-1].page_end)
