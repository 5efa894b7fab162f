"""Keys of the API, and whose a conversation is."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, DateTime, String, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table of keys; conversations that are there belong to the local learner."""
    op.create_table(
        "api_keys",
        Column("id", String(32), primary_key=True),
        Column("name", Text, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("scope", Text, nullable=False),
        Column("courses", Text, nullable=False),
        Column("learner", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("last_used_at", DateTime(timezone=True)),
        Column("revoked_at", DateTime(timezone=True)),
    )
    op.add_column("conversations", Column("learner", Text, nullable=False, server_default="local"))
    op.drop_index("conversations_updated", "conversations")
    op.create_index("conversations_learner", "conversations", ["learner", "updated_at"])
