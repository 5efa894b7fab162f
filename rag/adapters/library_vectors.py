"""The vector index of a library: a cache of its chunks' vectors, kept to the last committed generation.

A question never waits for a graph to be built, which takes minutes: without a usable cache the
vectors are read from SQLite, in about a second for 200,000, and searched exactly. The graph is made
when the cache is written.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.adapters.library_database import LibraryState
from rag.adapters.library_rows import vectors_from_blobs
from rag.adapters.library_scope import Keys, KeySet
from rag.adapters.vector_file import DamagedVectorFile, peek_header, read_vector_file, write_vector_file
from rag.adapters.vector_index import VectorIndex
from rag.errors import LibraryError
from rag.ports import Vectors
from rag.types import Hit

log = logging.getLogger(__name__)

# Fewer chunks are read from SQLite as quickly as from a cache.
WORTH_CACHING = 1_000
# A cache is written anew when this share of the chunks has changed since; a smaller change is quick to follow.
WORTH_REWRITING = 0.05
# Above this share of dead vectors a graph spends its walks on them.
MAX_DEAD_SHARE = 0.2
# Adding a vector to a graph takes about half a millisecond: a question does not wait for more than these.
MAX_ADDED_TO_GRAPH = 1_000
_BATCH = 4096


@dataclass(frozen=True, slots=True)
class _Held:
    index: VectorIndex
    state: LibraryState


class SharedLock:
    """Many threads may share it, or one may have it alone."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._sharing = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it beside other sharing threads."""
        with self._condition:
            self._sharing += 1
        try:
            yield
        finally:
            with self._condition:
                self._sharing -= 1
                self._condition.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold it alone."""
        with self._condition:
            self._condition.wait_for(lambda: not self._sharing)
            yield


class LibraryVectors:
    """Searches the vectors of the library that a connection reads.

    Args:
        file: the cache.
        exact_search_limit: above this number of chunks the cache holds a graph (HNSW).
    """

    def __init__(self, file: Path, exact_search_limit: int) -> None:
        self.file = file
        self._limit = exact_search_limit
        self._held: _Held | None = None
        self._file_is_damaged = False
        self._lock = SharedLock()

    @property
    def is_loaded(self) -> bool:
        """Whether a search has needed the vectors."""
        return self._held is not None

    def refresh(self, connection: sqlite3.Connection, state: LibraryState) -> None:
        """Bring the index up to `state`, which `connection` sees."""
        if _is_at(self._held, state):
            return
        with self._lock.exclusive():
            if _is_at(self._held, state):
                return
            held, self._held = self._held, None  # an index that was half brought up is not held
            self._held = (
                self._follow(connection, held, state)
                or self._follow(connection, self._read_file(), state)
                or self._rebuild(connection, state, approximate=False)
            )

    def search(self, vector: Vectors, limit: int, allowed: KeySet | None) -> list[Hit]:
        """Return the `limit` keys of highest inner product with `vector` among `allowed`, best first.

        Raises:
            LibraryError: the vectors could not be read.
        """
        with self._lock.shared():
            if self._held is None:
                raise LibraryError(f"The vectors beside {self.file} could not be read. Try again.")
            return self._held.index.search(vector, limit, allowed)

    def save(self, connection: sqlite3.Connection, state: LibraryState) -> None:
        """Write the cache for `state`; best effort, since the library does without."""
        try:
            self.refresh(connection, state)
            approximate = _count(connection) > self._limit
            if self._held is None or self._held.index.approximate != approximate:
                held = self._rebuild(connection, state, approximate=approximate)
                with self._lock.exclusive():
                    self._held = held
            with self._lock.shared():
                held = self._held
                write_vector_file(self.file, held.state, held.index)
        except OSError as error:
            log.warning("The vector cache %s was not written: %s", self.file, error)
            return
        self._file_is_damaged = False
        log.info("Wrote the vector cache: generation %d, %d chunks", held.state.generation, len(held.index))

    def is_worth_saving(self, connection: sqlite3.Connection, state: LibraryState, *, may_build: bool) -> bool:
        """Whether the next process would save noticeable time.

        Args:
            connection: sees `state`.
            state: the last committed state.
            may_build: whether minutes may be spent on a graph.
        """
        count = _count(connection)
        if count < WORTH_CACHING or (count > self._limit and not may_build):
            return False
        header = peek_header(self.file)
        if header is None or self._file_is_damaged or not _is_ancestor(connection, header.state, state):
            return True
        (added,) = connection.execute("SELECT count(*) FROM chunks WHERE key > ?", (header.max_key,)).fetchone()
        changed = added + len(_removed_since(connection, header.state.generation))
        return header.approximate != (count > self._limit) or changed > WORTH_REWRITING * count

    def cache_state(self, connection: sqlite3.Connection, state: LibraryState) -> str:
        """Return "current", "stale", "missing" or "damaged"."""
        try:
            header, _ = read_vector_file(self.file, self._limit)
        except FileNotFoundError:
            return "missing"
        except (OSError, DamagedVectorFile):
            return "damaged"
        is_current = header.state == state and _is_ancestor(connection, header.state, state)
        return "current" if is_current else "stale"

    def _read_file(self) -> _Held | None:
        try:
            header, index = read_vector_file(self.file, self._limit)
        except FileNotFoundError:
            return None
        except (OSError, DamagedVectorFile) as error:
            log.warning("The vector cache %s cannot be used: %s", self.file, error)
            self._file_is_damaged = True
            return None
        return _Held(index, header.state)

    def _follow(self, connection: sqlite3.Connection, held: _Held | None, state: LibraryState) -> _Held | None:
        """Return the index with what changed since; None if it cannot be brought up to `state`."""
        if held is None:
            return None
        index, count = held.index, _count(connection)
        if not _is_ancestor(connection, held.state, state) or (index.approximate and count <= self._limit):
            return None
        keys = index.keys
        (added,) = connection.execute(
            "SELECT count(*) FROM chunks WHERE key > ?", (int(keys.max(initial=0)),)
        ).fetchone()
        if index.approximate and added > MAX_ADDED_TO_GRAPH:
            return None
        index.remove(_removed_since(connection, held.state.generation))
        _add_after(connection, index, int(keys.max(initial=0)))
        if len(index) != count:
            log.warning("The vector index had %d of %d chunks and is read anew", len(index), count)
            return None
        if index.dead_share > MAX_DEAD_SHARE:
            return None
        log.info("Vector index brought from generation %d up to %d", held.state.generation, state.generation)
        return _Held(index, state)

    def _rebuild(self, connection: sqlite3.Connection, state: LibraryState, *, approximate: bool) -> _Held:
        if state.stamp is None:
            raise LibraryError("A library without a stamp has no vectors. Run `openbook reindex`.")
        index = VectorIndex(state.stamp.embedder.dimension, approximate=approximate, exact_scope=self._limit)
        _add_after(connection, index, 0)
        log.info("Vector index read from the library: generation %d, %d chunks", state.generation, len(index))
        return _Held(index, state)


def _is_at(held: _Held | None, state: LibraryState) -> bool:
    return (
        held is not None
        and (held.state.library_id, held.state.stamp) == (state.library_id, state.stamp)
        and held.state.generation >= state.generation
    )


def _is_ancestor(connection: sqlite3.Connection, old: LibraryState, new: LibraryState) -> bool:
    """Whether `new` came of `old` by changes that the library still remembers."""
    if (old.library_id, old.stamp) != (new.library_id, new.stamp) or old.generation > new.generation:
        return False
    row = connection.execute("SELECT token FROM generations WHERE number = ?", (old.generation,)).fetchone()
    return row is not None and row[0] == old.token


def _count(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
    return count


def _removed_since(connection: sqlite3.Connection, generation: int) -> Keys:
    rows = connection.execute("SELECT key FROM tombstones WHERE generation > ?", (generation,))
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def _add_after(connection: sqlite3.Connection, index: VectorIndex, key: int) -> None:
    """Add the vectors of the chunks after `key`."""
    rows = connection.execute("SELECT key, vector FROM chunks WHERE key > ? ORDER BY key", (key,))
    while batch := rows.fetchmany(_BATCH):
        keys, blobs = zip(*batch, strict=True)
        index.add(np.array(keys, dtype=np.int64), vectors_from_blobs(blobs, index.dimension))
