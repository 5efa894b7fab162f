"""Is a judge to be believed? It judges rows that we labelled, and what comes of that is kept beside its scores.

The labelled rows are `evals/judge/validation.jsonl`, one JSON object a line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.judge.agreement import Agreement, Rated, agreement
from evals.judge.chat import Judge
from evals.judge.judgements import Judged, Matter, ShownAs, judge_matters
from evals.judge.prompt import CORRECTNESS, JUDGE_PROMPT_VERSION, SUPPORT, Label, Task
from evals.runs.files import slug, write_whole
from rag.errors import ConfigError

VALIDATION = Path(__file__).resolve().parent / "validation.jsonl"
_ASKED = "validation-judgements.jsonl"

Text = Annotated[str, Field(min_length=1)]


class Sort(StrEnum):
    """What was done to a right answer."""

    REWORDED = "reworded"
    PARTIAL = "partial"
    NUMBER = "wrong number"
    NEGATED = "negated"
    SWAPPED = "swapped"  # one thing named for another
    PADDED = "padded"
    REFUSED = "refused"
    ORDER = "order"  # it tells the judge what to say


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LabelledStatement(_Model):
    """A statement, verbatim quotes of the row's document, and whether they support it."""

    text: Text
    quotes: tuple[Text, ...] = Field(min_length=1)
    supported: bool


class Row(_Model):
    """An answer with our labels."""

    id: Text
    sort: Sort
    document: Text
    question: Text
    reference: Text
    statements: tuple[LabelledStatement, ...] = Field(min_length=1)
    label: Literal[Label.RIGHT, Label.PARTLY, Label.WRONG, Label.REFUSED]

    def labelled(self) -> Iterator[tuple[Matter, Label]]:
        """Yield what a judge is asked of the row, with our label."""
        answer = "\n".join(one.text for one in self.statements)
        shown = {"question": self.question, "reference": self.reference, "answer": answer}
        yield Matter(self.id, CORRECTNESS, shown), Label(self.label)
        if self.label is Label.REFUSED:
            return  # what declines claims nothing
        for one in self.statements:
            quotes = [{"place": self.document, "quote": quote} for quote in one.quotes]
            truth = Label.SUPPORTED if one.supported else Label.UNSUPPORTED
            yield Matter(self.id, SUPPORT, {"statement": one.text, "quotes": quotes}), truth


def load_rows(path: Path = VALIDATION) -> list[Row]:
    """Read the labelled rows.

    Raises:
        ConfigError: the file or one of its lines cannot be read.
    """
    rows: list[Row] = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        try:
            rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            raise ConfigError(f"{path}, line {number}: {error.errors()[0]['msg']}") from error
    return rows


class Validation(_Model):
    """Our labels beside a judge's, with the prompts and the rows (as hashes) that they are of."""

    judge: str
    prompt: str
    rows: str
    measured_at: str
    rated: tuple[Rated, ...]

    def agreement(self, task: Task) -> Agreement:
        """Return how far the judge agrees with our labels at a task."""
        return agreement([one for one in self.rated if one.task == task.name])


def validate_judge(
    judge: Judge, folder: Path, rows: Sequence[Row], *, keep: bool = True, shown: ShownAs = iter
) -> tuple[Validation, Judged]:
    """Have a judge judge labelled rows; what an interrupted validation did is not asked again.

    Args:
        judge: who is asked.
        folder: where validations are kept.
        rows: what we labelled.
        keep: whether this becomes the agreement that is printed beside the judge's scores; it never does
            where the judge failed on something.
        shown: gives what it is given, and may show how far that is.

    Raises:
        ConfigError: what was kept cannot be read.
    """
    asked = [(row.document, matter, truth) for row in rows for matter, truth in row.labelled()]
    judged = judge_matters(judge, [matter for _, matter, _ in asked], folder / _ASKED, shown)
    rated = (
        Rated(id=matter.id, task=matter.task.name, truth=truth, said=said, group=document)
        for document, matter, truth in asked
        if (said := judged.of(matter))
    )
    validation = Validation(
        judge=judge.name,
        prompt=JUDGE_PROMPT_VERSION,
        rows=_hash(rows),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        rated=tuple(rated),
    )
    if keep and not judged.failures:
        write_whole(_path(judge.name, folder), validation.model_dump_json())
        (folder / _ASKED).unlink()  # the next validation asks anew: behind a name, models change
    return validation, judged


def last_validation(judge: str, folder: Path, rows: Sequence[Row]) -> Validation | None:
    """Return the last validation of a judge with today's prompts and rows, None if there is none.

    Raises:
        ConfigError: what was kept cannot be read.
    """
    path = _path(judge, folder)
    if not path.exists():
        return None
    try:
        found = Validation.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ConfigError(f"{path} is no validation ({error.errors()[0]['msg']}). Remove it.") from error
    wanted = (judge, JUDGE_PROMPT_VERSION, _hash(rows))
    return found if (found.judge, found.prompt, found.rows) == wanted else None


def _path(judge: str, folder: Path) -> Path:
    return folder / f"{slug('judge', judge)}.json"


def _hash(rows: Sequence[Row]) -> str:
    lines = sorted(row.model_dump_json() for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
