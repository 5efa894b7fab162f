"""What a sitting leaves behind in the cards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rag.quiz.items import Flashcard, Item, Matching, MultipleChoice
from rag.quiz.sittings import Given, Grade, Kind, Response, Seat, Sitting
from rag.study.cards import Card, Rating
from rag.study.ports import Cards
from rag.study.remember import remember, remember_all
from rag.study.schedule import new_card, reviewed
from tests.quiz_items import case_study, choice, flashcard, matching, response, short_answer

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WRONG, RIGHT = Grade(False, 0.0), Grade(True, 1.0)


def seat(item: Item, grade: Grade = WRONG, given: Given = (1,), at: datetime = NOON, scenario: str = "") -> Seat:
    return Seat(item, scenario=scenario, response=Response(given, at, 7.5, grade))


def sitting(*seats: Seat) -> Sitting:
    return Sitting("s1", "ada", Kind.QUIZ, "optics", "", seats, NOON)


def test_a_wrong_answer_makes_a_card_of_that_item_which_soon_comes_back(cards: Cards) -> None:
    (made,) = remember(cards, sitting(seat(choice(1), RIGHT), seat(choice(2))), 1, NOON)
    assert made == reviewed(new_card("ada", "optics", choice(2), NOON), Rating.AGAIN, NOON)
    assert made.due_at == NOON + MINUTE
    assert cards.cards("ada") == [made]
    (review,) = cards.reviews("ada")
    assert (review.card_id, review.rating, review.at, review.seconds) == (made.id, Rating.AGAIN, NOON, 7.5)


def test_a_right_answer_and_none_leave_nothing_where_there_is_no_card(cards: Cards) -> None:
    assert remember_all(cards, sitting(seat(choice(1), RIGHT), Seat(choice(2))), NOON) == []
    assert cards.cards("ada") == []


def test_the_same_response_is_remembered_once(cards: Cards) -> None:
    taken = sitting(seat(choice(1)), seat(short_answer(2), given="no idea", at=NOON + MINUTE))
    assert len(remember(cards, taken, 0, NOON)) == 1
    assert remember(cards, taken, 0, NOON + DAY) == []
    assert len(remember_all(cards, taken, NOON + DAY)) == 1
    assert remember_all(cards, taken, NOON + DAY) == []
    assert len(cards.reviews("ada")) == 2


def test_a_card_that_was_added_when_the_process_died_gets_its_review(cards: Cards) -> None:
    cards.add(new_card("ada", "optics", choice(1), NOON))
    (made,) = remember_all(cards, sitting(seat(choice(1))), NOON)
    assert made.due_at == NOON + MINUTE


@pytest.mark.parametrize(("grade", "rating"), [(RIGHT, Rating.GOOD), (WRONG, Rating.AGAIN)])
def test_an_answer_to_another_item_of_the_same_fact_reviews_its_card(
    cards: Cards, grade: Grade, rating: Rating
) -> None:
    cards.add(new_card("ada", "optics", choice(1), NOON))
    (after,) = remember_all(cards, sitting(seat(short_answer(1), grade, "60 days", NOON + DAY)), NOON + DAY)
    assert after == reviewed(new_card("ada", "optics", choice(1), NOON), rating, NOON + DAY)
    assert cards.cards("ada") == [after]


def test_a_right_answer_to_several_facts_reviews_the_cards_of_each_and_a_wrong_one_only_its_own(cards: Cards) -> None:
    cards.add(new_card("ada", "optics", choice(1), NOON))
    both = response(2, facts=("fact-1", "fact-2"))
    (made,) = remember_all(cards, sitting(seat(both)), NOON)
    assert made.item == both
    after = remember_all(cards, sitting(seat(both, RIGHT, at=NOON + DAY)), NOON + DAY)
    assert {one.item for one in after} == {both, choice(1)}


def test_two_answers_to_one_fact_are_remembered_in_their_order(cards: Cards) -> None:
    taken = sitting(seat(choice(1)), seat(short_answer(1), RIGHT, "60 days", NOON + DAY))
    first, second = remember_all(cards, taken, NOON + DAY)
    assert second == reviewed(first, Rating.GOOD, NOON + DAY)
    assert cards.cards("ada") == [second]


def test_another_learners_cards_are_left_alone(cards: Cards) -> None:
    bobs = new_card("bob", "optics", choice(1), NOON)
    cards.add(bobs)
    remember_all(cards, sitting(seat(choice(1))), NOON)
    assert cards.cards("bob") == [bobs]


def test_a_flashcard_is_rated_by_the_learner(cards: Cards) -> None:
    ratings = [(Rating.AGAIN, 1), (Rating.HARD, 0), (Rating.GOOD, 0), (Rating.EASY, 0)]
    for number, (rating, made) in enumerate(ratings):
        grade = Grade(rating > Rating.AGAIN, float(rating > Rating.AGAIN))
        assert len(remember_all(cards, sitting(seat(flashcard(number), grade, (int(rating),))), NOON)) == made
    again = seat(flashcard(0), RIGHT, (int(Rating.EASY),), NOON + DAY)
    (after,) = remember_all(cards, sitting(again), NOON + DAY)
    assert cards.reviews("ada")[-1].rating is Rating.EASY
    assert after.due_at > NOON + 2 * DAY


def test_of_a_matching_the_pairs_that_were_wrong_become_cards(cards: Cards) -> None:
    item = matching(5, facts=("a", "b", "c"), decoys=())
    made = remember_all(cards, sitting(seat(item, WRONG, (1, 1, -1))), NOON)
    fronts = [(one.item.stem.rpartition("\n")[2], one.item.back, one.item.facts) for one in made if _is_flash(one)]
    assert fronts == [("Mirror = ?", "reflects", ("a",)), ("Prism = ?", "splits", ("c",))]
    after = remember_all(cards, sitting(seat(item, WRONG, (0, 2, -1), NOON + DAY)), NOON + DAY)
    assert [one.item.facts for one in after] == [("a",), ("b",), ("c",)]
    assert [review.rating for review in cards.reviews("ada")[2:]] == [Rating.GOOD, Rating.AGAIN, Rating.AGAIN]


def test_pairs_of_a_matching_that_has_one_fact_are_told_apart(cards: Cards) -> None:
    item = matching(5)
    assert isinstance(item, Matching)
    assert len(remember_all(cards, sitting(seat(item, WRONG, (1, 0, 2))), NOON)) == 2
    assert len({one.item.facts for one in cards.cards("ada")}) == 2


def test_a_question_of_a_case_is_kept_with_its_scenario(cards: Cards) -> None:
    case = case_study(9)
    question = case.items[0]
    (made,) = remember_all(cards, sitting(seat(question, scenario=case.stem)), NOON)
    assert isinstance(made.item, MultipleChoice)
    assert made.item.stem == f"{case.stem}\n\n{question.stem}"
    assert (made.item.options, made.item.facts) == (question.options, question.facts)
    (after,) = remember_all(cards, sitting(seat(question, RIGHT, at=NOON + DAY, scenario=case.stem)), NOON + DAY)
    assert after.id == made.id


def test_a_response_older_than_the_last_review_changes_nothing(cards: Cards) -> None:
    card = reviewed(new_card("ada", "optics", choice(1), NOON), Rating.GOOD, NOON + DAY)
    cards.add(card)
    assert remember_all(cards, sitting(seat(choice(1))), NOON + 2 * DAY) == []
    assert cards.cards("ada") == [card]


def _is_flash(card: Card) -> bool:
    return isinstance(card.item, Flashcard)
