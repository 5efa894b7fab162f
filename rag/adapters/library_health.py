"""What `openbook doctor` tells of a library."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from rag.adapters.library_database import library_state
from rag.adapters.library_schema import SCHEMA_VERSION
from rag.adapters.library_vectors import LibraryVectors
from rag.types import LibraryStamp

_COUNTS = {
    "documents": "SELECT count(*) FROM documents",
    "chunks": "SELECT count(*) FROM chunks",
    "sources": "SELECT count(*) FROM sources",
    "unnamed": "SELECT count(*) FROM documents WHERE id NOT IN (SELECT document_id FROM sources)",
    "orphans": """
        SELECT (SELECT count(*) FROM chunks WHERE document_id NOT IN (SELECT id FROM documents))
             + (SELECT count(*) FROM sources WHERE document_id NOT IN (SELECT id FROM documents))
             + (SELECT count(*) FROM originals WHERE document_id NOT IN (SELECT id FROM documents))""",
    "unindexed": """
        SELECT count(*) FROM (SELECT key FROM chunks EXCEPT SELECT id FROM chunk_search_docsize)""",
}


@dataclass(frozen=True, slots=True)
class LibraryHealth:
    """The condition of a library.

    Attributes:
        stamp: what it was indexed by; None if there is no library yet.
        cache: of the vectors: "current", "stale", "missing" or "damaged"; all but the first cost one slow question.
        unnamed: documents that no source names.
        orphans: chunks, sources and files whose document is gone.
        problems: what is wrong, for a person to read; empty in a sound library.
        unchecked: what could not be examined, and why.
    """

    schema_version: int
    generation: int
    stamp: LibraryStamp | None
    documents: int
    chunks: int
    sources: int
    database_bytes: int
    cache: str
    unnamed: int
    orphans: int
    problems: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def examine(connection: sqlite3.Connection, path: Path, vectors: LibraryVectors) -> LibraryHealth:
    """Return the condition of the library at `path` that `connection` reads; reads all of it."""
    state = library_state(connection)
    counts = {name: connection.execute(sql).fetchone()[0] for name, sql in _COUNTS.items()}
    wrong, unchecked = _check_lexical_index(connection)
    files = (path, Path(f"{path}-wal"))
    return LibraryHealth(
        schema_version=SCHEMA_VERSION,
        generation=state.generation,
        stamp=state.stamp,
        documents=counts["documents"],
        chunks=counts["chunks"],
        sources=counts["sources"],
        database_bytes=sum(file.stat().st_size for file in files if file.exists()),
        cache=vectors.cache_state(connection, state),
        unnamed=counts["unnamed"],
        orphans=counts["orphans"],
        problems=(*_problems(connection, counts, state.stamp), *wrong),
        unchecked=tuple(unchecked),
    )


def _problems(connection: sqlite3.Connection, counts: dict[str, int], stamp: LibraryStamp | None) -> list[str]:
    found = [f"SQLite: {row[0]}" for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
    if stamp is not None:
        (wrong,) = connection.execute(
            "SELECT count(*) FROM chunks WHERE length(vector) != ?", (4 * stamp.embedder.dimension,)
        ).fetchone()
        found += [f"{wrong} vectors do not have {stamp.embedder.dimension} dimensions"] if wrong else []
    for name, meaning in (
        ("unnamed", "documents have no source"),
        ("orphans", "chunks, sources or files have no document"),
        ("unindexed", "chunks are missing from the lexical index"),
    ):
        found += [f"{counts[name]} {meaning}"] if counts[name] else []
    return found


def _check_lexical_index(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Compare the lexical index with the chunks; return problems, and what could not be checked.

    The command has the form of a write (https://sqlite.org/fts5.html#the_integrity_check_command) and changes
    nothing, but a library that cannot be written, or is being written, cannot be asked.
    """
    try:
        connection.execute("INSERT INTO chunk_search (chunk_search, rank) VALUES ('integrity-check', 1)")
    except sqlite3.OperationalError as error:
        return [], [f"whether the lexical index agrees with the chunks ({error})"]
    except sqlite3.DatabaseError as error:
        return [f"the lexical index does not agree with the chunks ({error})"], []
    return [], []
