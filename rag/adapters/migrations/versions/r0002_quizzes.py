"""Items, sittings with what was given, and review cards."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables of quizzes and of remembering."""
    _items()
    _sittings()
    _cards()


def _items() -> None:
    op.create_table(
        "quiz_documents",
        Column("document_id", String(32), primary_key=True),
        Column("version", Text, nullable=False),
        Column("written_at", DateTime(timezone=True), nullable=False),
        Column("rejected", Text, nullable=False),
    )
    op.create_table(
        "quiz_items",
        Column(
            "document_id", String(32), ForeignKey("quiz_documents.document_id", ondelete="CASCADE"), primary_key=True
        ),
        Column("position", Integer, primary_key=True),
        Column("id", String(32), nullable=False),
        Column("body", Text, nullable=False),
    )


def _sittings() -> None:
    op.create_table(
        "sittings",
        Column("id", String(32), primary_key=True),
        Column("learner", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("course", Text, nullable=False),
        Column("blueprint", Text, nullable=False),
        Column("seed", BigInteger, nullable=False),
        Column("begun_at", DateTime(timezone=True), nullable=False),
        Column("finished_at", DateTime(timezone=True)),
        Column("limit_s", Float),
        Column("spent_s", Float, nullable=False),
        Column("at_end", Boolean, nullable=False),
    )
    op.create_index("sittings_learner", "sittings", ["learner", "begun_at"])
    op.create_table(
        "seats",
        Column("sitting_id", String(32), ForeignKey("sittings.id", ondelete="CASCADE"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("item_id", String(32), nullable=False),
        Column("body", Text, nullable=False),
        Column("flagged", Boolean, nullable=False),
        Column("answered_at", DateTime(timezone=True)),
        Column("response", Text),
    )


def _cards() -> None:
    op.create_table(
        "cards",
        Column("id", String(32), primary_key=True),
        Column("learner", Text, nullable=False),
        Column("course", Text, nullable=False),
        Column("item_id", String(32), nullable=False),
        Column("body", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("due_at", DateTime(timezone=True), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        UniqueConstraint("learner", "item_id", name="cards_of_learner"),
    )
    op.create_index("cards_due", "cards", ["learner", "due_at"])
    op.create_table(
        "reviews",
        Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("card_id", String(32), ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("rating", Integer, nullable=False),
        Column("seconds", Float, nullable=False),
    )
    op.create_index("reviews_card", "reviews", ["card_id", "number"])
