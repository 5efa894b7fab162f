"""Puts the pieces of lines of a page into the order in which a person reads them.

A recursive cut, after Nagy and Seth's XY tree (1984): runs of rows with a white gutter between two sides are columns,
and each side is read on its own; what crosses the gutter, as a heading or a wide figure, parts the runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median

from ingest.readers.pdf.lines import Line, whole_lines

_GUTTER = 0.6  # narrowest gutter, in parts of the size of the type
_MIN_ROWS = 2  # rows that each side of a gutter must have
_LABEL_WIDTH = 0.3  # of the region: a left side narrower than this whose rows have each a partner names what is right
_NUMBER_WORDS = 2
_DEEPEST = 12


def regions(pieces: Sequence[Line], depth: int = 0) -> list[list[Line]]:
    """Return the lines of a page, region by region, in reading order; a region has one column."""
    found: list[list[Line]] = []
    plain: list[Line] = []
    bands = bands_of(pieces)
    at = 0
    while at < len(bands):
        cut = _columns(bands, at) if depth < _DEEPEST else None
        if cut is None:
            plain += bands[at]
            at += 1
            continue
        found += [whole_lines(plain)] if plain else []
        plain = []
        for side in (cut.left, cut.right):
            found += regions(side, depth=depth + 1)
        at = cut.end
    return [*found, whole_lines(plain)] if plain else found


def bands_of(pieces: Sequence[Line]) -> list[list[Line]]:
    """Part pieces into rows with white between them from edge to edge."""
    bands: list[list[Line]] = []
    bottom = float("-inf")
    for piece in sorted(pieces, key=attrgetter("top")):
        if piece.top >= bottom - 0.2 * piece.size:
            bands.append([])
        bands[-1].append(piece)
        bottom = max(bottom, piece.bottom)
    return bands


@dataclass(frozen=True, slots=True)
class _Cut:
    left: list[Line]
    right: list[Line]
    end: int


def _columns(bands: list[list[Line]], start: int) -> _Cut | None:
    """Return the two sides of the longest run of bands from `start` that a gutter parts."""
    region = [piece for band in bands[start:] for piece in band]
    narrowest = _GUTTER * (median(piece.size for piece in region) or 1.0)
    last_left, first_right = max(piece.left for piece in region), min(piece.right for piece in region)
    free = [(min(piece.left for piece in region) - 1.0, max(piece.right for piece in region) + 1.0)]
    gaps: list[tuple[float, float]] = []
    end = start
    while end < len(bands):
        free = [
            (left, right)
            for left, right in _without(free, bands[end], narrowest)
            if last_left >= left + narrowest and first_right <= right - narrowest
        ]
        parting = _parting(free, bands[start : end + 1])
        if not free or (gaps and not parting):
            break
        gaps = parting
        end += 1
    if not gaps:
        return None
    gap = max(gaps, key=lambda gap: gap[1] - gap[0])
    end = _trimmed(bands, start, end, gap)
    run = [piece for band in bands[start:end] for piece in band]
    middle = (gap[0] + gap[1]) / 2
    left = [piece for piece in run if piece.right <= middle]
    right = [piece for piece in run if piece.left > middle]
    if _rows(left) < _MIN_ROWS or _rows(right) < _MIN_ROWS or _labels(left, right):
        return None
    return _Cut(left, right, end)


def _without(free: list[tuple[float, float]], band: list[Line], narrowest: float) -> list[tuple[float, float]]:
    """Return what the pieces of a band leave of the free intervals."""
    for piece in band:
        left: list[tuple[float, float]] = []
        for start, end in free:
            if piece.right <= start or piece.left >= end:
                left.append((start, end))
            else:
                left += [(start, piece.left)] if piece.left - start >= narrowest else []
                left += [(piece.right, end)] if end - piece.right >= narrowest else []
        free = left
    return free


def _parting(free: list[tuple[float, float]], bands: list[list[Line]]) -> list[tuple[float, float]]:
    run = [piece for band in bands for piece in band]
    return [gap for gap in free if _on_both(gap, run)]


def _on_both(gap: tuple[float, float], run: list[Line]) -> bool:
    return any(piece.right <= gap[0] for piece in run) and any(piece.left >= gap[1] for piece in run)


def _trimmed(bands: list[list[Line]], start: int, end: int, gap: tuple[float, float]) -> int:
    """Return the end of the run without one or two last short lines on one side that belong to what follows."""
    if end == len(bands):
        return end
    middle = (gap[0] + gap[1]) / 2
    last = end
    while last > start and all(piece.right <= middle for piece in bands[last - 1]):
        last -= 1
    apart = last < end and _distance(bands[last - 1], bands[last]) > 0.9 * bands[last][0].size
    return last if end - last <= 2 and apart else end


def _distance(upper: list[Line], lower: list[Line]) -> float:
    return min(piece.top for piece in lower) - max(piece.bottom for piece in upper)


def _rows(side: list[Line]) -> int:
    tables = sum(piece.table is not None for piece in side)
    return tables + len({round(piece.base / max(piece.size, 1.0)) for piece in side})


def _labels(left: list[Line], right: list[Line]) -> bool:
    """Whether one side only names or numbers, row by row, what stands beside it."""
    width = max(piece.right for piece in right) - min(piece.left for piece in left)
    if median(piece.right - piece.left for piece in left) <= _LABEL_WIDTH * width:
        return _partnered(left, right)
    return max(len(piece.words) for piece in right) <= _NUMBER_WORDS and _partnered(right, left)


def _partnered(names: list[Line], others: list[Line]) -> bool:
    found = sum(any(abs(one.base - two.base) < 0.3 * one.size for two in others) for one in names)
    return found >= 0.8 * len(names)
