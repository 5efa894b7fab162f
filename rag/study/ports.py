"""The port of remembering: where review cards are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from rag.study.cards import Card, Review


class Cards(Protocol):
    """Review cards of learners. Every call is one transaction; another learner's are as if they were not there.

    Each call raises `StateError` where the store cannot be read or written.
    """

    def add(self, card: Card) -> bool:
        """Store a card unless the learner has one of the same item. Return whether it is new."""
        ...

    def cards(self, learner: str, *, course: str = "", due: datetime | None = None) -> list[Card]:
        """List cards, or those due at a time, the longest due first."""
        ...

    def review(self, card: Card, review: Review) -> None:
        """Store a review and the card as it stands after it, together.

        Raises:
            StateError: the learner has no such card.
        """
        ...

    def take_back(self, card: Card) -> None:
        """Remove the latest review of a card, if any, and store the card as given: as it stood before that.

        Raises:
            StateError: the learner has no such card.
        """
        ...

    def reviews(self, learner: str) -> list[Review]:
        """Return all reviews of the learner's cards, oldest first."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...
