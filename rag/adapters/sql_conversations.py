"""Conversations in SQLite or PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import Engine, case, delete, insert, select, update

from rag.adapters.state_database import reading, writing
from rag.adapters.state_schema import conversations, exchanges
from rag.conversation.exchanges import Conversation, Exchange, title_of
from rag.errors import StateError
from rag.types import Answer

# Raised when what is stored could be misread by what reads it now. A field that is added needs a default, no more.
BODY_VERSION = 1
_ANSWERS = TypeAdapter(Answer)


class SqlConversations:
    """Conversations in a database that `open_state` opened."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, course: str, at: datetime) -> Conversation:
        """Begin a conversation; see `rag.ports.Conversations`."""
        begun = Conversation(uuid4().hex, "", course, at, at)
        with writing(self._engine) as connection:
            connection.execute(insert(conversations).values(asdict(begun)))
        return begun

    def append(self, conversation_id: str, exchange: Exchange) -> None:
        """Store an exchange; two of one conversation are stored one after the other, for the first locks its row."""
        title = case((conversations.c.title == "", title_of(exchange.question)), else_=conversations.c.title)
        of_it = update(conversations).where(conversations.c.id == conversation_id)
        row = {"conversation_id": conversation_id, "asked_at": exchange.asked_at, "body": body(exchange)}
        with writing(self._engine) as connection:
            if not connection.execute(of_it.values(updated_at=exchange.asked_at, title=title)).rowcount:
                raise StateError(f"There is no conversation {conversation_id}; it may have been deleted.")
            connection.execute(insert(exchanges).values(row))

    def conversations(self, course: str = "", limit: int | None = None) -> list[Conversation]:
        """List conversations, the latest first."""
        query = select(conversations).order_by(conversations.c.updated_at.desc(), conversations.c.created_at.desc())
        query = query.where(conversations.c.course == course) if course else query
        with reading(self._engine) as connection:
            return [Conversation(*row) for row in connection.execute(query.limit(limit))]

    def conversation(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None."""
        query = select(conversations).where(conversations.c.id == conversation_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return Conversation(*row) if row else None

    def exchanges(self, conversation_id: str, last: int | None = None) -> list[Exchange]:
        """Return what was said, oldest first."""
        of_it = select(exchanges.c.body, exchanges.c.asked_at).where(exchanges.c.conversation_id == conversation_id)
        with reading(self._engine) as connection:
            rows = connection.execute(of_it.order_by(exchanges.c.number.desc()).limit(last)).all()
        return [exchange(*row) for row in reversed(rows)]

    def delete(self, conversation_id: str) -> bool:
        """Remove a conversation; its exchanges go with it."""
        with writing(self._engine) as connection:
            done = connection.execute(delete(conversations).where(conversations.c.id == conversation_id))
        return bool(done.rowcount)

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()


def body(exchange: Exchange) -> str:
    """Return an exchange without its time and passages as JSON in ASCII, which any database stores unchanged."""
    answer = replace(exchange.answer, passages=())
    return json.dumps({"version": BODY_VERSION, "question": exchange.question, "answer": answer}, default=_plain)


def _plain(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    return {field.name: getattr(value, field.name) for field in fields(value)}


def exchange(stored: str, asked_at: datetime) -> Exchange:
    """Return the exchange that `body` wrote.

    Raises:
        StateError: a newer version of Openbook wrote it.
    """
    held = json.loads(stored)
    if held["version"] > BODY_VERSION:
        raise StateError(
            f"This conversation was written by a newer version of Openbook (answers of version {held['version']}; "
            f"this version reads {BODY_VERSION}). Upgrade Openbook."
        )
    return Exchange(held["question"], _ANSWERS.validate_python(held["answer"]), asked_at)
