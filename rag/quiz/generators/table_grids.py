"""Tables as items are made from them: things, and what their columns say of them.

Of a table with its things in columns ("Question | DynamicFrame | DataFrame"), the grid is turned, so that both kinds
read the same. Tables of one calculation ("fold", "step", "term") give no grid.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.quiz.generators.table_cells import fits, overlap, readings
from rag.quiz.generators.table_headers import Frame, frame_of
from rag.quiz.generators.table_names import Kind, called, is_proper, kind_of
from rag.quiz.items import fact_id
from rag.quiz.language import head, is_name, is_plural, lower_first, singular, with_article
from rag.quiz.material import Section, Table
from rag.text.quantities import DIMENSIONS, quantities
from rag.text.sentences import first_sentence
from rag.text.statements import Statement

_TOPICS = frozenset(
    "question property topic aspect criterion attribute characteristic dimension item feature point comparison".split()
)
_ATTRIBUTE = re.compile(
    r"\b(?:remarks?|notes?|limits?|values?|default|descriptions?|comments?|meaning|service|example)\b", re.I
)
_WORKED = re.compile(r"\b(?:worked|example|by hand|calculat\w+|exercise)\b", re.I)
_SUM = re.compile(r"\d\s*[-+×*/=−]\s*[\d(]|=|≈")
_BARE = re.compile(r"[−-]?[\d.,]+(?:\s*[-–/]\s*[\d.,]+)?")
_POOR_NAME = re.compile(r"(?:both|other|others|all|total|rest|none|any|yes|no|low|high)\b|.*[?{}<>|\"]|.*https?:", re.I)
_LONGEST_NAME = 60
NAME = "tables"  # of the generator
MOST_ROWS = 60  # of a longer table, the first are read


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column says of a thing.

    Attributes:
        text: the cell, or its first sentence.
        read: how it reads (see `rag.quiz.generators.table_cells.readings`).
        row: the row that it stands in.
    """

    text: str
    read: str
    row: Statement


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid.

    Attributes:
        cells: what it says, by the name of the thing; without what cannot be an option.
        polar: things of which it says yes (True) or no.
    """

    header: str
    frame: Frame
    cells: dict[str, Cell]
    polar: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as items are made from it.

    Attributes:
        kind: what its things are.
        things: as they stand in the table, each with how it is called within a sentence.
        columns: what is said of them, as far as it can be asked for.
        rows: where it stands, by thing and column.
        turned: whether the things are columns of the table.
    """

    section: Section
    kind: Kind
    things: dict[str, str]
    columns: tuple[Column, ...]
    rows: dict[tuple[str, str], Statement]
    turned: bool

    def fact(self, thing: str, column: str) -> str:
        """Return the id of what a column says of a thing."""
        return fact_id(self.section.document.id, thing, column)


def _is_worked(section: Section, table: Table) -> bool:
    """Whether a table holds the numbers of one calculation or case."""
    lead = re.sub(r"\bas of [\w-]+", "", table.lead)
    if _WORKED.search(" ".join(section.path)) or re.search(r"\d|\bfollowing (?:matrix|numbers)\b", lead):
        return True
    cells = [cell for row in table.rows for _, cell in row.cells[1:]]
    bare = sum(bool(_BARE.fullmatch(cell) or _SUM.search(cell)) and not _measured(cell) for cell in cells)
    return not cells or bare > 0.4 * len(cells)


def _measured(cell: str) -> bool:
    return any(one.unit in DIMENSIONS for one in quantities(cell)) and not _SUM.search(cell)


def grid_of(section: Section, table: Table, text: str, names: Collection[str]) -> Grid | None:
    """Return a table as things and columns, or None where it is not sure what the things are.

    Args:
        section: where the table stands.
        table: one of its tables.
        text: the whole document.
        names: what `rag.quiz.language.names_in` found in it.
    """
    if _is_worked(section, table):
        return None
    rows = table.rows[:MOST_ROWS]
    labels = [row.cells[0][1] for row in rows if row.cells[0][0] == table.columns[0]]
    if len(labels) != len(rows) or len(labels) < 2 or _repeats(labels) or _repeats(table.columns):
        return None
    turned = _is_turned(table, names)
    named, columns = (table.columns[1:], labels) if turned else (labels, table.columns[1:])
    things = [one for one in named if _is_name(one)]
    kind = _kind_of_columns(section, things, names) if turned else kind_of(table.columns[0], section, things, names)
    if len(things) < 2 or (not turned and not kind.phrase):
        return None
    at = {
        (name, row.cells[0][1]) if turned else (row.cells[0][1], name): (cell, row)
        for row in rows
        for name, cell in row.cells[1:]
    }
    heads = Counter(head(one).lower() for one in columns)
    found = [_column(one, things, at, kind, names) for one in columns if turned or heads[head(one).lower()] == 1]
    names_of = {one: _in_column(one, text) for one in things} if not kind.noun else called(things, kind, text, names)
    return Grid(
        section,
        kind,
        names_of,
        tuple(one for one in found if one),
        {place: row for place, (_, row) in at.items()},
        turned,
    )


def _is_name(thing: str) -> bool:
    return len(thing) <= _LONGEST_NAME and not _POOR_NAME.match(thing) and not _BARE.fullmatch(thing)


def _repeats(names: Sequence[str]) -> bool:
    return len(set(map(str.casefold, names))) < len(names)


def _column(
    header: str, things: list[str], at: dict[tuple[str, str], tuple[str, Statement]], kind: Kind, names: Collection[str]
) -> Column | None:
    frame = frame_of(header, kind.phrase, names)
    if frame is None:
        return None
    raw = {one: at[one, header] for one in things if (one, header) in at}
    polar = {one: cell.lower() == "yes" for one, (cell, _) in raw.items() if cell.lower() in ("yes", "no")}
    short = {one: (first_sentence(cell), row) for one, (cell, row) in raw.items()}
    kept = {
        one: (cell, row) for one, (cell, row) in short.items() if fits(cell) and not _names_another(cell, one, things)
    }
    if not frame.polar and any(_SUM.search(cell) and re.search(r"\d", cell) for cell, _ in kept.values()):
        return None
    read = readings([cell for cell, _ in kept.values()], names)
    if frame.ask.startswith("What are") and "number" in read:
        return None
    cells = {one: Cell(cell, how, row) for (one, (cell, row)), how in zip(kept.items(), read, strict=True)}
    return Column(header, frame, cells, polar)


def _names_another(cell: str, own: str, things: Sequence[str]) -> bool:
    """Whether a cell tells of a thing by another of the same table: "momentum plus RMSProp"."""
    others = [one for one in things if len(one) > 3 and not overlap(one, own)]
    return any(re.search(rf"\b{re.escape(one)}\b", cell, re.I) for one in others if one.casefold() != cell.casefold())


def _is_turned(table: Table, names: Collection[str]) -> bool:
    """Whether the things of a table are its columns, and its rows what is said of them."""
    first, rest = table.columns[0].strip().lower(), table.columns[1:]
    if len(rest) < 2 or any(_ATTRIBUTE.search(one) for one in rest) or (first and first not in _TOPICS):
        return False
    labels = [row.cells[0][1] for row in table.rows]
    if any(one.endswith("?") for one in labels):
        return False
    proper = sum(is_proper(one, names) for one in labels)
    return proper < 0.5 * len(labels) and not any(
        re.search(r"^(?:who|what|how|good for|best for)\b", one, re.I) for one in rest
    )


def _in_column(name: str, text: str) -> str:
    """Return a thing that names a column as it is called: "the online store" where the text says so, "a chain saw"."""
    low = name[:1].lower() + name[1:]
    if not re.fullmatch(r"[a-z-]+(?: [a-z-]+)+", low):
        return name
    return f"the {low}" if f"the {low}" in text else with_article(low)


def _kind_of_columns(section: Section, things: list[str], names: Collection[str]) -> Kind:
    """Return what things in columns are, where the heading says it: "Standard and Express workflows" -> "workflow"."""
    found = re.fullmatch(rf"{re.escape(' and '.join(things))} (\w+)", section.title) if len(things) == 2 else None
    above = section.path[-2] if len(section.path) > 2 else ""
    product = f"{above} " if above and all(is_name(word, names) for word in above.split()) else ""
    if found and is_plural(found[1]):
        return Kind(product + lower_first(singular(found[1]), names))
    if all(is_proper(one, names) for one in things) or not product:
        return Kind("")
    return Kind("", above)
