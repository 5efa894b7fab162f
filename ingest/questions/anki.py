"""Reads notes of an Anki package: ours with their items, others as cards of a front and a back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

from ingest.questions.package import members
from ingest.questions.texts import out_of_html
from rag.errors import IngestError
from rag.quiz.items import ItemType
from rag.study.carried import carried
from rag.study.drafts import Draft

_COLLECTIONS = ("collection.anki21", "collection.anki2")  # the newer first; a package may hold a stub of the older
_NEWEST = "collection.anki21b"
_MOST_NOTES, _MOST_STEPS = 100_000, 5_000  # notes; times that SQLite may work on for 10,000 of its instructions
_BETWEEN = "\x1f"


def read_anki(path: Path, raw: bytes) -> Iterator[Draft]:
    """Yield the notes of a package.

    Raises:
        IngestError: it is damaged, or was written for the newest Anki alone.
    """
    found = dict(members(path, raw, *_COLLECTIONS, _NEWEST))
    if _NEWEST in found:
        raise IngestError("export the deck again with 'Support older Anki versions' ticked", str(path))
    collection = next((found[name] for name in _COLLECTIONS if name in found), None)
    if collection is None:
        raise IngestError("the file is no Anki package: it holds no collection", str(path))
    for number, fields in enumerate(_notes(path, collection), 1):
        front, back = (out_of_html(field) for field in (*fields, "", "")[:2])
        item = next(carried(unescape(fields[-1])), None)
        yield Draft(f"note {number}", ItemType.FLASHCARD, front, answers=(back,) if back else (), item=item)


def _notes(path: Path, collection: bytes) -> list[list[str]]:
    """Return the fields of all notes; a database that asks for other tables, or for much work, is refused."""
    steps = iter(range(_MOST_STEPS))
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(collection)
            database.execute("PRAGMA trusted_schema = OFF")
            database.set_progress_handler(lambda: next(steps, None) is None, 10_000)
            database.set_authorizer(_allowed)
            rows = database.execute("SELECT flds FROM notes ORDER BY id LIMIT ?", (_MOST_NOTES,)).fetchall()
    except (sqlite3.Error, OverflowError) as error:
        raise IngestError(f"the collection in the package is damaged ({error})", str(path)) from error
    return [str(fields).split(_BETWEEN) for (fields,) in rows]


def _allowed(action: int, table: str | None, *_: object) -> int:
    """Let SQLite read the table of notes, and nothing else."""
    plain = action == sqlite3.SQLITE_SELECT or (action == sqlite3.SQLITE_READ and table == "notes")
    return sqlite3.SQLITE_OK if plain else sqlite3.SQLITE_DENY
