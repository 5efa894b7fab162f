"""A review session: the cards that are due, one after the other, each stored when it is rated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rag.quiz.items import cited_documents
from rag.study.cards import Card, Rating, Review
from rag.study.ports import Cards
from rag.study.schedule import due_cards, reviewed


class ReviewSession:
    """What one learner reviews now.

    Args:
        cards: where cards are kept.
        course: only its cards; "" for all.
        there: whether the document of an id is still there; cards of others are kept, and not served.
        limit: how many cards are served; None for all that are due.
    """

    def __init__(
        self, cards: Cards, learner: str, course: str, there: Callable[[str], bool], limit: int | None = None
    ) -> None:
        self._cards, self._learner, self._course = cards, learner, course
        self._there, self._limit = there, limit
        self._rated: list[Card] = []  # as they stood before
        self._again: Card | None = None

    @property
    def rated(self) -> int:
        """How many cards were rated."""
        return len(self._rated)

    def due(self, now: datetime) -> list[Card]:
        """Return what is to be seen now, in order, without regard to the limit."""
        found = [card for card in due_cards(self._cards, self._learner, self._course, now) if self._is_there(card)]
        if self._again:
            found = [self._again, *(card for card in found if card.id != self._again.id)]
        return found

    def served(self, now: datetime) -> list[Card]:
        """Return what is due, no more than the limit leaves."""
        return self.due(now)[: None if self._limit is None else max(self._limit - self.rated, 0)]

    def rate(self, card: Card, rating: Rating, at: datetime, seconds: float) -> Card:
        """Store a review. Return the card after it."""
        after = reviewed(card, rating, at)
        self._cards.review(after, Review(card.id, rating, at, seconds))
        self._rated.append(card)
        self._again = None
        return after

    def undo(self) -> bool:
        """Take the latest review of this session back; its card is the next. Return whether there was one."""
        if not self._rated:
            return False
        self._again = self._rated.pop()
        self._cards.take_back(self._again)
        return True

    def lost(self) -> int:
        """Return how many cards are not served since their documents are gone."""
        return sum(not self._is_there(card) for card in self._all())

    def next_at(self) -> datetime | None:
        """Return when the next card is due, None if there is none."""
        return min((card.due_at for card in self._all() if self._is_there(card)), default=None)

    def _all(self) -> list[Card]:
        return self._cards.cards(self._learner, course=self._course)

    def _is_there(self, card: Card) -> bool:
        return all(map(self._there, cited_documents(card.item)))
