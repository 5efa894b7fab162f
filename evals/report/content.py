"""A run as people read it: the verdict in a sentence, with the labelled questions behind it.

`evals.report.as_html`, `evals.report.as_json` and `evals.report.as_junit` write it down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.comparison import Comparison, State
from evals.flips import Flip, breaches_of
from evals.gate import SIGNIFICANT, check, compare
from evals.items import Item
from evals.record import Outcome, Run
from evals.runs.start import find_suite
from evals.runs.store import RunStore
from evals.suites import items_of
from rag.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported.

    Attributes:
        items: the labelled questions by id, those that still ask what the run asked.
        note: what could not be read and so is left out, in a sentence.
    """

    compared: Comparison
    items: Mapping[str, Item] = field(default_factory=dict)
    note: str = ""

    @property
    def run(self) -> Run:
        """The run that is reported on."""
        return self.compared.candidate

    @property
    def flips(self) -> tuple[Flip, ...]:
        """What came out differently than in the baseline, the worst first."""
        return self.compared.matched.flips

    @property
    def not_good(self) -> tuple[Outcome, ...]:
        """What did not come out well, breaches first."""
        bad = (one for one in self.run.outcomes if not fine(one))
        return tuple(sorted(bad, key=lambda one: (not breaches_of(one), one.answerable, one.id)))


def fine(outcome: Outcome) -> bool:
    """Whether an item came out well: a good verdict, and no breach."""
    return outcome.good and not breaches_of(outcome)


def came_out(outcome: Outcome) -> str:
    """Return how an item came out, in a word."""
    return "failed" if outcome.error else str(outcome.verdict)


def report_on(store: RunStore, name: str, against: str = "") -> Report:
    """Hold a stored run against the floors and, where another is named, against that.

    Args:
        store: holds the runs.
        name: the run, as `RunStore.load` takes it.
        against: the run to compare with, likewise; empty for none.

    Raises:
        ConfigError: a run is not there, or is empty, or the two have no question in common.
    """
    compared = compare(*store.load_pair(against, name)) if against else check(store.load(name))
    items, note = _items(compared.candidate)
    return Report(compared, same_questions(compared.candidate, items), note)


def _items(run: Run) -> tuple[list[Item], str]:
    """Return the items of a run's suite; a run outlives its suite, so without them the report says so."""
    try:
        return items_of(find_suite(run.suite)), ""
    except ConfigError as error:
        return [], f"Gold evidence and earlier turns are left out, since the items cannot be read: {error}"


def same_questions(run: Run, items: Iterable[Item]) -> dict[str, Item]:
    """Return by id the items that still ask what the run asked."""
    asked = {one.id: one.question for one in run.outcomes}
    return {one.id: one for one in items if asked.get(one.id) == one.question}


def write_file(path: Path, text: str) -> None:
    """Write a file, and the folders that it needs.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}. Name another file.") from error


def sentence(compared: Comparison) -> str:
    """Return the verdict as a sentence: in a word or two, a colon, and what it comes to."""
    return f"{_lead(compared)}: {_counted(compared)}."


def _lead(compared: Comparison) -> str:
    if compared.verdict is State.WARN:
        return "Passes, with a caution"
    if compared.verdict is State.PASS:
        alone = "Keeps to its floors" if has_floors(compared) else "Measured"
        return "No worse than before" if compared.baseline else alone
    return "Worse than before" if _worse(compared) else "Not good enough"


def has_floors(compared: Comparison) -> bool:
    """Whether anything is promised of the figures: without floors they are good for comparing only."""
    return any(row.metric.floor is not None for row in compared.rows)


def _worse(compared: Comparison) -> bool:
    """Whether it fails for what the baseline did better, and not for a floor that both may miss."""
    matched = compared.matched
    uneven = matched.lost > matched.gained and matched.p < SIGNIFICANT
    return uneven or any(flip.before and flip.new for flip in matched.flips)


def _counted(compared: Comparison) -> str:
    outcomes = compared.candidate.outcomes
    told = f"{sum(map(fine, outcomes))} of {len(outcomes)} questions came out well"
    if failed := sum(bool(one.error) for one in outcomes):
        told += f" and {failed} failed"
    if compared.baseline:
        matched = compared.matched
        told += f"; of the {matched.scored} asked both times {matched.lost} were lost and {matched.gained} gained"
    return told
