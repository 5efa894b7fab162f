"""Finds page and slide marks in a converted text: pure, lines in, lines with their page out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """A line of a text: the 1-based line of the file it came from, its page or slide (0: unknown), its text."""

    number: int
    page: int
    text: str


@dataclass(frozen=True, slots=True)
class _Mark:
    index: int
    unit: str
    page: int
    rest: str
    kind: str  # name of the alternative of _MARK


# Marks as converters and people write them:
# <!-- Slide number: 3 -->, [Page 3], --- Page 3 of 10 ---, {3}-----, # Slide 3: Title
_MARK = re.compile(
    r"^\s*(?:"
    r"<!--\s*(?P<u1>page|slide)(?:\s+number)?\s*[:#]?\s*(?P<n1>\d{1,5})\s*-->"
    r"|[\[(]\s*(?P<u2>page|slide)\s*(?P<n2>\d{1,5})\s*[\])]"
    r"|\{(?P<n3>\d{1,5})\}-{3,}"
    r"|(?P<hashes>\#{1,6})\s+(?P<u4>page|slide)\s+(?P<n4>\d{1,5})\s*(?:[:.–—-]\s*(?P<rest>.*))?"
    r"|(?:[-=*_~–—|]{1,}\s*)?(?P<u5>page|slide)\s*\#?\s*(?P<n5>\d{1,5})(?:\s*(?:of|/)\s*\d{1,5})?(?:\s*[-=*_~–—|]{1,})?"
    r"|[-–—]?\s*(?P<n6>\d{1,4})\s*[-–—]?"
    r")\s*$",
    re.IGNORECASE,
)
_BARE = "n6"
_MIN_PAGE_CHARACTERS = 150


def split_pages(text: str) -> tuple[list[Line], str]:
    """Return the lines of `text` without page marks, each with its page, and what the pages are: "page", "slide" or "".

    Form feeds part pages. Otherwise marks count when their numbers rise through the text; a bare number counts only
    in an unbroken series. Marks that stand below their page (the text before mark 1 is a page of its own) are told
    from marks that stand above it.
    """
    if "\f" in text.rstrip():
        return _by_form_feed(text), "page"
    raw = text.split("\n")
    marks = _rising(raw, [mark for index, line in enumerate(raw) if (mark := _mark(index, line))])
    if not marks:
        return [Line(number, 0, line) for number, line in enumerate(raw, 1)], ""
    below = marks[0].page == 1 and _characters(raw[: marks[0].index]) >= _MIN_PAGE_CHARACTERS
    return _by_marks(raw, marks, below), marks[0].unit


def _by_form_feed(text: str) -> list[Line]:
    lines, page = [], 1
    for number, line in enumerate(text.split("\n"), 1):
        for at, part in enumerate(line.split("\f")):
            page += at > 0
            mark = _mark(0, part)
            if not (mark and mark.page == page):
                lines.append(Line(number, page, part))
    return lines


def _by_marks(raw: Sequence[str], marks: Sequence[_Mark], below: bool) -> list[Line]:
    lines, at = [], 0
    page = marks[0].page if below else 0
    for index, text in enumerate(raw):
        if at < len(marks) and marks[at].index == index:
            mark, at = marks[at], at + 1
            following = marks[at].page if at < len(marks) else mark.page + 1
            page = following if below else mark.page
            if mark.rest:
                lines.append(Line(index + 1, page, mark.rest))
        else:
            lines.append(Line(index + 1, page, text))
    return lines


def _mark(index: int, line: str) -> _Mark | None:
    if len(line) > 100:
        return None
    match = _MARK.match(line)
    if match is None:
        return None
    group = match.groupdict()
    kind = next(key for key, value in group.items() if key.startswith("n") and value)
    page = int(group[kind])
    unit = next((value.lower() for key, value in group.items() if key.startswith("u") and value), "page")
    rest = f"{group['hashes']} {group['rest']}" if group["rest"] else ""
    return _Mark(index, unit, page, rest, kind)


def _rising(raw: Sequence[str], marks: list[_Mark]) -> list[_Mark]:
    """Keep the marks that can be trusted: numbers that never fall; bare ones an unbroken series with pages between.

    Where the marks of all kinds together do not rise, those of the kind that does and is most frequent count.
    """
    explicit = [mark for mark in marks if mark.kind != _BARE]
    if explicit:
        kinds = [[mark for mark in explicit if mark.kind == kind] for kind in sorted({mark.kind for mark in explicit})]
        rising = [those for those in (explicit, *kinds) if all(a.page <= b.page for a, b in itertools.pairwise(those))]
        return max(rising, key=len, default=[])
    pages = [mark.page for mark in marks]
    unbroken = len(pages) >= 3 and pages == list(range(pages[0], pages[0] + len(pages))) and pages[0] <= 2
    apart = all(
        _characters(raw[one.index + 1 : two.index]) >= _MIN_PAGE_CHARACTERS for one, two in itertools.pairwise(marks)
    )
    return marks if unbroken and apart else []


def _characters(lines: Sequence[str]) -> int:
    return sum(len(line.strip()) for line in lines)
