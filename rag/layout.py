"""Where the words of a stored text stand on its pages: spans of text to rectangles.

A layout belongs to a document that is shown page by page (a PDF). It holds one row for each word, and is stored
beside the document as one compressed value.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from operator import add, sub

_SAME_LINE = 0.5  # share of the lower height by which boxes of one line overlap from top to bottom
_WIDEST_GAP = 4.0  # between words of a line that is stretched to its column, in heights of the higher
_COLUMNS = (("start", "I"), ("end", "I"), ("page", "I"), ("left", "f"), ("top", "f"), ("right", "f"), ("bottom", "f"))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points (1/72 inch) from the top left corner of the page as it is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    def joined(self, other: Box) -> Box:
        """Return the smallest rectangle that holds both."""
        return Box(
            self.page, min(self.left, other.left), min(self.top, other.top),
            max(self.right, other.right), max(self.bottom, other.bottom),
        )  # fmt: skip

    def beside(self, other: Box) -> bool:
        """Whether both stand side by side on one line of one page, whichever comes first."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        lower, higher = sorted((self.bottom - self.top, other.bottom - other.top))
        gap = max(self.left, other.left) - min(self.right, other.right)
        return self.page == other.page and shared > _SAME_LINE * lower and gap <= _WIDEST_GAP * higher


@dataclass(frozen=True, slots=True)
class WordBox:
    """A word, or a part of one that a line end parts: `text[start:end]` of the document, and where it is printed."""

    start: int
    end: int
    box: Box


class Layout:
    """The words of a document with their rectangles, in order of their spans, which do not overlap."""

    def __init__(self, words: Iterable[WordBox] = ()) -> None:
        rows = [(one.start, one.end, one.box.page, one.box.left, one.box.top, one.box.right, one.box.bottom)
                for one in words]  # fmt: skip
        columns = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
        self._columns = {name: array(kind, values) for (name, kind), values in zip(_COLUMNS, columns, strict=True)}

    def __len__(self) -> int:
        return len(self._columns["start"])

    def __iter__(self) -> Iterator[WordBox]:
        return (self._word(at) for at in range(len(self)))

    def spans(self) -> Iterator[tuple[int, int]]:
        """Return the spans of the words."""
        return zip(self._columns["start"], self._columns["end"], strict=True)

    def moved(self, starts: Iterable[int]) -> Layout:
        """Return the layout with its words beginning at `starts`, one for each; a word at -1 is left out."""
        starts = array("i", starts)
        kept = [start >= 0 for start in starts]
        layout = Layout()
        layout._columns = {name: array(kind, compress(self._columns[name], kept)) for name, kind in _COLUMNS}
        lengths = map(sub, layout._columns["end"], layout._columns["start"])
        layout._columns["start"] = array("I", compress(starts, kept))
        layout._columns["end"] = array("I", map(add, layout._columns["start"], lengths))
        return layout

    def boxes(self, start: int, end: int) -> list[Box]:
        """Return the rectangles of the words of a span, those of one line joined, in reading order."""
        first = bisect_right(self._columns["end"], start)
        last = bisect_left(self._columns["start"], end)
        lines: list[Box] = []
        for at in range(first, last):
            box = self._word(at).box
            if lines and lines[-1].beside(box):
                lines[-1] = lines[-1].joined(box)
            else:
                lines.append(box)
        return lines

    def _word(self, at: int) -> WordBox:
        start, end, page, *sides = (self._columns[name][at] for name, _ in _COLUMNS)
        return WordBox(start, end, Box(page, *sides))

    def to_bytes(self) -> bytes:
        """Return the stored form; empty where there are no words."""
        if not len(self):
            return b""
        head = json.dumps({"version": 1, "words": len(self), "order": sys.byteorder}).encode()
        return zlib.compress(head + b"\n" + b"".join(column.tobytes() for column in self._columns.values()))

    @classmethod
    def from_bytes(cls, stored: bytes) -> Layout:
        """Return the layout that `to_bytes` stored."""
        layout = cls()
        if stored:
            head, raw = zlib.decompress(stored).split(b"\n", 1)
            told = json.loads(head)
            at = 0
            for name, kind in _COLUMNS:
                size = told["words"] * array(kind).itemsize
                layout._columns[name].frombytes(raw[at : at + size])
                if told["order"] != sys.byteorder:
                    layout._columns[name].byteswap()
                at += size
        return layout
