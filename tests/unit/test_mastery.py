"""Mastery, readiness, and what to read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import comb

import pytest

from rag.quiz.blueprint import read_blueprint
from rag.quiz.exam import scaled
from rag.quiz.items import Item, Placement
from rag.quiz.sittings import Grade, Kind, Response, Seat, Sitting
from rag.study.cards import Rating, Review
from rag.study.mastery import Answered, Estimate, answers, estimates, mistakes
from rag.study.progress import by_domain, by_objective, forecast, progress
from rag.study.readiness import readiness
from rag.study.remember import alone
from rag.study.schedule import new_card, reviewed, study_day
from tests.quiz_items import case_study, choice, citation, flashcard, response, true_false

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def answered(
    item: Item, right: bool, days_ago: float = 0, domain: str = "Light", objective: str = "Bend it"
) -> Answered:
    placed = item.model_copy(update={"placement": Placement(domain=domain, objective=objective)})
    return Answered(placed, right, NOON - days_ago * DAY)


def estimate(*given: Answered) -> Estimate:
    return estimates(sorted(given, key=lambda one: one.at), NOON, lambda one: one.placement.domain)["Light"]


def taken(*seats: tuple[Item, bool, datetime], **fields: object) -> Sitting:
    filled = tuple(Seat(item, response=Response((0,), at, 1.0, Grade(right, 0.0))) for item, right, at in seats)
    return replace(Sitting("s", "ada", Kind.QUIZ, "optics", "", filled, NOON), **fields)


def test_each_answer_counts_once_for_or_against() -> None:
    held = estimate(answered(choice(1), True), answered(choice(2), True), answered(choice(3), False))
    assert held == Estimate(2, 1, 3)
    assert held.mean == pytest.approx(3 / 5)


def test_an_answer_counts_half_after_thirty_days() -> None:
    assert estimate(answered(choice(1), True, 30), answered(choice(2), False, 60)) == Estimate(0.5, 0.25, 2)


def test_an_earlier_answer_to_the_same_fact_counts_half_and_is_not_asked_anew() -> None:
    again = estimate(answered(choice(1), False, 0.003), answered(flashcard(1), True, 0.002), answered(choice(1), True))
    assert again.right == pytest.approx(1 + 0.25, rel=1e-3)
    assert again.wrong == pytest.approx(0.25, rel=1e-3)
    assert again.asked == 1


def test_an_item_with_a_fact_that_is_new_counts_whole() -> None:
    both = response(2, facts=("fact-1", "fact-2"))
    assert estimate(answered(both, False, 0), answered(choice(1), True, 0)) == Estimate(1, 1, 2)


def test_a_guess_of_two_and_the_learners_own_word_count_half() -> None:
    assert estimate(answered(true_false(1), True), answered(flashcard(2), False)) == Estimate(0.5, 0.5, 2)


@pytest.mark.parametrize(("right", "wrong"), [(0, 0), (3, 0), (7, 2), (40, 60), (0.5, 9.25)])
def test_the_interval_holds_ninety_percent_of_the_posterior(right: float, wrong: float) -> None:
    from numpy.random import default_rng

    low, high = Estimate(right, wrong).interval
    drawn = default_rng(1).beta(1 + right, 1 + wrong, 200_000)
    assert (drawn < low).mean() == pytest.approx(0.05, abs=0.004)
    assert (drawn > high).mean() == pytest.approx(0.05, abs=0.004)


def test_a_review_that_echoes_a_response_is_not_counted_twice() -> None:
    cards = [new_card("ada", "optics", choice(1), NOON)]
    reviews = [
        Review(cards[0].id, Rating.AGAIN, NOON),
        Review(cards[0].id, Rating.HARD, NOON + MINUTE),
        Review("of a card that is gone", Rating.GOOD, NOON + MINUTE),
    ]
    found = answers([taken((choice(1), False, NOON))], cards, reviews)
    assert [(one.right, one.at) for one in found] == [(False, NOON), (True, NOON + MINUTE)]


def test_responses_that_may_still_change_are_left_out() -> None:
    unfinished = taken((choice(1), False, NOON), at_end=True)
    assert answers([unfinished], [], []) == []
    assert len(answers([replace(unfinished, finished_at=NOON)], [], [])) == 1
    quiz = replace(unfinished, at_end=False)
    assert len(answers([quiz], [], [])) == 1
    assert answers([replace(quiz, kind=Kind.EXAM)], [], []) == []


def test_a_mistake_is_what_was_wrong_when_asked_last_in_a_quiz_or_a_review() -> None:
    case = case_study(4)
    seat = Seat(case.items[0], scenario=case.stem, response=Response((1,), NOON, 1.0, Grade(False, 0.0)))
    quiz = taken((choice(1), False, NOON), (choice(2), True, NOON + MINUTE), (choice(3), False, NOON))
    cards = [new_card("ada", "optics", item, NOON) for item in (choice(1), choice(2), alone(seat))]
    given = [quiz, replace(quiz, seats=(seat,))]
    assert mistakes(answers(given, cards, [])) == [alone(seat), choice(3), choice(1)]
    ratings = (Rating.GOOD, Rating.AGAIN, Rating.HARD)
    reviews = [Review(card.id, rating, NOON + DAY) for card, rating in zip(cards, ratings, strict=True)]
    assert mistakes(answers(given, cards, reviews)) == [choice(2), choice(3)]


def test_domains_that_were_not_asked_about_are_shown_too() -> None:
    found = by_domain([answered(choice(1), True)], NOON, ["Sound", "Light"])
    assert [(one.domain, one.estimate.asked) for one in found] == [("Sound", 0), ("Light", 1)]
    assert found[0].estimate.interval == pytest.approx((0.05, 0.95), abs=1e-3)


def test_the_weakest_come_with_what_was_not_known_when_asked_last() -> None:
    known_by_now = [answered(choice(1), False, 3), answered(choice(1), True, 2)]
    weak = [
        answered(choice(2, section="Old"), False, 3, objective="Split it"),
        answered(choice(3, section="New"), False, 1, objective="Split it"),
        answered(choice(4, section="New"), False, 1, objective="Split it"),
    ]
    better = [answered(choice(5), True, 1, "Sound", "Hear it"), answered(choice(6), False, 1, "Sound", "Hear it")]
    gone = answered(choice(7, document="gone.md"), False, 1, objective="Lose it")
    given = sorted([*known_by_now, *weak, *better, gone], key=lambda one: one.at)
    found = progress(given, [], NOON, lambda one: one == "id-optics.md").weakest
    assert [(one.domain, one.objective) for one in found] == [("Light", "Split it"), ("Sound", "Hear it")]
    assert [one.heading_path for one in found[0].passages] == [("New",)]


def test_passages_to_read_again_are_the_newest_and_few() -> None:
    def at(number: int) -> Item:
        return choice(number, citations=(replace(citation(), start=number * 1000, end=number * 1000 + 9),))

    given = [answered(at(number), False, 10 - number) for number in range(6)]
    (found,) = by_objective(given, NOON, lambda _: True)
    assert [one.start for one in found.passages] == [5000, 4000, 3000]


def test_the_forecast_counts_each_card_on_the_days_it_comes_back() -> None:
    new, later = (new_card("ada", "optics", choice(number), NOON) for number in (1, 2))
    later = reviewed(later, Rating.EASY, NOON)
    counted = {(day - study_day(NOON)).days: number for day, number in forecast([new, later], NOON) if number}
    assert counted == {0: 1, 2: 1, 8: 1, 13: 1}
    assert len(forecast([], NOON)) == 30


MLA = read_blueprint("mla-c01")


def mastered(right: float, wrong: float, asked: int = 20) -> dict[str, Estimate]:
    return {domain.name: Estimate(right, wrong, asked) for domain in MLA.domains}


def test_too_few_answers_say_so_with_how_many_are_needed() -> None:
    assert "50 different questions" in readiness(MLA, mastered(5, 5, 12)).missing
    assert "so far there are 48" in readiness(MLA, mastered(5, 5, 12)).missing
    assert readiness(MLA, mastered(5, 5, 13)).missing == ""
    one_left_out = {**mastered(20, 5, 40), MLA.domains[2].name: Estimate(4, 0, 4)}
    assert readiness(MLA, one_left_out).missing.endswith(f"in: {MLA.domains[2].name}.")


def test_answers_outside_the_exam_are_counted_apart() -> None:
    name = MLA.domains[0].name
    given = [answered(choice(1), True, domain=name), answered(choice(2), False, domain="")]
    found = progress(given, [], NOON, lambda _: True, MLA)
    assert (found.answers, found.outside) == (2, 1)
    assert [one.domain for one in found.domains] == [domain.name for domain in MLA.domains]
    assert [one.domain for one in found.objectives] == [name]
    assert found.readiness is not None
    assert found.readiness.chance is None


def test_who_knows_all_passes_and_who_knows_nothing_fails() -> None:
    sure, lost = readiness(MLA, mastered(300, 3)), readiness(MLA, mastered(60, 240))
    assert sure.chance.about > 0.99
    assert lost.chance.about < 0.01
    assert lost.score.high < MLA.pass_mark < sure.score.low


def test_the_interval_is_wide_and_narrows_with_answers() -> None:
    few, many = readiness(MLA, mastered(10, 4, 14)), readiness(MLA, mastered(1000, 400, 1400))
    for one in (few, many):
        assert one.chance.low < one.chance.about < one.chance.high
        assert one.score.low < one.score.about < one.score.high
    assert few.chance.high - few.chance.low > 0.8
    assert many.chance.high - many.chance.low > 0.5  # since how hard the real questions are is not known
    assert few.score.high - few.score.low > many.score.high - many.score.low > 150


def test_domains_count_by_their_weight() -> None:
    weak_in = [
        readiness(MLA, {**mastered(90, 10), domain.name: Estimate(30, 70, 100)}).chance.about for domain in MLA.domains
    ]
    by_weight = sorted(range(len(weak_in)), key=lambda at: -MLA.domains[at].weight)
    assert [weak_in[at] for at in by_weight] == pytest.approx(sorted(weak_in), abs=0.02)


def test_without_doubt_the_chance_is_that_of_the_binomial() -> None:
    cut = next(number for number in range(51) if scaled(number / 50, MLA) >= MLA.pass_mark)
    exact = sum(comb(50, number) * 0.7**number * 0.3 ** (50 - number) for number in range(cut, 51))
    sure = readiness(MLA, mastered(700_000, 300_000), shift=0)
    assert sure.chance.about == pytest.approx(exact, abs=0.002)
