"""Leaves out running headers, footers and page numbers: lines at the edges of pages that other pages have too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median

from ingest.readers.pdf.lines import Line

_TOP, _BOTTOM = 0.12, 0.8  # of the height of a page: where headers end and footers begin
_LARGE = 1.1  # than most lines of the page: a title, as slides have it again and again, not a header
_SAME_BASE = 0.2  # of the size, by which the parts of a line stand higher or lower
_NEAR_PAGES = 12  # on each side that are compared: a header changes with its chapter
_LEAST_PAGES = 3
_NUMBER = re.compile(
    r"(?:page|seite|p\.)?\s*[-–—|]?\s*(?:\d{1,4}|[ivxlc]{1,7}|\d{1,3}[-–.]\d{1,3})\s*[-–—|]?(?:\s*(?:/|of|von)\s*\d{1,4})?",
    re.I,
)
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")


@dataclass(slots=True)
class PageLines:
    """The lines of a page, region by region in reading order."""

    index: int
    height: float
    regions: list[list[Line]]

    @property
    def lines(self) -> list[Line]:
        """All its lines."""
        return [line for region in self.regions for line in region]


def without_running_lines(pages: Iterable[PageLines]) -> Iterator[PageLines]:
    """Yield the pages without their running lines; looks a few pages ahead."""
    window: list[tuple[PageLines, set[tuple[bool, str, int]]]] = []
    counts: Counter[tuple[bool, str, int]] = Counter()
    at = 0
    for page in pages:
        keys = {_key(page, row) for row in _at_edges(page)}
        window.append((page, keys))
        counts.update(keys)
        if len(window) - at > _NEAR_PAGES:
            yield _stripped(window[at][0], counts)
            at += 1
        if at > _NEAR_PAGES:
            counts.subtract(window.pop(0)[1])
            at -= 1
    for page, _ in window[at:]:
        yield _stripped(page, counts)


def _key(page: PageLines, row: Sequence[Line]) -> tuple[bool, str, int]:
    """Return what lines have in common that run: which edge, words without numbers, and the height they stand at."""
    text = " ".join(" ".join(line.text for line in sorted(row, key=attrgetter("left"))).split())
    base = row[0].base
    return base < page.height / 2, _DIGITS.sub("#", text.casefold()), round(base / 6)


def _at_edges(page: PageLines) -> list[list[Line]]:
    """Return the outermost lines at the top and bottom of a page, three at most on each side.

    Each is in as many parts as the columns of the page have made of it.
    """
    lines = sorted((line for line in page.lines if not line.table), key=attrgetter("base"))
    size = median(line.size for line in lines) if lines else 0.0
    rows: list[list[Line]] = []
    for line in lines:
        if rows and line.base - rows[-1][0].base <= _SAME_BASE * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    upper = [row for row in rows[:3] if row[0].base <= _TOP * page.height]
    lower = [row for row in rows[-3:] if row[0].top >= _BOTTOM * page.height]
    return [row for row in (*upper, *lower) if max(line.size for line in row) <= _LARGE * size]


def _stripped(page: PageLines, counts: Counter[tuple[bool, str, int]]) -> PageLines:
    dropped: set[int] = set()
    # What runs goes first: it may stand between a page number and the edge.
    for row in sorted(_at_edges(page), key=lambda row: _often(_key(page, row), counts), reverse=True):
        runs = _often(_key(page, row), counts) >= _LEAST_PAGES
        others = [line for line in page.lines if id(line) not in dropped and all(line is not part for part in row)]
        dropped.update(id(line) for line in row if runs or _is_number(line, others))
    kept = [[line for line in region if id(line) not in dropped] for region in page.regions]
    return PageLines(page.index, page.height, [region for region in kept if region])


def _often(key: tuple[bool, str, int], counts: Counter[tuple[bool, str, int]]) -> int:
    edge, text, height = key
    return sum(counts[edge, text, height + step] for step in (-1, 0, 1))


def _is_number(line: Line, others: Sequence[Line]) -> bool:
    """Whether a line is a page number at the very edge of a page, apart from the text; `others` do not run."""
    if not _NUMBER.fullmatch(line.text):
        return False
    gaps = [max(one.top - line.bottom, line.top - one.bottom) for one in others]
    outermost = all(one.base >= line.base for one in others) or all(one.base <= line.base for one in others)
    return bool(others) and outermost and min(gaps) > line.size
