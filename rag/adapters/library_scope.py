"""A scope as SQL and as the set of chunks it allows."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.types import Scope

T = TypeVar("T")
Keys = NDArray[np.int64]


class GenerationCache(Generic[T]):
    """What was computed from one generation of the library; the least recently used goes first.

    Args:
        size: how many values are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._generation = -1
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, generation: int, name: Hashable, compute: Callable[[], T]) -> T:
        """Return the value of `name` in `generation`, computed if it is not kept."""
        with self._lock:
            if generation != self._generation:
                self._values.clear()
                self._generation = generation
            if name in self._values:
                self._values.move_to_end(name)
                return self._values[name]
        value = compute()
        with self._lock:
            if generation == self._generation:
                self._values[name] = value
                if len(self._values) > self._size:
                    self._values.popitem(last=False)
        return value


class KeySet:
    """A set of chunk keys, also as a bitmap: FAISS tests every vector of the library against it.

    Args:
        keys: `(n,) int64`, not negative.
    """

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        members = np.zeros(int(keys.max(initial=-1)) + 1, dtype=np.bool_)
        members[keys] = True
        self.bitmap: NDArray[np.uint8] = np.packbits(members, bitorder="little")
        self._bytes = self.bitmap.tobytes()

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: int) -> bool:
        byte = key >> 3
        return byte < len(self._bytes) and bool(self._bytes[byte] >> (key & 7) & 1)


def source_condition(scope: Scope, alias: str = "s") -> tuple[str, list[Any]]:
    """Return SQL, with its values, that holds for the sources in scope: of the course, with all of the tags."""
    conditions, values = ["1"], []
    if scope.course:
        conditions.append(f"{alias}.course = ?")
        values.append(scope.course)
    if scope.tags:
        conditions.append(
            "NOT EXISTS (SELECT 1 FROM json_each(?) AS wanted "  # noqa: S608 (alias is the caller's constant)
            f"WHERE wanted.value NOT IN (SELECT value FROM json_each({alias}.tags)))"
        )
        values.append(json.dumps(list(scope.tags)))
    return " AND ".join(conditions), values


def document_condition(scope: Scope, column: str) -> tuple[str, list[Any]]:
    """Return SQL, with its values, that holds where `column` is the id of a document in scope."""
    conditions, values = ["1"], []
    if scope.document_ids:
        conditions.append(f"{column} IN (SELECT value FROM json_each(?))")  # noqa: S608
        values.append(json.dumps(list(scope.document_ids)))
    if scope.course or scope.tags:
        source_sql, source_values = source_condition(scope)
        conditions.append(f"{column} IN (SELECT s.document_id FROM sources AS s WHERE {source_sql})")  # noqa: S608
        values += source_values
    return " AND ".join(conditions), values


def keys_in_scope(connection: sqlite3.Connection, scope: Scope) -> KeySet:
    """Return the keys of the chunks in scope."""
    condition, values = document_condition(scope, "document_id")
    rows = connection.execute(f"SELECT key FROM chunks WHERE {condition} ORDER BY key", values)  # noqa: S608
    return KeySet(np.fromiter((row[0] for row in rows), dtype=np.int64))
