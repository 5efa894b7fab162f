"""Fits the two logistic models of the extractive answerer and its threshold: `python -m evals.calibrate`.

The statement model learns which statements answer, from the dev questions of our suites and, where it
is here, a sample of openly licensed question sets (`shared/data/training`). The answer model learns
when the composed answer is right, from the same questions, those without an answer included. The
threshold follows from what a wrong answer costs (Chow 1970, https://doi.org/10.1109/TIT.1970.1054406):
if a right answer is worth 1, a refusal 0 and a wrong answer minus `--wrong-cost`, answering pays from
the probability cost / (1 + cost). Everything is written to `rag/calibration.json`, or
to the folder of the reader that `OPENBOOK_READER` names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from evals.items import Evidence, Item, Kind
from evals.record import Verdict
from evals.rows import read_rows
from evals.runs.ask import asked_of
from evals.suites import ROOT, SHARED, SUITES, Course, Suite, assistant_over, items_of
from evals.verdict import held_facts, judge, letters, shows
from rag.answer import Assistant
from rag.bootstrap import make_embedder, make_reader
from rag.extractive.answerer import Calibration, load_calibration
from rag.extractive.compose import Scored
from rag.logistic import Logistic
from rag.ports import Embedder, Reader
from rag.settings import load_settings
from rag.types import Passage

TRAINING = SHARED / "training" / "questions.jsonl"
LEARNED = ("manuals", "textbook")  # suites whose dev questions the reader learns from; the others judge it
SUITE_WEIGHT, TRAINING_WEIGHT = 2.0, 0.8
_DATASETS = ("squad2_dev", "squad1_train_part", "qed", "nq_oracle", "covid_qa", "selqa", "squad2_dev_more")


@dataclass(frozen=True, slots=True)
class Example:
    """A question run through the answerer.

    Attributes:
        statements: features and label of each scored statement: 1 answers, 0 does not; None is left out.
        answer: features of the answer composed.
        right: whether that answer is right.
        weight: what the example counts.
    """

    statements: tuple[tuple[dict[str, float], int], ...]
    answer: dict[str, float]
    right: bool
    weight: float


def collect(assistant: Assistant, items: Sequence[Item], weight: float) -> Iterator[Example]:
    """Yield an example of each item; every answer is judged, also one that would have been refused."""
    for item in items:
        retrieved = assistant.retrieve(asked_of(item))
        selection = assistant.answerer.select(retrieved.question, retrieved.passages)
        if not selection.scored:
            continue
        right = judge(item, assistant.respond(retrieved, replace(selection, answers=True))) is Verdict.RIGHT
        labels = [(asdict(one.features), label(one, retrieved.passages, item)) for one in selection.scored]
        statements = tuple((features, label) for features, label in labels if label is not None)
        yield Example(statements, dict(selection.basis), right, weight)


def label(one: Scored, passages: Sequence[Passage], item: Item) -> int | None:
    """Return 1 if a statement answers, 0 if not, None if it cannot be told: it stands by what does."""
    statement, passage = one.statement, passages[one.statement.passage]
    names = {passage.document.name, *(also.document.name for also in passage.also)}
    written = passage.chunk.text[statement.start - passage.chunk.start : statement.end - passage.chunk.start]
    own, whole = (letters(statement.text), letters(written)), letters(statement.whole)
    best: int | None = 0
    for place in item.evidence:
        near = letters(place.quote)
        if place.document not in names or not near:
            continue
        if any(shows(near, text) for text in own):
            # Of the row that answers, a cell without the answer is neither right nor wrong.
            return 1 if statement.form != "cell" or any(held_facts(item, statement.text)) else None
        best = None if near in whole else best
    return best


def training_items(folder: Path, passages: int, seed: int) -> list[Item]:
    """Write a sample of training passages into `folder` and return their questions.

    One passage in six is left out of the folder, so that its question has no answer there.
    """
    rows = read_rows(TRAINING)
    rows = [row for row in rows if row["dataset"] in _DATASETS and row.get("level") != "sentence"]
    random.Random(seed).shuffle(rows)
    by_passage: dict[str, dict[str, object]] = {}
    for row in rows:
        if not row["answerable"] or row.get("spans"):
            by_passage.setdefault(hashlib.sha256(row["passage"].encode()).hexdigest()[:12], row)
    items = []
    for index, (name, row) in enumerate(sorted(by_passage.items())[:passages]):
        hidden = index % 6 == 0
        if not hidden:
            title = f"# {row['title']}\n\n" if row.get("title") else ""
            (folder / f"{name}.md").write_text(f"{title}{row['passage']}\n", "utf-8")
        answerable = bool(row["answerable"]) and not hidden
        spans = row["spans"] if answerable else []
        assert isinstance(spans, list)
        quotes = tuple(quote for start, end in spans if (quote := str(row["passage"])[start:end]))
        items.append(
            Item(
                id=name,
                kind=Kind.PUBLIC if answerable else Kind.UNANSWERABLE,
                question=str(row["question"]),
                evidence=tuple(Evidence(document=f"{name}.md", quote=quote) for quote in quotes),
            )
        )
    return items


def fit(rows: Sequence[dict[str, float]], labels: Sequence[bool], weights: Sequence[float]) -> Logistic:
    """Fit a logistic model with an L2 penalty."""
    from sklearn.linear_model import LogisticRegression

    names = list(rows[0])
    model = LogisticRegression(C=1.0, max_iter=5000)
    model.fit(
        np.array([[row[name] for name in names] for row in rows]), np.array(labels), sample_weight=np.array(weights)
    )
    found = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    return Logistic(found, round(float(model.intercept_[0]), 4))


def fit_statements(examples: Sequence[Example]) -> Logistic:
    """Fit the statement model on the questions of which some statement was found to answer."""
    usable = [one for one in examples if any(label for _, label in one.statements)]
    flat = [(features, bool(label), one.weight) for one in usable for features, label in one.statements]
    rows, labels, weights = zip(*flat, strict=True)
    return fit(rows, labels, weights)


def fit_answers(examples: Sequence[Example]) -> Logistic:
    """Fit the answer model on all questions."""
    rows = [one.answer for one in examples]
    return fit(rows, [one.right for one in examples], [one.weight for one in examples])


@contextmanager
def _subjects(
    embedder: Embedder, reader: Reader | None, passages: int, seed: int
) -> Iterator[list[tuple[Assistant, list[Item], float]]]:
    """Yield an assistant with its items and their weight for each body of text.

    A reader is surer than it should be of what it has learned from, so none of that is used to calibrate with it.
    """
    with ExitStack() as stack:
        subjects = []
        for suite in _suites(reader):
            assistant = stack.enter_context(assistant_over(suite, embedder))
            subjects.append((assistant, items_of(suite, "dev"), SUITE_WEIGHT))
        if TRAINING.exists() and passages and not reader:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            items = training_items(folder, passages, seed)
            training = Suite("training", (Course("training", folder),))
            subjects.append((stack.enter_context(assistant_over(training, embedder)), items, TRAINING_WEIGHT))
        yield subjects


def _suites(reader: Reader | None) -> list[Suite]:
    learned = LEARNED if reader else ()
    return [suite for name, suite in SUITES.items() if suite.ours and suite.available and name not in learned]


def _examples(subjects: Sequence[tuple[Assistant, list[Item], float]], calibration: Calibration) -> list[Example]:
    return [
        example
        for assistant, items, weight in subjects
        for example in collect(assistant.calibrated(calibration), items, weight)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write `rag/calibration.json`, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=500, help="training passages sampled")
    parser.add_argument(
        "--wrong-cost", type=float, default=0.4, help="what a wrong answer costs, a right one being worth 1"
    )
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args(arguments)
    settings = load_settings()
    embedder, reader = make_embedder(settings), make_reader(settings)
    target = (Path(settings.reader).expanduser() if reader else ROOT / "rag") / "calibration.json"
    if not target.exists():  # something to begin with
        shutil.copy(ROOT / "rag" / "calibration.json", target)
    calibration = load_calibration()
    with _subjects(embedder, reader, options.passages, options.seed) as subjects:
        examples = _examples(subjects, calibration)
        calibration = replace(calibration, statement=fit_statements(examples))
        examples = _examples(subjects, calibration)  # answers as composed under the new statement model
    answer = fit_answers(examples)
    threshold = round(options.wrong_cost / (1 + options.wrong_cost), 3)
    own = [one for one in examples if one.weight == SUITE_WEIGHT]
    provenance = {
        "command": f"python -m evals.calibrate --passages {options.passages} --wrong-cost {options.wrong_cost}"
        f" --seed {options.seed}",
        "date": datetime.now(UTC).date().isoformat(),
        "own_questions": len(own),
        "training_questions": len(examples) - len(own),
        "suites": [suite.name for suite in _suites(reader)],
        "reader": reader.fingerprint if reader else "none",
        "embedder": str(embedder.fingerprint),
    }
    result = {
        "statement": asdict(calibration.statement),
        "answer": asdict(answer),
        "threshold": threshold,
        "provenance": provenance,
    }
    target.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
