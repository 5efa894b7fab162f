"""What every adapter of the `Cards` port does. Inherit `CardsContract` and give it a `store`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from rag.errors import StateError
from rag.quiz.items import Cloze, Flashcard, Item
from rag.study.cards import Card, Rating, Review
from rag.study.ports import Cards
from rag.study.schedule import new_card, reviewed
from rag.types import Citation

NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, UTC)
DAY = timedelta(days=1)
CITATION = Citation(1, "d1", "optics.md", "Optics", ("Light",), "light bends", 3, 14, 7, "page", 2, 3)


def flashcard(stem: str = "What does light do?", back: str = "It bends.") -> Item:
    return Flashcard(
        stem=stem, back=back, rationale="Light bends.", citations=(CITATION,), facts=(stem,), generator="t"
    )


def card(stem: str = "What does light do?", learner: str = "ada", course: str = "physics", at: datetime = NOON) -> Card:
    return new_card(learner, course, flashcard(stem), at)


def good(one: Card, at: datetime = NOON, seconds: float = 2.5) -> tuple[Card, Review]:
    return reviewed(one, Rating.GOOD, at), Review(one.id, Rating.GOOD, at, seconds)


class CardsContract:
    @pytest.fixture
    def store(self) -> Cards:
        raise NotImplementedError

    def test_without_cards_there_is_nothing_to_find(self, store: Cards) -> None:
        assert store.cards("ada") == []
        assert store.reviews("ada") == []

    def test_a_card_comes_back_as_it_was_added(self, store: Cards) -> None:
        one = card()
        assert store.add(one)
        assert store.cards("ada") == [one]

    def test_a_learner_has_one_card_of_an_item(self, store: Cards) -> None:
        assert store.add(card())
        assert not store.add(card(course="biology", at=NOON + DAY))
        assert store.cards("ada") == [card()]
        assert store.add(card(learner="bob"))

    def test_any_item_and_text_comes_back_unchanged(self, store: Cards) -> None:
        odd = "a\0b naïve \U0001f600 e\u0301 \u2028 \r\n\t '; DROP TABLE x _____"
        item = Cloze(stem=odd, answers=(odd,), rationale=odd, citations=(CITATION,), facts=(odd,), generator="t")
        store.add(new_card("ada", odd.replace("\0", ""), item, NOON))
        assert store.cards("ada")[0].item == item

    def test_those_due_come_the_longest_due_first(self, store: Cards) -> None:
        for number in (3, 1, 2):
            store.add(card(str(number), at=NOON + number * DAY))
        assert [one.item.stem for one in store.cards("ada")] == ["1", "2", "3"]
        assert [one.item.stem for one in store.cards("ada", due=NOON + 2 * DAY)] == ["1", "2"]
        assert store.cards("ada", due=NOON) == []

    def test_a_course_can_be_named(self, store: Cards) -> None:
        store.add(card("1"))
        store.add(card("2", course="biology"))
        assert [one.item.stem for one in store.cards("ada", course="biology")] == ["2"]
        assert store.cards("ada", course="chemistry") == []

    def test_a_review_is_stored_with_the_card_after_it(self, store: Cards) -> None:
        store.add(card())
        after, review = good(card())
        store.review(after, review)
        assert store.cards("ada") == [after]
        assert after.due_at > NOON
        assert store.reviews("ada") == [review]

    def test_reviews_come_oldest_first(self, store: Cards) -> None:
        one, other = card("1"), card("2")
        for new in (one, other):
            store.add(new)
        told = [good(other, NOON + DAY), good(one, NOON), good(one, NOON + 2 * DAY)]
        for after, review in told:
            store.review(after, review)
        assert [review.at for review in store.reviews("ada")] == [NOON, NOON + DAY, NOON + 2 * DAY]

    def test_times_of_any_zone_are_the_same_instants(self, store: Cards) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
        store.add(card(at=there))
        store.review(*good(card(at=there), there))
        assert store.reviews("ada")[0].at == NOON
        assert store.cards("ada")[0].created_at.tzinfo is UTC

    def test_a_review_is_taken_back_and_the_card_stands_as_before(self, store: Cards) -> None:
        store.add(card())
        first, review = good(card())
        store.review(first, review)
        store.review(*good(first, NOON + DAY))
        store.take_back(first)
        assert store.cards("ada") == [first]
        assert store.reviews("ada") == [review]
        store.take_back(card())
        assert store.cards("ada") == [card()]
        assert store.reviews("ada") == []

    def test_a_review_of_another_card_is_not_taken_back(self, store: Cards) -> None:
        one, other = card("1"), card("2")
        for new in (one, other):
            store.add(new)
        store.review(*good(one))
        store.take_back(other)
        assert [review.card_id for review in store.reviews("ada")] == [one.id]

    def test_a_card_that_is_not_there_is_not_reviewed(self, store: Cards) -> None:
        after, review = good(card())
        with pytest.raises(StateError, match="no card"):
            store.review(after, review)
        with pytest.raises(StateError, match="no card"):
            store.take_back(card())
        assert store.reviews("ada") == []

    def test_another_learners_cards_are_as_if_they_were_not_there(self, store: Cards) -> None:
        store.add(card())
        after, review = good(card())
        store.review(after, review)
        assert store.cards("bob") == []
        assert store.reviews("bob") == []
        with pytest.raises(StateError, match="no card"):
            store.review(replace(after, learner="bob"), review)
        assert store.cards("ada") == [after]

    def test_of_many_that_add_the_same_card_one_does(self, store: Cards) -> None:
        with ThreadPoolExecutor(8) as pool:
            added = list(pool.map(lambda _: store.add(card()), range(16)))
        assert sum(added) == 1
        assert len(store.cards("ada")) == 1
