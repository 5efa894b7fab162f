"""Keys of the API in SQLite or PostgreSQL."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, text, update

from rag.access.keys import ApiKey, Permission
from rag.adapters.state_database import reading, writing
from rag.adapters.state_schema import api_keys
from rag.errors import StateError


class SqlApiKeys:
    """Keys in a database that `open_state` opened; see `rag.access.ports.ApiKeys`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, key: ApiKey) -> None:
        """Store a new key."""
        taken = select(api_keys.c.id).where(api_keys.c.name == key.name, api_keys.c.revoked_at.is_(None))
        with writing(self._engine) as connection:
            _alone(connection)
            if connection.execute(taken).first():
                raise StateError(f"There is a key '{key.name}' already. Revoke it first, or take another name.")
            connection.execute(insert(api_keys).values(_row(key)))

    def add_first(self, key: ApiKey) -> bool:
        """Store a key if there has never been one."""
        with writing(self._engine) as connection:
            _alone(connection)
            first = connection.execute(select(api_keys.c.id).limit(1)).first() is None
            if first:
                connection.execute(insert(api_keys).values(_row(key)))
        return first

    def key(self, key_id: str) -> ApiKey | None:
        """Return a key, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).first()
        return _key(row) if row else None

    def listed(self) -> list[ApiKey]:
        """List keys, the oldest first."""
        with reading(self._engine) as connection:
            return [_key(row) for row in connection.execute(select(api_keys).order_by(api_keys.c.created_at))]

    def used(self, key_id: str, at: datetime) -> None:
        """Store when a key was used last."""
        with writing(self._engine) as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(last_used_at=at))

    def revoke(self, key_id: str, at: datetime) -> bool:
        """End a key."""
        in_force = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
        with writing(self._engine) as connection:
            return bool(connection.execute(in_force.values(revoked_at=at)).rowcount)

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()


def _alone(connection: Connection) -> None:
    """Keep others from adding a key until this transaction ends; on SQLite one that writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE"))


def _row(key: ApiKey) -> dict[str, Any]:
    held = {column.name: getattr(key, column.name) for column in api_keys.columns if column.name != "scope"}
    return {**held, "scope": key.permission.value, "courses": json.dumps(key.courses)}


def _key(row: Row[Any]) -> ApiKey:
    held = dict(row._mapping)
    permission = Permission(held.pop("scope"))
    return ApiKey(**{**held, "permission": permission, "courses": tuple(json.loads(held["courses"]))})
