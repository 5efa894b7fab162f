"""Finds the tables of a PDF page by their rules; pdfplumber makes cells of rules.

A table that has rules across it only (as in most papers) is given sides and columns where it is white from top to
bottom; its rows are its lines of type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median

from ingest.readers.pdf.lines import BULLETS, MARKER, Line, segments, spaced, whole_lines
from ingest.readers.pdf.order import bands_of
from ingest.readers.pdf.rules import Rule
from ingest.readers.pdf.words import Word

Cell = list[Word]

_SNAP = 3.0  # points
_MOST_RULES = 600  # more would take pdfplumber too long
_LONGEST_CELL = 1500  # characters; a larger one is a part of the page, not of a table
_COLUMN_GAP = 0.6  # narrowest white between columns without rules, in parts of the size of the type
_MIN_COLUMNS, _MIN_ROWS = 3, 3  # of a table without rules
_FULL, _PROSE_WORDS = 0.8, 4  # share of their column that most lines of a text fill, and their words


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row names the columns."""

    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class _Area:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, word: Word) -> bool:
        return (
            self.left <= (word.left + word.right) / 2 <= self.right
            and self.top <= (word.top + word.bottom) / 2 <= self.bottom
        )


def cell_text(cell: Cell) -> str:
    """Return the words of a cell with spaces between."""
    return "".join(text for text, _ in spaced(cell))


def aligned_tables(words: Sequence[Word]) -> list[Line]:
    """Return the tables without rules: rows of three or more short pieces in columns, all but one with a name."""
    found = ruled_tables(words, _aligned_rules(words))
    return [line for line in found if line.table and _is_named(line.table.rows[0]) and not _is_contents(line.table)]


def _is_named(header: Sequence[Cell]) -> bool:
    return sum(map(bool, header)) >= len(header) - 1


def _is_contents(table: Table) -> bool:
    """Whether the last column counts up from its first row: the pages of a table of contents."""
    last = [cell_text(row[-1]) for row in table.rows]
    return all(map(str.isdecimal, last)) and all(int(one) <= int(two) for one, two in pairwise(last))


def ruled_tables(words: Sequence[Word], rules: Sequence[Rule]) -> list[Line]:
    """Return the tables that rules make, each as a line that holds its words."""
    across = [rule for rule in rules if not rule.vertical]
    if len(across) < 2 or len(rules) > _MOST_RULES:
        return []
    found = []
    for cells in _cells([*rules, *_missing_rules(words, rules)]):
        table = _table(words, cells, rules)
        if table is not None:
            found.append(Line.of([word for row in table.rows for cell in row for word in cell], table))
    return found


def _aligned_rules(words: Sequence[Word]) -> list[Rule]:
    """Return the rules that tables without any would have: above and below the header, and below the last row."""
    made: list[Rule] = []
    for alike, group in groupby(bands_of(segments(words)), key=_is_row):
        run = list(group)
        pieces = [piece for band in run for piece in band]
        inside = [word for piece in pieces for word in piece.words]
        if not alike or len(run) < _MIN_ROWS or len(gaps := _white(inside)) < _MIN_COLUMNS - 1:
            continue
        if _of_prose(pieces, gaps):
            continue
        left, right = min(piece.left for piece in pieces) - 1, max(piece.right for piece in pieces) + 1
        tops = [min(piece.top for piece in band) - 1 for band in run[:2]]
        made += (Rule(False, at, left, right) for at in (*tops, max(piece.bottom for piece in run[-1]) + 1))
    return made


def _is_row(band: Sequence[Line]) -> bool:
    bases = [piece.base for piece in band]
    return len(band) >= _MIN_COLUMNS and max(bases) - min(bases) < 0.35 * band[0].size


def _of_prose(pieces: Sequence[Line], gaps: Sequence[tuple[float, float]]) -> bool:
    """Whether the gaps part columns of a text: lines of several words that mostly go from edge to edge."""
    bounds = [float("-inf"), *((left + right) / 2 for left, right in gaps), float("inf")]
    prose = 0
    for start, end in pairwise(bounds):
        column = [piece for piece in pieces if start <= (piece.left + piece.right) / 2 < end]
        if column and median(len(piece.words) for piece in column) >= _PROSE_WORDS:
            width = max(piece.right for piece in column) - min(piece.left for piece in column)
            prose += median(piece.right - piece.left for piece in column) >= _FULL * width
    return 2 * prose > len(gaps)


def _cells(rules: Iterable[Rule]) -> list[list[_Area]]:
    """Return the cells of each table."""
    from pdfplumber import table as plumber  # slow to import, and most PDFs need none of it

    edges = plumber.merge_edges([_edge(rule) for rule in rules], _SNAP, _SNAP, _SNAP, _SNAP)
    cells = plumber.intersections_to_cells(plumber.edges_to_intersections(edges, _SNAP, _SNAP))
    return [[_Area(*cell) for cell in table] for table in plumber.cells_to_tables(cells)]


def _edge(rule: Rule) -> dict[str, object]:
    x0, top, x1, bottom = (
        (rule.at, rule.start, rule.at, rule.end) if rule.vertical else (rule.start, rule.at, rule.end, rule.at)
    )
    return {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "doctop": top, "width": x1 - x0, "height": bottom - top,
            "object_type": "line", "orientation": "v" if rule.vertical else "h"}  # fmt: skip


def _missing_rules(words: Sequence[Word], rules: Sequence[Rule]) -> list[Rule]:
    """Return the upright rules that tables without sides lack."""
    made: list[Rule] = []
    across = sorted((rule for rule in rules if not rule.vertical), key=attrgetter("start", "end", "at"))
    for _, run in groupby(across, key=lambda rule: (round(rule.start / 4), round(rule.end / 4))):
        same = list(run)
        area = _Area(same[0].start, min(r.at for r in same), same[0].end, max(r.at for r in same))
        inside = [word for word in words if area.holds(word)]
        if len(same) < 2 or not inside:
            continue
        upright = [
            rule.at
            for rule in rules
            if rule.vertical and area.left - 1 <= rule.at <= area.right + 1
            and min(rule.end, area.bottom) - max(rule.start, area.top) > 0.7 * (area.bottom - area.top)
        ]  # fmt: skip
        sides = [side for side in (area.left, area.right) if not any(abs(side - at) < _SNAP for at in upright)]
        if len(sides) < 2:
            continue  # a table with sides has its columns too
        gaps = [gap for gap in _white(inside) if not any(gap[0] <= at <= gap[1] for at in upright)]
        if (not gaps and not upright) or _of_prose(segments(inside), gaps):
            continue
        sides += [(left + right) / 2 for left, right in gaps]
        made += (Rule(True, side, area.top, area.bottom) for side in sides)
    return made


def _white(words: Sequence[Word]) -> list[tuple[float, float]]:
    """Return the gaps from top to bottom between the columns of `words`."""
    gaps: list[tuple[float, float]] = []
    right = None
    for word in sorted(words, key=attrgetter("left")):
        if right is not None and word.left - right > _COLUMN_GAP * word.style.size:
            gaps.append((right, word.left))
        right = max(right or 0.0, word.right)
    return gaps


def _table(words: Sequence[Word], cells: list[_Area], rules: Sequence[Rule]) -> Table | None:
    """Return the table of the cells, None if they are no table: too few, mostly empty, a list, or parts of the page."""
    lefts, tops = sorted({cell.left for cell in cells}), sorted({cell.top for cell in cells})
    if len(lefts) < 2:
        return None
    area = _Area(lefts[0], tops[0], max(cell.right for cell in cells), max(cell.bottom for cell in cells))
    cells = [*cells, *_not_covered(cells, [*lefts, area.right], [*tops, area.bottom])]
    ruled = any(
        rule.vertical and area.left - 1 < rule.at < area.right + 1 and rule.start < area.bottom and rule.end > area.top
        for rule in rules
    )
    rows = _rows([word for word in words if area.holds(word)], cells, lefts, ruled=ruled)
    filled = [at for at in range(len(lefts)) if not _of_bullets([row[at] for row in rows])]
    rows = [[row[at] for at in filled] for row in rows if any(row)]
    if len(rows) < 2 or len(filled) < 2 or any(len(cell_text(cell)) > _LONGEST_CELL for row in rows for cell in row):
        return None
    if len(filled) == 2 and all(not row[0] or MARKER.fullmatch(row[0][0].text.rstrip(":.)") + ".") for row in rows):
        return None
    held = sum(bool(cell) for row in rows for cell in row)
    return Table(_with_one_header(rows)) if 2 * held >= len(rows) * len(filled) else None


def _of_bullets(column: Sequence[Cell]) -> bool:
    """Whether a column is empty, or has no name and nothing but signs."""
    return not (column and column[0]) and all(cell_text(cell) in f" {BULLETS}" for cell in column)


def _not_covered(cells: Sequence[_Area], xs: Sequence[float], ys: Sequence[float]) -> list[_Area]:
    """Return the places of the grid that no cell takes, as where a rule is not drawn to its end."""
    places = [_Area(*one, *two) for top, bottom in pairwise(ys) for left, right in pairwise(xs)
              for one, two in [((left, top), (right, bottom))]]  # fmt: skip
    return [
        place
        for place in places
        if not any(
            cell.left <= (place.left + place.right) / 2 <= cell.right
            and cell.top <= (place.top + place.bottom) / 2 <= cell.bottom
            for cell in cells
        )
    ]


def _rows(held: Sequence[Word], cells: Sequence[_Area], lefts: Sequence[float], *, ruled: bool) -> list[list[Cell]]:
    """Return the cells in rows; what spans rows stands in each, what spans columns once, in the header in each."""
    rows: list[list[Cell]] = []
    hanging: dict[int, tuple[float, Cell]] = {}
    bands = [list(run) for _, run in groupby(sorted(cells, key=attrgetter("top", "left")), key=attrgetter("top"))]
    for number, run in enumerate(bands):
        band: list[Cell] = [[] for _ in lefts]
        for at, (bottom, cell) in hanging.items():
            if bottom > run[0].top + _SNAP:
                band[at] = cell
        for area in run:
            inside = _read([word for word in held if area.holds(word)])
            spanned = [at for at, left in enumerate(lefts) if area.left <= left < area.right - _SNAP]
            for at in spanned if not number else spanned[:1]:
                band[at] = inside
                hanging[at] = (area.bottom, inside)
        header = number == 0 and len(bands) > 1
        rows += [band] if header else _parted(band, ruled=ruled)
    return rows


def _with_one_header(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Join a header of two rows: a cell of the first stands in the second too."""
    first, second = rows[:2]
    if len(rows) < 3 or not any(one and one is two for one, two in zip(first, second, strict=True)):
        return rows
    return [[one if one is two else [*one, *two] for one, two in zip(first, second, strict=True)], *rows[2:]]


def _read(words: list[Word]) -> Cell:
    return [word for line in whole_lines(segments(words)) for word in line.words] if words else []


def _parted(band: list[Cell], *, ruled: bool) -> list[list[Cell]]:
    """Return the rows that stand between two rules.

    One; but one for each line of type where no upright rules are drawn, or where most cells have as many lines, all
    figures. A line without a first cell goes on with the row above it.
    """
    lines = [_lines(cell) for cell in band]
    counts = Counter(len(those) for those in lines if those)
    count, cells = counts.most_common(1)[0] if counts else (1, 0)
    if ruled and (count < 2 or cells < 0.6 * sum(counts.values()) or not _of_figures(lines, count)):
        return [band]
    named = next((those for those in lines if len(those) == count), []) if ruled else next(filter(None, lines), [])
    bases = [line.base for line in named]
    rows: list[list[Cell]] = [[[] for _ in band] for _ in bases]
    for column, those in enumerate(lines):
        for line in those:
            at = max((at for at, base in enumerate(bases) if base <= line.base + 0.5 * line.size), default=0)
            rows[at][column] += line.words
        if len(those) == 1 and ruled:
            for row in rows:
                row[column] = those[0].words
    return rows


def _lines(cell: Cell) -> list[Line]:
    return whole_lines(segments(cell)) if cell else []


def _of_figures(lines: Sequence[Sequence[Line]], count: int) -> bool:
    """Whether half of the cells with that many lines hold but one word, with a digit, in each."""
    those = [cell for cell in lines if len(cell) == count]
    figures = [all(len(line.words) == 1 and any(map(str.isdigit, line.text)) for line in cell) for cell in those]
    return 2 * sum(figures) >= len(those)
