"""The port of keys: where they are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from rag.access.keys import ApiKey


class ApiKeys(Protocol):
    """Stored keys. Every call is one transaction.

    Each call raises `StateError` where the store cannot be read or written.
    """

    def add(self, key: ApiKey) -> None:
        """Store a new key.

        Raises:
            StateError: another key that is in force has its name.
        """
        ...

    def add_first(self, key: ApiKey) -> bool:
        """Store a key if there has never been one, whoever else tries at the same time. Return whether it was."""
        ...

    def key(self, key_id: str) -> ApiKey | None:
        """Return a key, revoked or not; None if there is none of that id."""
        ...

    def listed(self) -> list[ApiKey]:
        """List all keys, revoked ones too, the oldest first."""
        ...

    def used(self, key_id: str, at: datetime) -> None:
        """Store when a key was used last."""
        ...

    def revoke(self, key_id: str, at: datetime) -> bool:
        """End a key for good. Return whether it was in force."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...
