"""A report as one page of HTML: the verdict, the figures, and the questions to look at beside their passages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from evals.comparison import State
from evals.flips import Flip, breaches_of
from evals.items import Evidence, Item
from evals.metrics import Metric
from evals.record import Breach, Outcome, Run, SeenStatement, Verdict
from evals.report.content import Report, came_out, fine, has_floors, sentence
from evals.report.drawing import row_bar, share_bar
from evals.report.page import render
from evals.report.sources import passage_place, sources
from evals.statistics import percentile
from rag.grounding.ground import load_grounding

_STAMPED = {
    "corpus": "texts", "gold": "items", "embedder": "embedder", "model": "answerer", "calibration": "calibration",
    "prompt": "prompt", "settings": "settings", "commit": "commit",
}  # fmt: skip
_HASH = re.compile(r"[0-9a-f]{40,}")
_SHORT = 12  # characters that tell a hash


@dataclass(frozen=True, slots=True)
class Card:
    """An item as it is looked at.

    Attributes:
        before: what came of it in the baseline, where that is to be seen beside it.
        full: whether every passage is shown with its text.
    """

    outcome: Outcome
    item: Item | None
    before: Outcome | None
    change: str
    good: bool
    breaches: tuple[Breach, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of gold evidence: the rank of the first passage that shows it, and whether a citation does."""

    evidence: Evidence
    rank: int | None
    cited: bool


def as_html(report: Report) -> str:
    """Return a report as a page that stands by itself.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    compared = report.compared
    leading = [row for row in compared.rows if row.metric.floor is not None or row.state is not State.PASS]
    shown = _shown_cards(report)
    seen = {card.outcome.id for card in shown}
    rest = [_card(report, one) for one in report.run.outcomes if one.id not in seen]
    return render(
        "report.html",
        report=report,
        run=report.run,
        baseline=compared.baseline,
        compared=compared,
        sentence=sentence(compared),
        floors=has_floors(compared),
        leading=leading,
        others=[row for row in compared.rows if row not in leading],
        shown=shown,
        rest=rest,
        kinds=_counted(one.kind for one in report.run.outcomes),
        splits=_counted(one.split for one in report.run.outcomes),
        verdicts=_counted(came_out(one) for one in report.run.outcomes),
        by_kind=Counter((one.kind, one.verdict) for one in report.run.outcomes),
        Verdict=Verdict,
        row_bar=row_bar,
        share_bar=share_bar,
        signed=signed,
        came_out=came_out,
        sources=sources,
        passage_place=passage_place,
        found=found,
        unsupported=unsupported,
        latency=latency(report.run),
        asked_at=asked_at(report.run),
        stamp=stamp_in_words(report.run),
        changed=changed(compared.baseline, report.run) if compared.baseline else [],
    )


def _shown_cards(report: Report) -> list[Card]:
    if report.compared.baseline:
        return [_flip_card(report, flip) for flip in report.flips]
    return [_card(report, one, full=True) for one in report.not_good]


def _card(report: Report, one: Outcome, *, full: bool = False) -> Card:
    return Card(one, report.items.get(one.id), None, came_out(one), fine(one), breaches_of(one), full)


def _flip_card(report: Report, flip: Flip) -> Card:
    before = came_out(flip.before) if flip.before else "not asked"
    change = f"{before} → {came_out(flip.after)}"
    item = report.items.get(flip.after.id)
    return Card(flip.after, item, flip.before, change, not flip.lost, breaches_of(flip.after), full=True)


def _counted(words: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(map(str, words)).items())


def found(item: Item, outcome: Outcome) -> list[Found]:
    """Say of each piece of gold evidence how far it came."""
    return [
        Found(
            evidence,
            next((rank for rank, one in enumerate(outcome.passages, 1) if index in one.evidence), None),
            any(index in one.evidence for one in outcome.citations),
        )
        for index, evidence in enumerate(item.evidence)
    ]


def unsupported(statement: SeenStatement) -> bool:
    """Whether what a statement cites was scored and does not support it."""
    return statement.support is not None and statement.support < load_grounding().threshold


def signed(metric: Metric, value: float) -> str:
    """Return a difference with its sign, and none where it rounds to nothing."""
    size = metric.show(abs(value)).lstrip("+")
    if size == metric.show(0.0).lstrip("+"):
        return size
    return f"{'−' if value < 0 else '+'}{size}"


def latency(run: Run) -> tuple[float, float] | None:
    """Return in how many milliseconds half of the answers came, and 95 percent of them."""
    times = [one.timings_ms["total"] for one in run.outcomes if "total" in one.timings_ms]
    return (percentile(times, 0.5), percentile(times, 0.95)) if times else None


def asked_at(run: Run) -> str:
    """Return when a run began, as people write it."""
    return f"{datetime.fromisoformat(run.started_at):%-d %B %Y, %H:%M %Z}".strip()


def stamp_in_words(run: Run) -> list[tuple[str, str]]:
    """Return what a run rests on, hashes cut to what tells them."""
    values = ((words, str(getattr(run.stamp, name))) for name, words in _STAMPED.items())
    return [(words, _HASH.sub(lambda found: found.group()[:_SHORT], value)) for words, value in values if value]


def changed(before: Run, after: Run) -> list[str]:
    """Return which of the things that a run rests on differ between two."""
    return [words for name, words in _STAMPED.items() if getattr(before.stamp, name) != getattr(after.stamp, name)]
