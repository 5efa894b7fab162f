"""How sure are the figures? Intervals and tests for a few hundred items that come in groups.

Questions about one document err together, so resampling draws documents, not questions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import comb, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Statistic: TypeAlias = Callable[[Floats, Floats], Floats]

Z_95 = 1.959963984540054  # 0.975 quantile of the standard normal distribution
RESAMPLES = 5000
_TAILS = (0.025, 0.975)
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over `n` items with its 95 percent interval."""

    value: float
    low: float
    high: float
    n: int


def wilson(successes: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Return the score interval of a share; (0, 1) where nothing was counted.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953

    Raises:
        ValueError: there are fewer than 0 or more than `n` successes.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if not n:
        return 0.0, 1.0
    share, spread = successes / n, z * z / n
    centre = share + spread / 2
    reach = z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (centre - reach) / (1 + spread)), min(1.0, (centre + reach) / (1 + spread))


def mcnemar(losses: int, gains: int) -> float:
    """Return how likely a split at least as uneven is if losses and gains are equally likely: exact, two-sided.

    McNemar 1947, https://doi.org/10.1007/BF02295996, with the binomial distribution instead of chi-squared.
    """
    flips = losses + gains
    tail = sum(comb(flips, count) for count in range(min(losses, gains) + 1))
    return min(1.0, float(2 * tail / 2**flips))


def mean(values: Floats, weights: Floats) -> Floats:
    """Return the mean of `(n,)` values under each row of `(r, n)` weights; a value of NaN does not count.

    A row under which nothing counts has the mean NaN.
    """
    counts = ~np.isnan(values)
    total = weights @ counts
    means: Floats = np.full(len(weights), np.nan)
    return np.divide(weights @ np.where(counts, values, 0.0), total, out=means, where=total > 0)


def quantile(values: Floats, weights: Floats, share: float) -> Floats:
    """Return the quantile of `(n,)` values under each row of `(r, n)` weights, NaN treated as by `mean`.

    Where the share falls between two values it is their middle, as for the median: method 2 of Hyndman
    and Fan 1996, https://doi.org/10.2307/2684934
    """
    order = np.argsort(values)[: int((~np.isnan(values)).sum())]  # NaN are sorted last
    if not len(order):
        return np.full(len(weights), np.nan)
    ranked, reached = values[order], weights[:, order].cumsum(axis=1)
    total = reached[:, -1]
    target = share * total[:, None]
    last = len(order) - 1
    lower = ranked[np.minimum((reached < target - _ROUNDING).sum(axis=1), last)]
    upper = ranked[np.minimum((reached <= target + _ROUNDING).sum(axis=1), last)]
    return np.where(total > 0, (lower + upper) / 2, np.nan)


median: Statistic = partial(quantile, share=0.5)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of `values` lies: 0.5 gives the median.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("a percentile needs at least one value")
    return float(quantile(np.asarray(values, float), np.ones((1, len(values))), share)[0])


def resample(groups: Sequence[str], resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """Draw whole groups with replacement; return `(resamples, n)`, how often each item was drawn.

    Field and Welsh 2007, https://doi.org/10.1111/j.1467-9868.2007.00593.x. A single group says nothing of
    how groups differ, so its items are drawn one by one.
    """
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    if len(names) == 1:
        names = index = np.arange(len(groups))
    size = len(names)
    drawn = np.random.default_rng(seed).integers(size, size=(resamples, size))
    cells = (drawn + size * np.arange(resamples)[:, None]).ravel()
    times = np.bincount(cells, minlength=resamples * size).reshape(resamples, size)
    return times[:, index].astype(np.float64)


def estimate(values: Floats, draws: Floats, statistic: Statistic = mean) -> Estimate:
    """Return a statistic of `values` with its percentile bootstrap interval; `draws` come from `resample`.

    Efron 1979, https://doi.org/10.1214/aos/1176344552
    """
    whole = np.ones((1, len(values)))
    return _estimate(statistic(values, whole), statistic(values, draws), int((~np.isnan(values)).sum()))


def difference(before: Floats, after: Floats, draws: Floats, statistic: Statistic = mean) -> Estimate:
    """Return how far a statistic of the same items rose, with its paired bootstrap interval.

    Every resample draws the same items for both, so what makes an item hard for both cancels out.
    """
    whole = np.ones((1, len(before)))
    n = int((~(np.isnan(before) | np.isnan(after))).sum())
    return _estimate(
        statistic(after, whole) - statistic(before, whole), statistic(after, draws) - statistic(before, draws), n
    )


def _estimate(value: Floats, resampled: Floats, n: int) -> Estimate:
    low, high = np.quantile(resampled[~np.isnan(resampled)], _TAILS)
    return Estimate(float(value[0]), float(low), float(high), n)
