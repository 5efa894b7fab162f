"""What a judge is asked of outcomes, what it said, kept as it comes, and what that comes to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.judge.chat import Judge
from evals.judge.prompt import CORRECTNESS, JUDGE_PROMPT_VERSION, NO_REFERENCE, SUPPORT, UNDECIDED, Label, Shown, Task
from evals.record import Outcome
from evals.runs.files import whole_lines
from rag.errors import ConfigError, ModelError

JUDGEMENTS = "judgements.jsonl"  # beside a run
JUDGE_CORRECTNESS, JUDGE_FAITHFULNESS = "judge_correctness", "judge_faithfulness"  # in the metrics of an outcome
_IN_A_ROW = 3  # failures after which no more is asked
_WORTH = {Label.RIGHT: 1.0, Label.PARTLY: 0.5, Label.WRONG: 0.0, Label.REFUSED: 0.0}


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to be judged.

    Attributes:
        id: of the item or row that it is about.
        shown: what the judge sees, by field.
    """

    id: str
    task: Task
    shown: Shown

    def key(self, judge: str) -> str:
        """Return a hash of all that a judgement depends on."""
        told = [judge, JUDGE_PROMPT_VERSION, self.task.name, dict(self.shown)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Judgement(BaseModel):
    """What a judge said of a matter: a line of `judgements.jsonl`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    judge: str
    prompt: str
    id: str
    task: str
    label: Label
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge said of some matters.

    Attributes:
        labels: by the key of the matter; those that failed have none.
        failures: why they have none.
    """

    judge: str
    labels: dict[str, Label] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def of(self, matter: Matter) -> Label | None:
        """Return the label of a matter, None if it was not judged."""
        return self.labels.get(matter.key(self.judge))


def matters_of(outcome: Outcome) -> Iterator[Matter]:
    """Yield what a judge is asked of an outcome: nothing that is known without it."""
    if outcome.refusal or outcome.error:
        return
    yield _correctness(outcome)
    yield from (one for one in _supports(outcome) if one.shown["quotes"])


def _correctness(outcome: Outcome) -> Matter:
    reference = outcome.reference if outcome.answerable else NO_REFERENCE
    shown = {"question": outcome.asked or outcome.question, "reference": reference, "answer": outcome.answer}
    return Matter(outcome.id, CORRECTNESS, shown)


def _supports(outcome: Outcome) -> list[Matter]:
    quotes = {one.number: {"place": one.place, "quote": one.quote} for one in outcome.citations if one.quote}
    return [
        Matter(
            outcome.id,
            SUPPORT,
            {
                "statement": f"{said.lead}: {said.text}" if said.lead else said.text,
                "quotes": [quotes[number] for number in said.citations if number in quotes],
            },
        )
        for said in outcome.statements
    ]


ShownAs: TypeAlias = Callable[[Sequence[Matter]], Iterable[Matter]]


def judge_matters(judge: Judge, matters: Sequence[Matter], path: Path, shown: ShownAs = iter) -> Judged:
    """Judge what `path` does not hold yet, and keep each judgement there as it comes.

    A matter on which the judge fails is left for the next time; the others go on, until it fails
    several times in a row.

    Args:
        judge: who is asked.
        matters: what to judge.
        path: of JSON lines.
        shown: gives the matters it is given, and may show how far that is.

    Raises:
        ConfigError: `path` holds something else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    judged = Judged(judge.name, {one.key: one.label for one in _kept(path)})
    in_a_row = 0
    left = {one.key(judge.name): one for one in matters if judged.of(one) is None}
    for matter in shown(list(left.values())):
        if in_a_row == _IN_A_ROW:
            judged.failures.append(f"The rest was not asked, since that was {_IN_A_ROW} times in a row.")
            break
        try:
            judged.labels[matter.key(judge.name)] = _keep(path, judge, matter)
            in_a_row = 0
        except ModelError as error:
            judged.failures.append(f"{matter.id}, {matter.task.name}: {error}")
            in_a_row += 1
    return judged


def _keep(path: Path, judge: Judge, matter: Matter) -> Label:
    ruling = judge.rule(matter.task, matter.shown)
    line = Judgement(
        key=matter.key(judge.name),
        judge=judge.name,
        prompt=JUDGE_PROMPT_VERSION,
        id=matter.id,
        task=matter.task.name,
        label=ruling.label,
        reasons=ruling.reasons,
    ).model_dump_json()
    with path.open("ab") as file:
        file.write(line.encode() + b"\n")
    return ruling.label


def _kept(path: Path) -> list[Judgement]:
    """Read what was kept; a line that was torn by a kill is cut off, so that the next one stands by itself."""
    if not path.exists():
        return []
    whole = whole_lines(path)
    with path.open("r+b") as file:
        file.truncate(len(whole))
    try:
        return [Judgement.model_validate_json(line) for line in whole.splitlines()]
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise ConfigError(f"{path} holds a line that is no judgement ({reason}). Remove the file.") from error


def metrics_of(outcome: Outcome, judged: Judged) -> dict[str, float]:
    """Return what the judge's labels make of an outcome; a metric for which it gave none is absent.

    Partly right is half. A statement without quotes is not supported.
    """
    if outcome.error:
        return {}
    values = {JUDGE_CORRECTNESS: _judged_correctness(outcome, judged)}
    if not outcome.refusal:
        values[JUDGE_FAITHFULNESS] = _judged_faithfulness(outcome, judged)
    return {name: value for name, value in values.items() if value is not None}


def _judged_correctness(outcome: Outcome, judged: Judged) -> float | None:
    label = Label.REFUSED if outcome.refusal else judged.of(_correctness(outcome))
    if label is None or label in UNDECIDED:
        return None
    return _WORTH[label] if outcome.answerable else float(label is Label.REFUSED)


def _judged_faithfulness(outcome: Outcome, judged: Judged) -> float | None:
    labels = [judged.of(one) if one.shown["quotes"] else Label.UNSUPPORTED for one in _supports(outcome)]
    known = [label for label in labels if label and label not in UNDECIDED]
    return sum(label is Label.SUPPORTED for label in known) / len(known) if known else None
