"""A run held against the floors and a baseline: figures, slices, flips and reasons, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evals.flips import Matched
from evals.items import Kind
from evals.metrics import Metric
from evals.record import Outcome, Run
from evals.statistics import Estimate, Floats, difference, estimate, resample, wilson

Pairs = Sequence[tuple[Outcome, Outcome]]

_ROUNDING = 1e-9


class State(StrEnum):
    """How something stands, the worst last."""

    PASS = "pass"  # noqa: S105 - not a password
    WARN = "warn"
    FAIL = "fail"


def worst(states: Iterable[State]) -> State:
    """Return the worst of some states, PASS of none."""
    return max(states, key=list(State).index, default=State.PASS)


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence for the verdict; one whose state is PASS is worth knowing only."""

    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A metric over a run.

    Attributes:
        candidate, baseline: each over all items of its own run; the run may hold none to which it applies.
        difference: over the items that both ran.
    """

    metric: Metric
    candidate: Estimate | None
    baseline: Estimate | None = None
    difference: Estimate | None = None

    @property
    def against_floor(self) -> State:
        """FAIL under the floor, WARN where the noise band of the figure still reaches it."""
        floor, sign = self.metric.floor, 1 if self.metric.higher_is_better else -1
        if floor is None:
            return State.PASS
        if self.candidate is None:  # a floor is not met by measuring no longer
            return State.FAIL if self.baseline else State.WARN
        best = self.candidate.high if self.metric.higher_is_better else self.candidate.low
        if sign * (self.candidate.value - floor) >= -_ROUNDING:
            return State.PASS
        return State.FAIL if sign * (best - floor) < -_ROUNDING else State.WARN

    @property
    def against_baseline(self) -> State:
        """WARN where the figure is worse than that of the baseline by more than noise."""
        if not self.metric.judged:
            return State.PASS
        if self.difference is None:
            return State.WARN if self.baseline and not self.candidate else State.PASS
        worse = self.difference.high < 0 if self.metric.higher_is_better else self.difference.low > 0
        return State.WARN if worse else State.PASS

    @property
    def state(self) -> State:
        """The worse of the two."""
        return worst((self.against_floor, self.against_baseline))


@dataclass(frozen=True, slots=True)
class Slice:
    """The share of good outcomes of one kind of item, with Wilson intervals."""

    kind: Kind
    candidate: Estimate
    baseline: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run held against the floors and, where there is one, a baseline.

    Attributes:
        matched: the items of both runs, those that flipped and those that only one has.
    """

    candidate: Run
    baseline: Run | None
    matched: Matched
    rows: tuple[Row, ...]
    slices: tuple[Slice, ...]
    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> State:
        """The worst of the reasons."""
        return worst(reason.state for reason in self.reasons)


def rows(candidate: Run, baseline: Run | None, pairs: Pairs, metrics: Mapping[str, Metric]) -> tuple[Row, ...]:
    """Return a row for each metric that either run has or that has a floor; `pairs` are the items of both."""
    now = _figures(candidate.outcomes, metrics)
    then = _figures(baseline.outcomes, metrics) if baseline else {}
    changes = _differences(pairs, metrics)
    wanted = (one for name, one in metrics.items() if one.floor is not None or name in now or name in then)
    return tuple(Row(one, now.get(one.name), then.get(one.name), changes.get(one.name)) for one in wanted)


def _figures(outcomes: Sequence[Outcome], metrics: Mapping[str, Metric]) -> dict[str, Estimate]:
    draws = resample([one.group for one in outcomes])
    values = {name: _values(outcomes, name) for name in metrics}
    return {name: estimate(of, draws, metrics[name].over) for name, of in values.items() if _any(of)}


def _differences(pairs: Pairs, metrics: Mapping[str, Metric]) -> dict[str, Estimate]:
    if not pairs:
        return {}
    before, after = zip(*pairs, strict=True)
    draws = resample([one.group for one in after])
    values = {name: (_values(before, name), _values(after, name)) for name in metrics}
    return {
        name: difference(then, now, draws, metrics[name].over)
        for name, (then, now) in values.items()
        if _any(then) and _any(now)
    }


def _values(outcomes: Sequence[Outcome], name: str) -> Floats:
    return np.array([one.metrics.get(name, np.nan) for one in outcomes], dtype=np.float64)


def _any(values: Floats) -> bool:
    return not np.isnan(values).all()


def slices(candidate: Run, baseline: Run | None = None) -> tuple[Slice, ...]:
    """Return the share of good outcomes for each kind of item that the candidate ran."""
    now, then = _by_kind(candidate), _by_kind(baseline) if baseline else {}
    return tuple(Slice(kind, now[kind], then.get(kind)) for kind in Kind if kind in now)


def _by_kind(run: Run) -> dict[Kind, Estimate]:
    good: dict[Kind, list[bool]] = {}
    for one in run.outcomes:
        if not one.error:
            good.setdefault(one.kind, []).append(one.good)
    return {kind: Estimate(sum(of) / len(of), *wilson(sum(of), len(of)), len(of)) for kind, of in good.items()}
