"""Term and definition, one card a line: with commas and quotes as CSV, or with tabs as Quizlet's import reads it.

Neither form has a place for what an item is beside its two sides.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from rag.study.exports.entries import Exported, Written, answer, asked, source

_FORMULA = re.compile(r"[=+@-](?![\d.,]+%?$)")  # a spreadsheet would compute it; a plain number is none


def write_csv(exported: Exported) -> Written:
    """Return the cards as CSV (RFC 4180), in UTF-8."""
    made = io.StringIO()
    csv.writer(made).writerows([_harmless(side) for side in card] for card in _cards(exported))
    return Written(made.getvalue().encode())


def write_quizlet(exported: Exported) -> Written:
    """Return the cards with a tab between term and definition, and a line for each."""
    return Written("".join(f"{term}\t{definition}\n" for term, definition in _cards(exported)).encode())


def _cards(exported: Exported) -> Iterator[tuple[str, str]]:
    for entry in exported.entries:
        item = entry.item
        told = f"{answer(item)} — {item.rationale} Source: {source(item.citations[0])}"
        yield _one_line(" ".join((item.stem, *asked(item)))), _one_line(told)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
