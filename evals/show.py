"""How the terminal shows runs: results to standard output, progress and errors to standard error.

Nothing is coloured, wrapped or cut when the output is not a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from evals.comparison import Comparison, Row, State
from evals.flips import Flip
from evals.metrics import Metric
from evals.record import Outcome, Run, Verdict
from evals.statistics import Estimate
from rag.adapters.terminal import err, out

_STYLES = {State.PASS: "green", State.WARN: "yellow", State.FAIL: "red"}
_FLIPS = 20  # shown
_CHARACTERS = 300  # of an answer that flipped; `evals run --show` and the report show all


def show_error(message: str) -> None:
    """Print a message in red; its lines are not wrapped."""
    err().print(Text(message, style="red"), soft_wrap=True)


class RunBar:
    """How far a run is, on standard error; silent where that is no terminal."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task
        self._verdicts: Counter[str] = Counter()
        self.run: Run | None = None
        self.done = self.items = 0

    def began(self, run: Run, done: int, items: int) -> None:
        """Show how many items there are, and how many were done before."""
        self.run, self.done, self.items = run, done, items
        self._progress.update(self._task, description="Asking", completed=done, total=items)

    def did(self, outcome: Outcome) -> None:
        """Show an item as done."""
        self.done += 1
        self._verdicts["failed" if outcome.error else "good" if outcome.good else "not good"] += 1
        told = ", ".join(f"{count} {word}" for word, count in sorted(self._verdicts.items()))
        self._progress.update(self._task, completed=self.done, told=told)


@contextmanager
def run_bar() -> Iterator[RunBar]:
    """Show a bar while the block runs; when it is interrupted, say what is kept and how to go on."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}", style="dim"),
        TimeRemainingColumn(compact=True),
        console=err(),
        transient=True,
        disable=not err().is_terminal,
    )
    with progress:
        bar = RunBar(progress, progress.add_task("Reading the texts", total=None, told=""))
        try:
            yield bar
        except KeyboardInterrupt:
            progress.stop()
            if bar.run:
                told = f"{bar.done} of {bar.items} items are done and kept. Go on: evals run --resume {bar.run.id}"
                err().print(Text(f"Interrupted: {told}", style="yellow"), soft_wrap=True)
            raise


def show_answers(run: Run) -> None:
    """Print every question with its verdict and answer."""
    for one in run.outcomes:
        head = Text("\n").append("failed" if one.error else str(one.verdict), _STYLES[_state(one)])
        head.append(f" {one.confidence:.2f} {one.kind} {one.id} ").append(one.question, "bold")
        out().print(head, soft_wrap=True)
        out().print(Text(one.error or one.answer), soft_wrap=True)
        for citation in one.citations:
            mark = "" if citation.present else " (no such quote)"
            out().print(Text(f"  [{citation.number}] {citation.place}{mark}", "dim"), soft_wrap=True)
        if not one.good and one.reference:
            out().print(Text(f"  Reference: {one.reference}", "dim"), soft_wrap=True)


def _state(outcome: Outcome) -> State:
    return State.PASS if outcome.good else State.FAIL


def show_run(checked: Comparison, folder: Path) -> None:
    """Print the figures of a run, what stands under its floor, where the run is kept, and what to do next."""
    run = checked.candidate
    show_lines([f"{run.suite}, {run.split}, {run.answerer}: {_counted(run)}"], "bold")
    _show_rows(checked.rows)
    _show_slices(checked)
    _show_reasons(checked)
    commands = ("evals compare baseline latest", "evals compare RUN latest", f"evals baseline {run.id}")
    show_lines(["", f"Stored in {folder}", *(f"  {command}" for command in commands)], "dim")


def show_comparison(compared: Comparison) -> None:
    """Print the verdict on a run with its reasons, the figures beside those of the other run, and the flips."""
    before, after = compared.baseline, compared.candidate
    show_lines([f"{after.id} against {before.id if before else 'its floors'}"], "bold")
    _show_rows(compared.rows)
    _show_slices(compared)
    for flip in compared.matched.flips[:_FLIPS]:
        _show_flip(flip)
    if len(compared.matched.flips) > _FLIPS:
        out().print(f"and {len(compared.matched.flips) - _FLIPS} more flips", style="dim")
    _show_reasons(compared)
    told = Text(f"\n{compared.verdict.upper()}", f"bold {_STYLES[compared.verdict]}")
    lost, gained = compared.matched.lost, compared.matched.gained
    out().print(told.append(f"  {lost} lost, {gained} gained, p = {compared.matched.p:.3g}", "default not bold"))


def show_lines(lines: Iterable[object], style: str = "") -> None:
    """Print each as a line."""
    for line in lines:
        out().print(Text(str(line), style), soft_wrap=True)


def _counted(run: Run) -> str:
    counts = Counter("failed" if one.error else str(one.verdict) for one in run.outcomes)
    told = ", ".join(f"{count} {word}" for word, count in counts.most_common())
    return f"{len(run.outcomes)} items, {told}"


def _show_rows(rows: Iterable[Row]) -> None:
    rows = list(rows)
    compared = any(row.baseline for row in rows)
    columns = ("before", "after", "change", "95 % interval") if compared else ("figure", "95 % interval", "items")
    table = plain_table("metric", *columns, "floor", "", "aim")
    for row in rows:
        figures = _compared(row) if compared else _measured(row)
        aim = Text(_bound(row.metric, row.metric.aim), "dim")
        table.add_row(row.metric.title, *figures, _bound(row.metric, row.metric.floor), _stands(row), aim)
    out().print(table)


def _measured(row: Row) -> tuple[str, str, str]:
    figure = row.candidate
    return (_figure(row, figure), _interval(row, figure), str(figure.n) if figure else "0")


def _compared(row: Row) -> tuple[str, str, str, str]:
    change = row.difference
    return (_figure(row, row.baseline), _figure(row, row.candidate), _figure(row, change), _interval(row, change))


def _figure(row: Row, figure: Estimate | None) -> str:
    return row.metric.show(figure.value) if figure else "-"


def _interval(row: Row, figure: Estimate | None) -> str:
    return f"{row.metric.show(figure.low)} to {row.metric.show(figure.high)}" if figure else "-"


def _bound(metric: Metric, bound: float | None) -> str:
    return "" if bound is None else metric.show(bound)


def _stands(row: Row) -> Text:
    if row.metric.floor is None and row.state is State.PASS:
        return Text("")
    under = "under" if row.metric.higher_is_better else "over"
    word = "ok" if row.state is State.PASS else "worse" if row.against_floor is State.PASS else under
    return Text(word, _STYLES[row.state])


def _show_slices(compared: Comparison) -> None:
    counts: dict[str, Counter[Verdict | None]] = {}
    for outcome in compared.candidate.outcomes:
        counts.setdefault(outcome.kind, Counter())[outcome.verdict] += 1
    before = ["before"] if compared.baseline else []
    table = plain_table("kind", "items", *before, "good", "95 % interval", *Verdict)
    for one in compared.slices:
        then = [f"{one.baseline.value:.2f}" if one.baseline else "-"] if compared.baseline else []
        figure = one.candidate
        verdicts = (str(counts[one.kind][verdict] or "") for verdict in Verdict)
        interval = f"{figure.low:.2f} to {figure.high:.2f}"
        table.add_row(one.kind, str(figure.n), *then, f"{figure.value:.2f}", interval, *verdicts)
    out().print()
    out().print(table)


def _show_flip(flip: Flip) -> None:
    style = _STYLES[State.FAIL if flip.lost else State.PASS]
    out().print(Text("\n").append(flip.change, style).append(f" {flip.after.id} ").append(flip.after.question, "bold"))
    for breach in flip.new:
        out().print(Text(f"  {breach}", "red"), soft_wrap=True)
    for name, outcome in (("before", flip.before), ("after", flip.after)):
        if outcome:
            told = shorten(outcome.error or outcome.answer, _CHARACTERS, placeholder=" ...")
            out().print(Text(f"  {name}: {told}"), soft_wrap=True)


def _show_reasons(compared: Comparison) -> None:
    if compared.reasons:
        out().print()
    for reason in compared.reasons:
        out().print(Text(f"{reason.state}: ", _STYLES[reason.state]).append(reason.text, "default"), soft_wrap=True)


def plain_table(*names: str) -> Table:
    """Return an empty table without lines; its first column is aligned to the left, the others to the right."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for number, name in enumerate(names):
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    return table
