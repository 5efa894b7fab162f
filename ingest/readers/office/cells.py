"""What the cells of a sheet show, and which rows of it are tables with which header."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias

Row: TypeAlias = list[str]

_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,' \u00a0]*(?:e[-+]?\d+)?\s?[%$€£¥]?\)?", re.I)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ][\d:.]+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADER_CHARACTERS = 80
# A number format: what stands before the number, its thousands, its decimals, its exponent, what stands after.
_FORMAT = re.compile(
    r"(?P<before>[^#0?]*)(?P<whole>[#0?,]+)(?:\.(?P<decimals>[0#?]+))?(?P<exponent>E[+-]0+)?(?P<after>.*)"
)
_QUOTED = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]|\\(.)|\[[^\]]*\]|_.|\*.')


def shown(value: Any, number_format: str = "General") -> str:
    """Return what a cell shows: dates as ISO dates, numbers with the decimals, signs and percents of their format.

    >>> shown(0.256, "0.0%"), shown(1234.5, '"$"#,##0.00'), shown(0.1 + 0.2)
    ('25.6%', '$1,234.50', '0.3')
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case datetime.datetime():
            text = value.isoformat(" ", "seconds")
            return text.removesuffix(" 00:00:00").removesuffix(":00")
        case datetime.time():
            return value.isoformat("seconds").removesuffix(":00")
        case int() | float():
            return _number(value, number_format)
        case _:
            return str(value)


def _number(value: float, number_format: str) -> str:
    sections = number_format.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 and sections[1] else sections[0]
    made = _FORMAT.fullmatch(_QUOTED.sub(lambda held: held[1] or held[2] or held[3] or "", section))
    if made is None or "General" in section or "/" in section:
        return f"{value:.11g}" if isinstance(value, float) else str(value)
    if section is not sections[0]:
        value = abs(value)  # the section says how a negative number is marked
    before, after = made["before"], made["after"].lstrip(",")
    whole = made["whole"].rstrip(",")
    value /= 1000 ** (len(made["whole"]) - len(whole) + len(made["after"]) - len(after))  # "0.0,," shows millions
    value *= 100 ** (before + after).count("%")
    decimals = made["decimals"] or ""
    if made["exponent"]:
        return f"{before}{value:.{len(decimals)}E}{after}"
    text = f"{value:{',' if ',' in whole else ''}.{len(decimals)}f}"
    for _ in range(len(decimals) - len(decimals.rstrip("#?"))):  # places that are shown only when they say something
        text = text.removesuffix("0")
    sign = "-" if text.startswith("-") else ""
    return f"{sign}{before}{text.removeprefix('-').removesuffix('.')}{after}".strip()


def tables(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the tables of a sheet, which empty rows part, each with the title above it and a header row."""
    for filled, run in groupby(rows, key=any):
        if not filled:
            continue
        block = _without_empty_columns(list(run))
        title: list[str] = []
        while len(block) > 1 and len(block[0]) > 1 and sum(map(bool, block[0])) == 1 and sum(map(bool, block[1])) != 1:
            title += filter(None, block.pop(0))
        yield " ".join(title), with_header(block)


def with_header(rows: list[Row]) -> list[Row]:
    """Return rows that begin with the names of their columns: their own, or "Column 1" and so on."""
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2 or _is_header(rows[0]):
        return rows
    return [[f"Column {number}" for number in range(1, width + 1)], *rows]


def _is_header(row: Row) -> bool:
    """Whether a row names columns: short words, no two the same; years only behind a word."""
    names = [cell for cell in row if cell]
    values = [name for name in names[1:] if _is_value(name) and not _YEAR.fullmatch(name)]
    first = not names or _is_value(names[0])
    short = all(len(name) <= _HEADER_CHARACTERS for name in names)
    return not first and not values and short and len(set(names)) == len(names) and 2 * len(names) >= len(row)


def _is_value(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text)) or text in ("TRUE", "FALSE")


def _without_empty_columns(rows: list[Row]) -> list[Row]:
    width = max(map(len, rows))
    kept = [at for at in range(width) if any(at < len(row) and row[at] for row in rows)]
    return [[row[at] if at < len(row) else "" for at in kept] for row in rows]
