"""Intervals and tests: published values, the same figures as scipy and numpy, and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evals.statistics import Estimate, difference, estimate, mcnemar, mean, median, percentile, resample, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
VALUES = st.lists(st.floats(-100, 100), min_size=1, max_size=60)
NAN = float("nan")


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [  # Newcombe 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(COUNTS)
def test_wilson_gives_the_intervals_of_scipy(counted: tuple[int, int]) -> None:
    expected = stats.binomtest(*counted).proportion_ci(method="wilson")
    assert wilson(*counted) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_nothing_counted_leaves_everything_open() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_more_successes_than_items_are_refused() -> None:
    with pytest.raises(ValueError, match="4 of 3"):
        wilson(4, 3)


@pytest.mark.parametrize(("losses", "gains", "p"), [(0, 0, 1.0), (3, 3, 1.0), (5, 0, 0.0625), (0, 6, 0.03125)])
def test_mcnemar_gives_the_values_of_a_fair_coin(losses: int, gains: int, p: float) -> None:
    assert mcnemar(losses, gains) == p


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_is_the_two_sided_binomial_test(losses: int, gains: int) -> None:
    expected = stats.binomtest(losses, losses + gains).pvalue if losses + gains else 1.0
    assert mcnemar(losses, gains) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(VALUES, st.sampled_from([0.1, 0.5, 0.95]))
def test_percentiles_are_those_of_numpy(values: list[float], share: float) -> None:
    expected = np.quantile(values, share, method="averaged_inverted_cdf")
    assert percentile(values, share) == pytest.approx(float(expected))


@given(VALUES)
def test_the_half_percentile_is_the_median(values: list[float]) -> None:
    assert percentile(values, 0.5) == pytest.approx(float(np.median(values)))


def test_a_percentile_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        percentile([], 0.5)


@given(st.lists(st.tuples(st.floats(-100, 100), st.integers(0, 3)), min_size=1, max_size=30))
def test_weights_count_values_as_often_as_they_say(drawn: list[tuple[float, int]]) -> None:
    values, weights = (np.array(column, float) for column in zip(*drawn, strict=True))
    repeated = np.repeat(values, weights.astype(int))
    for statistic, expected in ((mean, np.mean), (median, np.median)):
        (found,) = statistic(values, weights[None, :])
        assert found == pytest.approx(expected(repeated)) if len(repeated) else np.isnan(found)


@pytest.mark.parametrize("statistic", [mean, median])
def test_values_that_do_not_apply_count_nowhere(statistic) -> None:
    weights = np.array([[1.0, 1, 1], [0, 1, 0]])
    assert statistic(np.array([1.0, NAN, 3.0]), weights) == pytest.approx([2.0, NAN], nan_ok=True)
    assert np.isnan(statistic(np.array([NAN]), np.ones((2, 1)))).all()


def test_groups_are_drawn_whole_and_as_many_as_there_are() -> None:
    draws = resample(["a", "b", "a", "c"], resamples=200)
    assert (draws[:, 0] == draws[:, 2]).all()
    assert (draws[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert len(np.unique(draws, axis=0)) == 10  # the multisets of three out of three


def test_a_single_group_is_drawn_item_by_item() -> None:
    draws = resample(["a"] * 4, resamples=200)
    assert (draws.sum(axis=1) == 4).all()
    assert draws.std() > 0


def test_the_same_seed_draws_the_same() -> None:
    groups = list("abcdefgh")
    assert (resample(groups, seed=1) == resample(groups, seed=1)).all()
    assert (resample(groups, seed=1) != resample(groups, seed=2)).any()


def figures(n: int, groups: int, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Make values that are alike within a group."""
    chance = np.random.default_rng(seed)
    of = chance.integers(groups, size=n)
    return chance.normal(size=groups)[of] + chance.normal(scale=0.3, size=n), [f"g{one}" for one in of]


@pytest.mark.parametrize(("statistic", "ours"), [(np.mean, mean), (np.median, median)])
def test_without_groups_the_interval_is_that_of_scipy(statistic, ours) -> None:
    values, _ = figures(120, 40)
    theirs = stats.bootstrap(
        (values,), statistic, n_resamples=20_000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    made = estimate(values, resample(list(map(str, range(120)))), ours)
    assert (made.low, made.high) == pytest.approx((theirs.low, theirs.high), abs=0.04)
    assert (made.value, made.n) == (pytest.approx(statistic(values)), 120)


def test_the_interval_of_groups_of_equals_is_that_of_one_of_each() -> None:
    values, _ = figures(40, 40)
    alone = estimate(values, resample([f"g{one:02}" for one in range(40)]))
    groups = [f"g{one:02}" for one in range(40) for _ in range(5)]
    assert estimate(np.repeat(values, 5), resample(groups)) == Estimate(
        pytest.approx(alone.value), pytest.approx(alone.low), pytest.approx(alone.high), 200
    )


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        values, groups = figures(200, 40, seed)
        made = estimate(values, resample(groups, resamples=500, seed=seed))
        held += made.low <= 0 <= made.high
    assert 0.88 <= held / 200 <= 0.99  # by single items it would be about one in two


def test_what_is_hard_for_both_cancels_out_of_a_difference() -> None:
    before, groups = figures(200, 40)
    draws = resample(groups)
    change = difference(before, before + 0.05, draws)
    assert (change.value, change.low, change.high) == pytest.approx((0.05, 0.05, 0.05))
    alone = estimate(before, draws)
    assert alone.high - alone.low > 0.3


def test_a_difference_is_between_the_figures_of_both_also_where_they_apply_to_different_items() -> None:
    before, after = np.array([1.0, 0.0, NAN, 1.0]), np.array([1.0, NAN, 0.0, NAN])
    change = difference(before, after, resample(list("abcd")))
    assert (change.value, change.n) == (pytest.approx(1 / 2 - 2 / 3), 1)
    assert change.low < change.value < change.high


@given(VALUES, st.data())
def test_an_interval_lies_around_a_mean_and_within_the_values(values: list[float], data: st.DataObject) -> None:
    groups = data.draw(st.lists(st.sampled_from("abcde"), min_size=len(values), max_size=len(values)))
    made = estimate(np.array(values), resample(groups, resamples=300))
    assert min(values) - 1e-9 <= made.low <= made.high <= max(values) + 1e-9
