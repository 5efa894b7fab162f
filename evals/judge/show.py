"""How the terminal shows a judge: its scores with the agreement that was measured, and its validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from rich.progress import track
from rich.text import Text

from evals.judge.agreement import Agreement
from evals.judge.judgements import JUDGE_CORRECTNESS, JUDGE_FAITHFULNESS, Judged, Matter, matters_of
from evals.judge.prompt import CORRECTNESS, JUDGE_PROMPT_VERSION, SUPPORT, TASKS, UNDECIDED, Task
from evals.judge.run import JudgedRun
from evals.judge.validation import Validation
from evals.record import Outcome
from evals.show import plain_table, show_error, show_lines
from evals.statistics import Estimate, estimate, resample
from rag.adapters.terminal import err, out

_METRICS = {JUDGE_CORRECTNESS: CORRECTNESS, JUDGE_FAITHFULNESS: SUPPORT}


def judge_bar(matters: Sequence[Matter]) -> Iterable[Matter]:
    """Give what is to be judged, and show on standard error how far that is."""
    return track(matters, "Judging", console=err(), transient=True, disable=not err().is_terminal)


def show_judged(done: JudgedRun) -> None:
    """Print a judge's scores of a run, and beside them how far it agrees with our labels."""
    judge, outcomes = done.judged.judge, done.run.outcomes
    out().print(Text(f"\n{done.run.id}, {len(outcomes)} outcomes, judged by {judge}", "bold"), soft_wrap=True)
    shown = plain_table("judged", "figure", "95 % interval", "items", *UNDECIDED, "accuracy", "kappa")
    for metric, task in _METRICS.items():
        labels = Counter(
            done.judged.of(one) for outcome in outcomes for one in matters_of(outcome) if one.task is task
        )  # fmt: skip
        figure = _figure(outcomes, metric)
        undecided = (str(labels[label]) for label in UNDECIDED)
        shown.add_row(metric, *_estimate(figure), str(figure.n if figure else 0), *undecided, *_agreed(done, task))
    out().print(shown)
    show_lines([_told(done)], "dim")


def _figure(outcomes: Sequence[Outcome], metric: str) -> Estimate | None:
    judged = [one for one in outcomes if metric in one.metrics]
    if not judged:
        return None
    values = np.asarray([one.metrics[metric] for one in judged])
    return estimate(values, resample([one.group for one in judged]))


def _agreed(done: JudgedRun, task: Task) -> tuple[str, str]:
    if done.validation is None:
        return "not validated yet", "not validated yet"
    measured = done.validation.agreement(task)
    return " ".join(_estimate(measured.accuracy)), " ".join(_estimate(measured.kappa))


def _told(done: JudgedRun) -> str:
    if done.validation is None:
        return "How far this judge agrees with our labels was never measured: evals judge --validate"
    return (
        f"Accuracy and Cohen's kappa against our labels, prompts {JUDGE_PROMPT_VERSION}, measured at "
        f"{done.validation.measured_at}. The gate does not look at these scores."
    )


def show_judge_failures(judged: Judged) -> list[str]:
    """Print what could not be judged, and return it."""
    if judged.failures:
        told = "Not all was judged. What was is kept; to go on, give the command again."
        show_error("\n".join((told, *judged.failures)))
    return judged.failures


def show_validation(validation: Validation) -> None:
    """Print how far a judge agrees with our labels at each task, and where it does not."""
    out().print(Text(f"{validation.judge}, prompts {validation.prompt}", "bold"), soft_wrap=True)
    for task in TASKS:
        _show_task(task, validation.agreement(task))
    differing = [one for one in validation.rated if one.said not in (one.truth, *UNDECIDED)]
    show_lines(["", f"{len(differing)} labels differ"])
    show_lines((f"  {one.id} {one.task}: ours {one.truth}, judge {one.said}" for one in differing), "dim")


def _show_task(task: Task, measured: Agreement) -> None:
    show_lines(
        [
            f"\n{task.name}: accuracy {' '.join(_estimate(measured.accuracy))}, "
            f"Cohen's kappa {' '.join(_estimate(measured.kappa))}, "
            f"of {sum(measured.confusion.values())}"
        ]
    )
    said = (*task.labels, *UNDECIDED)
    shown = plain_table("ours \\ judge", *said)
    for truth in task.labels:
        shown.add_row(truth, *(str(measured.confusion.get((truth, one), 0) or "") for one in said))
    out().print(shown)


def _estimate(figure: Estimate | None) -> tuple[str, str]:
    return (f"{figure.value:.2f}", f"({figure.low:.2f} to {figure.high:.2f})") if figure else ("-", "-")
