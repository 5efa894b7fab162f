"""The tables of what is stored beside the library, for SQLite and PostgreSQL.

A change here needs a migration in `rag/adapters/migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from rag.types import LOCAL

VERSION_TABLE = "state_version"


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC, since SQLite has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time in UTC; a naive one is refused."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time as an aware one in UTC."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("learner", Text, nullable=False, server_default=LOCAL),
    Index("conversations_learner", "learner", "updated_at"),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Index("exchanges_conversation", "conversation_id", "number"),
)

# Items that were written about a document, by a version of the generators: those that passed, and why others did not.
quiz_documents = Table(
    "quiz_documents",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("version", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("rejected", Text, nullable=False),
)

quiz_items = Table(
    "quiz_items",
    metadata,
    Column("document_id", String(32), ForeignKey("quiz_documents.document_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("id", String(32), nullable=False),
    Column("body", Text, nullable=False),
)

sittings = Table(
    "sittings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("learner", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("blueprint", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("limit_s", Float),
    Column("spent_s", Float, nullable=False),
    Column("at_end", Boolean, nullable=False),
    Index("sittings_learner", "learner", "begun_at"),
)

# One row for each item of a sitting, with what was given to it.
seats = Table(
    "seats",
    metadata,
    Column("sitting_id", String(32), ForeignKey("sittings.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("item_id", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("answered_at", Instant),
    Column("response", Text),
)

cards = Table(
    "cards",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("learner", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("item_id", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("learner", "item_id", name="cards_of_learner"),
    Index("cards_due", "learner", "due_at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("card_id", String(32), ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("rating", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Index("reviews_card", "card_id", "number"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scope", Text, nullable=False),
    Column("courses", Text, nullable=False),
    Column("learner", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)
