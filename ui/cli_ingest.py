"""Shows how far an ingest is, and what it did."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from ingest.report import IngestProgress, IngestReport
from rag.adapters.terminal import err
from ui.cli_output import count, relative, show_gap, show_hanging

_NICENESS = 10  # a tenth of the share of a program at usual priority (sched(7))
_SHOWN = 20  # files, failures and warnings that are listed
KINDS = {
    "added": "added",
    "changed": "changed",
    "unchanged": "unchanged",
    "duplicates": "known under another name",
    "removed": "removed",
}  # what an ingest does with files, and how it is said


def give_way() -> None:
    """Let other programs go first, above all a question that is asked meanwhile; children follow."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))


class IngestBar:
    """A progress bar on standard error; silent where that is no terminal."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task
        self._began = 0.0
        self.last = IngestProgress(0, 0, 0)

    def __call__(self, step: IngestProgress) -> None:
        """Show a step."""
        self.last = step
        self._began = self._began or time.perf_counter()
        seconds = max(time.perf_counter() - self._began, 1e-6)
        rate = f"{step.embedded:,} chunks, {step.embedded / seconds:.0f}/s" if step.embedded else ""
        self._progress.update(self._task, completed=step.done, total=step.files, rate=rate)


@contextmanager
def ingest_bar(title: str) -> Iterator[IngestBar]:
    """Show a bar while the block runs; when it is interrupted, say what is kept."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", style="dim"),
        TimeRemainingColumn(compact=True),
        console=err(),
        transient=True,
        disable=not err().is_terminal,
    )
    with progress:
        bar = IngestBar(progress, progress.add_task(title, total=None, rate=""))
        try:
            yield bar
        except KeyboardInterrupt:
            progress.stop()
            kept = f"{bar.last.done} of {count(bar.last.files, 'file')} are done and kept"
            err().print(f"Interrupted: {kept}. Run the same command again to go on.", style="yellow")
            raise


def show_report(report: IngestReport) -> None:
    """Print what an ingest did, the files that the library holds in another way now, and each failure's reason."""
    told = [f"{number:,} {said}" for kind, said in KINDS.items() if (number := getattr(report, kind))]
    show_hanging(Text("Documents: " + ", ".join(told or ["nothing to do"])))
    _show_entries([(name, KINDS[kind]) for kind, name in report.settled if kind != "added"])
    work = f"{count(report.chunks, 'chunk')}, {report.embedded:,} embedded" if report.chunks else "no new chunks"
    reused = f", {report.reused:,} reused" if report.reused else ""
    show_hanging(f"{work}{reused}, in {report.seconds:.1f} s", style="dim")
    _show_list("failure", "red", report.failed)
    _show_list("warning", "yellow", [("", text) for text in report.warnings])


def _show_list(noun: str, style: str, entries: Sequence[tuple[str, str]]) -> None:
    if entries:
        show_gap()
        show_hanging(count(len(entries), noun), style=style)
        _show_entries(entries)


def _show_entries(entries: Sequence[tuple[str, str]]) -> None:
    for path, reason in entries[:_SHOWN]:
        show_hanging(Text.assemble((relative(path), "bold"), ": " if path else "", reason), "  ", "    ")
    if len(entries) > _SHOWN:
        show_hanging(f"and {len(entries) - _SHOWN} more; --json lists all", "  ", style="dim")
