"""Joins the lines of a PDF page to paragraphs, list items, code and tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ingest.readers.pdf.lines import BULLETS, MARKER, Line, has_tabulator

Kind = Literal["paragraph", "heading", "item", "code", "table"]

# All in parts of the size of the type.
_INDENT = 0.6
_OUTDENT = 0.3
_FITS = 0.5
_MEANT = 3.0  # room that is left where a line ends within a sentence, for its end to be meant
_BULLET_GAP = 0.5  # after a sign that may be a letter or a dash of the text

_LEADING = 1.2  # a line that stands further from the one before than so many usual distances begins a paragraph
_SAME_SIZE = 0.06
_USUAL_LEADING = 1.25  # of the size, where a region does not tell
_APART = 2.2  # lines further apart are not set as one text
_RARE = 0.2  # of the distances between the lines of a region
_SIGNS = frozenset(BULLETS) - frozenset("o-–—*·")
_NOTE_SIZE = 0.92  # of the body: footnotes are smaller


@dataclass(slots=True)
class Block:
    """Lines that belong together.

    Attributes:
        rows: the lines of each row of its text; only a row that was meant to end has another after it.
        level: of a heading 1 to 6, of an item its depth from 0.
        marker: what an item begins with.
    """

    kind: Kind
    rows: list[list[Line]]
    level: int = 0
    marker: str = ""

    @property
    def lines(self) -> list[Line]:
        """All its lines."""
        return [line for row in self.rows for line in row]

    @property
    def text(self) -> str:
        """Its lines with spaces between."""
        return " ".join(line.text for line in self.lines)


def blocks(lines: Sequence[Line]) -> list[Block]:
    """Return the blocks of a region: lines in reading order, in one column."""
    edges, leading = _right_edges(lines), _leading(lines)
    made: list[Block] = []
    for at, line in enumerate(lines):
        former = lines[at - 1] if at else None
        block = made[-1] if made else None
        if line.table is not None:
            made.append(Block("table", [[line]]))
        elif block and block.kind == "code" and _is_code(line):
            block.rows.append([line])
        elif _is_code(line) and _next_is_code(lines, at):
            made.append(Block("code", [[line]]))
        elif former is None or block is None or block.kind in ("table", "code"):
            made.append(_begun(line))
        else:
            room = (edges[at - 1] - former.right - _word_width(line)) / max(line.size, 1.0)
            match _ending(block, former, line, leading, room):
                case "block":
                    made.append(_begun(line))
                case "row":
                    block.rows.append([line])
                case _:
                    block.rows[-1].append(line)
    return _nested(made)


def _begun(line: Line) -> Block:
    marker = _marker(line)
    return Block("item", [[line]], marker=marker) if marker else Block("paragraph", [[line]])


def _marker(line: Line) -> str:
    """Return the bullet or number that a line begins with."""
    if len(line.words) < 2 or not MARKER.fullmatch(line.words[0].text):
        return ""
    text = line.words[0].text
    gap = line.words[1].left - line.words[0].right
    clear = text in _SIGNS or (text.strip("()")[0].isdigit() and text.count(".") < 2)
    wide = clear or gap >= _BULLET_GAP * line.size
    return text if wide and gap > 0 else ""


def _ending(block: Block, former: Line, line: Line, leading: dict[float, float], room: float) -> str:
    """Say what ends before `line`: "block", only the "row" of its text, or nothing ("").

    `room` is what was left on the line before for the first word of this one, in parts of the size.
    """
    short, meant = room >= _FITS, room >= _MEANT
    size = max(former.size, line.size)
    if abs(former.size - line.size) > _SAME_SIZE * size or _style_changes(former, line):
        return "block"
    usual = leading.get(line.size, _USUAL_LEADING * line.size)
    if not 0 <= line.base - former.base <= _LEADING * usual or _is_note(line):
        return "block"
    marker = _marker(line)
    ends = former.text[-1:] in ".!?:;"
    if marker and (marker in _SIGNS or block.kind == "item" or short or ends):
        return "block"
    if block.kind == "item":
        inside = line.left > block.rows[0][0].left + _OUTDENT * size
        return ("row" if meant and not ends else "") if inside or not short else "block"
    if has_tabulator(former) or has_tabulator(line):
        return "row"
    lines = block.lines
    left = min(one.left for one in lines[1:]) if len(lines) > 1 else former.left
    if line.left - left > _INDENT * size and (len(lines) > 1 or short):
        return "block"
    if len(lines) > 1 and left - line.left > _INDENT * size:
        return "block"
    if short and ends:
        return "block"
    return "row" if meant else ""


def _style_changes(former: Line, line: Line) -> bool:
    """Whether one line is bold or italic from end to end and the other is not where they meet."""
    last, first = former.words[-1].style, line.words[0].style
    return any(
        (all(getattr(word.style, how) for word in line.words) and not getattr(last, how))
        or (all(getattr(word.style, how) for word in former.words) and not getattr(first, how))
        for how in ("bold", "italic")
    )


def _is_note(line: Line) -> bool:
    """Whether a line begins with a raised number, as a footnote does."""
    first = line.words[0]
    return len(line.words) > 1 and first.text.isdigit() and first.base < line.base - 0.15 * line.size


def _word_width(line: Line) -> float:
    """The width of the first word of a line and the space before it."""
    return line.words[0].right - line.words[0].left + 0.25 * line.size


def _leading(lines: Sequence[Line]) -> dict[float, float]:
    """The usual distance from line to line for each size of type: the smallest that is not rare."""
    steps: dict[float, Counter[float]] = defaultdict(Counter)
    for one, two in pairwise(lines):
        if 0 < two.base - one.base < _APART * two.size and abs(one.size - two.size) < _SAME_SIZE * two.size:
            steps[two.size][round(two.base - one.base)] += 1
    return {
        size: min(step for step, count in counts.items() if count >= _RARE * counts.total()) + 0.5
        for size, counts in steps.items()
        if counts.total() > 1
    }


def _right_edges(lines: Sequence[Line]) -> list[float]:
    """Return for each line how far to the right the lines around it go, those set like it."""
    edges: list[float] = []
    run: list[Line] = []
    for line in lines:
        if run and (abs(run[-1].size - line.size) > _SAME_SIZE * line.size
                    or not 0 < line.base - run[-1].base < _APART * line.size):  # fmt: skip
            edges += [max(one.right for one in run)] * len(run)
            run = []
        run.append(line)
    return [*edges, *[max((one.right for one in run), default=0.0)] * len(run)]


def _is_code(line: Line) -> bool:
    """Whether all of a line is set in type of one width."""
    return line.table is None and all(word.style.mono for word in line.words)


def _next_is_code(lines: Sequence[Line], at: int) -> bool:
    return (
        at + 1 < len(lines) and _is_code(lines[at + 1]) and lines[at + 1].base - lines[at].base < 2.5 * lines[at].size
    )


def _nested(made: list[Block]) -> list[Block]:
    """Give the items of each list their depth, by their indentation."""
    open_at: list[float] = []
    for block in made:
        if block.kind != "item":
            # A paragraph between items that stands as far in as they do belongs to the list.
            if not open_at or block.kind == "heading" or block.lines[0].left <= open_at[0] + 0.5 * block.lines[0].size:
                open_at = []
            continue
        line = block.rows[0][0]
        while open_at and line.left < open_at[-1] - _INDENT * line.size:
            open_at.pop()
        if not open_at or line.left > open_at[-1] + _INDENT * line.size:
            open_at.append(line.left)
        block.level = len(open_at) - 1
    return made


def with_notes_last(regions: Sequence[list[Block]], body_size: float) -> list[Block]:
    """Return the blocks of a page with the footnotes of its columns at its end."""
    texts: list[Block] = []
    notes: list[Block] = []
    for region in regions:
        at = len(region)
        while at and region[at - 1].kind in ("paragraph", "item") and _small(region[at - 1], body_size):
            at -= 1
        while at < len(region) and not _begins_note(region[at]):
            at += 1
        texts += region[:at]
        notes += region[at:]
    return [*texts, *notes]


def _small(block: Block, body_size: float) -> bool:
    return all(line.size <= _NOTE_SIZE * body_size for line in block.lines)


def _begins_note(block: Block) -> bool:
    first = block.lines[0].words[0]
    return _is_note(block.lines[0]) or first.text[:1] in "*†‡" or bool(MARKER.fullmatch(first.text))
