"""Baselines: committed runs that later ones are compared with, each a single file."""

from __future__ import annotations

from pathlib import Path

from evals.record import Run
from evals.runs.files import slug, write_whole
from rag.errors import ConfigError

BASELINES = Path(__file__).resolve().parent.parent / "baselines"


def baseline_path(run: Run, folder: Path = BASELINES) -> Path:
    """Return where the baseline of runs like `run` is kept."""
    return folder / f"{slug(run.suite, run.split, run.answerer)}.jsonl"


def write_baseline(run: Run, folder: Path = BASELINES, *, force: bool = False) -> Path:
    """Write a run as the baseline of its like, and return where.

    The text of passages is left out: it is many times all the rest, and it stands in the texts.

    Args:
        run: with its outcomes.
        folder: of baselines.
        force: whether to take also a run of uncommitted changes, which nobody can make again.

    Raises:
        ConfigError: the run is not of all items, or some of them failed, or it is of uncommitted changes.
    """
    _check_baseline(run, force=force)
    path = baseline_path(run, folder)
    lines = [run.model_dump_json(exclude={"outcomes"})]
    for outcome in sorted(run.outcomes, key=lambda one: one.id):
        bare = tuple(passage.model_copy(update={"text": ""}) for passage in outcome.passages)
        lines.append(outcome.model_copy(update={"passages": bare}).model_dump_json(exclude_defaults=True))
    write_whole(path, "\n".join(lines))
    return path


def _check_baseline(run: Run, *, force: bool) -> None:
    failed = sum(bool(outcome.error) for outcome in run.outcomes)
    if run.limit is not None:
        raise ConfigError(f"Run {run.id} was limited to {run.limit} items. Run all of them, without --limit.")
    if failed or not run.complete:
        what = f"{failed} items of run {run.id} failed" if failed else f"Run {run.id} was stopped half-way"
        raise ConfigError(f"{what}. Go on with it: evals run --resume {run.id}")
    if run.stamp.dirty and not force:
        raise ConfigError(f"Run {run.id} is of uncommitted changes. Commit and run again, or pass --force.")
