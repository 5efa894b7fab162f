"""What every adapter of `QuizItems` and of `Sittings` does. Inherit a contract and give it a `store`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from rag.errors import StateError
from rag.quiz.items import Item, Placement
from rag.quiz.ports import QuizItems, Sittings
from rag.quiz.sittings import Grade, Kind, Response, Seat, Sitting
from tests.quiz_items import ALL_TYPES, case_study, choice, cloze

NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, UTC)
MINUTE = timedelta(minutes=1)
ODD_TEXTS = ("a\0b", "naïve \U0001f600 é", "\u2028 \r\n\t", "'; DROP TABLE x")
RESPONSES = (
    Response((1,), NOON, 3.25, Grade(True, 1.0)),
    Response((2, 0, 1), NOON, 0.0, Grade(False, 0.5, "The first two are the wrong way round.")),
    Response("sixty days", NOON, 12.5, Grade(True, 1.0)),
    Response((), NOON, 1.0, Grade(False, 0.0)),
)


def sitting(sitting_id: str = "s1", learner: str = "ada", items: tuple[Item, ...] = (), **fields: object) -> Sitting:
    seats = tuple(Seat(item, shown=(1, 0)) for item in items or (choice(1), cloze(2)))
    return replace(Sitting(sitting_id, learner, Kind.QUIZ, "optics", "", seats, NOON), **fields)


class QuizItemsContract:
    @pytest.fixture
    def store(self) -> QuizItems:
        raise NotImplementedError

    def test_of_what_was_never_written_there_is_nothing(self, store: QuizItems) -> None:
        assert store.written(["d1"], "1") == set()
        assert store.items(["d1"], "1") == []
        assert store.rejected(["d1"], "1") == {}

    def test_items_of_every_type_come_back_whole_and_in_order(self, store: QuizItems) -> None:
        placed = [one.model_copy(update={"placement": Placement(domain="Light")}) for one in ALL_TYPES]
        store.put("d1", "1", placed, {}, NOON)
        assert store.items(["d1"], "1") == placed

    @pytest.mark.parametrize("text", ODD_TEXTS)
    def test_any_text_comes_back_unchanged(self, store: QuizItems, text: str) -> None:
        odd = choice(1, stem=text, rationale=text)
        store.put("d1", "1", [odd], {text: 1}, NOON)
        assert store.items(["d1"], "1") == [odd]
        assert store.rejected(["d1"], "1") == {text: 1}

    def test_documents_come_in_the_order_they_are_asked_for(self, store: QuizItems) -> None:
        store.put("d1", "1", [choice(1), choice(2)], {}, NOON)
        store.put("d2", "1", [choice(3)], {}, NOON)
        assert store.items(["d2", "none", "d1"], "1") == [choice(3), choice(1), choice(2)]

    def test_a_document_that_yields_no_item_is_written_all_the_same(self, store: QuizItems) -> None:
        store.put("d1", "1", [], {"stem": 4}, NOON)
        assert store.written(["d1", "d2"], "1") == {"d1"}

    def test_what_another_version_wrote_is_not_there_and_is_replaced(self, store: QuizItems) -> None:
        store.put("d1", "1", [choice(1), choice(2)], {"key": 3}, NOON)
        assert store.written(["d1"], "2") == set()
        assert store.items(["d1"], "2") == []
        assert store.rejected(["d1"], "2") == {}
        store.put("d1", "2", [choice(3)], {"key": 1}, NOON)
        assert store.items(["d1"], "2") == [choice(3)]
        assert store.items(["d1"], "1") == []

    def test_reasons_are_added_up_over_documents_the_commonest_first(self, store: QuizItems) -> None:
        store.put("d1", "1", [], {"rare": 1, "key": 2}, NOON)
        store.put("d2", "1", [], {"key": 3}, NOON)
        assert list(store.rejected(["d1", "d2"], "1").items()) == [("key", 5), ("rare", 1)]

    def test_many_threads_write_the_same_document_and_one_of_them_is_kept_whole(self, store: QuizItems) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: store.put("d1", "1", [choice(n), choice(n + 100)], {}, NOON), range(16)))
        first, second = store.items(["d1"], "1")
        assert (first, second) in [(choice(n), choice(n + 100)) for n in range(16)]


class SittingsContract:
    @pytest.fixture
    def store(self) -> Sittings:
        raise NotImplementedError

    def test_without_sittings_there_is_nothing_to_find(self, store: Sittings) -> None:
        assert store.sitting("ada", "none") is None
        assert store.sittings("ada") == []
        assert store.seen("ada") == {}

    def test_a_sitting_comes_back_as_it_was_begun(self, store: Sittings) -> None:
        question = case_study(1).items[0]
        begun = sitting(
            kind=Kind.EXAM, blueprint="mla-c01", limit_s=7800.0, seed=2**40, at_end=True,
            seats=(Seat(question, (3, 1, 0, 2), scored=False, scenario="A \0 school"), Seat(cloze(1), flagged=True)),
        )  # fmt: skip
        store.begin(begun)
        assert store.sitting("ada", "s1") == begun
        assert store.sittings("ada") == [begun]

    def test_items_of_every_type_are_held(self, store: Sittings) -> None:
        begun = sitting(items=tuple(ALL_TYPES))
        store.begin(begun)
        assert store.sitting("ada", "s1") == begun

    @pytest.mark.parametrize("response", RESPONSES)
    def test_what_is_given_is_stored_in_place_of_what_was(self, store: Sittings, response: Response) -> None:
        store.begin(sitting())
        store.respond("ada", "s1", 1, RESPONSES[0])
        store.respond("ada", "s1", 1, response)
        found = store.sitting("ada", "s1")
        assert found
        assert [one.response for one in found.seats] == [None, response]

    def test_what_was_given_can_be_taken_back(self, store: Sittings) -> None:
        store.begin(sitting())
        store.respond("ada", "s1", 0, RESPONSES[0])
        store.respond("ada", "s1", 0, None)
        assert store.sitting("ada", "s1") == sitting()
        assert store.seen("ada") == {}

    def test_flags_and_time_are_stored(self, store: Sittings) -> None:
        store.begin(sitting())
        store.flag("ada", "s1", 0, True)
        store.spend("ada", "s1", 61.5)
        found = store.sitting("ada", "s1")
        assert found
        assert ([one.flagged for one in found.seats], found.spent_s) == ([True, False], 61.5)
        store.flag("ada", "s1", 0, False)
        assert store.sitting("ada", "s1") == sitting(spent_s=61.5)

    def test_a_finished_sitting_no_longer_changes(self, store: Sittings) -> None:
        store.begin(sitting())
        store.respond("ada", "s1", 0, RESPONSES[0])
        store.finish("ada", "s1", NOON + MINUTE)
        finished = store.sitting("ada", "s1")
        assert finished
        assert finished.finished_at == NOON + MINUTE
        for change in (
            lambda: store.respond("ada", "s1", 1, RESPONSES[0]),
            lambda: store.flag("ada", "s1", 1, True),
            lambda: store.spend("ada", "s1", 5.0),
            lambda: store.finish("ada", "s1", NOON),
        ):
            with pytest.raises(StateError, match="it was finished"):
                change()
        assert store.sitting("ada", "s1") == finished

    def test_a_question_that_is_not_there_is_refused(self, store: Sittings) -> None:
        store.begin(sitting())
        with pytest.raises(StateError, match="no question 3"):
            store.respond("ada", "s1", 2, RESPONSES[0])
        with pytest.raises(StateError, match="it was finished"):
            store.respond("ada", "s2", 0, RESPONSES[0])

    def test_another_learner_neither_sees_nor_changes_a_sitting(self, store: Sittings) -> None:
        begun = sitting()
        store.begin(begun)
        assert store.sitting("bob", "s1") is None
        assert store.sittings("bob") == []
        for change in (
            lambda: store.respond("bob", "s1", 0, RESPONSES[0]),
            lambda: store.flag("bob", "s1", 0, True),
            lambda: store.spend("bob", "s1", 5.0),
            lambda: store.finish("bob", "s1", NOON),
        ):
            with pytest.raises(StateError):
                change()
        assert store.sitting("ada", "s1") == begun

    def test_the_latest_comes_first_and_courses_and_unfinished_ones_can_be_named(self, store: Sittings) -> None:
        for number, course in enumerate(("optics", "biology", "optics")):
            store.begin(sitting(f"s{number}", course=course, begun_at=NOON + number * MINUTE))
        store.finish("ada", "s2", NOON + 9 * MINUTE)
        assert [one.id for one in store.sittings("ada")] == ["s2", "s1", "s0"]
        assert [one.id for one in store.sittings("ada", course="optics")] == ["s2", "s0"]
        assert [one.id for one in store.sittings("ada", unfinished=True)] == ["s1", "s0"]
        assert [one.id for one in store.sittings("ada", course="optics", unfinished=True)] == ["s0"]

    def test_times_of_any_zone_are_the_same_instants(self, store: Sittings) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=-3, minutes=-30)))
        store.begin(sitting(begun_at=there))
        store.respond("ada", "s1", 0, replace(RESPONSES[0], at=there))
        found = store.sitting("ada", "s1")
        assert found
        assert found.seats[0].response
        assert found.begun_at == found.seats[0].response.at == NOON
        assert found.begun_at.tzinfo is found.seats[0].response.at.tzinfo is UTC

    def test_what_was_answered_is_seen_with_when_last(self, store: Sittings) -> None:
        for number in (1, 2):
            store.begin(sitting(f"s{number}"))
            store.respond("ada", f"s{number}", 0, replace(RESPONSES[0], at=NOON + number * MINUTE))
        store.begin(sitting("s3", learner="bob"))
        store.respond("bob", "s3", 1, RESPONSES[0])
        assert store.seen("ada") == {choice(1).id: NOON + 2 * MINUTE}

    def test_many_threads_answer_one_sitting(self, store: Sittings) -> None:
        store.begin(sitting(items=tuple(choice(n) for n in range(24))))
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: store.respond("ada", "s1", n, RESPONSES[0]), range(24)))
        found = store.sitting("ada", "s1")
        assert found
        assert all(one.response == RESPONSES[0] for one in found.seats)
