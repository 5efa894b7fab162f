"""A review on a full screen: keys typed into it, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from rag.adapters.sql_cards import SqlCards
from rag.quiz.items import Item
from rag.study.cards import Rating
from rag.study.schedule import new_card
from rag.study.session import ReviewSession
from tests.quiz_items import choice, cloze, flashcard, matching, ordering, response, true_false
from ui.quiz.review_screen import ReviewScreen
from ui.quiz.reviewing import Reviewing, seat_of, told_span

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
UP, DOWN, CTRL_C, CTRL_Z = "\x1b[A", "\x1b[B", "\x03", "\x1a"
Press = Callable[..., ReviewScreen]


@pytest.fixture
def press(cards: SqlCards) -> Press:
    """What reviews cards of items by keys."""

    def run(keys: str, *items: Item) -> ReviewScreen:
        for at, item in enumerate(items):
            cards.add(new_card("ada", "optics", item, NOON - timedelta(hours=1) + at * timedelta(minutes=1)))
        going = Reviewing(ReviewSession(cards, "ada", "", lambda _: True), lambda: NOON)
        with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
            screen = ReviewScreen(going)
            typed.send_text(keys + CTRL_C)
            screen.app.run()
        return screen

    return run


def ratings(cards: SqlCards) -> list[int]:
    return [int(review.rating) for review in cards.reviews("ada")]


def right(item: Item) -> int:
    """Return the row in which the first option of an item is shown."""
    return seat_of(new_card("ada", "optics", item, NOON - timedelta(hours=1))).shown.index(0)


def text(screen: ReviewScreen, width: int = 80) -> str:
    return "\n".join(line.text for line in screen.lines(width))


def test_an_option_is_chosen_with_the_arrows_and_rated_by_enter(press: Press, cards: SqlCards) -> None:
    press(f"{DOWN * right(choice(1))} \r\r", choice(1))
    assert ratings(cards) == [Rating.GOOD]


def test_a_wrong_answer_is_rated_again_unless_the_learner_says_otherwise(press: Press, cards: SqlCards) -> None:
    wrong = "ab"[right(choice(1)) == 0]
    press(f"{wrong}\r\r", choice(1))
    assert ratings(cards) == [Rating.AGAIN]


def test_every_type_can_be_answered_not_known_and_rated(press: Press, cards: SqlCards) -> None:
    items = (choice(1), response(2), true_false(3), ordering(4), matching(5), cloze(7), flashcard(8))
    screen = press("?4?4?4?4?4\r4 4", *items)
    assert ratings(cards) == [4] * len(items)
    assert screen._going.card is None


def test_what_is_written_is_graded(press: Press, cards: SqlCards) -> None:
    press("refractoin\r\r", cloze(7))
    assert ratings(cards) == [Rating.GOOD]


def test_letters_are_written_into_a_gap_and_do_nothing_else(press: Press, cards: SqlCards) -> None:
    screen = press("u?1", cloze(7))
    assert ratings(cards) == []
    assert screen.writing is not None
    assert screen.writing.text == "u?1"


def test_half_an_answer_is_not_taken(press: Press, cards: SqlCards) -> None:
    screen = press("a\r", response(2))
    assert ratings(cards) == []
    assert "1 to go" in screen._going.view.lacks
    assert not screen._going.turned


def test_the_key_is_shown_with_its_reason_and_place_before_the_rating(press: Press) -> None:
    screen = press("?", choice(1))
    shown = text(screen)
    assert "The key about mirrors 1 is right." in shown
    assert "openbook show" in shown
    assert "“light bends”" in shown
    assert "1 again (1 minute), 2 hard (6 minutes), 3 good (10 minutes), 4 easy (8 days)" in screen.hints()
    assert "The key about" not in text(press("", choice(2)))


def test_a_flashcard_has_no_rating_but_the_learners_own(press: Press, cards: SqlCards) -> None:
    screen = press(" \r\r", flashcard(8))
    assert ratings(cards) == []
    assert "They guide light." in text(screen)
    press("\r2", flashcard(8))
    assert ratings(cards) == [Rating.HARD]


def test_ratings_are_taken_back_one_by_one(press: Press, cards: SqlCards) -> None:
    screen = press(f"?1?1?{CTRL_Z}{CTRL_Z}?4", choice(1), choice(2), choice(3))
    assert ratings(cards) == [Rating.EASY]
    assert screen.bar() == "Card 2 of 3"


@pytest.mark.parametrize("width", [12, 20, 40, 200])
def test_no_line_is_wider_than_the_screen_where_words_are_not(press: Press, width: int) -> None:
    screen = press("", choice(1))
    assert all(len(line.text) <= max(width, 22) for line in screen.lines(width))


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(seconds=59), "1 minute"),
        (timedelta(minutes=5.5), "6 minutes"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=59), "59 days"),
        (timedelta(days=66), "2.2 months"),
        (timedelta(days=1100), "3.0 years"),
        (timedelta(seconds=-5), "1 minute"),
    ],
)
def test_spans_are_told_in_the_unit_that_fits(span: timedelta, told: str) -> None:
    assert told_span(span) == told
