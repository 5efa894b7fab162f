"""Carries what a reader said of a text, where pages begin and where words are printed, over to the cleaned text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from ingest.pages import Line
from rag.layout import Layout
from rag.types import Document, PageStart

_WORD = re.compile(r"\S+")
_NEAR = 8  # words of a line that cleaning may drop or add in one place; bounds the search for the next one kept
_STEPS = sorted(((a, b) for a in range(_NEAR) for b in range(_NEAR)), key=sum)


class _Kept(NamedTuple):
    """A run of the raw text, `start:end`, and where it stands in the cleaned text."""

    start: int
    end: int
    at: int


def carried(raw: Document, lines: Sequence[Line]) -> tuple[tuple[PageStart, ...], Layout]:
    """Return the pages and the layout of `raw` as they are of `lines`, the cleaned lines of its text.

    A page of which nothing is left is left out; a word that is not found again in its line loses its box.
    """
    text = "\n".join(line.text for line in lines)
    kept = list(_kept(raw.text, lines))
    return tuple(_pages(raw, text, kept)), raw.layout.moved(_starts(raw, text, kept))


def _kept(raw: str, lines: Iterable[Line]) -> Iterator[_Kept]:
    """Yield in order what of each raw line is kept."""
    begins = [0, *(match.end() for match in re.finditer("\n", raw)), len(raw) + 1]
    at = 0
    for number, run in groupby(lines, key=attrgetter("number")):
        made = "\n".join(line.text for line in run)
        begin = begins[number - 1]
        was = raw[begin : begins[number] - 1]
        if made and was.startswith(made):
            yield _Kept(begin, begin + len(made), at)
        elif made.strip():
            words = [_Kept(begin + old.start(), begin + old.end(), at + new.start()) for old, new in _same(was, made)]
            yield from words or [_Kept(begin, begin + len(was), at)]
        at += len(made) + 1


def _same(was: str, made: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Yield the words that both lines have, in order."""
    old, new = list(_WORD.finditer(was)), list(_WORD.finditer(made))
    i = j = 0
    while i < len(old) and j < len(new):
        for a, b in _STEPS:
            if i + a < len(old) and j + b < len(new) and old[i + a].group() == new[j + b].group():
                i, j = i + a, j + b
                yield old[i], new[j]
                break
        i, j = i + 1, j + 1


def _starts(raw: Document, text: str, kept: Sequence[_Kept]) -> Iterator[int]:
    """Yield where each word of the layout begins in the cleaned text, -1 where it is not found there."""
    runs = iter(kept)
    run = next(runs, None)
    for start, end in raw.layout.spans():
        while run is not None and run.end <= start:
            run = next(runs, None)
        at = run.at + start - run.start if run is not None and run.start <= start and end <= run.end else -1
        yield at if at >= 0 and text[at : at + end - start] == raw.text[start:end] else -1


def _pages(raw: Document, text: str, kept: Sequence[_Kept]) -> list[PageStart]:
    """Return where pages begin; a page that begins within a line keeps its place among the words."""
    ends = [run.end for run in kept]
    pages: dict[int, PageStart] = {}
    for page in raw.pages:
        index = bisect_right(ends, page.offset)
        if index == len(kept):
            break
        run = kept[index]
        at = run.at + max(page.offset - run.start, 0)
        line = raw.text.rfind("\n", 0, run.start) + 1
        if not raw.text[line : page.offset].strip():
            at = text.rfind("\n", 0, at) + 1
        pages[at] = PageStart(at, page.number, page.label)
    return list(pages.values())
