"""Joins the words of a PDF page to lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

from ingest.readers.pdf.words import LEADER_DOTS, Style, Word

if TYPE_CHECKING:
    from ingest.readers.pdf.tables import Table

# All in parts of the size of the type.
_GLUED = 0.12  # words that stand closer are one
_CLOSING = 0.45  # the same before a comma or bracket
_TABULATOR = 2.5  # a wider gap is written as three spaces
_EVEN = 0.15  # by which the gaps of a line that was stretched to its column differ
_IN_LINE_GAP = 1.0
_SAME_BASE = 0.2
_SHIFT = 0.65  # how far superscripts and subscripts stand from their base line
_MERGED_GAP = 0.5
_MARKER_GAP = 5.0

_LEADER = frozenset("._…·")

BULLETS = "•▪◦‣●○■□❑❒➢➤✓✔∙·–—*☐❖◆◇►▶⁃o-"
MARKER = re.compile(
    rf"[{re.escape(BULLETS)}]|\(?(?:\d{{1,3}}|[A-Za-z]|[ivx]{{1,5}})[.)]|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}[.:)]?"
)


@dataclass(slots=True)
class Line:
    """Words on one base line, or a table, and the rectangle they take."""

    words: list[Word]
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    base: float = 0.0
    style: Style = field(default_factory=lambda: Style(0))
    table: Table | None = None

    @classmethod
    def of(cls, words: Sequence[Word], table: Table | None = None) -> Line:
        """Return the line that `words` make; its style and base line are those of most of its characters."""
        styles, bases = Counter[Style](), Counter[float]()
        for word in words:
            styles[word.style] += len(word.text)
            bases[word.base] += len(word.text)
        return cls(
            list(words),
            min(word.left for word in words), min(word.top for word in words),
            max(word.right for word in words), max(word.bottom for word in words),
            max(bases, key=bases.__getitem__), max(styles, key=styles.__getitem__), table,
        )  # fmt: skip

    @property
    def text(self) -> str:
        """The words with spaces between."""
        return "".join(text for text, _ in spaced(self.words))

    @property
    def size(self) -> float:
        """The size of most of its type."""
        return self.style.size


def spaced(words: Sequence[Word]) -> Iterable[tuple[str, Word | None]]:
    """Yield the words and what stands between them: a space, nothing, or "^" before what is raised."""
    former: Word | None = None
    for word in _without_leaders(words):
        if former is not None:
            size = max(former.style.size, word.style.size)
            glued = _CLOSING if word.text[0] in ",.;:)]" else _GLUED
            if _gap(former, word) >= glued * size or abs(former.base - word.base) > size:
                wide = word.left - former.right > _TABULATOR * size and not _is_stretched(words)
                yield "   " if wide else " ", None
            elif _raised(former, word):
                yield "^", None
            elif _raised(word, former):  # the mark that a footnote begins with
                yield " ", None
        yield word.text, word
        former = word


def _without_leaders(words: Sequence[Word]) -> Sequence[Word]:
    """Leave out rows of dots or strokes, which lead the eye over a gap."""
    if not any(word.text[0] in _LEADER for word in words):
        return words
    dots = [set(word.text) <= _LEADER for word in words]
    beside = [False, *dots, False]
    return [
        word
        for at, word in enumerate(words)
        if not dots[at] or (len(word.text) < LEADER_DOTS and not beside[at] and not beside[at + 2])
    ] or words[:1]


def _gap(one: Word, two: Word) -> float:
    return max(two.left - one.right, one.left - two.right)


def _raised(former: Word, word: Word) -> bool:
    """Whether a number or sign stands above the line as a power or the mark of a footnote."""
    smaller = word.style.size < 0.85 * former.style.size and word.base < former.base - _SAME_BASE * former.style.size
    bears = former.text[-1:].isalnum() or (former.text[-1:] in ').,”"' and word.text.isdigit())
    return smaller and bears and word.text[:1] not in "*†‡"


def segments(words: Sequence[Word], *, rtl: bool = False) -> list[Line]:
    """Return the pieces of lines: words that follow each other in the content and stand side by side."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and _continues(runs[-1][-1], word, _MARKER_GAP * 3 if rtl else _IN_LINE_GAP):
            runs[-1].append(word)
        else:
            runs.append([word])
    pieces = [Line.of(run) for run in runs]
    return pieces if rtl else _with_markers(_merged(pieces))


def _continues(former: Word, word: Word, widest: float) -> bool:
    size, small = max(former.style.size, word.style.size), min(former.style.size, word.style.size)
    shift = abs(former.base - word.base)
    if shift > _SAME_BASE * size and not (shift < _SHIFT * size and small < 0.85 * size):
        return False
    return -0.4 * size <= _gap(former, word) <= widest * size


def _merged(pieces: Iterable[Line]) -> list[Line]:
    """Join pieces of one base line that stand next to each other, in whatever order the content has them."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=attrgetter("base")):
        if rows and piece.base - rows[-1][0].base <= _SAME_BASE * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [one for row in rows for one in _side_by_side(row, _MERGED_GAP)]


def _side_by_side(row: list[Line], widest: float) -> list[Line]:
    row.sort(key=attrgetter("left"))
    joined: list[Line] = []
    for piece in row:
        former = joined[-1] if joined else None
        size = max(piece.size, former.size) if former else 0.0
        if former and -0.4 * size <= piece.left - former.right <= widest * size:
            joined[-1] = Line.of([*former.words, *piece.words])
        else:
            joined.append(piece)
    return joined


def _with_markers(pieces: list[Line]) -> list[Line]:
    """Join a bullet or number with the text to its right."""
    joined: list[Line] = []
    for piece in pieces:
        former = joined[-1] if joined else None
        if (
            former
            and len(former.words) == 1
            and MARKER.fullmatch(former.text)
            and abs(former.base - piece.base) <= 0.5 * piece.size
            and 0 <= piece.left - former.right <= _MARKER_GAP * piece.size
        ):
            joined[-1] = Line.of([*former.words, *piece.words])
        else:
            joined.append(piece)
    return joined


def _is_stretched(words: Sequence[Word]) -> bool:
    """Whether a line was filled up to the edge of its column: all the gaps between its words are as wide."""
    gaps = [two.left - one.right for one, two in pairwise(words)]
    return len(gaps) > 1 and max(gaps) - min(gaps) <= _EVEN * words[0].style.size


def has_tabulator(line: Line) -> bool:
    """Whether a wide gap or a row of dots parts its words."""
    wide = any(two.left - one.right > _TABULATOR * line.size for one, two in pairwise(line.words))
    return (wide and not _is_stretched(line.words)) or any(
        len(word.text) >= LEADER_DOTS and set(word.text) == {"."} for word in line.words
    )


def whole_lines(pieces: Iterable[Line]) -> list[Line]:
    """Return the lines of a region without columns, from top to bottom; a table is a line of its own."""
    lines: list[list[Line]] = []
    for piece in sorted(pieces, key=attrgetter("base")):
        last = lines[-1][-1] if lines else None
        near = last and piece.base - last.base <= 0.35 * max(piece.size, last.size)
        if near and last and not last.table and not piece.table:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    made = []
    for row in lines:
        row.sort(key=attrgetter("left"))
        made.append(row[0] if len(row) == 1 else Line.of([word for piece in row for word in piece.words]))
    return made
