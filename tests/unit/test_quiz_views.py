"""How items are shown and answered, by keys and by typed lines; and a sitting on a full screen, through a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from rag.errors import StateError
from rag.quiz.exam import report
from rag.quiz.items import Item, ItemType
from rag.quiz.seating import seats
from rag.quiz.sittings import Given, Grade, Kind, Response, Seat
from rag.quiz.taking import Taking, begin
from tests.fake_sittings import MemorySittings
from tests.quiz_items import (
    ALL_TYPES,
    case_study,
    choice,
    cloze,
    flashcard,
    matching,
    ordering,
    response,
    short_answer,
    true_false,
)
from ui.quiz.feedback import feedback_lines, key_lines
from ui.quiz.lines import Line
from ui.quiz.registry import view_of
from ui.quiz.result import as_plain, item_lines
from ui.quiz.screen import Screen
from ui.quiz.session import Clock, Memory, Session, overview_lines
from ui.quiz.typed import take_lines
from ui.quiz.views import Unread

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ONE_BY_ONE = [one for one in ALL_TYPES if one is not ALL_TYPES[-1]]
DOWN, LEFT, ENTER = "\x1b[B", "\x1b[D", "\r"
NEXT, BEFORE, FLAG, LIST, LEAVE = "\x0e", "\x10", "\x06", "\t", "\x03"


def seat(item: Item, *shown: int) -> Seat:
    return Seat(item, shown)


def told(lines: Iterator[Line]) -> str:
    return "\n".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("shown", "typed", "given"),
    [
        (seat(choice(1), 2, 0, 1, 3), "b", (0,)),
        (seat(choice(1), 2, 0, 1, 3), " 1) ", (2,)),
        (seat(response(1), 4, 3, 2, 1, 0), "E d", (0, 1)),
        (seat(response(1), 4, 3, 2, 1, 0), "45", (0, 1)),
        (seat(true_false(1)), "true", (1,)),
        (seat(true_false(1)), "F", (0,)),
        (seat(ordering(1), 3, 1, 0, 2), "c b d a", (0, 1, 2, 3)),
        (seat(matching(1), 3, 2, 1, 0), "1d, 2c, 3b", (0, 1, 2)),
        (seat(matching(1), 3, 2, 1, 0), "a c b", (3, 1, 2)),
        (seat(matching(1), 3, 2, 1, 0), "3b 1d 2c", (0, 1, 2)),
        (seat(matching(1), 3, 2, 1, 0), "2: c; 3: b; 1: d", (0, 1, 2)),
        (seat(cloze(1)), "  refraction ", "refraction"),
        (seat(short_answer(1)), "60 days", "60 days"),
    ],
)
def test_a_typed_line_is_read_as_the_item_counts(shown: Seat, typed: str, given: object) -> None:
    view = view_of(shown)
    view.read(typed)
    assert view.given == given
    assert view.lacks == ""


@pytest.mark.parametrize(
    ("item", "typed"),
    [(choice(1), "e"), (choice(1), "ab"), (choice(1), "what?"), (choice(1), ""), (response(1), "a"),
     (response(1), "a a"), (true_false(1), "maybe"), (ordering(1), "a b c"), (ordering(1), "a a b c"),
     (matching(1), "a b"), (matching(1), "a b x"), (matching(1), "1a 2b"), (matching(1), "1a 1b 2c"),
     (matching(1), "1a 2b 4c"), (matching(1), "1a 2b c"), (matching(1), "a1 b2 c3")],
)  # fmt: skip
def test_a_line_that_is_no_answer_is_refused_with_what_to_type(item: Item, typed: str) -> None:
    view = view_of(seat(item))
    with pytest.raises(Unread, match="Type "):
        view.read(typed)
    assert view.given is None


@pytest.mark.parametrize(
    ("item", "keys", "given"),
    [
        (choice(1), ["down", "down", "space"], (2,)),
        (choice(1), ["b", "d"], (3,)),
        (choice(1), ["up"], None),
        (response(1), ["a", "c"], (0, 2)),
        (response(1), ["a", "c", "a", "b"], (1, 2)),
        (response(1), ["a", "b", "c"], (0, 1)),
        (true_false(1), ["f"], (0,)),
        (ordering(1), ["space", "down", "down", "space"], (1, 2, 0, 3)),
        (ordering(1), ["4"], (1, 2, 3, 0)),
        (matching(1), ["b", "a", "right"], (1, 0, 0)),
        (matching(1), ["left", "down", "x"], (3, -1, -1)),
    ],
)
def test_keys_choose_tick_move_and_match(item: Item, keys: list[str], given: object) -> None:
    view = view_of(seat(item))
    for key in keys:
        view.press(key)
    assert view.given == given


def test_enter_takes_what_the_cursor_was_moved_to_and_nothing_that_is_untouched() -> None:
    untouched, moved, order = view_of(seat(choice(1))), view_of(seat(choice(1))), view_of(seat(ordering(1), 1, 0, 2, 3))
    moved.press("down")
    order.press("down")
    for view in (untouched, moved, order):
        view.settle()
    assert (untouched.given, moved.given, order.given) == (None, (1,), None)
    assert (untouched.lacks, order.lacks) == ("Nothing is chosen yet.", "Nothing is moved yet.")


@pytest.mark.parametrize(
    ("item", "given", "right", "shown"),
    [
        (cloze(1), "reflection", False, ["x reflection", "+ refraction (or: dispersion)"]),
        (cloze(1), "refractoin", True, ["> refractoin", "+ refraction (or: dispersion)"]),
        (short_answer(1), "In a box", False, ["x In a box", "+ It keeps for 60 days in a dark room."]),
        (true_false(1), (0,), False, ["x False", "+ True"]),
        (true_false(1), (1,), True, ["+ True"]),
        (ordering(1), (1, 0, 2, 3), False,
         ["x 1. Switch on the lamp (you put it in place 2)", "x 2. Turn the prism (you put it in place 1)",
          "+ 3. Read the angle", "+ 4. Switch off the lamp"]),
        (ordering(1), (), False, ["+ 1. Switch on the lamp", "+ 2. Turn the prism", "+ 3. Read the angle",
                                  "+ 4. Switch off the lamp"]),
        (cloze(1), (), False, ["+ refraction (or: dispersion)"]),
    ],
)  # fmt: skip
def test_what_was_written_said_or_ordered_stands_beside_the_key(
    item: Item, given: Given, right: bool, shown: list[str]
) -> None:
    answered = replace(seat(item), response=Response(given, NOON, 1.0, Grade(right, float(right))))
    assert [line.text for line in key_lines(answered, 80)] == shown


def test_a_card_is_turned_before_it_can_be_rated() -> None:
    view = view_of(seat(flashcard(1)))
    view.press("3")
    assert view.given is None
    assert view.takes_blank
    view.read("")
    assert "They guide light." in told(view.lines(80))
    view.read("good")
    assert view.given == (3,)


SOME_ANSWER = {
    ItemType.MULTIPLE_CHOICE: ["a"],
    ItemType.MULTIPLE_RESPONSE: ["ab"],
    ItemType.TRUE_FALSE: ["t"],
    ItemType.ORDERING: ["abcd"],
    ItemType.MATCHING: ["abc"],
    ItemType.SHORT_ANSWER: ["nothing"],
    ItemType.CLOZE: ["nothing"],
    ItemType.FLASHCARD: ["", "again"],
}


@pytest.mark.parametrize("item", ONE_BY_ONE)
def test_what_was_given_is_shown_again_and_explained_with_its_passage(item: Item) -> None:
    (one,) = seats([item], 3)
    view = view_of(one)
    for line in SOME_ANSWER[item.type]:
        view.read(line)
    answered = Seat(one.item, one.shown, response=Response(view.given or (), NOON, 1.0, Grade(False, 0.5, "Half.")))
    assert view_of(answered).given == view.given
    text = told(feedback_lines(answered, 80))
    assert "Not right. Half. Partial credit: 50%." in text
    assert item.rationale in text
    assert item.citations[0].reference in text
    assert item.citations[0].quote in text


@pytest.mark.parametrize("width", [1, 10, 24, 80])
@pytest.mark.parametrize("item", ONE_BY_ONE)
def test_an_item_fits_any_width_word_by_word(item: Item, width: int) -> None:
    (one,) = seats([item], 3)
    view = view_of(one)
    view.settle()
    lines = list(view.lines(width))
    assert all(len(line.text) <= max(width, 24) for line in lines)
    wide = " ".join(told(view_of(one).lines(1000)).split()) if item.type.value != "flashcard" else ""
    assert set(wide.split()) <= set(told(iter(lines)).split()) | {"?"}


def session(*items: Item, **given: object) -> tuple[Session, MemorySittings, list[object]]:
    """Return a session of items in their own order, its store, and what was remembered."""
    store, remembered = MemorySittings(), []
    given.setdefault("kind", Kind.QUIZ)
    kind = given.pop("kind")
    clock = given.pop("clock", Clock(lambda: NOON, lambda: 0.0))
    placed = tuple(Seat(one, tuple(range(4)) if one.type == "multiple_choice" else ()) for one in items)
    sitting = begin(store, placed, kind, NOON, **given)  # type: ignore[arg-type]
    memory = Memory(lambda _, place, __: remembered.append(place), lambda *_: remembered.append("all"))
    return Session(Taking(store, sitting), memory, clock), store, remembered  # type: ignore[arg-type]


def typed(going: Session, *lines: str) -> tuple[bool, str]:
    said: list[str] = []
    finished = take_lines(going, iter(lines), lambda some: said.extend(line.text for line in some), 200)
    return finished, "\n".join(said)


def givens(store: MemorySittings, going: Session) -> list[object]:
    return [one.response.given if one.response else None for one in store.held[going.sitting.id].seats]


def test_a_quiz_by_lines_tells_after_each_answer_and_ends_after_the_last() -> None:
    going, store, remembered = session(choice(1), cloze(2))
    finished, said = typed(going, "x", "b", "refraction")
    assert finished
    assert said.index("Type a letter, A to D.") < said.index("Not right.") < said.index("Right.")
    assert "Bells give off sound." in said
    assert givens(store, going) == [(1,), "refraction"]
    assert remembered == [0, 1, "all"]
    assert store.held[going.sitting.id].finished_at == NOON


def test_a_skipped_question_comes_again_and_an_end_of_input_leaves_the_sitting() -> None:
    going, store, _ = session(choice(1), choice(2), choice(3))
    finished, said = typed(going, "", "a", "", "")
    assert not finished
    assert "Not answered: 1, 3." in said
    assert store.held[going.sitting.id].finished_at is None
    again = Session(Taking(store, store.held[going.sitting.id]))
    assert typed(again, "a", "/leave")[0] is False
    assert again.place == 2


def test_an_exam_by_lines_tells_nothing_and_answers_change_until_it_is_finished() -> None:
    going, store, remembered = session(choice(1), true_false(2), kind=Kind.EXAM)
    finished, said = typed(going, "/flag", "b", "f", "/list", "1", "a", "/finish")
    assert finished
    assert "ight." not in said
    assert "answered, flagged: What do" in said
    assert "All are answered. /finish ends" in said
    assert givens(store, going) == [(0,), (0,)]
    assert remembered == ["all"]


def test_commands_that_are_none_are_told_of() -> None:
    going, _, _ = session(choice(1), choice(2))
    _, said = typed(going, "/nonsense", "/go 9", "/back", "a", "/go 1", "/back")
    assert said.count("An empty line skips") == 2
    assert "There is no question '9'; they are 1 to 2." in said
    assert "There is no question before this one" in said
    assert "Question 1 was answered and told of." in said


def ticking(step_s: float) -> Callable[[], float]:
    """Return a count of seconds that goes on by a step each time it is asked."""
    count = iter(range(1_000_000))
    return lambda: next(count) * step_s


def test_when_the_time_is_up_the_sitting_ends_and_what_was_typed_after_does_not_count() -> None:
    now = [0.0]
    going, store, _ = session(choice(1), choice(2), limit_s=100.0, clock=Clock(lambda: NOON, lambda: now[0]))

    def lines() -> Iterator[str]:
        now[0] = 45.0
        yield "a"
        now[0] = 101.0
        yield "a"

    said: list[str] = []
    assert take_lines(going, lines(), lambda some: said.extend(line.text for line in some), 80)
    assert {"55:00 left.", "0:55 left.", "Time is up."} & set(said) == {"0:55 left.", "Time is up."}
    assert givens(store, going) == [(0,), None]
    assert store.held[going.sitting.id].spent_s == 100.0


class Small(DummyOutput):
    """A terminal of a few rows and columns."""

    def __init__(self, rows: int, columns: int) -> None:
        self._size = Size(rows, columns)

    def get_size(self) -> Size:
        return self._size


def on_screen(going: Session, *keys: str, rows: int = 30, columns: int = 80) -> bool:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=Small(rows, columns)):
        pipe.send_text("".join(keys))
        return Screen(going, "openbook quiz --resume").run()


def test_a_quiz_on_a_screen_is_answered_by_arrows_letters_space_and_text() -> None:
    items = (choice(1), response(2), ordering(3), matching(4), cloze(5), flashcard(6))
    going, store, remembered = session(*items)
    assert on_screen(
        going, DOWN, " ", ENTER, ENTER, "ab", ENTER, ENTER, " ", DOWN, " ", ENTER, ENTER, "abc", ENTER, ENTER,
        "refractionx\x7f", ENTER, ENTER, " ", "3", ENTER,
    )  # fmt: skip
    assert givens(store, going) == [(1,), (0, 1), (1, 0, 2, 3), (0, 1, 2), "refraction", (3,)]
    assert remembered == [0, 1, 2, 3, 4, 5, "all"]
    assert store.held[going.sitting.id].finished_at


def test_in_an_exam_on_a_screen_questions_are_flagged_skipped_listed_and_changed_before_the_end() -> None:
    going, store, remembered = session(choice(1), cloze(2), choice(3), kind=Kind.EXAM)
    assert on_screen(
        going, "a", FLAG, NEXT, "dispersion", NEXT, "c", LEFT, BEFORE, "b", LIST, DOWN, DOWN, ENTER, "d", LIST, "e", "y"
    )
    assert givens(store, going) == [(1,), "dispersion", (3,)]
    assert store.held[going.sitting.id].seats[0].flagged
    assert remembered == ["all"]


def test_the_overview_says_what_is_open_answered_in_part_or_whole_and_flagged() -> None:
    going, _, _ = session(response(1), response(2), choice(3), kind=Kind.EXAM)
    for place, keys in ((0, "a"), (1, "ab")):
        going.go(place)
        for key in keys:
            going.press(key)
    going.taking.flag(2)
    told_of = [line.text.partition(". ")[2].partition(":")[0] for line in overview_lines(going, 200)]
    assert told_of == ["answered in part", "answered", "open, flagged"]


def test_what_is_chosen_in_an_exam_is_stored_before_anything_else_happens() -> None:
    going, store, _ = session(choice(1), choice(2), kind=Kind.EXAM)
    going.press("c")
    assert givens(store, going) == [(2,), None]


@pytest.mark.parametrize("keys", [(LEAVE, "y"), (LEAVE, LEAVE), (LEAVE, "n", LEAVE, ENTER)])
def test_ctrl_c_asks_and_leaves_a_sitting_that_can_be_gone_on_with(keys: tuple[str, ...]) -> None:
    going, store, _ = session(choice(1), choice(2))
    assert not on_screen(going, "a", ENTER, ENTER, *keys)
    held = store.held[going.sitting.id]
    assert held.finished_at is None
    assert Session(Taking(store, held)).place == 1


def test_on_a_screen_the_time_ends_a_sitting_by_itself() -> None:
    going, store, _ = session(choice(1), kind=Kind.EXAM, limit_s=60.0, clock=Clock(lambda: NOON, ticking(1.0)))
    assert on_screen(going, "a")
    assert store.held[going.sitting.id].finished_at
    assert givens(store, going) == [(0,)]


def test_an_error_of_the_store_ends_the_screen_and_is_raised() -> None:
    going, store, _ = session(choice(1))
    store.held.clear()
    with pytest.raises(StateError):
        on_screen(going, "a", ENTER)


def pictures(going: Session, *keys: str, rows: int, columns: int) -> list[str]:
    """Return what the screen looks like as keys are pressed, one after the other; in the end it is left."""
    seen: list[str] = []
    left = iter((*keys, LEAVE, "y"))
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=Small(rows, columns)):
        screen = Screen(going, "openbook quiz --resume")

        def look(app: Application[bool]) -> None:
            drawn = app.renderer.last_rendered_screen
            if drawn:
                cells = ([drawn.data_buffer[row][column].char for column in range(columns)] for row in range(rows))
                seen.append("\n".join("".join(row).rstrip() for row in cells))
            pipe.send_text(next(left, ""))

        screen.app.after_render += look
        screen.run()
    return seen


def test_a_note_is_read_whole_on_a_narrow_screen_and_gone_from_the_next() -> None:
    seen = pictures(session(choice(1))[0], ENTER, LIST, rows=24, columns=20)
    assert any("Nothing is chosen\nyet." in one for one in seen)
    assert any("Leave?" in one for one in seen)
    assert not any("Leave?" in one and "chosen" in one for one in seen)


def test_a_screen_says_that_more_stands_below_and_only_then() -> None:
    low, high = (pictures(session(matching(1))[0], DOWN, rows=rows, columns=60) for rows in (12, 30))
    assert any("more below: page down" in one for one in low)
    assert not any("more below" in one for one in high)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 12), (5, 200)])
def test_the_smallest_terminal_will_do(rows: int, columns: int) -> None:
    going, store, _ = session(choice(1), matching(2), kind=Kind.EXAM)
    assert on_screen(going, "b", ENTER, "abc", LIST, "\x1b[6~", "\x1b[5~", "e", "y", rows=rows, columns=columns)
    assert givens(store, going) == [(1,), (0, 1, 2)]


def test_the_questions_of_a_case_show_its_scenario() -> None:
    store = MemorySittings()
    placed = seats([case_study(1)], 1)
    going = Session(Taking(store, begin(store, placed, Kind.QUIZ, NOON)))
    assert all(case_study(1).stem in told(Session.lines(going, 200)) for _ in (going.go(0), going.go(1)))


def test_the_result_tells_a_scenario_once_and_numbers_what_was_asked() -> None:
    store = MemorySittings()
    placed = seats([choice(2, document="gone.md"), case_study(1), choice(3)], 1)
    taking = Taking(store, begin(store, placed, Kind.QUIZ, NOON), lambda one: one != "id-gone.md")
    result = " ".join(told(item_lines(taking, 30)).split())
    assert result.count("It wants to save light.") == 1
    assert result.count("Not answered.") == 3
    assert [one["number"] for one in as_plain(taking, report(taking.sitting, None))["questions"]] == [1, 2, 3]


def test_the_seconds_of_an_answer_are_those_it_was_on_the_screen() -> None:
    now = [0.0]
    going, store, _ = session(choice(1), choice(2), kind=Kind.EXAM, clock=Clock(lambda: NOON, lambda: now[0]))
    for seconds, act in ((10, lambda: going.go(1)), (5, lambda: going.go(0)), (3, lambda: going.press("a"))):
        now[0] += seconds
        act()
    answered = store.held[going.sitting.id].seats[0].response
    assert answered
    assert answered.seconds == 13
