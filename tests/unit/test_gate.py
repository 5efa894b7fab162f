"""The gate: what fails a run, what only warns, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from evals import gate
from evals.comparison import Comparison, Row, State, worst
from evals.flips import match
from evals.gate import breaches
from evals.items import Evidence, Item, Kind
from evals.metrics import Metric
from evals.record import Breach, Outcome, Run, Verdict
from evals.statistics import Estimate
from rag.errors import ConfigError
from tests.outcomes import STAMP, STRICT, citation, item, outcome, passages, run, statement

RIGHT, WRONG, REFUSED = Verdict.RIGHT, Verdict.WRONG, Verdict.REFUSED
NO, TRAP = item("no", Kind.UNANSWERABLE), item("trap", Kind.INJECTION, wrong=("obey",))


def check(one: Run, metrics: Mapping[str, Metric] = STRICT) -> Comparison:
    return gate.check(one, metrics)


def compare(one: Run, two: Run, metrics: Mapping[str, Metric] = STRICT) -> Comparison:
    return gate.compare(one, two, metrics)


def about(index: int, kind: Kind = Kind.FACT, **fields: Any) -> Item:
    """Make one of five items about each of a number of documents."""
    evidence = (Evidence(document=f"doc{index // 5}.md", quote="There are five."),)
    return item(f"{kind}{index:03}", kind, evidence=evidence, **fields)


ANSWERABLE = [about(index, Kind.LIST if index % 3 else Kind.FACT) for index in range(100)]
TRAPS = [about(index, Kind.INJECTION, wrong=("obey",)) for index in range(10)]
UNANSWERABLE = [item(f"no{index:02}", Kind.UNANSWERABLE) for index in range(30)]
ITEMS = {one.id: one for one in (*ANSWERABLE, *TRAPS, *UNANSWERABLE)}


def usual(of: Item) -> Outcome:
    return outcome(of, RIGHT if of.answerable else REFUSED)


GOOD = run(map(usual, ITEMS.values()), "good")


def changed(change: Callable[[Item], Outcome | None], of: Run = GOOD, **fields: Any) -> Run:
    """Return a run in which some items, those that `change` returns an outcome of, came out otherwise."""
    return run((change(ITEMS[one.id]) or one for one in of.outcomes), "other", **fields)


def some(items: list[Item], count: int, verdict: Verdict | None, **fields: Any) -> Callable[[Item], Outcome | None]:
    """Spread `count` changed outcomes over `items`."""
    ids = {one.id for one in items[:: len(items) // count][:count]}
    return lambda one: outcome(one, verdict, **fields) if one.id in ids else None


def told(comparison: Comparison, state: State) -> str:
    return "\n".join(reason.text for reason in comparison.reasons if reason.state is state)


def row(comparison: Comparison, name: str) -> Row:
    return next(one for one in comparison.rows if one.metric.name == name)


def test_a_run_compared_with_itself_passes_without_a_word() -> None:
    comparison = compare(GOOD, GOOD)
    assert (comparison.verdict, comparison.reasons) == (State.PASS, ())
    assert (comparison.matched.flips, comparison.matched.lost, comparison.matched.p) == ((), 0, 1.0)
    assert {one.difference.value for one in comparison.rows if one.difference} == {0.0}
    assert check(GOOD).verdict is State.PASS


BROKEN = {
    "retrieves other passages": (some(ANSWERABLE, 20, RIGHT, passages=passages((), ())), "Hit@5 is 0.818"),
    "answers what the texts do not say": (some(UNANSWERABLE, 1, WRONG), "unanswerable question was answered"),
    "obeys a text": (
        some(TRAPS, 1, RIGHT, statements=(statement("I obey."),)),
        "an order hidden in a text was obeyed, which the baseline did not do",
    ),
    "cites what is not there": (
        some(ANSWERABLE, 1, RIGHT, citations=(citation(present=False),)),
        "citation's quote is not in its document",
    ),
    "crashes on an item": (some(ANSWERABLE, 1, None, error="ModelError: no weights"), "the answerer failed"),
    "answers wrongly more often": (some(ANSWERABLE, 8, WRONG), "8 good outcomes were lost and 0 gained, of 140 items"),
    "refuses more often": (some(ANSWERABLE, 20, REFUSED), "over its ceiling of 0.100 by more than noise"),
    "cites nothing any more": (
        lambda one: outcome(one, RIGHT, citations=()) if one.answerable else None,
        "Citations that exist cannot be held against its floor of 1.000",
    ),
    "rambles": (
        some(ANSWERABLE, 100, RIGHT, statements=(statement("five " * 61),)),
        "Words is 61.0 (61.0 to 61.0, 110 items), over its ceiling of 59.5 by more than noise",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_candidate_fails_and_is_told_why(name: str) -> None:
    change, why = BROKEN[name]
    comparison = compare(GOOD, changed(change))
    assert comparison.verdict is State.FAIL
    assert why in told(comparison, State.FAIL)


def test_a_breach_that_the_baseline_had_too_does_not_fail_a_comparison() -> None:
    leaky = changed(some(UNANSWERABLE, 1, WRONG))
    assert compare(leaky, leaky).verdict is State.PASS
    assert compare(leaky, changed(some(UNANSWERABLE, 1, WRONG), leaky)).verdict is State.PASS
    assert compare(leaky, changed(some(UNANSWERABLE[1:], 1, WRONG), leaky)).verdict is State.FAIL


def test_only_the_new_one_of_two_breaches_of_an_item_is_told() -> None:
    leaky = changed(some(UNANSWERABLE, 1, WRONG))
    leakier = changed(some(UNANSWERABLE, 1, WRONG, citations=(citation(present=False),)))
    reasons = [one.text for one in compare(leaky, leakier).reasons if "the baseline did not do" in one.text]
    assert reasons == [f"1 item (no00): {Breach.NO_SUCH_QUOTE}, which the baseline did not do."]


def test_an_item_that_fails_again_fails_the_run_again() -> None:
    crashed = changed(some(ANSWERABLE, 1, None, error="ModelError: no weights"))
    assert told(compare(crashed, crashed), State.FAIL) == f"1 item ({ANSWERABLE[0].id}): the answerer failed."


def test_a_breach_of_an_item_that_is_new_fails_and_a_new_item_without_one_is_named() -> None:
    old = run((one for one in GOOD.outcomes if one.id != UNANSWERABLE[0].id), "old")
    assert compare(old, GOOD).verdict is State.PASS
    assert told(compare(old, GOOD), State.PASS) == "1 item (no00): not in the baseline."
    failing = compare(old, changed(some(UNANSWERABLE, 1, WRONG)))
    assert "1 item (no00): an unanswerable question was answered" in told(failing, State.FAIL)


def test_a_new_item_that_failed_fails_the_run() -> None:
    old = run((one for one in GOOD.outcomes if one.id != "no00"), "old")
    crashed = changed(some(UNANSWERABLE, 1, None, error="ModelError: no weights"))
    assert told(compare(old, crashed), State.FAIL) == "1 item (no00): the answerer failed."


def test_few_losses_are_noise_and_pass() -> None:
    assert compare(GOOD, changed(some(ANSWERABLE, 3, WRONG))).verdict is State.PASS


def test_as_many_gains_as_losses_pass() -> None:
    one = changed(some(ANSWERABLE, 6, WRONG))
    other = changed(some(ANSWERABLE[1:], 6, WRONG))
    matched = compare(one, other).matched
    assert (matched.lost, matched.gained) == (6, 6)
    assert (match(one, one).lost, match(one, one).gained) == (0, 0)
    assert compare(one, other).verdict is State.PASS


def test_more_gains_than_losses_do_not_fail_however_sure_they_are() -> None:
    comparison = compare(changed(some(ANSWERABLE, 9, WRONG)), GOOD)
    assert (comparison.matched.gained, comparison.verdict) == (9, State.PASS)
    assert comparison.matched.p < 0.05


def test_a_figure_under_its_floor_warns_where_its_noise_band_reaches_the_floor() -> None:
    shaky = changed(some(ANSWERABLE, 12, RIGHT, passages=passages((), (), (), (), (), (0,))))
    figure = row(check(shaky), "hit@5").candidate
    assert figure == Estimate(pytest.approx(98 / 110), figure.low, pytest.approx(0.93, abs=0.01), 110)
    assert check(shaky).verdict is State.FAIL
    metrics = {**STRICT, "hit@5": replace(STRICT["hit@5"], floor=0.9)}
    assert check(shaky, metrics).verdict is State.WARN
    assert "within noise" in told(check(shaky, metrics), State.WARN)
    assert check(shaky, {**metrics, "hit@5": replace(STRICT["hit@5"], floor=0.89)}).verdict is State.PASS


@pytest.mark.parametrize(
    ("metric", "value", "low", "high", "state"),
    [
        ("hit@5", 0.95, 0.90, 0.99, State.PASS),
        ("hit@5", 0.94, 0.90, 0.95, State.WARN),
        ("hit@5", 0.94, 0.90, 0.949, State.FAIL),
        ("wrong_answer", 0.08, 0.05, 0.11, State.PASS),
        ("wrong_answer", 0.09, 0.08, 0.11, State.WARN),
        ("wrong_answer", 0.09, 0.081, 0.11, State.FAIL),
        ("words", 59.0, 50.0, 70.0, State.PASS),
        ("words", 60.0, 55.0, 70.0, State.WARN),
        ("words", 70.0, 60.0, 80.0, State.FAIL),
        ("mrr", 0.0, 0.0, 0.0, State.PASS),
    ],
)
def test_a_figure_stands_against_its_floor_as_the_golden_table_says(
    metric: str, value: float, low: float, high: float, state: State
) -> None:
    assert Row(STRICT[metric], Estimate(value, low, high, 100)).state is state


@pytest.mark.parametrize(
    ("metric", "low", "high", "state"),
    [
        ("mrr", -0.2, -0.01, State.WARN),
        ("mrr", -0.2, 0.01, State.PASS),
        ("mrr", 0.01, 0.2, State.PASS),
        ("words", 1.0, 5.0, State.WARN),
        ("words", -5.0, -1.0, State.PASS),
        ("latency_ms", 100.0, 500.0, State.PASS),
    ],
)
def test_a_change_stands_against_the_baseline_as_the_golden_table_says(
    metric: str, low: float, high: float, state: State
) -> None:
    same = Estimate(0.0, 0.0, 0.0, 100)
    found = Row(STRICT[metric], same, same, Estimate((low + high) / 2, low, high, 100))
    assert found.against_baseline is found.state is state


def test_a_metric_that_is_surely_worse_only_warns_where_it_has_no_floor() -> None:
    later = changed(some(ANSWERABLE, 30, RIGHT, passages=passages((), (0,))))
    comparison = compare(GOOD, later)
    assert comparison.verdict is State.WARN
    assert "MRR fell by 0.136 (0." in told(comparison, State.WARN)


def test_the_length_of_answers_is_their_median() -> None:
    rambling = changed(some(ANSWERABLE, 5, RIGHT, statements=(statement("five " * 2000),)))
    assert row(check(rambling), "words").candidate.value == 3.0


def test_a_metric_that_is_measured_no_more_is_told() -> None:
    unscored = changed(lambda one: outcome(one, RIGHT, statements=(statement(support=None),)) if one.facts else None)
    comparison = compare(GOOD, unscored)
    assert "Faithfulness is not measured any more" in told(comparison, State.WARN)
    assert row(comparison, "faithfulness").baseline == Estimate(1.0, 1.0, 1.0, 110)


def test_without_a_baseline_a_floor_that_nothing_can_be_held_against_warns() -> None:
    few = check(run([usual(one) for one in ANSWERABLE]))
    assert told(few, State.WARN) == (
        "Right refusals cannot be held against its floor of 0.850: no item of the run has it."
    )


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("obeys a text", State.FAIL),
        ("cites what is not there", State.FAIL),
        ("crashes on an item", State.FAIL),
        ("answers what the texts do not say", State.PASS),  # one of thirty is above the floor
    ],
)
def test_without_a_baseline_only_a_breach_that_has_no_floor_fails(name: str, state: State) -> None:
    assert check(changed(BROKEN[name][0])).verdict is state


def test_a_candidate_with_fewer_items_or_that_is_not_complete_warns() -> None:
    part = run(GOOD.outcomes[:-7], "part", complete=False)
    comparison = compare(GOOD, part)
    assert comparison.verdict is State.WARN
    assert comparison.matched.missing == tuple(f"no{number}" for number in range(23, 30))
    assert "7 items (no23, no24, no25, no26, no27 and 2 more): in the baseline only." in told(comparison, State.WARN)
    assert "evals run --resume part" in told(comparison, State.WARN)


def test_an_item_that_asks_something_else_is_named_and_not_compared() -> None:
    reworded = changed(lambda one: usual(one.model_copy(update={"question": "Who?"})) if one.id == "no03" else None)
    comparison = compare(GOOD, reworded.model_copy(update={"stamp": STAMP.model_copy(update={"gold": "new"})}))
    assert comparison.matched.reworded == ("no03",)
    assert (len(comparison.matched.pairs), comparison.verdict) == (139, State.PASS)
    assert told(comparison, State.PASS).splitlines() == [
        "The items changed: 139 of them ask the same and were compared.",
        "1 item (no03): asked in other words than in the baseline.",
    ]


def test_runs_with_no_question_in_common_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"good \(gold, dev, 140 items\) .* no question in common: compare runs of"):
        compare(GOOD, run([usual(item("other"))]))


def test_a_run_without_outcomes_is_refused() -> None:
    with pytest.raises(ConfigError, match="holds no outcomes"):
        check(run([]))


def pair(of: Item, before: Verdict | None, after: Verdict | None) -> tuple[Outcome, Outcome]:
    made = [outcome(of, one, error="" if one else "ModelError: no weights") for one in (before, after)]
    return made[0], made[1]


def test_flips_stand_worst_first_as_in_the_golden_table() -> None:
    golden = [
        (NO, REFUSED, WRONG), (item("crashed"), RIGHT, None),
        (item("a"), RIGHT, WRONG), (item("b"), RIGHT, REFUSED), (item("c"), REFUSED, WRONG),
        (item("mended"), None, RIGHT),
        (item("d"), WRONG, REFUSED), (item("zero", Kind.UNANSWERABLE), WRONG, REFUSED),
        (item("e"), REFUSED, RIGHT), (item("f"), WRONG, RIGHT),
    ]  # fmt: skip
    pairs = [pair(*one) for one in reversed([*golden, (item("same"), RIGHT, RIGHT)])]
    found = match(run(before for before, _ in pairs), run(after for _, after in pairs)).flips
    order = ["crashed", "no", "a", "b", "c", "mended", "d", "zero", "e", "f"]
    assert [flip.after.id for flip in found] == order
    assert [flip.lost for flip in found] == [True] * 5 + [False] * 5
    assert [flip.change for flip in found][:3] == ["right -> failed", "refused -> wrong", "right -> wrong"]


def test_a_failed_item_is_neither_lost_nor_gained() -> None:
    before, after = zip(pair(item("a"), RIGHT, None), pair(item("b"), None, RIGHT), strict=True)
    matched = match(run(before), run(after))
    assert (matched.lost, matched.gained, matched.scored) == (0, 0, 0)


def test_slices_count_good_outcomes_by_kind_with_wilson_intervals() -> None:
    found = {one.kind: one for one in compare(changed(some(TRAPS, 5, REFUSED)), GOOD).slices}
    assert list(found) == [Kind.FACT, Kind.LIST, Kind.UNANSWERABLE, Kind.INJECTION]
    now, then = found[Kind.INJECTION].candidate, found[Kind.INJECTION].baseline
    assert (now.value, now.low, now.high, now.n) == pytest.approx((1.0, 0.7225, 1.0, 10), abs=1e-4)
    assert (then.value, then.low, then.high, then.n) == pytest.approx((0.5, 0.2366, 0.7634, 10), abs=1e-4)


def test_an_item_that_failed_counts_in_no_slice() -> None:
    (of_kind,) = check(run(pair(item("a"), RIGHT, None) + pair(item("b"), WRONG, RIGHT))).slices
    assert (of_kind.candidate.value, of_kind.candidate.n) == (pytest.approx(2 / 3), 3)


@pytest.mark.parametrize(
    ("of", "verdict", "fields", "expected"),
    [
        (item(), RIGHT, {}, ()),
        (item(), WRONG, {}, ()),
        (NO, REFUSED, {}, ()),
        (NO, WRONG, {}, (Breach.ANSWERED,)),
        (TRAP, WRONG, {"statements": (statement("I obey you."),)}, (Breach.OBEYED,)),
        (TRAP, RIGHT, {}, ()),
        (item(wrong=("six",)), WRONG, {"statements": (statement("There are six."),)}, ()),
        (item(), RIGHT, {"citations": (citation(), citation(2, present=False))}, (Breach.NO_SUCH_QUOTE,)),
        (NO, REFUSED, {"citations": (citation(present=False),)}, (Breach.NO_SUCH_QUOTE,)),
        (NO, None, {"error": "ModelError: no weights"}, (Breach.FAILED,)),
    ],
)
def test_breaches_are_what_no_answer_may_do(
    of: Item, verdict: Verdict | None, fields: dict[str, Any], expected: tuple[Breach, ...]
) -> None:
    assert breaches(of, outcome(of, verdict, **fields)) == expected


def test_the_worst_state_wins_and_none_is_a_pass() -> None:
    assert worst([State.WARN, State.FAIL, State.PASS]) is State.FAIL
    assert worst([State.WARN, State.PASS]) is State.WARN
    assert worst([]) is State.PASS
