"""Review cards: an item that comes back when it is about to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from rag.quiz.items import Item


class Rating(IntEnum):
    """How well it was remembered, as FSRS counts."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Card:
    """An item that one learner reviews.

    Attributes:
        state: of the scheduler, as it writes it.
        due_at: when it is to be seen next.
    """

    id: str
    learner: str
    course: str
    item: Item
    state: Mapping[str, Any]
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """One look at a card."""

    card_id: str
    rating: Rating
    at: datetime
    seconds: float = 0.0
