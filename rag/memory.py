"""Remembers what was computed for a key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import islice
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Values by key; the oldest are forgotten first. May be used by many threads.

    Args:
        size: how many values are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[Key, Value] = {}
        self._lock = Lock()

    def values(self, keys: Sequence[Key], make: Callable[[list[Key]], Iterable[Value]]) -> list[Value]:
        """Return the values of `keys`; `make` is asked for those that are not known, each once."""
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        found |= zip(missing, make(missing), strict=True)
        with self._lock:
            self._known |= {key: found[key] for key in missing}
            for key in list(islice(self._known, max(len(self._known) - self._size, 0))):
                del self._known[key]
        return [found[key] for key in keys]
