"""Conversations in SQLite or PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Engine, and_, case, delete, false, insert, or_, select, update

from rag.adapters.state_database import reading, writing
from rag.adapters.state_schema import conversations, exchanges
from rag.conversation.exchanges import Conversation, Exchange, Position, title_of
from rag.errors import StateError
from rag.types import Answer

# Raised when what is stored could be misread by what reads it now. A field that is added needs a default, no more.
BODY_VERSION = 1
_ANSWERS = TypeAdapter(Answer)
_SHOWN = [conversations.c[field.name] for field in fields(Conversation)]
_ORDER = (conversations.c.updated_at, conversations.c.created_at, conversations.c.id)


class SqlConversations:
    """Conversations in a database that `open_state` opened."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, learner: str, course: str, at: datetime) -> Conversation:
        """Begin a conversation; see `rag.ports.Conversations`."""
        begun = Conversation(uuid4().hex, "", course, at, at)
        with writing(self._engine) as connection:
            connection.execute(insert(conversations).values(learner=learner, **asdict(begun)))
        return begun

    def append(self, learner: str, conversation_id: str, exchange: Exchange) -> None:
        """Store an exchange; two of one conversation are stored one after the other, for the first locks its row."""
        title = case((conversations.c.title == "", title_of(exchange.question)), else_=conversations.c.title)
        of_it = update(conversations).where(*_its(learner, conversation_id))
        row = {"conversation_id": conversation_id, "asked_at": exchange.asked_at, "body": body(exchange)}
        with writing(self._engine) as connection:
            if not connection.execute(of_it.values(updated_at=exchange.asked_at, title=title)).rowcount:
                raise StateError(f"There is no conversation {conversation_id}; it may have been deleted.")
            connection.execute(insert(exchanges).values(row))

    def conversations(
        self, learner: str, courses: Sequence[str] = (), limit: int | None = None, after: Position | None = None
    ) -> list[Conversation]:
        """List conversations, the latest first."""
        query = select(*_SHOWN).where(conversations.c.learner == learner)
        query = query.order_by(*(column.desc() for column in _ORDER))
        query = query.where(conversations.c.course.in_(courses)) if courses else query
        query = query.where(_later(after)) if after else query
        with reading(self._engine) as connection:
            return [Conversation(*row) for row in connection.execute(query.limit(limit))]

    def conversation(self, learner: str, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None."""
        query = select(*_SHOWN).where(*_its(learner, conversation_id))
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return Conversation(*row) if row else None

    def exchanges(self, learner: str, conversation_id: str, last: int | None = None) -> list[Exchange]:
        """Return what was said, oldest first."""
        of_it = select(exchanges.c.body, exchanges.c.asked_at).join(conversations)
        of_it = of_it.where(*_its(learner, conversation_id))
        with reading(self._engine) as connection:
            rows = connection.execute(of_it.order_by(exchanges.c.number.desc()).limit(last)).all()
        return [exchange(*row) for row in reversed(rows)]

    def rename(self, learner: str, conversation_id: str, title: str) -> bool:
        """Give a conversation another title."""
        with writing(self._engine) as connection:
            renamed = update(conversations).where(*_its(learner, conversation_id)).values(title=title_of(title))
            return bool(connection.execute(renamed).rowcount)

    def delete(self, learner: str, conversation_id: str) -> bool:
        """Remove a conversation; its exchanges go with it."""
        with writing(self._engine) as connection:
            done = connection.execute(delete(conversations).where(*_its(learner, conversation_id)))
        return bool(done.rowcount)

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()


def _its(learner: str, conversation_id: str) -> tuple[ColumnElement[bool], ...]:
    return conversations.c.learner == learner, conversations.c.id == conversation_id


def _later(after: Position) -> ColumnElement[bool]:
    """What holds for a conversation that comes after a position; spelt out, for not every database compares rows."""
    condition: ColumnElement[bool] = false()
    for column, value in reversed(list(zip(_ORDER, after, strict=True))):
        condition = or_(column < value, and_(column == value, condition))
    return condition


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
