"""Practice exams: what is drawn, what counts, the scaled score, the report; and what a sitting allows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rag.errors import StateError
from rag.quiz.blueprint import Blueprint, blueprint_names, read_blueprint
from rag.quiz.draw import Narrowed, count_questions, draw
from rag.quiz.exam import exam_wanted, report, scaled, with_unscored
from rag.quiz.items import Item, ItemType, Placement
from rag.quiz.seating import seats
from rag.quiz.sittings import Grade, Kind, Response, Seat, Sitting
from rag.quiz.taking import Taking, begin
from rag.types import Citation
from tests.fake_sittings import MemorySittings
from tests.quiz_items import case_study, choice, citation, cloze, matching, ordering, response

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MLA = read_blueprint("mla-c01")
MAKERS = {
    ItemType.MULTIPLE_CHOICE: choice,
    ItemType.MULTIPLE_RESPONSE: response,
    ItemType.ORDERING: ordering,
    ItemType.MATCHING: matching,
}


def plenty(blueprint: Blueprint) -> list[Item]:
    """Return enough items of every type in every domain, each of a fact and a wording of its own."""
    made: list[Item] = []
    for at, domain in enumerate(blueprint.domains):
        placement = Placement(blueprint=blueprint.id, domain=domain.name, objective=domain.objectives[0])
        for number in range(40):
            for kind, make in MAKERS.items():
                word = f"{kind.value.replace('_', '')}{at}x{number}"
                stem = f"Which TWO of sign{word} are mark{word} of note{word}?"
                made.append(make(number, stem=stem, facts=(word,), placement=placement))
        made += [case_study(number, facts=(f"{domain.name}{number}",), placement=placement) for number in range(4)]
    return made


@pytest.mark.parametrize("name", blueprint_names())
def test_an_exam_has_the_number_the_weights_and_the_types_of_its_blueprint(name: str) -> None:
    blueprint = read_blueprint(name)
    items = draw(Narrowed.of(plenty(blueprint), "in all"), exam_wanted(blueprint, 7), {})
    assert count_questions(items) == 65
    of_domains = Counter(one.item.placement.domain for one in seats(items, 7))
    for domain in blueprint.domains:
        assert abs(of_domains[domain.name] - 65 * domain.weight / 100) < 1
    of_types = Counter(one.type for one in items)
    assert abs(of_types[ItemType.MULTIPLE_RESPONSE] - 65 * blueprint.types[ItemType.MULTIPLE_RESPONSE] / 100) <= 1


def test_fifteen_of_sixty_five_do_not_count_and_those_that_do_keep_the_weights() -> None:
    placed = seats(draw(Narrowed.of(plenty(MLA), "in all"), exam_wanted(MLA, 7), {}), 7)
    graded = with_unscored(placed, MLA, 7)
    counted = Counter(one.item.placement.domain for one in graded if one.scored)
    assert (len(graded), counted.total()) == (65, 50)
    for domain in MLA.domains:
        assert abs(counted[domain.name] - 50 * domain.weight / 100) <= 1
    assert with_unscored(placed, MLA, 7) == graded != with_unscored(placed, MLA, 8)


@pytest.mark.parametrize(
    ("share", "score"), [(0.0, 100), (0.36, 410), (0.7199, 719), (0.72, 720), (0.86, 860), (1.0, 1000)]
)
def test_the_scale_is_straight_on_both_sides_of_the_pass_mark(share: float, score: int) -> None:
    assert scaled(share, MLA) == score


def test_a_score_rises_with_what_is_right_and_passes_only_from_the_pass_mark_on() -> None:
    for blueprint in map(read_blueprint, blueprint_names()):
        for total in (50, 65, 7):
            scores = [scaled(right / total, blueprint) for right in range(total + 1)]
            assert scores == sorted(scores)
            for right, score in enumerate(scores):
                assert (score >= blueprint.pass_mark) == (right / total >= blueprint.pass_mark / 1000)


def seat(number: int, domain: str, right: bool | None, *, scored: bool = True, credit: float = 0.0) -> Seat:
    item = choice(number, placement=Placement(domain=domain), citations=(citation(section=f"Part {number}"),))
    given = Response((0,), NOON, 5.0, Grade(right, 1.0 if right else credit)) if right is not None else None
    return Seat(item, scored=scored, response=given)


def test_a_report_counts_by_domain_the_weakest_first_and_names_what_to_read_again() -> None:
    one, two = MLA.domains[0].name, MLA.domains[1].name
    placed = (seat(1, one, True), seat(2, one, True), seat(3, two, False, credit=0.5), seat(4, two, None),
              seat(5, two, True), seat(6, two, True, scored=False))  # fmt: skip
    made = report(Sitting("s", "l", Kind.EXAM, "", MLA.id, placed, NOON), MLA)
    assert (made.scored.asked, made.scored.answered, made.scored.right, made.scored.credit) == (5, 4, 3, 3.5)
    assert [(each.name, each.right, each.asked) for each in made.domains] == [(two, 1, 3), (one, 2, 2)]
    assert made.unscored == 1
    assert (made.score, made.passed) == (scaled(0.6, MLA), False)
    assert len(made.domains[0].reread) == 1  # both rest on one span
    assert made.domains[1].reread == ()


def test_neighbouring_passages_are_read_again_in_one_go() -> None:
    def step(start: int, section: str = "Steps") -> Citation:
        return replace(citation("lab.md", section, f"step {start}"), start=start, end=start + 50)

    steps = (step(100), step(0), step(160), step(5000), step(220, "Notes"))
    wrong = replace(seat(1, MLA.domains[0].name, False), item=ordering(1, citations=steps))
    (domain,) = report(Sitting("s", "l", Kind.QUIZ, "", "", (wrong,), NOON), None).domains
    assert [(one.start, one.end) for one in domain.reread] == [(0, 210), (5000, 5050), (220, 270)]
    assert domain.reread[0].quote == "step 0 … step 100 … step 160"


def test_a_quiz_has_no_score_and_what_was_withdrawn_does_not_count() -> None:
    placed = (seat(1, "a", True), seat(2, "a", False))
    made = report(Sitting("s", "l", Kind.QUIZ, "", MLA.id, placed, NOON), MLA, frozenset({1}))
    assert (made.score, made.passed, made.scored.asked, made.scored.share, made.withdrawn) == (None, None, 1, 1.0, 1)


def taking(*items: Item, kind: Kind = Kind.QUIZ, **given: object) -> tuple[Taking, MemorySittings]:
    store = MemorySittings()
    return Taking(store, begin(store, seats(items, 1), kind, NOON, **given)), store  # type: ignore[arg-type]


def test_what_is_given_is_graded_and_stored_at_once() -> None:
    going, store = taking(choice(1), cloze(2))
    found = going.respond(0, (0,), NOON, 4.0)
    assert found == Response((0,), NOON, 4.0, Grade(True, 1.0))
    assert store.held[going.sitting.id] == going.sitting
    assert going.open_places == [1]


def test_in_a_quiz_what_was_told_of_stays_and_in_an_exam_it_changes_until_the_end() -> None:
    going, _ = taking(choice(1))
    going.respond(0, (1,), NOON, 1.0)
    with pytest.raises(StateError, match="what was given stays"):
        going.respond(0, (0,), NOON, 1.0)
    for later in (taking(choice(1), kind=Kind.EXAM)[0], taking(choice(1), at_end=True)[0]):
        later.respond(0, (1,), NOON, 1.0)
        later.respond(0, (0,), NOON, 1.0)
        later.finish(NOON + timedelta(minutes=1))
        with pytest.raises(StateError):
            later.respond(0, (1,), NOON, 1.0)
        assert later.sitting.seats[0].response == Response((0,), NOON, 1.0, Grade(True, 1.0))


def test_time_stands_still_while_a_sitting_is_left() -> None:
    going, store = taking(choice(1), limit_s=600.0)
    going.spend(200.0)
    held = store.sitting("local", going.sitting.id)
    assert held
    again = Taking(store, held)
    assert again.left_s(held.spent_s) == 400.0
    assert again.left_s(700.0) == 0.0
    assert Taking(store, replace(held, limit_s=None)).left_s(700.0) is None


def test_what_rests_on_a_text_that_is_gone_is_not_asked() -> None:
    store = MemorySittings()
    sitting = begin(store, seats([choice(1), choice(2, document="gone.md"), choice(3)], 1), Kind.QUIZ, NOON)
    going = Taking(store, sitting, lambda document: document != "id-gone.md")
    assert (going.places, going.open_places) == ([0, 2], [0, 2])
