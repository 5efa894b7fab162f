"""The database of what is stored beside the library: opened, migrated, and its errors as ours.

Any number of processes may open it at once. On SQLite they migrate one after the other under a lock file, on
PostgreSQL under an advisory lock; a migration is one transaction, so that a process killed in it changes nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, NullPool, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from rag.adapters.state_schema import VERSION_TABLE
from rag.errors import ConfigError, StateError

BUSY_TIMEOUT_S = 60.0
_CONNECT_TIMEOUT_S = 10
_ADVISORY_KEY = 0x4F50424B  # "OPBK"; any number that others do not lock by
_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
# In WAL mode a power cut may lose the last commits, never damage the file.
_PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON")
_WRITES = "openbook_writes"
_migrating = threading.Lock()  # Alembic keeps the migration that runs in globals


def open_state(where: Path | str) -> Engine:
    """Return an engine on a database of the present schema, made or upgraded if need be.

    Args:
        where: a file of SQLite, or the URL of a database.

    Raises:
        ConfigError: the URL is none that can be used, or its driver is not installed.
        StateError: the database cannot be opened, or was written by a newer version of Openbook.
    """
    url = _url(where)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with _alone(url), _migrating, writing(engine) as connection:
            _migrate(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read one committed state. Raises `StateError` where the database cannot be read."""
    with _translated(engine.url), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Write in one transaction: all of it, or nothing. Raises `StateError` where the database cannot be written."""
    with _translated(engine.url), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


def insertion(engine: Engine, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that can say what happens on conflict; SQL itself has none, but both dialects do."""
    return sqlite.insert(table) if engine.dialect.name == "sqlite" else postgresql.insert(table)


def _url(where: Path | str) -> URL:
    if isinstance(where, Path):
        return URL.create("sqlite", database=str(where.absolute()))
    try:
        url = make_url(where)
    except ArgumentError as error:
        raise ConfigError(
            "OPENBOOK_DATABASE_URL is no database URL. One is sqlite:////folder/state.db, or "
            "postgresql://USER:PASSWORD@HOST/NAME."
        ) from error
    if url.drivername not in _DRIVERS:
        valid = ", ".join(f"{name}://" for name in _DRIVERS)
        raise ConfigError(f"OPENBOOK_DATABASE_URL: '{url.drivername}://' cannot be used. Valid are: {valid}.")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ConfigError("OPENBOOK_DATABASE_URL names no file. One is sqlite:////folder/state.db.")
    return url.set(drivername=_DRIVERS[url.drivername])


def _sqlite(url: URL) -> Engine:
    # No pool: a connection costs less than a millisecond, and none is shared by threads or after a fork.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # else sqlite3 itself decides when a transaction begins
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A transaction that reads first and writes later could fail where another has written meanwhile.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_TIMEOUT_S})
    except ImportError as error:
        raise ConfigError(
            f"PostgreSQL needs a driver that is not installed ({error}). Run: pip install 'openbook[postgres]'"
        ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{path}.lock", timeout=BUSY_TIMEOUT_S)
        lock.acquire()
    except Timeout as error:
        raise StateError(f"{path} is being opened by another process that does not finish. Stop it.") from error
    except OSError as error:
        raise StateError(
            f"{path} cannot be made or opened: {error.strerror}. Set OPENBOOK_HOME to a folder that can be written."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _alone(url: URL) -> AbstractContextManager[None]:
    return _locked(Path(url.database or "")) if url.get_backend_name() == "sqlite" else nullcontext()


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "rag.adapters:migrations")
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    if current == script.get_current_head():
        return
    known = {step.revision for step in script.walk_revisions()}
    if current is not None and current not in known:
        raise StateError(
            f"{_place(connection.engine.url)} was written by a newer version of Openbook (schema {current}; this "
            f"version knows up to {script.get_current_head()}). Nothing was changed. Upgrade Openbook, or set "
            "OPENBOOK_DATABASE_URL to another database."
        )
    command.upgrade(config, "head")


def _place(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        advice = (
            "Check the disk, and that this user may write the file and its folder"
            if url.get_backend_name() == "sqlite"
            else "Check that the server runs, and OPENBOOK_DATABASE_URL"
        )
        raise StateError(f"The database {_place(url)} failed: {cause}. {advice}.") from error
