"""When a card is seen again: FSRS, with every time an argument.

Times are given in the learner's time zone, whose days are counted. A day ends at four in the morning, so that an
evening's work is one day. The scheduler's own random shifts are off: the same reviews give the same dates.
https://github.com/open-spaced-repetition/py-fsrs, https://doi.org/10.1145/3534678.3539081
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from rag.quiz.items import Item
from rag.study.cards import Card, Rating
from rag.study.ports import Cards
from rag.types import content_id

if TYPE_CHECKING:
    import fsrs

NIGHT = timedelta(hours=4)
DAY = timedelta(days=1)
_IN_DAYS = 2  # the state of a card whose intervals are days, not minutes


def new_card(learner: str, course: str, item: Item, at: datetime) -> Card:
    """Return a card that was never reviewed and is due at once."""
    return Card(content_id(learner, item.id), learner, course, item, {}, at, at)


def reviewed(card: Card, rating: Rating, at: datetime) -> Card:
    """Return a card as it stands after a review at a time."""
    import fsrs

    held, now = _held(card), at.astimezone(UTC)
    last = held.last_review
    if last and (days := (study_day(at) - study_day(last.astimezone(at.tzinfo))).days) > 0:
        held.last_review = now - days * DAY  # FSRS counts spans of 24 hours; a card is due on a day
    after, _ = _scheduler().review_card(held, fsrs.Rating(rating), now)
    return replace(card, state=cast("dict[str, Any]", after.to_dict()), due_at=after.due)


def outlook(card: Card, at: datetime) -> dict[Rating, timedelta]:
    """Return for each rating after what time the card would come back."""
    return {rating: reviewed(card, rating, at).due_at - at for rating in Rating}


def last_review(card: Card) -> datetime | None:
    """Return when a card was reviewed last, None for never."""
    last = card.state.get("last_review")
    return datetime.fromisoformat(last) if last else None


def is_due(card: Card, now: datetime) -> bool:
    """Whether a card is to be seen now: one that comes back after days all day long, others to the minute."""
    if card.state.get("state") == _IN_DAYS:
        return study_day(card.due_at.astimezone(now.tzinfo)) <= study_day(now)
    return card.due_at <= now


def due_cards(cards: Cards, learner: str, course: str, now: datetime) -> list[Card]:
    """Return what is to be seen now, the longest due first."""
    tonight = datetime.combine(study_day(now) + DAY, time.min, now.tzinfo) + NIGHT
    return [card for card in cards.cards(learner, course=course, due=tonight) if is_due(card, now)]


def study_day(at: datetime) -> date:
    """Return the day that a time belongs to, in its own zone."""
    return (at - NIGHT).date()


def coming_days(card: Card, now: datetime, days: int) -> Iterator[date]:
    """Yield the days, today among them, on which a card comes back if it is seen when due and remembered."""
    last = study_day(now) + (days - 1) * DAY
    at = max(card.due_at.astimezone(now.tzinfo), now)
    while (day := study_day(at)) <= last:
        yield day
        while study_day(at) == day:
            card = reviewed(card, Rating.GOOD, at)
            at = card.due_at.astimezone(now.tzinfo)


@lru_cache(maxsize=1)
def _scheduler() -> fsrs.Scheduler:
    import fsrs

    return fsrs.Scheduler(enable_fuzzing=False)


def _held(card: Card) -> fsrs.Card:
    """Return a card as the scheduler holds it."""
    import fsrs

    if not card.state:
        return fsrs.Card(card_id=0, due=card.due_at)
    return fsrs.Card.from_dict(cast("Any", dict(card.state)))
