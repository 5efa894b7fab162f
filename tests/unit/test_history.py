"""Histories: which runs are in one, what may be compared, and where plots draw it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.comparison import Row
from evals.metrics import METRICS
from evals.record import Run, Verdict
from evals.report.drawing import PLOT_HEIGHT, PLOT_WIDTH, Plotted, plot, round_values
from evals.report.history import USUAL, Point, Trend, history, history_html, show_history, sparkline, text_bar
from evals.runs.store import RunStore
from evals.statistics import Estimate
from rag.errors import ConfigError
from tests.outcomes import STAMP, STRICT, item, outcome, run

HIT = STRICT["hit@5"]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs", tmp_path / "baselines")


def keep(store: RunStore, day: int, right: int = 5, gold: str = "g", **fields: object) -> Run:
    """Store the run of a day, in which so many of ten answers were right."""
    outcomes = [outcome(item(str(at)), Verdict.RIGHT if at < right else Verdict.WRONG) for at in range(10)]
    stamp = STAMP.model_copy(update={"gold": gold, "commit": f"{day:040}"})
    made = run((), f"202611{day:02}", started_at=f"2026-11-{day:02}T10:15:00+00:00", stamp=stamp, **fields)
    writer = store.start(made)
    for one in outcomes:
        writer.append(one)
    return made.model_copy(update={"outcomes": tuple(outcomes)})


def test_a_history_goes_from_the_oldest_run_to_the_newest(store: RunStore) -> None:
    for day, right in ((3, 9), (1, 2), (2, 5)):
        keep(store, day, right)
    (trend,) = history(store, ["correctness"])
    assert [one.figure and one.figure.value for one in trend.points] == [0.2, 0.5, 0.9]
    assert all(one.figure and one.figure.low <= one.figure.value <= one.figure.high for one in trend.points)
    assert [one.when for one in trend.points] == ["2026-11-01 10:15", "2026-11-02 10:15", "2026-11-03 10:15"]


def test_runs_of_other_items_than_the_newest_are_marked(store: RunStore) -> None:
    keep(store, 1, gold="old")
    keep(store, 2, complete=False)
    keep(store, 3)
    (trend,) = history(store, ["correctness"])
    assert [one.comparable for one in trend.points] == [False, True, True]
    assert [one.marks for one in trend.points] == ["other items", "not complete", ""]


def test_a_history_is_of_runs_like_the_newest_unless_others_are_named(store: RunStore) -> None:
    keep(store, 1, split="locked")
    keep(store, 2, answerer="first-passage")
    keep(store, 3)
    keep(store, 4, suite="manuals")
    keep(store, 5)

    def days(**chosen: str) -> list[str]:
        return [one.run.id[-2:] for one in history(store, ["correctness"], **chosen)[0].points]

    assert days() == ["03", "05"]
    assert days(split="locked") == ["01"]
    assert days(answerer="first-passage") == ["02"]
    assert days(suite="manuals") == ["04"]


def test_what_is_not_there_is_named_with_what_is(store: RunStore) -> None:
    with pytest.raises(ConfigError, match="no runs"):
        history(store)
    keep(store, 1)
    with pytest.raises(ConfigError, match=r"no metric 'hits'.*hit@5"):
        history(store, ["hits"])
    with pytest.raises(ConfigError, match=r"no run of split 'locked'.*dev"):
        history(store, split="locked")


def test_questions_that_we_did_not_label_have_no_floors(store: RunStore) -> None:
    keep(store, 1)
    keep(store, 2, suite="clapnq")
    bars = {
        suite: text_bar(trend.points[0].row, trend)
        for suite in ("gold", "clapnq")
        for trend in history(store, ["correctness"], suite)
    }
    assert "┆" in bars["gold"]
    assert "┆" not in bars["clapnq"]


def test_a_metric_that_no_item_has_leaves_a_gap(store: RunStore) -> None:
    keep(store, 1)
    (trend,) = history(store, ["tokens"])
    assert [one.figure for one in trend.points] == [None]
    assert "<svg" not in history_html([trend])


def test_the_terminal_shows_every_run_with_its_figure(store: RunStore, capsys: pytest.CaptureFixture[str]) -> None:
    keep(store, 1, right=2)
    keep(store, 2, right=8, gold="old")
    keep(store, 3, right=8)
    show_history(history(store, ["correctness", "tokens"]))
    shown = capsys.readouterr().out
    assert "Correctness  ▁█\n" in shown, "a run of other items is not in the sparkline"
    (first, second, third, *_) = [line for line in shown.splitlines() if "2026-11" in line]
    assert "0.200" in first
    assert "●" in first
    assert "other items" in second
    assert "other items" not in third
    assert all(METRICS[name].title in shown for name in ("correctness", "tokens"))


@pytest.mark.parametrize(
    ("values", "shown"), [([], ""), ([1.0, 1.0], "▁▁"), ([0.0, 1.0, 0.5], "▁█▅"), ([-1.0, 1.0], "▁█")]
)
def test_a_sparkline_reaches_from_the_least_to_the_most(values: list[float], shown: str) -> None:
    assert sparkline(values) == shown


def test_bars_of_a_trend_have_one_scale() -> None:
    words = METRICS["words"]
    figures = (Estimate(20.0, 10.0, 30.0, 9), Estimate(200.0, 190.0, 210.0, 9))
    trend = Trend(words, tuple(Point(run(()), Row(words, figure), comparable=True) for figure in figures))
    low, high = (text_bar(one.row, trend) for one in trend.points)
    assert low.index("┆") == high.index("┆"), "the ceiling"
    assert low.index("●") < low.index("┆") < high.index("●")
    assert low.count("─") > 1


def figures(*values: float, series: str = "g") -> list[Plotted]:
    return [Plotted(str(value), Estimate(value, value - 0.05, value + 0.05, 9), series) for value in values]


def test_a_plot_has_its_figures_from_left_to_right_the_higher_above_the_lower() -> None:
    drawn = plot(HIT, figures(0.6, 0.9, 0.7))
    assert drawn is not None
    (line,) = drawn.lines
    xs, ys = [dot.x for dot in line.dots], [dot.y for dot in line.dots]
    assert xs == sorted(xs)
    assert ys[1] < ys[2] < ys[0]
    assert all(0 <= dot.x <= PLOT_WIDTH for dot in line.dots)
    assert all(0 <= dot.top < dot.y < dot.bottom <= PLOT_HEIGHT for dot in line.dots)
    assert drawn.floor is not None
    assert 0 <= drawn.floor < ys[1], "the floor of 0.95 is above them all"


def test_only_figures_of_the_same_items_are_joined() -> None:
    drawn = plot(HIT, [*figures(0.6, series="old"), *figures(0.9, 0.7), *figures(0.5, series="old"), *figures(0.8)])
    assert drawn is not None
    assert [([dot.label for dot in line.dots], line.newest) for line in drawn.lines] == [
        (["0.6", "0.5"], False),
        (["0.9", "0.7", "0.8"], True),
    ]


def test_figures_that_are_all_the_same_have_a_plot() -> None:
    one = Plotted("x", Estimate(1.0, 1.0, 1.0, 3), "g")
    drawn = plot(METRICS["citation_exists"], [one, one])
    assert drawn is not None
    assert all(0 <= dot.y <= PLOT_HEIGHT for dot in drawn.lines[0].dots)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.2, 1.0, [0.2, 0.4, 0.6, 0.8, 1.0]),
        (12.0, 91.0, [20.0, 40.0, 60.0, 80.0]),
        (0.93, 0.99, [0.94, 0.96, 0.98]),
    ],
)
def test_ticks_stand_at_round_values(low: float, high: float, expected: list[float]) -> None:
    assert round_values(low, high) == pytest.approx(expected)


def test_the_page_plots_every_metric_and_escapes_what_it_shows(store: RunStore) -> None:
    hostile = "<script>alert(1)</script>"
    keep(store, 1, suite=hostile)
    keep(store, 2, suite=hostile, gold="old")
    html = history_html(history(store, suite=hostile))
    assert html.count("<svg") == len(USUAL) - 1, "no item is unanswerable, so there are no right refusals"
    assert html.count('class="apart"') == len(USUAL) - 1
    assert html.count("<script>") == 1
    assert "alert(1)" in html
