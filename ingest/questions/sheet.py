"""Reads cards from two columns: term and definition, parted by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from ingest.questions.own_cards import own_card
from ingest.questions.texts import decoded
from rag.errors import IngestError
from rag.quiz.items import ItemType
from rag.study.drafts import Draft

_HEADERS = frozenset(("term", "question", "front", "definition", "answer", "back"))


def read_sheet(path: Path, raw: bytes) -> Iterator[Draft]:
    """Yield a card for each row but headers; what stands beyond the second column is not read.

    Raises:
        IngestError: it is no text in UTF-8, or no table.
    """
    rows = _rows(path, decoded(path, raw))
    for number, row in enumerate(rows, 1):
        term, definition = (_cell(cell) for cell in (*row, "", "")[:2])
        if term and not {term.lower(), definition.lower()} <= _HEADERS:
            draft = Draft(f"row {number}", ItemType.FLASHCARD, term, answers=(definition,) if definition else ())
            yield own_card(draft)


def _rows(path: Path, text: str) -> list[list[str]]:
    """Return the rows of a table, parted by the first sign that gives each of them two columns; else by commas."""
    rows: list[list[str]] = []
    try:
        for sign in "\t;,":
            rows = list(csv.reader(io.StringIO(text), delimiter=sign))
            if all(len(row) > 1 for row in rows if row):
                break
    except csv.Error as error:
        raise IngestError(f"the file is no table of two columns ({error})", str(path)) from error
    return rows


def _cell(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from computing it."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in "=+@-" else text
