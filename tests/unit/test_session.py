"""A review session: what is served, in which order, and what is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rag.study.cards import Card, Rating
from rag.study.ports import Cards
from rag.study.schedule import new_card, reviewed
from rag.study.session import ReviewSession
from tests.quiz_items import choice

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def filled(cards: Cards, number: int = 3) -> list[Card]:
    """Store cards of which the first was due longest."""
    made = [new_card("ada", "optics", choice(at), NOON - (number - at) * MINUTE) for at in range(number)]
    for card in made:
        cards.add(card)
    return made


def session(cards: Cards, limit: int | None = None, course: str = "", gone: str = "") -> ReviewSession:
    return ReviewSession(cards, "ada", course, lambda one: one != gone, limit)


def test_the_longest_due_comes_first_and_one_that_was_forgotten_comes_again(cards: Cards) -> None:
    first, second, third = filled(cards)
    going = session(cards)
    assert going.due(NOON) == [first, second, third]
    again = going.rate(first, Rating.AGAIN, NOON, 3.5)
    assert going.due(NOON) == [second, third]
    assert going.due(NOON + MINUTE) == [second, third, again]
    assert cards.reviews("ada")[0].seconds == 3.5


def test_no_more_are_served_than_the_limit(cards: Cards) -> None:
    first, second, _ = filled(cards)
    going = session(cards, limit=2)
    assert going.served(NOON) == [first, second]
    going.rate(first, Rating.GOOD, NOON, 1)
    assert going.served(NOON) == [second]
    going.rate(second, Rating.GOOD, NOON, 1)
    assert going.served(NOON) == []
    assert len(going.due(NOON)) == 1
    assert going.undo()
    assert going.served(NOON) == [second]


def test_a_review_that_is_taken_back_never_was_and_its_card_comes_next(cards: Cards) -> None:
    first, second, third = filled(cards)
    going = session(cards)
    assert not going.undo()
    going.rate(first, Rating.EASY, NOON, 1)
    going.rate(second, Rating.AGAIN, NOON, 1)
    assert going.undo()
    assert going.due(NOON) == [second, third]
    assert going.undo()
    assert going.due(NOON) == [first, second, third]
    assert not going.undo()
    assert cards.reviews("ada") == []
    assert cards.cards("ada") == [first, second, third]


def test_a_card_that_was_rated_anew_after_it_was_taken_back_is_not_served_again(cards: Cards) -> None:
    first, second, third = filled(cards)
    going = session(cards)
    going.rate(third, Rating.EASY, NOON, 1)
    going.undo()
    assert going.due(NOON)[0] == third
    assert going.rate(third, Rating.GOOD, NOON, 1) == reviewed(third, Rating.GOOD, NOON)
    assert going.due(NOON) == [first, second]


def test_a_card_whose_document_is_gone_is_kept_and_not_served(cards: Cards) -> None:
    lost = new_card("ada", "optics", choice(9, document="gone.md"), NOON)
    cards.add(lost)
    left = filled(cards, 1)
    going = session(cards, gone="id-gone.md")
    assert going.due(NOON) == left
    assert (going.lost(), going.next_at()) == (1, left[0].due_at)
    assert len(cards.cards("ada")) == 2


def test_a_course_has_its_own_cards(cards: Cards) -> None:
    filled(cards)
    cards.add(new_card("ada", "acoustics", choice(9), NOON))
    assert [card.course for card in session(cards, course="acoustics").due(NOON)] == ["acoustics"]
    assert len(session(cards).due(NOON)) == 4


def test_when_nothing_is_due_the_next_is_told(cards: Cards) -> None:
    assert session(cards).next_at() is None
    (only,) = filled(cards, 1)
    going = session(cards)
    after = going.rate(only, Rating.EASY, NOON, 1)
    assert going.due(NOON + DAY) == []
    assert going.next_at() == after.due_at
