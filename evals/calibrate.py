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
from evals.reader.written import judging
from evals.record import Verdict
from evals.reliability import Bin, bins_of, calibration_error, diagram
from evals.rows import read_rows
from evals.runs.ask import asked_of
from evals.suites import ROOT, SHARED, SUITES, Course, Suite, assistant_over
from evals.verdict import held_facts, judge, letters, shows
from rag.answer import Assistant
from rag.asked import Retrieved
from rag.bootstrap import make_embedder, make_reader, reader_folder
from rag.extractive.answerer import Calibration, load_calibration
from rag.logistic import Logistic
from rag.ports import Embedder, Reader
from rag.settings import load_settings
from rag.text.statements import Statement, statements_of
from rag.types import Passage

TRAINING = SHARED / "training" / "questions.jsonl"
SUITE_WEIGHT, TRAINING_WEIGHT = 2.0, 0.8
_MOST = 300  # items of a suite that are asked
_COSTS = (0.2, 0.4, 0.7, 1.0, 2.0, 4.0)  # of a wrong answer, for which is told what follows
TAKEN_AWAY = 0.3  # what a question without its evidence counts beside the question with it
_DATASETS = ("squad2_dev", "squad1_train_part", "qed", "nq_oracle", "covid_qa", "selqa", "squad2_dev_more")


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of a question that answer and that do not: features and labels, each question of one weight."""

    rows: tuple[tuple[dict[str, float], bool], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Example:
    """An answer composed for a question.

    Attributes:
        features: what is measured of the answer.
        right: whether it is right.
        weight: what the example counts.
        suite: which suite asks it.
        question: id of its item: what is held back of a question is held back of all its examples.
    """

    features: dict[str, float]
    right: bool
    weight: float
    suite: str
    question: str


def label_statements(assistant: Assistant, items: Sequence[Item], weight: float) -> Iterator[Statements]:
    """Yield the scored statements of each item of which some are found to answer."""
    for item in items:
        retrieved = assistant.retrieve(asked_of(item))
        statements = statements_of(retrieved.passages)
        _, scored = assistant.answerer.score(retrieved.question, statements, retrieved.passages)
        labels = [(asdict(one.features), label(one.statement, retrieved.passages, item)) for one in scored]
        rows = tuple((features, bool(answers)) for features, answers in labels if answers is not None)
        if any(answers for _, answers in rows):
            yield Statements(rows, weight)


def collect(assistant: Assistant, items: Sequence[Item], weight: float, suite: str) -> Iterator[Example]:
    """Yield an example of each item, and of what is found where its answer is taken away.

    Every answer is judged, also one that would have been refused. Questions written to have no answer may be told by
    their style; the same question without its evidence cannot.
    """
    for item in items:
        yield from _example(assistant, item, assistant.retrieve(asked_of(item)), weight, suite)
        if item.evidence:
            yield from _example(assistant, item, without_evidence(assistant, item), weight * TAKEN_AWAY, suite)


def _example(assistant: Assistant, item: Item, retrieved: Retrieved, weight: float, suite: str) -> Iterator[Example]:
    selection = assistant.answerer.select(retrieved.question, retrieved.passages)
    if selection.scored:
        right = judge(item, assistant.respond(retrieved, replace(selection, answers=True))) is Verdict.RIGHT
        yield Example(dict(selection.basis), right, weight, suite, item.id)


def without_evidence(assistant: Assistant, item: Item) -> Retrieved:
    """Return what is retrieved for an item where the documents that answer it are not there."""
    top_k = assistant.settings.top_k
    retrieved = assistant.retrieve(asked_of(item, 2 * top_k))
    answering = {place.document for place in item.evidence}
    left = [passage for passage in retrieved.passages if not answering & names_of(passage)]
    return replace(retrieved, passages=tuple(left[:top_k]))


def names_of(passage: Passage) -> set[str]:
    """Return the names of the documents in which a passage stands."""
    return {passage.document.name, *(also.document.name for also in passage.also)}


def label(statement: Statement, passages: Sequence[Passage], item: Item) -> int | None:
    """Return 1 if a statement answers, 0 if not, None if it cannot be told: it stands by what does."""
    passage = passages[statement.passage]
    names = names_of(passage)
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


def fit_statements(labelled: Sequence[Statements]) -> Logistic:
    """Fit the statement model."""
    flat = [(features, answers, one.weight) for one in labelled for features, answers in one.rows]
    return fit(*zip(*flat, strict=True))


def fit_answers(examples: Sequence[Example]) -> Logistic:
    """Fit the answer model."""
    return fit(*zip(*((one.features, one.right, one.weight) for one in examples), strict=True))


def held_back(examples: Sequence[Example], folds: int = 5) -> list[float]:
    """Return the probability of each answer by a model that was fitted without its question."""
    from sklearn.model_selection import GroupKFold

    found = [0.0] * len(examples)
    for learned, held in GroupKFold(folds).split(examples, groups=[f"{one.suite}/{one.question}" for one in examples]):
        model = fit_answers([examples[at] for at in learned])
        for at in held:
            found[at] = model.probability(examples[at].features)
    return found


def pays_from(cost: float) -> float:
    """Return the probability from which answering pays, where a wrong answer costs `cost`."""
    return cost / (1 + cost)


def what_follows(examples: Sequence[Example], probabilities: Sequence[float], cost: float) -> dict[str, float]:
    """Return the shares of right, wrong and refused among weighted examples where a wrong answer costs `cost`."""
    total = sum(one.weight for one in examples)
    shown = [one for one, chance in zip(examples, probabilities, strict=True) if chance >= pays_from(cost)]
    right = sum(one.weight for one in shown if one.right) / total
    answered = sum(one.weight for one in shown) / total
    return {"right": round(right, 3), "wrong": round(answered - right, 3), "refused": round(1 - answered, 3)}


@dataclass(frozen=True, slots=True)
class Subject:
    """A body of text with questions about it, each of one weight."""

    name: str
    assistant: Assistant
    items: Sequence[Item]
    weight: float


@contextmanager
def _subjects(
    embedder: Embedder, reader: Reader | None, passages: int, seed: int, kept: Path | None
) -> Iterator[list[Subject]]:
    """Yield what is asked.

    A reader is surer than it should be of what it has learned from, so none of that is used to calibrate with it.
    """
    with ExitStack() as stack:
        subjects = []
        for suite in (suite for suite in SUITES.values() if suite.ours and suite.available):
            assistant = stack.enter_context(assistant_over(suite, embedder, kept=kept / suite.name if kept else None))
            items = judging(suite)
            items = random.Random(seed).sample(items, min(_MOST, len(items)))
            subjects.append(Subject(suite.name, assistant, items, SUITE_WEIGHT))
        if TRAINING.exists() and passages and not reader:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            items = training_items(folder, passages, seed)
            training = Suite("training", (Course("training", folder),))
            assistant = stack.enter_context(assistant_over(training, embedder))
            subjects.append(Subject(training.name, assistant, items, TRAINING_WEIGHT))
        yield subjects


def fitted(subjects: Sequence[Subject], calibration: Calibration) -> tuple[Calibration, list[Example]]:
    """Return a calibration with both models fitted, and the answers, as the first composes them, behind the second."""
    labelled = [row for one in subjects for row in label_statements(one.assistant, one.items, one.weight)]
    calibration = replace(calibration, statement=fit_statements(labelled))
    examples = [
        example
        for one in subjects
        for example in collect(one.assistant.calibrated(calibration), one.items, one.weight, one.name)
    ]
    return replace(calibration, answer=fit_answers(examples)), examples


def told_of(examples: Sequence[Example], probabilities: Sequence[float], bins: Sequence[Bin]) -> dict[str, object]:
    """Return what probabilities that were held back from the fit are worth: their error, and what each cost brings."""
    by_suite = {
        suite: [at for at, one in enumerate(examples) if one.suite == suite]
        for suite in dict.fromkeys(one.suite for one in examples)
    }
    return {
        "calibration_error": round(calibration_error(bins), 3),
        "by_cost": {
            suite: {
                str(cost): what_follows([examples[at] for at in some], [probabilities[at] for at in some], cost)
                for cost in _COSTS
            }
            for suite, some in by_suite.items()
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write `calibration.json`, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=500, help="training passages sampled")
    parser.add_argument(
        "--wrong-cost", type=float, default=0.3, help="what a wrong answer costs, a right one being worth 1"
    )
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--picture", type=Path, help="where the reliability diagram is written, as SVG")
    parser.add_argument("--libraries", type=Path, help="folder in which the libraries of the suites are kept")
    options = parser.parse_args(arguments)
    settings = load_settings()
    embedder, reader = make_embedder(settings), make_reader(settings)
    target = (reader_folder(settings) if reader else ROOT / "rag") / "calibration.json"
    if not target.exists():  # something to begin with
        shutil.copy(ROOT / "rag" / "calibration.json", target)
    with _subjects(embedder, reader, options.passages, options.seed, options.libraries) as subjects:
        calibration, examples = fitted(subjects, load_calibration())
    probabilities = held_back(examples)
    bins = bins_of(probabilities, [one.right for one in examples])
    if options.picture:
        options.picture.write_text(diagram(bins, "Answers held back from the fit"), "utf-8")
    provenance = {
        "command": f"python -m evals.calibrate --passages {options.passages} --wrong-cost {options.wrong_cost}"
        f" --seed {options.seed}",
        "date": datetime.now(UTC).date().isoformat(),
        "questions": {one.name: len(one.items) for one in subjects},
        "answers": len(examples),
        "held_back": told_of(examples, probabilities, bins),
        "reader": reader.fingerprint if reader else "none",
        "embedder": str(embedder.fingerprint),
    }
    result = {
        "statement": asdict(calibration.statement),
        "answer": asdict(calibration.answer),
        "threshold": round(pays_from(options.wrong_cost), 3),
        "provenance": provenance,
    }
    target.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
