"""What a learner has mastered: the chance to answer right, by domain and objective, with how sure that is.

Each answer counts for or against in a Beta posterior over a uniform prior: half after 30 days, half again for each
later answer to the same fact, and half where a guess is right every second time or where the learner judges alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np

from rag.quiz.items import Item, ItemType, Placement
from rag.quiz.sittings import Sitting
from rag.study.cards import Card, Rating, Review
from rag.study.remember import alone

HALF_LIFE = timedelta(days=30)
ENDS = (0.05, 0.95)  # of an interval: as much lies below as above
_FAINT = {ItemType.TRUE_FALSE: 0.5, ItemType.FLASHCARD: 0.5}
_STEPS = 4000
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that a learner gave, in a sitting or in a review."""

    item: Item
    right: bool
    at: datetime

    @property
    def placement(self) -> Placement:
        """Where what was asked belongs."""
        return self.item.placement


@dataclass(frozen=True, slots=True)
class Estimate:
    """The chance to answer right, as a Beta posterior.

    Attributes:
        right: what counts for it, by weight; the prior is not in it.
        wrong: what counts against it.
        asked: how many different things were asked.
    """

    right: float = 0.0
    wrong: float = 0.0
    asked: int = 0

    @property
    def parameters(self) -> tuple[float, float]:
        """Those of the Beta distribution."""
        return 1 + self.right, 1 + self.wrong

    @property
    def mean(self) -> float:
        """The chance, as one number."""
        a, b = self.parameters
        return a / (a + b)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the chance lies with a probability of 90 percent."""
        a, b = self.parameters
        grid = (np.arange(_STEPS) + 0.5) / _STEPS
        log_density = (a - 1) * np.log(grid) + (b - 1) * np.log1p(-grid)
        cumulative = np.cumsum(np.exp(log_density - log_density.max()))
        low, high = np.interp(ENDS, cumulative / cumulative[-1], grid)
        return float(low), float(high)


def answers(sittings: Iterable[Sitting], cards: Iterable[Card], reviews: Iterable[Review]) -> list[Answered]:
    """Return all graded answers, oldest first; a review that is only the echo of a response is that response.

    Responses that may still change are left out. A question of a case stands by itself, as its card does.
    """
    found, told = [], set()
    for sitting in sittings:
        for seat in sitting.settled:
            if seat.response:
                told.add(seat.response.at)
                found.append(Answered(alone(seat), seat.response.grade.right, seat.response.at))
    items = {card.id: card.item for card in cards}
    for review in reviews:
        if review.card_id in items and review.at not in told:
            found.append(Answered(items[review.card_id], review.rating > Rating.AGAIN, review.at))
    return sorted(found, key=lambda one: one.at)


def mistakes(given: Sequence[Answered]) -> list[Item]:
    """Return the items that were answered wrongly when asked last, the latest first; `given` is in order of time."""
    latest: dict[str, Answered] = {}
    for one in reversed(given):
        latest.setdefault(one.item.id, one)
    return [one.item for one in latest.values() if not one.right]


def estimates(given: Sequence[Answered], now: datetime, key: Callable[[Answered], _Key]) -> dict[_Key, Estimate]:
    """Return an estimate for each group of answers; `given` is in order of time."""
    later: Counter[str] = Counter()
    found: dict[_Key, Estimate] = {}
    for one in reversed(given):
        repeated = min(later[fact] for fact in one.item.facts)
        later.update(one.item.facts)
        half_lives = max((now - one.at) / HALF_LIFE, 0.0) + repeated
        weight = _FAINT.get(one.item.type, 1.0) * 0.5**half_lives
        held = found.get(key(one), Estimate())
        found[key(one)] = Estimate(
            held.right + weight * one.right, held.wrong + weight * (not one.right), held.asked + (repeated == 0)
        )
    return found
