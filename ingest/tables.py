"""Turns tables of other spellings into pipe tables: HTML and tab-separated rows."""

from __future__ import annotations

import re
import warnings
from itertools import groupby

from ingest.pages import Line

_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.I | re.S)
_TAG = re.compile(r"<[^<>]*>")
_MIN_COLUMNS = 2


def pipe_row(cells: list[str]) -> str:
    """Return one row of a pipe table; pipes inside cells are escaped by a slash."""
    return "| " + " | ".join(re.sub(r"\s+", " ", cell).strip().replace("|", "/") for cell in cells) + " |"


def pipe_table(rows: list[list[str]]) -> list[str]:
    """Return a pipe table of `rows`, the first being the header, all made as wide as the widest."""
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    return [pipe_row(padded[0]), "|" + " --- |" * width, *map(pipe_row, padded[1:])]


def html_tables_to_pipes(lines: list[Line]) -> list[Line]:
    """Replace each `<table>` by a pipe table standing on the lines it began on."""
    if not any("<table" in line.text.lower() for line in lines):
        return lines
    text = "\n".join(line.text for line in lines)
    result: list[Line] = []
    at = 0  # index into lines
    offset = 0
    for match in _TABLE.finditer(text):
        first = at + text.count("\n", offset, match.start())
        result.extend(lines[at:first])
        before, after = text[text.rfind("\n", 0, match.start()) + 1 : match.start()], ""
        last = first + match.group().count("\n")
        after = text[match.end() :].split("\n", 1)[0]
        rows = _html_rows(match.group())
        result.append(lines[first]._replace(text=before))
        result.extend(lines[first]._replace(text=row) for row in ([*pipe_table(rows), ""] if rows else []))
        result.append(lines[last]._replace(text=after))
        at, offset = last + 1, match.end() + len(after) + 1
    return result + lines[at:]


def _html_rows(table: str) -> list[list[str]]:
    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(table, "html.parser")
    rows: list[list[str]] = []
    for row in soup.find_all("tr"):
        cells: list[str] = []
        for cell in row.find_all(["th", "td"]):
            span = str(cell.get("colspan", "1"))
            cells += [cell.get_text(" ", strip=True)] * (min(int(span), 50) if span.isdigit() else 1)
        if any(cells):
            rows.append(cells)
    return rows


def tabs_to_pipes(lines: list[Line]) -> list[Line]:
    """Replace runs of two or more rows of tab-separated cells by pipe tables."""
    result: list[Line] = []
    for tabbed, run in groupby(lines, key=lambda line: line.text.rstrip().count("\t", 1) >= 1 and _is_row(line.text)):
        rows = list(run)
        cells = [[cell.strip() for cell in _TAG.sub(" ", row.text).rstrip("\n").split("\t")] for row in rows]
        if not tabbed or len(rows) < 2 or max(map(len, cells)) < _MIN_COLUMNS:
            result.extend(rows)
            continue
        kept = [(row, line) for row, line in zip(rows, cells, strict=True) if sum(map(bool, line)) > 1]
        if len(kept) < 2:
            result.extend(rows)
            continue
        table = pipe_table([line for _, line in kept])
        numbers = [kept[0][0], *(row for row, _ in kept)]
        numbers[0:2] = [kept[0][0], kept[0][0]]
        if result and result[-1].text.strip():
            result.append(kept[0][0]._replace(text=""))
        result.extend(row._replace(text=text) for row, text in zip(numbers, table, strict=True))
        result.append(kept[-1][0]._replace(text=""))
    return result


def _is_row(text: str) -> bool:
    """Whether the tabs of a line part cells, rather than indent it."""
    return "\t" in text.strip() or (text.startswith("\t") and text.rstrip().count("\t") > 1)
