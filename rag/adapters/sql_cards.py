"""Review cards in SQLite or PostgreSQL."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from rag.adapters.sql_quizzes import item_of, plain
from rag.adapters.state_database import insertion, reading, writing
from rag.adapters.state_schema import cards, reviews
from rag.errors import StateError
from rag.study.cards import Card, Rating, Review


class SqlCards:
    """Review cards in a database that `open_state` opened."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, card: Card) -> bool:
        """Store a card unless there is one; see `rag.study.ports.Cards`."""
        statement = insertion(self._engine, cards).values(
            id=card.id,
            learner=card.learner,
            course=card.course,
            item_id=card.item.id,
            body=json.dumps(plain(card.item)),
            created_at=card.created_at,
            **_standing(card),
        )
        with writing(self._engine) as connection:
            return connection.execute(statement.on_conflict_do_nothing().returning(cards.c.id)).first() is not None

    def cards(self, learner: str, *, course: str = "", due: datetime | None = None) -> list[Card]:
        """List cards, the longest due first."""
        query = select(cards).where(cards.c.learner == learner).order_by(cards.c.due_at, cards.c.id)
        query = query.where(cards.c.course == course) if course else query
        query = query.where(cards.c.due_at <= due) if due else query
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [_card(row) for row in rows]

    def review(self, card: Card, review: Review) -> None:
        """Store a review and the card after it."""
        row = {"card_id": card.id, "at": review.at, "rating": int(review.rating), "seconds": review.seconds}
        with writing(self._engine) as connection:
            _restate(connection, card)
            connection.execute(insert(reviews).values(row))

    def take_back(self, card: Card) -> None:
        """Remove the latest review of a card and store the card as it stood before."""
        latest = select(reviews.c.number).where(reviews.c.card_id == card.id).order_by(reviews.c.number.desc()).limit(1)
        with writing(self._engine) as connection:
            _restate(connection, card)
            connection.execute(delete(reviews).where(reviews.c.number == latest.scalar_subquery()))

    def reviews(self, learner: str) -> list[Review]:
        """Return all reviews, oldest first."""
        query = select(reviews.c.card_id, reviews.c.rating, reviews.c.at, reviews.c.seconds).join(cards)
        query = query.where(cards.c.learner == learner).order_by(reviews.c.at, reviews.c.number)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [Review(row.card_id, Rating(row.rating), row.at, row.seconds) for row in rows]

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()


def _standing(card: Card) -> dict[str, Any]:
    return {"state": json.dumps(dict(card.state)), "due_at": card.due_at}


def _restate(connection: Connection, card: Card) -> None:
    of_it = update(cards).where(cards.c.learner == card.learner, cards.c.id == card.id)
    if not connection.execute(of_it.values(_standing(card))).rowcount:
        raise StateError(f"There is no card {card.id} any more; it may have been deleted meanwhile.")


def _card(row: Row[Any]) -> Card:
    item, state = item_of(json.loads(row.body)), json.loads(row.state)
    return Card(row.id, row.learner, row.course, item, state, row.due_at, row.created_at)
