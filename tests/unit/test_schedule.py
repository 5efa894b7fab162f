"""When cards come back: golden intervals of FSRS, and days of the learner's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.study.cards import Card, Rating
from rag.study.schedule import coming_days, is_due, outlook, reviewed, study_day
from tests.contract.cards_contract import NOON, card

NEPAL = timezone(timedelta(hours=5, minutes=45))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def days_between(ratings: str, start: datetime = NOON) -> list[int]:
    """Return the intervals in days of a card that is seen whenever it is due."""
    one, at, found = card(at=start), start, []
    for rating in ratings:
        one = reviewed(one, Rating(int(rating)), at)
        found.append((one.due_at - at).days)
        at = one.due_at.astimezone(start.tzinfo)
    return found


def in_days(at: datetime = NOON) -> Card:
    """Return a card whose intervals are days: due two days after `at`."""
    first = reviewed(card(at=at), Rating.GOOD, at)
    return reviewed(first, Rating.GOOD, at + 10 * MINUTE)


def test_intervals_are_those_that_py_fsrs_publishes() -> None:
    # https://github.com/open-spaced-repetition/py-fsrs/blob/main/tests/test_basic.py, fuzzing off
    assert days_between("3333331133333") == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_intervals_grow_with_the_rating() -> None:
    assert days_between("44444") == [8, 66, 397, 1875, 7265]
    assert days_between("32222") == [0, 0, 0, 0, 0]
    assert outlook(card(), NOON) == {
        Rating.AGAIN: MINUTE,
        Rating.HARD: 5.5 * MINUTE,
        Rating.GOOD: 10 * MINUTE,
        Rating.EASY: 8 * DAY,
    }
    assert {rating: span.days for rating, span in outlook(in_days(), NOON + 2 * DAY + 10 * MINUTE).items()} == {
        Rating.AGAIN: 0,
        Rating.HARD: 8,
        Rating.GOOD: 11,
        Rating.EASY: 19,
    }


def test_intervals_are_the_same_in_every_time_zone() -> None:
    early_there = datetime(2026, 11, 20, 5, 15, tzinfo=NEPAL)  # in UTC that is the day before
    assert days_between("3333331133333", early_there) == days_between("3333331133333")
    assert reviewed(in_days(early_there), Rating.GOOD, early_there + DAY).state["stability"] == pytest.approx(
        reviewed(in_days(), Rating.GOOD, NOON + DAY).state["stability"]
    )


@given(st.integers(0, 23 * 60), st.sampled_from([UTC, NEPAL]))
def test_the_hour_of_the_day_does_not_change_what_comes_next(minutes: int, zone: tzinfo) -> None:
    morning = datetime(2026, 11, 22, 4, 0, tzinfo=zone)
    one = in_days(datetime(2026, 11, 20, 18, 0, tzinfo=zone))
    seen = [reviewed(one, Rating.GOOD, morning + timedelta(minutes=m)) for m in (0, minutes)]
    assert len({(study_day(after.due_at.astimezone(zone)), after.state["stability"]) for after in seen}) == 1


def test_a_card_that_comes_back_after_days_is_due_all_that_day_of_the_learner() -> None:
    due = in_days(datetime(2026, 11, 20, 18, 0, tzinfo=NEPAL))
    assert due.due_at.astimezone(NEPAL) == datetime(2026, 11, 22, 18, 10, tzinfo=NEPAL)
    assert is_due(due, datetime(2026, 11, 22, 4, 0, tzinfo=NEPAL))
    assert not is_due(due, datetime(2026, 11, 22, 3, 59, tzinfo=NEPAL))


def test_a_card_that_comes_back_after_minutes_is_due_to_the_minute() -> None:
    soon = reviewed(card(), Rating.AGAIN, NOON)
    assert not is_due(soon, NOON + 59 * timedelta(seconds=1))
    assert is_due(soon, NOON + MINUTE)


def test_work_past_midnight_is_of_the_day_before() -> None:
    late = datetime(2026, 11, 20, 23, 55, tzinfo=UTC)
    first = reviewed(card(at=late), Rating.GOOD, late)
    after_midnight, before = (reviewed(first, Rating.GOOD, late + span) for span in (10 * MINUTE, 4 * MINUTE))
    assert after_midnight.state["stability"] == before.state["stability"]


def test_the_days_to_come_are_those_of_a_card_that_is_remembered() -> None:
    today = study_day(NOON)
    assert [(day - today).days for day in coming_days(card(), NOON, 30)] == [0, 2, 13]
    assert [(day - today).days for day in coming_days(card(), NOON, 13)] == [0, 2]
    assert [(day - today).days for day in coming_days(card(), NOON + 5 * DAY, 1)] == [5]
