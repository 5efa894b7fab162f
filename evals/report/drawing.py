"""Where things stand in drawings of figures: bars of a metric, lines over runs. The templates draw them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.comparison import Row
from evals.metrics import Metric
from evals.statistics import Estimate

SCALES = {"share": (0.0, 1.0), "score": (-1.0, 1.0)}  # by unit; others begin at 0 and end above the highest figure
_HEADROOM = 1.08
PLOT_WIDTH, PLOT_HEIGHT = 520, 170
_TICKS = 5  # about
_ROOM, _LEAST_ROOM = 0.15, 0.01  # above and below what a plot shows: a share of it, and what it is of a single value


@dataclass(frozen=True, slots=True)
class Span:
    """An interval with its figure, in percent of the width of a bar."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure on its scale, beside that of the baseline; `floor` in percent of the width."""

    figure: Span
    baseline: Span | None = None
    floor: float | None = None


def row_bar(row: Row, among: Sequence[Estimate] = ()) -> Bar | None:
    """Return the bar of a metric on a scale with room for other figures, None where no item of the run has it."""
    if row.candidate is None:
        return None
    low, high = scale_of(row.metric, [row.candidate, *([row.baseline] if row.baseline else []), *among])
    floor = None if row.metric.floor is None else _percent(row.metric.floor, low, high)
    then = _span(row.baseline, low, high) if row.baseline else None
    return Bar(_span(row.candidate, low, high), then, floor)


def share_bar(figure: Estimate, baseline: Estimate | None = None) -> Bar:
    """Return the bar of a share."""
    return Bar(_span(figure, 0.0, 1.0), _span(baseline, 0.0, 1.0) if baseline else None)


def scale_of(metric: Metric, figures: Iterable[Estimate]) -> tuple[float, float]:
    """Return where the scale of a metric begins and ends."""
    highest = max((metric.floor or 0.0, *(one.high for one in figures)))
    return SCALES.get(metric.unit, (0.0, highest * _HEADROOM or 1.0))


def _span(one: Estimate, low: float, high: float) -> Span:
    return Span(*(_percent(at, low, high) for at in (one.low, one.value, one.high)))


def _percent(value: float, low: float, high: float) -> float:
    return min(100.0, max(0.0, 100 * (value - low) / (high - low)))


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure in a plot: `x` and the heights of figure and interval, y downward."""

    x: float
    y: float
    top: float
    bottom: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """Figures that may be compared with each other, oldest first; `newest` where the newest run is among them."""

    dots: tuple[Dot, ...]
    newest: bool

    @property
    def points(self) -> str:
        """The figures, as SVG writes points."""
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)

    @property
    def band(self) -> str:
        """The outline of the intervals, likewise."""
        there = [f"{dot.x:.1f},{dot.top:.1f}" for dot in self.dots]
        return " ".join((*there, *(f"{dot.x:.1f},{dot.bottom:.1f}" for dot in reversed(self.dots))))


@dataclass(frozen=True, slots=True)
class Plot:
    """A metric over runs; `ticks` are heights with what they stand for."""

    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    floor: float | None
    width: int = PLOT_WIDTH
    height: int = PLOT_HEIGHT


@dataclass(frozen=True, slots=True)
class Plotted:
    """A figure of a run; those of one `series` may be compared."""

    label: str
    figure: Estimate
    series: str


def plot(metric: Metric, figures: Sequence[Plotted]) -> Plot | None:
    """Place figures from left to right, `figures` oldest first; there is no plot of none."""
    if not figures:
        return None
    low, high = _range(metric, [one.figure for one in figures])
    step = PLOT_WIDTH / len(figures)
    lines: dict[str, list[Dot]] = {}
    for at, one in enumerate(figures):
        top, y, bottom = (_height(value, low, high) for value in (one.figure.high, one.figure.value, one.figure.low))
        lines.setdefault(one.series, []).append(Dot((at + 0.5) * step, y, top, bottom, one.label))
    return Plot(
        tuple(Line(tuple(dots), series == figures[-1].series) for series, dots in lines.items()),
        tuple((_height(value, low, high), metric.show(value)) for value in round_values(low, high)),
        None if metric.floor is None else _height(metric.floor, low, high),
    )


def round_values(low: float, high: float) -> list[float]:
    """Return round values between two, evenly spread.

    >>> round_values(12.0, 91.0)
    [20.0, 40.0, 60.0, 80.0]
    """
    rough = (high - low) / _TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * by for by in (1, 2, 5, 10) if size * by >= rough)
    first = math.ceil(low / step)
    return [at * step for at in range(first, math.floor(high / step) + 1)]


def _height(value: float, low: float, high: float) -> float:
    return PLOT_HEIGHT * (1 - _percent(value, low, high) / 100)


def _range(metric: Metric, figures: Sequence[Estimate]) -> tuple[float, float]:
    """Return what a plot shows: all figures with their intervals and the floor, and not the rest of the scale."""
    floor = () if metric.floor is None else (metric.floor,)
    ends = [*floor, *(end for one in figures for end in (one.low, one.high))]
    room = _ROOM * (max(ends) - min(ends)) or _LEAST_ROOM
    least, most = scale_of(metric, figures)
    return max(least, min(ends) - room), min(most, max(ends) + room)
