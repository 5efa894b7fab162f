"""`openbook review` and `openbook progress`, through a pipe and in a terminal."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.adapters.sql_cards import SqlCards
from rag.adapters.sql_quizzes import SqlSittings
from rag.adapters.state_database import open_state
from rag.quiz.items import Item
from rag.quiz.sittings import Grade, Kind, Response, Seat, Sitting
from rag.study.cards import Rating
from rag.study.remember import remember_all
from rag.study.schedule import new_card
from rag.types import LOCAL, Citation
from tests.integration.test_cli import OPTICS
from tests.quiz_items import choice, flashcard, matching, ordering, short_answer, true_false
from tests.terminal import Openbook, Terminal
from ui.quiz.reviewing import seat_of
from ui.quiz.views import LETTERS

LAST_YEAR = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)  # the clock of the commands is the real one
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def cards(home: Path) -> Iterator[SqlCards]:
    opened = SqlCards(open_state(home / "state.db"))
    yield opened
    opened.close()


@pytest.fixture
def cited(openbook: Openbook) -> tuple[Citation, ...]:
    (document,) = json.loads(openbook("documents", "list", "--json").out)
    start = OPTICS.index("A convex lens")
    quote = OPTICS[start : start + 40]
    place = ("Optics", "Lenses")
    return (Citation(1, document["id"], "optics.md", "Optics", place, quote, start, start + 40, 3),)


def filled(cards: SqlCards, *items: Item) -> None:
    """Store a card of each item, the first due longest."""
    for at, item in enumerate(items):
        assert cards.add(new_card(LOCAL, "physics", item, LAST_YEAR + at * MINUTE))


def key(item: Item) -> str:
    """Return the letter under which the right option of an item is shown."""
    return LETTERS[seat_of(new_card(LOCAL, "physics", item, LAST_YEAR)).shown.index(0)]


def ratings(cards: SqlCards) -> list[Rating]:
    return [review.rating for review in cards.reviews(LOCAL)]


def test_without_cards_it_says_where_they_come_from(openbook: Openbook) -> None:
    done = openbook("review")
    assert done.code == 0, done.err
    assert "A wrong answer in `openbook quiz` makes one." in done.out


def test_each_card_is_asked_explained_and_rated(openbook: Openbook, cards: SqlCards, cited: tuple[Citation]) -> None:
    known = choice(1, citations=cited)
    filled(cards, known, flashcard(2, citations=cited), short_answer(3, citations=cited))
    done = openbook("review", "--course", "physics", typed=f"{key(known)}\n\n\n3\nno idea\n\n")
    assert done.code == 0, done.err
    assert ratings(cards) == [Rating.GOOD, Rating.GOOD, Rating.AGAIN]
    assert "Card 1 of 3" in done.out
    assert "Card 3 of 3" in done.out
    assert done.out.count(f"openbook show {cited[0].reference}") == 3
    assert "1 again (1 minute), 2 hard (6 minutes), 3 good (10 minutes), 4 easy (8 days)" in done.out
    assert "They guide light." in done.out
    assert "Not right." in done.out
    assert "3 cards reviewed." in done.out
    assert "The next card comes in 1 minute." in done.out


def test_a_rating_may_be_the_learners_own(openbook: Openbook, cards: SqlCards, cited: tuple[Citation]) -> None:
    items = (choice(1, citations=cited), choice(2, citations=cited), true_false(3, citations=cited))
    filled(cards, *items)
    done = openbook("review", typed="a\neasy\nb\n2\nmaybe\nt\nnever\nh\n")
    assert ratings(cards) == [Rating.EASY, Rating.HARD, Rating.HARD]
    assert "Type true or false." in done.out
    assert "Type 1 again, 2 hard" in done.out


def test_nothing_typed_is_not_known(openbook: Openbook, cards: SqlCards, cited: tuple[Citation]) -> None:
    filled(cards, matching(1, citations=cited), ordering(2, citations=cited))
    openbook("review", typed="\n\n\n\n")
    assert ratings(cards) == [Rating.AGAIN, Rating.AGAIN]


def test_what_was_rated_is_kept_when_the_input_ends(
    openbook: Openbook, cards: SqlCards, cited: tuple[Citation]
) -> None:
    filled(cards, choice(1, citations=cited), choice(2, citations=cited))
    done = openbook("review", typed="a\n3\nb\n")
    assert done.code == 0
    assert "1 card reviewed." in done.out
    assert "1 card left: `openbook review` goes on." in done.out
    assert ratings(cards) == [Rating.GOOD]


def test_the_last_rating_can_be_taken_back(openbook: Openbook, cards: SqlCards, cited: tuple[Citation]) -> None:
    filled(cards, choice(1, citations=cited), choice(2, citations=cited))
    done = openbook("review", typed="/undo\na\n1\n/undo\na\n4\n/leave\nnever read\n")
    assert ratings(cards) == [Rating.EASY]
    assert "Nothing was rated yet." in done.out
    assert done.out.count("Taken back.") == 1
    assert done.out.count("Card 1 of 2") == 2


def test_a_limit_and_a_course_are_kept_to(openbook: Openbook, cards: SqlCards, cited: tuple[Citation]) -> None:
    filled(cards, *(choice(number, citations=cited) for number in range(4)))
    listed = json.loads(openbook("review", "--json", "--limit", "3").out)
    assert [one["item"]["id"] for one in listed["due"]] == [choice(number, citations=cited).id for number in range(3)]
    done = openbook("review", "--limit", "2", typed="a\n\na\n\na\n\n")
    assert "Card 2 of 2" in done.out
    assert "2 cards left" in done.out
    assert len(ratings(cards)) == 2
    wrong = openbook("review", "--course", "chemistry")
    assert wrong.code == 2
    assert "physics" in wrong.err


def test_cards_of_a_document_that_is_gone_are_told_of_and_kept(
    openbook: Openbook, cards: SqlCards, cited: tuple[Citation]
) -> None:
    filled(cards, choice(1, citations=cited))
    assert openbook("documents", "remove", "optics.md").code == 0
    done = openbook("review", typed="a\n\n")
    assert "1 card left out: what they cite is no longer in the library." in done.out
    assert len(cards.cards(LOCAL)) == 1
    assert ratings(cards) == []


def test_on_a_full_screen_each_rating_is_kept_whatever_happens_then(
    home: Path, cards: SqlCards, cited: tuple[Citation]
) -> None:
    filled(cards, choice(1, citations=cited), choice(2, citations=cited))
    with Terminal(home, "review") as terminal:
        terminal.wait_for("Card 1 of 2")
        terminal.type("?4")
        terminal.wait_for("of kind 2")  # of the bar only what changes is drawn
        os.kill(terminal.process, signal.SIGKILL)
        assert terminal.end() == -signal.SIGKILL
    assert ratings(cards) == [Rating.EASY]


def answered(home: Path, cards: SqlCards, cited: tuple[Citation], *right: bool, course: str = "physics") -> None:
    """Store a quiz of as many questions, answered rightly or not an hour apart, and what it leaves in the cards."""
    begun = datetime.now(UTC) - DAY
    seats = tuple(
        Seat(choice(at, citations=cited), response=Response((0,), begun + at * MINUTE, 5.0, Grade(one, float(one))))
        for at, one in enumerate(right)
    )
    taken = Sitting("s1", LOCAL, Kind.QUIZ, course, "", seats, begun)
    sittings = SqlSittings(open_state(home / "state.db"))
    sittings.begin(replace(taken, seats=tuple(replace(seat, response=None) for seat in seats)))
    for at, seat in enumerate(seats):
        sittings.respond(LOCAL, taken.id, at, seat.response)
    sittings.close()
    remember_all(cards, taken, begun)


def test_progress_shows_what_is_known_what_comes_and_what_to_read_again(
    home: Path, openbook: Openbook, cards: SqlCards, cited: tuple[Citation]
) -> None:
    answered(home, cards, cited, True, True, True, False)
    done = openbook("progress")
    assert done.code == 0, done.err
    assert "4 answers; 1 review card, 1 due now." in done.out
    assert "67%" in done.out  # three for and one against, over the prior: 4 of 6
    assert "today 1," in done.out
    assert f"openbook show {cited[0].reference}" in done.out
    assert openbook("show", cited[0].reference).code == 0
    told = json.loads(openbook("progress", "--course", "physics", "--json").out)
    assert (told["exam"], told["readiness"], told["answers"]) == ("", None, 4)
    (domain,) = told["domains"]
    assert (domain["domain"], domain["asked"]) == ("Optics", 4)
    assert domain["low"] < domain["right"] < domain["high"]
    assert [one["cards"] for one in told["forecast"]].count(0) < 30
    assert told["objectives"][0]["passages"][0]["reference"] == cited[0].reference


def test_progress_for_an_exam_says_how_many_answers_are_missing(
    home: Path, openbook: Openbook, cards: SqlCards, cited: tuple[Citation]
) -> None:
    answered(home, cards, cited, True, False)
    done = openbook("progress", "--exam", "mla-c01")
    assert "AWS Certified Machine Learning Engineer" in done.out
    assert "Not enough answers yet. 50 different questions must be answered first" in done.out
    assert "Data Preparation" in done.out
    assert openbook("progress", "--exam", "chess").code == 2


def test_progress_before_the_first_answer_says_what_to_do(openbook: Openbook) -> None:
    done = openbook("progress")
    assert done.code == 0, done.err
    assert "`openbook quiz` asks questions" in done.out


def test_progress_leaves_out_passages_that_are_gone(
    home: Path, openbook: Openbook, cards: SqlCards, cited: tuple[Citation]
) -> None:
    answered(home, cards, cited, False)
    openbook("documents", "remove", "optics.md")
    done = openbook("progress")
    assert "1 card left out" in done.out
    assert "openbook show" not in done.out
