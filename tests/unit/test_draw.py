"""Which items are drawn for a quiz, in which order they are shown, and where items belong."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from rag.errors import ConfigError, QuizError
from rag.quiz.blueprint import Blueprint, Domain
from rag.quiz.draw import MIX, Narrowed, Wanted, count_questions, draw
from rag.quiz.items import Item, ItemType, Option, Placement
from rag.quiz.place import choose_blueprint, match_domains, placed
from rag.quiz.seating import seats
from rag.types import DocumentInfo, Source
from tests.fakes import HashEmbedder
from tests.quiz_items import ALL_TYPES, case_study, choice, citation, matching, ordering, response

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CHOICES = {ItemType.MULTIPLE_CHOICE: 1.0}


def pool(*items: Item) -> Narrowed:
    return Narrowed.of(items, "in all")


def many(number: int, domain: str = "", **given: object) -> list[Item]:
    """Return choices, each of a fact and a wording of its own."""
    placement = Placement(blueprint="b", domain=domain)
    return [
        choice(n, stem=f"What is word{n} {domain} about thing{n} of place{n}?", facts=(f"{domain}{n}",),
               placement=placement, **given)
        for n in range(number)
    ]  # fmt: skip


def test_the_same_seed_draws_the_same_and_another_seed_something_else() -> None:
    items = many(40)
    first, again, other = (draw(pool(*items), Wanted(10, CHOICES, seed=seed), {}) for seed in (1, 1, 2))
    assert first == again
    assert {one.id for one in first} != {one.id for one in other}


def test_what_was_not_seen_comes_first_then_what_was_seen_longest_ago() -> None:
    items = many(6)
    seen = {one.id: NOON + timedelta(days=day) for day, one in enumerate(items[:4])}
    drawn = draw(pool(*items), Wanted(3, CHOICES, seed=5), seen)
    assert {one.id for one in drawn} == {items[0].id, items[4].id, items[5].id}


def test_what_is_new_comes_before_what_would_spread_better() -> None:
    new, old = many(3, document="a.md"), many(3, "x", document="b.md")
    drawn = draw(pool(*new, *old), Wanted(3, CHOICES), {one.id: NOON for one in old})
    assert {one.id for one in drawn} == {one.id for one in new}


def test_a_case_was_seen_when_one_of_its_questions_was() -> None:
    cases = [case_study(number) for number in (1, 2)]
    seen = {cases[0].items[1].id: NOON}
    assert draw(pool(*cases), Wanted(2, {ItemType.CASE_STUDY: 1}), seen) == [cases[1]]


def test_no_fact_is_asked_twice_and_stems_that_say_the_same_never_together() -> None:
    twice = [choice(1, stem="What is alpha?", facts=("x", "y")), choice(2, stem="What is beta?", facts=("y", "z"))]
    alike = [choice(3, stem="Which thing bends light most?"), choice(4, stem="Which things bend light the most?")]
    for pair in (twice, alike):
        with pytest.raises(QuizError, match="There are 1 questions"):
            draw(pool(*pair), Wanted(2, CHOICES), {})


def test_two_generators_never_ask_the_same_of_one_sentence() -> None:
    quote = citation(quote="A prism bends red light least and blue light most")
    common = {"citations": (quote,), "facts": ("x",)}
    one = choice(1, stem="Which light does a prism bend least?", generator="a", **common)
    again = choice(2, stem="Does red light leave a prism straight?", generator="b", **common | {"facts": ("y",)})
    other = choice(3, stem="Which colours are blue and red?", generator="b", **common | {"facts": ("z",)})
    assert len(draw(pool(one, again), Wanted(2, CHOICES, allow_fewer=True), {})) == 1
    assert len(draw(pool(one, other), Wanted(2, CHOICES), {})) == 2


def test_a_case_counts_as_many_questions_as_it_has_and_is_never_cut() -> None:
    items = [case_study(1), *many(9)]
    types = {ItemType.CASE_STUDY: 1.0, ItemType.MULTIPLE_CHOICE: 1.0}
    for number in range(1, 11):
        assert count_questions(draw(pool(*items), Wanted(number, types, seed=number), {})) == number


def test_types_come_in_their_shares_and_flashcards_only_when_asked_for() -> None:
    several = (response(n, stem=f"Which TWO are kind{n} like form{n}?", facts=(f"r{n}",)) for n in range(30))
    items = [*many(30), *several]
    shares = {ItemType.MULTIPLE_CHOICE: 3.0, ItemType.MULTIPLE_RESPONSE: 1.0}
    drawn = draw(pool(*items), Wanted(20, shares), {})
    assert Counter(one.type for one in drawn) == {ItemType.MULTIPLE_CHOICE: 15, ItemType.MULTIPLE_RESPONSE: 5}
    assert ItemType.FLASHCARD not in {one.type for one in draw(pool(*ALL_TYPES), Wanted(9, MIX), {})}


def test_questions_are_spread_over_documents() -> None:
    items = [*many(20, document="a.md"), *many(20, "x", document="b.md")]
    drawn = draw(pool(*items), Wanted(10, CHOICES), {})
    assert Counter(one.citations[0].document for one in drawn) == {"a.md": 5, "b.md": 5}


def test_domains_have_their_weights_and_others_stand_in_for_what_one_lacks() -> None:
    items = [*many(30, "one"), *many(30, "two"), *many(2, "three")]
    weights = {"one": 50.0, "two": 25.0, "three": 25.0}
    drawn = draw(pool(*items), Wanted(20, CHOICES, weights), {})
    found = Counter(one.placement.domain for one in drawn)
    assert (found["three"], found.total()) == (2, 20)
    assert found["one"] >= 10
    assert found["two"] >= 5


def test_an_exam_that_lacks_questions_of_a_domain_is_refused_unless_fewer_will_do() -> None:
    items = [*many(30, "one"), *many(2, "two")]
    weights = {"one": 50.0, "two": 50.0}
    with pytest.raises(QuizError, match="2 of 5 about “two”"):
        draw(pool(*items), Wanted(10, CHOICES, weights, strict=True), {})
    drawn = draw(pool(*items), Wanted(10, CHOICES, weights, strict=True, allow_fewer=True), {})
    assert Counter(one.placement.domain for one in drawn) == {"one": 5, "two": 2}


def test_too_few_are_told_of_with_how_many_were_left_after_each_wish() -> None:
    narrowed = pool(*many(8)).by("about “light”", lambda one: "word1" in one.stem).by("easy", lambda _: False)
    with pytest.raises(QuizError, match=r"0 questions .* of 5 wanted \(8 in all, 1 about “light”, 0 easy\)"):
        draw(narrowed, Wanted(5, CHOICES), {})
    with pytest.raises(QuizError, match="--number 8"):
        draw(pool(*many(8)), Wanted(9, CHOICES), {})
    assert len(draw(pool(*many(8)), Wanted(9, CHOICES, allow_fewer=True), {})) == 8
    with pytest.raises(QuizError):
        draw(pool(), Wanted(5, CHOICES, allow_fewer=True), {})


def test_few_questions_break_a_soft_rule() -> None:
    negative = [
        choice(n, stem=f"What is not word{n} about thing{n} of place{n}?", facts=(f"not {n}",)) for n in range(30)
    ]
    drawn = draw(pool(*negative, *many(10)), Wanted(10, CHOICES), {})
    assert sum(one in negative for one in drawn) <= 1


def test_what_is_shown_is_mixed_but_an_order_never_stands_right_and_amounts_stay_sorted() -> None:
    amounts = tuple(Option(text=f"{n} GB", right=n == 4) for n in (1, 2, 4, 8))
    items: list[Item] = [choice(1), ordering(2), matching(3), choice(4, options=amounts)]
    orders = {seed: [one.shown for one in seats(items, seed)] for seed in range(50)}
    assert len({tuple(found[0]) for found in orders.values()}) > 10
    assert all(found[1] != (0, 1, 2, 3) and sorted(found[1]) == [0, 1, 2, 3] for found in orders.values())
    assert all(sorted(found[2]) == [0, 1, 2, 3] for found in orders.values())
    assert {found[3] for found in orders.values()} == {(0, 1, 2, 3)}


def test_the_questions_of_a_case_follow_one_another_under_its_scenario_and_in_its_domain() -> None:
    case = case_study(1, placement=Placement(domain="Light"))
    one, two, last = seats([case, choice(5)], 1)
    assert [one.item.id, two.item.id] == [question.id for question in case.items]
    assert (one.scenario, two.scenario, last.scenario) == (case.stem, case.stem, "")
    assert one.item.placement.domain == "Light"


def info(name: str) -> DocumentInfo:
    return DocumentInfo(f"id-{name}", name, "text/markdown", "", 1, 1, "", (Source("", f"/{name}", name),))


def blueprint(*domains: Domain) -> Blueprint:
    return Blueprint(
        id="b", title="B", minutes=10, questions=10, scored=10, pass_mark=700, types={ItemType.MULTIPLE_CHOICE: 100},
        domains=domains, left_out=("guide.md",),
    )  # fmt: skip


def test_an_item_belongs_to_the_domain_that_names_its_document_else_to_the_nearest_or_to_none() -> None:
    ours = blueprint(
        Domain(name="Sound", weight=50, objectives=("hear bells ring",), documents=("named.md", "03-glass-lenses.md")),
        Domain(name="Light", weight=50, objectives=("bend light beams", "mirrors")),
    )
    asked = {
        "named.md": "Bend light beams", "unnamed.md": "Bend light beams", "other.md": "Glass lenses",
        "guide.md": "Bend light beams", "zoology.md": "Zebras",
    }  # fmt: skip
    items = [choice(1, citations=(citation(name, heading),)) for name, heading in asked.items()]
    found = [one.placement for one in placed(items, ours, HashEmbedder(4096).embed)]
    assert [one.domain for one in found] == ["Sound", "Light", "Sound", "", ""]
    assert found[1].objective == "bend light beams"


def test_without_a_blueprint_an_item_belongs_to_its_document_and_section() -> None:
    (one,) = placed([choice(1, section="Prisms")], None, HashEmbedder().embed)
    assert one.placement == Placement(domain="Optics", objective="Prisms")


def test_the_blueprint_is_the_one_that_names_most_documents_of_the_course() -> None:
    ours = [info("01-s3-storage.md"), info("02-s3-performance-and-access.md"), info("other.md")]
    found = choose_blueprint("", ours)
    assert found
    assert found.id == "mla-c01"
    assert choose_blueprint("", [*ours[1:], info("another.md"), info("third.md")]) is None
    assert choose_blueprint("", []) is None
    named = choose_blueprint("MLS-C01", ours)
    assert named
    assert named.id == "mls-c01"


def test_domains_are_named_by_number_or_part_of_the_name() -> None:
    known = ["Data preparation", "Model development", "Model monitoring"]
    assert match_domains([], known) == known
    assert match_domains(["2", "prep"], known) == ["Model development", "Data preparation"]
    assert match_domains(["model"], known) == known[1:]
    with pytest.raises(ConfigError, match="1 Data preparation; 2 Model development"):
        match_domains(["4"], known)
