"""Metrics over the stored runs, oldest first: for the terminal, and as a page with plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from evals.comparison import Row, rows
from evals.gate import metrics_of
from evals.metrics import METRICS, Metric
from evals.record import Run
from evals.report.drawing import Plotted, plot, row_bar
from evals.report.page import render
from evals.runs.store import RunStore
from evals.statistics import Estimate
from rag.adapters.terminal import out
from rag.errors import ConfigError

USUAL = ("correctness", "wrong_answer", "right_refusal", "hit@5")
_STEPS = "▁▂▃▄▅▆▇█"
_BAR = 24  # characters
_COMMIT = 9  # characters that tell a commit
_DATE = 16  # characters of an ISO time up to its minutes


@dataclass(frozen=True, slots=True)
class Point:
    """A run's figure of a metric; `row.candidate` is None where no item of the run has it.

    Attributes:
        comparable: whether the run asked the same items as the newest.
    """

    run: Run
    row: Row
    comparable: bool

    @property
    def figure(self) -> Estimate | None:
        """The figure with its interval."""
        return self.row.candidate

    @property
    def marks(self) -> str:
        """What is to be known before it is compared."""
        marks = {
            "other items": not self.comparable,
            "not complete": not self.run.complete,
            "uncommitted changes": self.run.stamp.dirty,
        }
        return ", ".join(mark for mark, there in marks.items() if there)

    @property
    def when(self) -> str:
        """When the run began, to the minute."""
        return self.run.started_at[:_DATE].replace("T", " ")

    @property
    def commit(self) -> str:
        """The commit, as git shortens it."""
        return self.run.stamp.commit[:_COMMIT]


@dataclass(frozen=True, slots=True)
class Trend:
    """How a metric went."""

    metric: Metric
    points: tuple[Point, ...]

    def interval(self, one: Estimate) -> str:
        """Return the interval of a figure as people read it."""
        return f"{self.metric.show(one.low)} to {self.metric.show(one.high)}"


def history(
    store: RunStore, names: Sequence[str] = (), suite: str = "", split: str = "", answerer: str = ""
) -> list[Trend]:
    """Return how metrics went over the runs of one suite, split and answerer: those of the newest run, if not given.

    Args:
        store: holds the runs.
        names: the metrics; `USUAL` where none is named.
        suite: that of the runs.
        split: likewise.
        answerer: likewise.

    Raises:
        ConfigError: there is no such metric, or no such run.
    """
    for name in names:
        if name not in METRICS:
            raise ConfigError(f"There is no metric '{name}'. Valid are: {', '.join(METRICS)}.")
    runs = _runs(store, suite, split, answerer)
    known, newest = metrics_of(runs[-1]), runs[-1].stamp.gold
    metrics = {name: known[name] for name in names or USUAL}
    measured = [rows(run, None, (), metrics) for run in runs]
    return [
        Trend(
            metric,
            tuple(
                Point(run, _row(metric, found), run.stamp.gold == newest)
                for run, found in zip(runs, measured, strict=True)
            ),
        )
        for metric in metrics.values()
    ]


def _row(metric: Metric, measured: Sequence[Row]) -> Row:
    return next((row for row in measured if row.metric == metric), Row(metric, None))


def _runs(store: RunStore, suite: str, split: str, answerer: str) -> list[Run]:
    """Return runs with their outcomes, oldest first."""
    heads = store.runs()
    for name, wanted in (("suite", suite), ("split", split), ("answerer", answerer)):
        chosen = wanted or next((getattr(one, name) for one in heads), "")
        left = [one for one in heads if getattr(one, name) == chosen]
        if heads and not left:
            there = ", ".join(sorted({getattr(one, name) for one in heads}))
            raise ConfigError(f"There is no run of {name} '{chosen}'. There are some of: {there}.")
        heads = left
    if not heads:
        raise ConfigError(f"There are no runs in {store.folder} yet: evals run")
    return [store.load(one.id) for one in reversed(heads)]


def sparkline(values: Sequence[float]) -> str:
    """Return values as a row of little bars, the highest full.

    >>> sparkline([0.0, 0.5, 1.0]), sparkline([0.3, 0.3])
    ('▁▅█', '▁▁')
    """
    least, reach = min(values, default=0.0), max(values, default=0.0) - min(values, default=0.0)
    return "".join(_STEPS[int((len(_STEPS) - 1) * (one - least) / reach + 0.5) if reach else 0] for one in values)


def text_bar(row: Row, trend: Trend) -> str:
    """Return a figure in its interval as characters, with its floor, on the scale of its trend; empty for none."""
    bar = row_bar(row, [one.figure for one in trend.points if one.figure])
    if bar is None:
        return ""
    cells = ["·"] * _BAR
    low, value, high = (_cell(at) for at in (bar.figure.low, bar.figure.value, bar.figure.high))
    cells[low : high + 1] = "─" * (high + 1 - low)
    if bar.floor is not None:
        cells[_cell(bar.floor)] = "┆"
    cells[value] = "●"
    return "".join(cells)


def _cell(percent: float) -> int:
    return min(_BAR - 1, int(percent / 100 * _BAR))


def show_history(trends: Sequence[Trend]) -> None:
    """Print a table for each metric."""
    for trend in trends:
        values = [one.figure.value for one in trend.points if one.figure and one.comparable]
        out().print(Text("\n").append(trend.metric.title, "bold").append(f"  {sparkline(values)}"), soft_wrap=True)
        out().print(_table(trend))


def _table(trend: Trend) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name, side in (("run", "left"), ("commit", "left"), ("items", "right"), ("figure", "right")):
        table.add_column(name, justify="right" if side == "right" else "left", no_wrap=True)
    for name in ("95 % interval", "", ""):
        table.add_column(name, no_wrap=True)
    for one in trend.points:
        figure = one.figure
        told = (str(figure.n), trend.metric.show(figure.value), trend.interval(figure)) if figure else ("0", "-", "-")
        cells = (one.when, one.commit, *told, text_bar(one.row, trend), one.marks)
        table.add_row(*map(Text, cells), style="" if one.comparable else "dim")
    return table


def history_html(trends: Sequence[Trend]) -> str:
    """Return a page with a plot of each metric, and its figures.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    drawn = [(trend, plot(trend.metric, _plotted(trend))) for trend in trends]
    return render("history.html", drawn=drawn, run=trends[0].points[-1].run)


def _plotted(trend: Trend) -> list[Plotted]:
    return [
        Plotted(
            f"{one.when}: {trend.metric.show(one.figure.value)} ({trend.interval(one.figure)})",
            one.figure,
            one.run.stamp.gold,
        )
        for one in trend.points
        if one.figure
    ]
