"""Fits the two logistic models of the extractive answerer and its threshold: `python -m evals.calibrate`.

The statement model learns which statements answer, from the dev questions of our suites and, where it
is here, a sample of openly licensed question sets (`shared/data/training`). The answer model learns
when the composed answer is right, from the same questions, those without an answer included. The
threshold follows from what a wrong answer costs (Chow 1970, https://doi.org/10.1109/TIT.1970.1054406):
if a right answer is worth 1, a refusal 0 and a wrong answer minus `--wrong-cost`, answering pays from
the probability cost / (1 + cost). Everything is written to `rag/calibration.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from evals.cases import Case, Place, Verdict, judge, letters, shows
from evals.texts import ROOT, SHARED, SUITES, assistant_over, cases_of
from rag.answer import Asked, Assistant
from rag.bootstrap import make_embedder
from rag.compose import Scored
from rag.extract import Calibration, Logistic, load_calibration
from rag.ports import Embedder
from rag.settings import load_settings
from rag.types import Passage

TRAINING = SHARED / "training" / "questions.jsonl"
TARGET = ROOT / "rag" / "calibration.json"
SUITE_WEIGHT, TRAINING_WEIGHT = 2.0, 0.8
_ANYTHING = (("",),)  # what a right answer to a training question must hold: its place is known, its words are not
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


def collect(assistant: Assistant, cases: Sequence[Case], weight: float) -> Iterator[Example]:
    """Yield an example of each case; every answer is judged, also one that would have been refused."""
    for case in cases:
        retrieved = assistant.retrieve(Asked(case.question))
        selection = assistant.answerer.select(retrieved.question, retrieved.passages)
        if not selection.scored:
            continue
        judged = judge(case, assistant.respond(retrieved, replace(selection, answers=True)))
        # Our own cases say what a right answer holds; the public sets only where it stands.
        right = judged.verdict is Verdict.RIGHT if case.must != _ANYTHING else judged.cited
        labels = [(asdict(one.features), _label(one, retrieved.passages, case.places)) for one in selection.scored]
        statements = tuple((features, label) for features, label in labels if label is not None)
        yield Example(statements, dict(selection.basis), right, weight)


def _label(one: Scored, passages: Sequence[Passage], places: Sequence[Place]) -> int | None:
    """Return 1 if a statement answers, 0 if not, None if only what stands above it does."""
    passage = passages[one.statement.passage]
    names = {passage.document.name, *(also.document.name for also in passage.also)}
    own, whole = letters(one.statement.text), letters(one.statement.whole)
    best: int | None = 0
    for place in places:
        near = letters(place.near)
        if place.document not in names or not near:
            continue
        if shows(near, own):
            return 1
        best = None if near in whole else best
    return best


def training_cases(folder: Path, passages: int, seed: int) -> list[Case]:
    """Write a sample of training passages into `folder` and return their questions.

    One passage in six is left out of the folder, so that its question has no answer there.
    """
    rows = [json.loads(line) for line in TRAINING.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["dataset"] in _DATASETS and row.get("level") != "sentence"]
    random.Random(seed).shuffle(rows)
    by_passage: dict[str, dict[str, object]] = {}
    for row in rows:
        if not row["answerable"] or row.get("spans"):
            by_passage.setdefault(hashlib.sha256(row["passage"].encode()).hexdigest()[:12], row)
    cases = []
    for index, (name, row) in enumerate(sorted(by_passage.items())[:passages]):
        hidden = index % 6 == 0
        if not hidden:
            title = f"# {row['title']}\n\n" if row.get("title") else ""
            (folder / f"{name}.md").write_text(f"{title}{row['passage']}\n", "utf-8")
        answerable = bool(row["answerable"]) and not hidden
        spans = row["spans"] if answerable else []
        assert isinstance(spans, list)
        places = tuple(Place(f"{name}.md", str(row["passage"])[start:end]) for start, end in spans)
        must = _ANYTHING if answerable else ()
        cases.append(Case(name, "training", str(row["question"]), must, (), places, "dev"))
    return cases


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
def _subjects(embedder: Embedder, passages: int, seed: int) -> Iterator[list[tuple[Assistant, list[Case], float]]]:
    """Yield an assistant with its cases and their weight for each body of text."""
    with ExitStack() as stack:
        subjects = []
        for suite in SUITES.values():
            if suite.available:
                assistant = stack.enter_context(assistant_over(suite.texts, embedder))
                subjects.append((assistant, cases_of(suite, "dev"), SUITE_WEIGHT))
        if TRAINING.exists() and passages:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            cases = training_cases(folder, passages, seed)
            subjects.append((stack.enter_context(assistant_over(folder, embedder)), cases, TRAINING_WEIGHT))
        yield subjects


def _examples(subjects: Sequence[tuple[Assistant, list[Case], float]], calibration: Calibration) -> list[Example]:
    return [
        example
        for assistant, cases, weight in subjects
        for example in collect(assistant.calibrated(calibration), cases, weight)
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
    embedder = make_embedder(load_settings())
    calibration = load_calibration()
    with _subjects(embedder, options.passages, options.seed) as subjects:
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
        "suites": [suite.name for suite in SUITES.values() if suite.available],
        "embedder": str(embedder.fingerprint),
    }
    result = {
        "statement": asdict(calibration.statement),
        "answer": asdict(answer),
        "threshold": threshold,
        "provenance": provenance,
    }
    TARGET.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
