"""Turns tables of other spellings into pipe tables: HTML and tab-separated rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from ingest.pages import Line

_TABLE = re.compile(r"<table\b", re.I)
_TABLE_END = re.compile(r"</table\s*>", re.I)
_LAST_CELL = re.compile(r"</t[rdh]\s*>", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)([^<>]*)>")
_SPAN = re.compile(r"\b(col|row)span\s*=\s*[\"']?\s*(\d{1,4})", re.I)
_PIPE = re.compile(r"\||&(?:#124|#x7c|vert|verbar);", re.I)
_MARKER = re.compile(r"^\s*(?:[-*+]|\d{1,4}[.)])(?=\t)")
_MIN_COLUMNS = 2
MOST_SPANNED = 20  # columns of a cell


def pipe_row(cells: list[str]) -> str:
    """Return one row of a pipe table; pipes inside cells are written as slashes."""
    return "| " + " | ".join(_PIPE.sub("/", " ".join(cell.split())) for cell in cells) + " |"


def pipe_table(rows: list[list[str]]) -> list[str]:
    """Return a pipe table of `rows`, the first being the header, which is made as wide as the widest."""
    width = max(map(len, rows))
    header = rows[0] + [""] * (width - len(rows[0]))
    return [pipe_row(header), "|" + " --- |" * width, *map(pipe_row, rows[1:])]


def html_tables_to_pipes(lines: list[Line]) -> list[Line]:
    """Replace each `<table>` by a pipe table standing on the lines it began on.

    Text of a table outside its cells, such as a caption, stands before it. An opening tag without rows is text.
    """
    if not any("<table" in line.text.lower() for line in lines):
        return lines
    text = "\n".join(line.text for line in lines)
    result: list[Line] = []
    at = done = 0  # line of the offset up to which the text is done
    for start, end in _tables(text):
        loose, rows = _html_rows(text[start:end])
        if not rows:
            continue
        before = text[done:start].split("\n")
        result += (lines[at + n]._replace(text=part) for n, part in enumerate(before))
        at += len(before) - 1
        table = pipe_table(rows) if len(rows) > 1 else ["; ".join(filter(None, rows[0]))]  # one row is a box of text
        caption = ["", loose] if loose else []
        result += (lines[at]._replace(text=row) for row in [*caption, "", *table, ""])
        at += text.count("\n", start, end)
        done = end
    rest = text[done:].split("\n")
    return result + [lines[at + n]._replace(text=part) for n, part in enumerate(rest)]


def _tables(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of tables; one that is not closed ends with its last cell before the next table."""
    openings = [match.start() for match in _TABLE.finditer(text)]
    closings = [match.end() for match in _TABLE_END.finditer(text)]
    ends = iter([*closings, len(text) + 1])
    close, done = next(ends), 0
    for number, start in enumerate(openings):
        if start < done:
            continue
        while close <= start:
            close = next(ends)
        following = openings[number + 1] if number + 1 < len(openings) else len(text)
        if close <= len(text):
            done = close
        else:
            done = max((match.end() for match in _LAST_CELL.finditer(text, start, following)), default=start)
        if done > start:
            yield start, done


def _html_rows(table: str) -> tuple[str, list[list[str]]]:
    """Return the text outside cells, and the rows with text; what spans rows stands in each, what spans columns once.

    In the first row, the header, what spans columns names each of them.
    """
    loose: list[str] = []
    rows: list[list[str]] = []
    cells: list[tuple[list[str], int, int]] = []  # of the open row: parts, columns, rows
    hanging: dict[int, tuple[int, str]] = {}  # column: rows still spanned, text
    inside = False
    done = 0

    def close_row() -> None:
        nonlocal cells, hanging
        if cells or hanging:
            row, hanging = laid_out(cells, hanging, first=not rows)
            if any(row):
                rows.append(row)
        cells = []

    for tag in _TAG.finditer(table):
        (cells[-1][0] if inside else loose).append(table[done : tag.start()])
        done = tag.end()
        closing, name, attributes = tag.group(1), tag.group(2).lower(), tag.group(3)
        if name in ("td", "th"):
            inside = not closing
            if inside:
                spans = {kind.lower(): int(count) for kind, count in _SPAN.findall(attributes)}
                cells.append(([], min(spans.get("col", 1), MOST_SPANNED), min(spans.get("row", 1), 1000)))
        elif name in ("tr", "table"):
            inside = False
            if cells:
                close_row()
        elif inside and name in ("br", "p", "li", "div"):
            cells[-1][0].append(" ")
        elif inside and name not in ("b", "i", "em", "strong", "span", "sup", "sub", "u", "a", "font", "code", "small"):
            cells[-1][0].append(tag.group() if name not in _STRUCTURE else " ")
    (cells[-1][0] if inside else loose).append(table[done:])
    if cells:
        close_row()
    return " ".join(" ".join(loose).split()), rows


_STRUCTURE = frozenset("table thead tbody tfoot caption colgroup col ul ol h1 h2 h3 h4 h5 h6 img center pre".split())


def laid_out(
    cells: list[tuple[list[str], int, int]], hanging: dict[int, tuple[int, str]], *, first: bool
) -> tuple[list[str], dict[int, tuple[int, str]]]:
    """Return the texts of a row in their columns, and what hangs down into the next."""
    row: list[str] = []
    left: dict[int, tuple[int, str]] = {}

    def hang() -> None:
        while len(row) in hanging:
            count, text = hanging[len(row)]
            if count > 1:
                left[len(row)] = (count - 1, text)
            row.append(text)

    for parts, columns, rows in cells:
        hang()
        text = " ".join("".join(parts).split())
        for number in range(max(columns, 1)):
            if rows > 1:
                left[len(row)] = (rows - 1, text if first or not number else "")
            row.append(text if first or not number else "")
    hang()
    return row, left


def tabs_to_pipes(lines: list[Line]) -> list[Line]:
    """Replace runs of two or more rows of tab-separated cells by pipe tables."""
    result: list[Line] = []
    for tabbed, run in groupby(lines, key=lambda line: "\t" in line.text and _is_row(line.text)):
        rows = list(run)
        if tabbed:
            result += _tab_table(rows)
        else:
            result += rows
    return result


def _tab_table(rows: list[Line]) -> list[Line]:
    cells = [[cell.strip() for cell in row.text.split("\t")] for row in rows]
    filled = [sum(map(bool, line)) for line in cells]
    if sum(count >= _MIN_COLUMNS for count in filled) < 2:
        return rows
    first = next(at for at, count in enumerate(filled) if count >= _MIN_COLUMNS)
    kept = [at for at in range(first, len(rows)) if filled[at]]
    for at in kept:  # empty cells at the end of a row are no columns
        while not cells[at][-1]:
            cells[at].pop()
    table = pipe_table([cells[at] for at in kept])
    places = [rows[kept[0]], *(rows[at] for at in kept)]
    made = [place._replace(text=text) for place, text in zip(places, table, strict=True)]
    blank = rows[first]._replace(text="")
    return [*rows[:first], blank, *made, rows[kept[-1]]._replace(text="")]


def _is_row(text: str) -> bool:
    """Whether the tabs of a line part cells, rather than indent it or follow a list marker."""
    text = _MARKER.sub("", text)
    return "\t" in text.lstrip() or (text.startswith("\t") and text.rstrip().count("\t") > 1)
