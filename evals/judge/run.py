"""A run before a judge: its scores are kept with the outcomes, beside our own metrics."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from evals.judge.chat import Judge
from evals.judge.judgements import (
    JUDGE_CORRECTNESS,
    JUDGE_FAITHFULNESS,
    JUDGEMENTS,
    Judged,
    ShownAs,
    judge_matters,
    matters_of,
    metrics_of,
)
from evals.judge.validation import Validation, last_validation, load_rows, validate_judge
from evals.record import Outcome, Run
from evals.runs.start import home_of, store_of
from rag.settings import Settings


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Named = TypeVar("Named", bound=_Named)


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """What a judge makes of a run.

    Attributes:
        run: with the outcomes that were to be judged, and the judge's metrics in them.
        validation: how the judge did on the labelled rows, None if it was never tried on them.
    """

    run: Run
    judged: Judged
    validation: Validation | None


def judge_run(
    judge: Judge, name: str, settings: Settings, *, limit: int | None = None, shown: ShownAs = iter
) -> JudgedRun:
    """Have a judge judge a run; the gate does not look at what it says.

    Judgements are kept beside the run as they come, so what was judged before is not asked again.

    Args:
        judge: who is asked.
        name: id or path of the run, or "latest".
        settings: the run is kept under their `home`.
        limit: judge only so many outcomes, always the same ones.
        shown: gives what it is given, and may show how far that is.

    Raises:
        ConfigError: there is no such run, or what was kept cannot be read.
    """
    writer = store_of(settings).resume(name)
    outcomes = some(list(writer.done.values()), limit)
    matters = [matter for outcome in outcomes for matter in matters_of(outcome)]
    judged = judge_matters(judge, matters, writer.folder / JUDGEMENTS, shown)
    scored = tuple(_scored(outcome, judged) for outcome in outcomes)
    for before, after in zip(outcomes, scored, strict=True):
        if before != after:
            writer.append(after)
    validation = last_validation(judge.name, judges_of(settings), load_rows())
    return JudgedRun(writer.run.model_copy(update={"outcomes": scored}), judged, validation)


def _scored(outcome: Outcome, judged: Judged) -> Outcome:
    ours = {k: v for k, v in outcome.metrics.items() if k not in (JUDGE_CORRECTNESS, JUDGE_FAITHFULNESS)}
    return outcome.model_copy(update={"metrics": ours | metrics_of(outcome, judged)})


def validate(
    judge: Judge, settings: Settings, *, limit: int | None = None, shown: ShownAs = iter
) -> tuple[Validation, Judged]:
    """Have a judge judge the labelled rows; with a limit that is a try, which is not kept as its agreement.

    Raises:
        ConfigError: the labelled rows, or what was kept, cannot be read.
    """
    return validate_judge(judge, judges_of(settings), some(load_rows(), limit), keep=limit is None, shown=shown)


def judges_of(settings: Settings) -> Path:
    """Return the folder where validations are kept."""
    return home_of(settings) / "judges"


def some(named: Sequence[Named], limit: int | None) -> list[Named]:
    """Return `limit` of some things, all of them if it is None: drawn by their ids, so always the same ones."""
    drawn = sorted(named, key=lambda one: hashlib.sha256(one.id.encode()).digest())[:limit]
    return sorted(drawn, key=lambda one: one.id)
