"""The figures of a report for machines, in a shape that stays: fields are added, never renamed or dropped.

What breaks a reader raises `version`.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from evals.comparison import Row, State
from evals.flips import Flip, breaches_of
from evals.items import Kind, Split
from evals.record import Outcome, Run, Stamp, Verdict
from evals.report.content import Report, came_out, fine, sentence
from evals.statistics import Estimate

VERSION: Final = 1


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Model):
    """A figure with its 95 percent interval, over `n` items."""

    value: float
    low: float
    high: float
    n: int


class MetricFigures(_Model):
    """A metric; `difference` is over the items that both runs asked."""

    name: str
    title: str
    unit: str
    higher_is_better: bool
    floor: float | None = Field(description="The worst figure that is accepted.")
    aim: float | None = Field(default=None, description="The figure that is wanted.")
    state: State
    figure: Figure | None = Field(description="None where the metric applies to no item of the run.")
    baseline: Figure | None = None
    difference: Figure | None = None


class KindFigures(_Model):
    """The share of the items of a kind that came out well."""

    kind: Kind
    good: Figure
    baseline: Figure | None = None


class RunFacts(_Model):
    """What was run, and what it rests on."""

    id: str
    suite: str
    split: str
    answerer: str
    started_at: str
    complete: bool
    limit: int | None
    items: int
    came_out: dict[str, int] = Field(description="How many items came out right, wrong, refused, failed.")
    stamp: Stamp


class ReasonFacts(_Model):
    """A reason for the verdict; one whose state is "pass" is worth knowing only."""

    state: State
    text: str


class FlipFacts(_Model):
    """An item that came out differently."""

    id: str
    before: str | None = Field(description="As in `came_out`; None where it was not asked.")
    after: str
    lost: bool
    breaches: tuple[str, ...] = Field(description="Those that were not there before, by name.")


class Changes(_Model):
    """How the items of two runs differ; the worst flips first."""

    asked_by_both: int
    lost: int
    gained: int
    p: float = Field(description="McNemar's exact test, two-sided.")
    flips: tuple[FlipFacts, ...]


class OutcomeFacts(_Model):
    """What came of an item; a metric that does not apply is absent, which is not zero."""

    id: str
    kind: Kind
    split: Split
    question: str
    verdict: Verdict | None
    good: bool = Field(description="A good verdict, and no breach.")
    breaches: tuple[str, ...]
    answer: str
    error: str
    metrics: dict[str, float]


class ReportFile(_Model):
    """The whole file."""

    version: Literal[1]
    verdict: State
    sentence: str
    reasons: tuple[ReasonFacts, ...]
    run: RunFacts
    baseline: RunFacts | None
    metrics: tuple[MetricFigures, ...]
    kinds: tuple[KindFigures, ...]
    changes: Changes | None = Field(description="None where there is no baseline.")
    outcomes: tuple[OutcomeFacts, ...]


def as_json(report: Report) -> str:
    """Return a report as JSON, in the shape of `ReportFile`."""
    compared = report.compared
    told = ReportFile(
        version=VERSION,
        verdict=compared.verdict,
        sentence=sentence(compared),
        reasons=tuple(ReasonFacts(state=one.state, text=one.text) for one in compared.reasons),
        run=_run(report.run),
        baseline=_run(compared.baseline) if compared.baseline else None,
        metrics=tuple(map(_metric, compared.rows)),
        kinds=tuple(
            KindFigures(kind=one.kind, good=_known(one.candidate), baseline=_figure(one.baseline))
            for one in compared.slices
        ),
        changes=_changes(report) if compared.baseline else None,
        outcomes=tuple(map(_outcome, report.run.outcomes)),
    )
    return told.model_dump_json(indent=1) + "\n"


def _run(run: Run) -> RunFacts:
    named = {name: getattr(run, name) for name in RunFacts.model_fields if name in Run.model_fields}
    return RunFacts(**named, items=len(run.outcomes), came_out=dict(Counter(map(came_out, run.outcomes))))


def _known(one: Estimate) -> Figure:
    return Figure(value=one.value, low=one.low, high=one.high, n=one.n)


def _figure(one: Estimate | None) -> Figure | None:
    return _known(one) if one else None


def _metric(row: Row) -> MetricFigures:
    metric = row.metric
    return MetricFigures(
        name=metric.name,
        title=metric.title,
        unit=metric.unit,
        higher_is_better=metric.higher_is_better,
        floor=metric.floor,
        aim=metric.aim,
        state=row.state,
        figure=_figure(row.candidate),
        baseline=_figure(row.baseline),
        difference=_figure(row.difference),
    )


def _changes(report: Report) -> Changes:
    matched = report.compared.matched
    return Changes(
        asked_by_both=len(matched.pairs),
        lost=matched.lost,
        gained=matched.gained,
        p=matched.p,
        flips=tuple(map(_flip, report.flips)),
    )


def _flip(flip: Flip) -> FlipFacts:
    return FlipFacts(
        id=flip.after.id,
        before=came_out(flip.before) if flip.before else None,
        after=came_out(flip.after),
        lost=flip.lost,
        breaches=tuple(one.name for one in flip.new),
    )


def _outcome(one: Outcome) -> OutcomeFacts:
    return OutcomeFacts(
        id=one.id,
        kind=one.kind,
        split=one.split,
        question=one.question,
        verdict=one.verdict,
        good=fine(one),
        breaches=tuple(breach.name for breach in breaches_of(one)),
        answer=one.answer,
        error=one.error,
        metrics=one.metrics,
    )
