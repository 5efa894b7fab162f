"""Tables of web pages: what kind of table one is, and its cells in their rows and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from ingest.tables import MOST_SPANNED, laid_out

_ROW_GROUPS = ("thead", "tbody", "tfoot")
_CELLS = ("td", "th")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PARTS = (*_HEADINGS, "p", "ul", "ol", "dl", "pre", "table")  # of a page rather than of a cell

Row: TypeAlias = tuple[str, list[Any]]  # the tag of what the row stands in, and its cells


def rows_of(table: Any) -> list[Row]:
    """Return the rows of a table that have cells, not those of a table inside it."""
    rows = ((part, [cell for cell in row if cell.tag in _CELLS]) for part, row in _rows(table))
    return [(part, cells) for part, cells in rows if cells]


def _rows(table: Any) -> Iterator[tuple[str, Any]]:
    for child in table:
        if child.tag == "tr":
            yield "table", child
        elif child.tag in _ROW_GROUPS:
            yield from ((child.tag, row) for row in child if row.tag == "tr")


def is_arrangement(table: Any, rows: list[Row]) -> bool:
    """Whether a table only arranges a page: its cells are not rows of values."""
    if table.get("role") in ("presentation", "none") or all(len(cells) == 1 for _, cells in rows):
        return True
    cells = [cell for _, row in rows for cell in row]
    parts = _HEADINGS if len(rows) > 1 else _PARTS
    return all(cell.tag == "td" for cell in cells) and any(next(cell.iter(*parts), None) is not None for cell in cells)


def is_keyed(rows: list[Row]) -> bool:
    """Whether a table has no columns to name: each row is a key with its value, or a heading over some."""
    pairs = [cells for _, cells in rows if len(cells) > 1]
    return all(len(cells) == 2 and cells[1].tag == "td" and _is_key(cells[0]) for cells in pairs)


def _is_key(cell: Any) -> bool:
    return cell.tag == "th" or str(cell.text_content()).rstrip().endswith(":")


def header_and_rows(rows: list[Row], text_of: Callable[[Any], str]) -> list[list[str]]:
    """Return the texts of a table with its header, which several rows may make, as the first row."""
    heads = 0
    while heads < len(rows) and (rows[heads][0] == "thead" or all(cell.tag == "th" for cell in rows[heads][1])):
        heads += 1
    texts: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for number, (_, cells) in enumerate(rows):
        given = [([text_of(cell)], _span(cell, "colspan"), _span(cell, "rowspan")) for cell in cells]
        row, hanging = laid_out(given, hanging, first=number < max(heads, 1))
        texts.append(row)
    if heads > 1:
        width = max(map(len, texts[:heads]))
        columns = zip(*(row + [""] * (width - len(row)) for row in texts[:heads]), strict=True)
        texts[:heads] = [[" ".join(dict.fromkeys(filter(None, column))) for column in columns]]
    return [row for row in texts if any(row)]


def _span(cell: Any, name: str) -> int:
    told = cell.get(name) or "1"
    most = MOST_SPANNED if name == "colspan" else 1000
    return max(min(int(told), most), 1) if told.isdecimal() and len(told) < 6 else 1
