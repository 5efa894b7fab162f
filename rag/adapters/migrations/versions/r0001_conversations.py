"""Conversations and what was said in them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, String, Text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "conversations",
        Column("id", String(32), primary_key=True),
        Column("title", Text, nullable=False),
        Column("course", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
    )
    op.create_index("conversations_updated", "conversations", ["updated_at"])
    op.create_table(
        "exchanges",
        Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        Column("asked_at", DateTime(timezone=True), nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_index("exchanges_conversation", "exchanges", ["conversation_id", "number"])
