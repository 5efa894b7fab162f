"""SQLite's errors as ours: what happened, where, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryError

BUSY_TIMEOUT_S = 60.0

_DAMAGED = (
    "is damaged or is no Openbook library. Nothing was changed. Restore it from a backup, or move it away and "
    "ingest the course texts again"
)
# Primary result codes: https://sqlite.org/rescode.html
_ADVICE = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Nothing was changed. Free some space and try again",
    sqlite3.SQLITE_BUSY: (
        f"is locked: another process has been writing for more than {BUSY_TIMEOUT_S:.0f} seconds. "
        "Nothing was changed. Try again when it has finished"
    ),
    sqlite3.SQLITE_LOCKED: "is locked by another connection of this process. Nothing was changed. Try again",
    sqlite3.SQLITE_READONLY: (
        "cannot be written. Give this user the right to write the file and its folder, or set OPENBOOK_HOME to a "
        "folder that can be written"
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened. Check that it is a file and that this user may read it and write in its folder"
    ),
    sqlite3.SQLITE_PERM: "may not be opened by this user. Check the rights of the file and its folder",
    sqlite3.SQLITE_IOERR: "could not be read or written by the disk. Check the disk, its quota and its space",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CONSTRAINT: "refused a change that would break it. Nothing was changed. Run `openbook doctor`",
}


def primary_code(error: sqlite3.Error) -> int | None:
    """Return the primary result code of an error, None for one that Python itself raised."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise errors of SQLite at `path` as `LibraryError` with the next step."""
    try:
        yield
    except sqlite3.Error as error:
        advice = _ADVICE.get(primary_code(error) or 0, "failed. Run `openbook doctor`")
        raise LibraryError(f"The library {path} {advice}. (SQLite: {error})") from error
    except UnicodeEncodeError as error:
        raise LibraryError(
            f"The library {path} cannot store characters that are no Unicode text (lone surrogates, at character "
            f"{error.start}). Rename the file or repair its text."
        ) from error
