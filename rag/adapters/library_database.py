"""The SQLite file of a library: connections, transactions and the state they see."""

from __future__ import annotations

import functools
import json
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rag.adapters.library_errors import BUSY_TIMEOUT_S, primary_code, translated
from rag.adapters.library_schema import APPLICATION_ID, SCHEMA_VERSION, STATEMENTS, UPGRADES
from rag.errors import LibraryError
from rag.types import EmbedderFingerprint, LibraryStamp

# An index older than this is rebuilt rather than followed; it bounds what a library keeps of its past.
KEPT_GENERATIONS = 10_000
KEPT_TOMBSTONES = 100_000
_STAT_FIELDS = 4

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",  # in WAL mode a power cut may lose the last commits, never damage the file
    "PRAGMA cache_size = -32768",  # KiB
    "PRAGMA journal_size_limit = 67108864",
)
_STATE = """
    SELECT meta.library_id, meta.stamp, newest.number, newest.token
    FROM meta LEFT JOIN generations AS newest ON newest.number = (SELECT max(number) FROM generations)
"""


@dataclass(frozen=True, slots=True)
class LibraryState:
    """Which committed state of which library: what a cache of it must name to be believed."""

    library_id: str
    generation: int
    token: str
    stamp: LibraryStamp | None


@dataclass(frozen=True, slots=True)
class _Held:
    """A thread's connection. "absent": an empty stand-in. "frozen": read past the WAL, which cannot be opened."""

    connection: sqlite3.Connection
    kind: Literal["live", "absent", "frozen"]
    seen: tuple[int, ...]
    process: int


def stamp_to_json(stamp: LibraryStamp) -> str:
    """Return the stamp as JSON."""
    return json.dumps(asdict(stamp))


@functools.lru_cache(maxsize=16)
def stamp_from_json(text: str) -> LibraryStamp:
    """Return the stamp that `stamp_to_json` wrote."""
    fields = json.loads(text)
    return LibraryStamp(EmbedderFingerprint(**fields["embedder"]), fields["chunker"])


def library_state(connection: sqlite3.Connection) -> LibraryState:
    """Return the state that this connection sees; generation 0 without a stamp where there is no library yet."""
    row = connection.execute(_STATE).fetchone()
    if row is None:
        return LibraryState("", 0, "", None)
    return LibraryState(row[0], row[2] or 0, row[3] or "", stamp_from_json(row[1]))


class Database:
    """One SQLite file, opened once by each thread that uses it.

    A file that is missing or empty reads as an empty library and is made by the first write.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[tuple[threading.Thread, _Held]] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def read(self, *, committed: bool = False) -> Iterator[sqlite3.Connection]:
        """Read one committed state of the library, whatever others commit meanwhile.

        Within `write` of the same thread, what that has written so far is read; with `committed` this raises,
        for what is kept in memory must not come of changes that may yet be undone.
        """
        with translated(self.path):
            connection = self._held().connection
            if connection.in_transaction and committed:
                raise LibraryError(f"The library {self.path} cannot be searched while this thread changes it.")
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self, stamp: LibraryStamp | None, *, forget_history: bool = False) -> Iterator[sqlite3.Connection]:
        """Write in one transaction: all of it is committed, or nothing; a change makes a new generation.

        Args:
            stamp: what a new library is stamped with; None where none may be made.
            forget_history: leave nothing to follow by, so that every vector index is rebuilt.
        """
        with translated(self.path):
            connection = self._writable().connection
            if connection.in_transaction:
                raise LibraryError(f"The library {self.path} is being read or written by this thread already.")
            connection.execute("BEGIN IMMEDIATE")
            is_new = False
            try:
                is_new = self._is_blank(connection)
                if is_new:
                    self._make_schema(connection, stamp)
                before = connection.total_changes
                yield connection
                if connection.total_changes != before:
                    _start_generation(connection, forget_history=forget_history)
                connection.commit()
            except BaseException:
                connection.rollback()
                if is_new:
                    self._hold(self._absent())  # still no library to read
                raise

    def close(self) -> None:
        """Close every thread's connection. No other thread may be using the library."""
        with self._lock:
            self._closed = True
            opened, self._opened = self._opened, []
        for _, held in opened:
            if held.process == os.getpid():
                held.connection.close()

    def _held(self) -> _Held:
        held: _Held | None = getattr(self._local, "held", None)
        if self._closed:
            raise LibraryError(f"The library {self.path} has been closed.")
        if held is not None and held.process == os.getpid() and not self._is_outdated(held):
            return held
        return self._hold(self._open_existing() or self._absent())

    def _is_outdated(self, held: _Held) -> bool:
        return held.kind != "live" and held.seen != self._file_seen()

    def _writable(self) -> _Held:
        held = self._held()
        if held.kind == "live":
            return held
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"The folder {self.path.parent} cannot be made: {error.strerror}. "
                "Set OPENBOOK_HOME to a folder that can be written."
            ) from error
        connection = self._connect("rwc")
        self._use_wal(connection)
        return self._hold(_Held(connection, "live", (), os.getpid()))

    def _hold(self, held: _Held) -> _Held:
        """Keep a connection for this thread, and close those of threads that ended."""
        former: _Held | None = getattr(self._local, "held", None)
        with self._lock:
            ended = [h for thread, h in self._opened if h is former or not thread.is_alive()]
            self._opened = [(thread, h) for thread, h in self._opened if h not in ended]
            self._opened.append((threading.current_thread(), held))
        for other in ended:
            # After a fork the parent's connection must not be closed here (https://sqlite.org/howtocorrupt.html).
            if other.process == os.getpid():
                other.connection.close()
        self._local.held = held
        return held

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,  # close() closes the connections of all threads
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _absent(self) -> _Held:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        for statement in STATEMENTS:
            connection.execute(statement)
        return _Held(connection, "absent", self._file_seen(), os.getpid())

    def _open_existing(self) -> _Held | None:
        """Open the library's file; None if there is none or nothing in it."""
        seen = self._file_seen()
        if not seen:
            return None
        try:
            return self._checked(self._connect("rw"), "live", seen)
        except sqlite3.OperationalError as error:
            unwritable = primary_code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not unwritable or os.access(self.path.parent, os.W_OK) or len(seen) > _STAT_FIELDS:
                raise
        # A library on a read-only folder: SQLite cannot make its WAL there, and without a WAL it needs none.
        return self._checked(self._connect("ro&immutable=1"), "frozen", seen)

    def _checked(
        self, connection: sqlite3.Connection, kind: Literal["live", "frozen"], seen: tuple[int, ...]
    ) -> _Held | None:
        try:
            connection.execute("BEGIN")
            blank = self._is_blank(connection)
            connection.rollback()
            if not blank:
                self._upgrade(connection, kind)
        except BaseException:
            connection.close()
            raise
        if blank:
            connection.close()
            return None
        return _Held(connection, kind, seen, os.getpid())

    def _file_seen(self) -> tuple[int, ...]:
        """Return what tells one state of the files from another: empty if there is no file."""
        found: list[int] = []
        for path in (self.path, Path(f"{self.path}-wal")):
            with suppress(FileNotFoundError, NotADirectoryError):
                status = path.stat()
                found += [status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
        return tuple(found)

    def _is_blank(self, connection: sqlite3.Connection) -> bool:
        """Whether nothing was ever committed to the file; raise if something else than a library was."""
        application_id, version, tables = (
            connection.execute(question).fetchone()[0]
            for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
        )
        if (application_id, version, tables) == (0, 0, 0):
            return True
        if application_id != APPLICATION_ID:
            raise LibraryError(
                f"{self.path} is an SQLite database but no Openbook library. Nothing was changed. "
                "Set OPENBOOK_HOME to another folder."
            )
        if version not in (*UPGRADES, SCHEMA_VERSION):
            raise LibraryError(
                f"The library {self.path} was written by another version of Openbook (schema {version}; this version "
                f"reads schema {SCHEMA_VERSION}). Nothing was changed. Upgrade Openbook, or set OPENBOOK_HOME to "
                "another folder and ingest the course texts again."
            )
        return False

    def _upgrade(self, connection: sqlite3.Connection, kind: Literal["live", "frozen"]) -> None:
        """Bring a library of an older schema to this one, in one transaction."""
        if _schema_version(connection) == SCHEMA_VERSION:
            return
        if kind == "frozen":
            raise LibraryError(
                f"The library {self.path} was written by an older version of Openbook and cannot be upgraded where it "
                "lies. Give this user the right to write the file and its folder, or copy it to a folder that can be "
                "written and set OPENBOOK_HOME to that."
            )
        connection.execute("BEGIN IMMEDIATE")
        try:
            for version in range(_schema_version(connection), SCHEMA_VERSION):
                for statement in UPGRADES[version]:
                    connection.execute(statement)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    def _make_schema(self, connection: sqlite3.Connection, stamp: LibraryStamp | None) -> None:
        if stamp is None:
            raise LibraryError(f"There is no library at {self.path}. Run `openbook ingest` to make one.")
        for statement in STATEMENTS:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO meta (only, library_id, stamp) VALUES (1, ?, ?)", (uuid.uuid4().hex, stamp_to_json(stamp))
        )

    @staticmethod
    def _use_wal(connection: sqlite3.Connection) -> None:
        """Switch the journal to WAL; SQLite does not wait for its lock by itself here."""
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        while True:
            try:
                with closing(connection.execute("PRAGMA journal_mode = WAL")):
                    return
            except sqlite3.OperationalError as error:
                if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    connection.close()
                    raise
            time.sleep(0.02)


def _schema_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _start_generation(connection: sqlite3.Connection, *, forget_history: bool) -> None:
    """Number this transaction's changes, and forget what no index should still follow by."""
    number: int = connection.execute(
        "INSERT INTO generations (token) VALUES (lower(hex(randomblob(8)))) RETURNING number"
    ).fetchone()[0]
    (tombstones,) = connection.execute("SELECT count(*) FROM tombstones").fetchone()
    forget_history = forget_history or tombstones > KEPT_TOMBSTONES
    # An index at generation g is followed by tombstones after g: a generation goes together with its tombstones.
    oldest = number if forget_history else number - KEPT_GENERATIONS
    connection.execute("DELETE FROM generations WHERE number < ?", (oldest,))
    connection.execute("DELETE FROM tombstones WHERE generation <= ?", (oldest,))
