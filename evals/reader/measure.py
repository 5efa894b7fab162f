"""Measures a reader on dev questions that it did not learn from: `python -m evals.reader.measure --reader FOLDER`.

Two things are asked of it: does the statement that it scores highest answer (hit@1), and does that score tell
questions that have an answer from those that have none (AUROC)? Beside it stand cosine and the statement model without
a reader, and the sums of either with it: a reader that says what they do not is worth most in a sum. "Statements of
others" is what the reader tells by the question alone: AUROC where it reads statements of other questions; 0.5 is fair.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from evals.calibrate import label
from evals.items import Item, Kind
from evals.pages import markdown_table
from evals.peers.grounding import auroc
from evals.reader.written import judging
from evals.runs.ask import asked_of
from evals.statistics import Estimate, Floats, estimate, resample
from evals.suites import SUITES, assistant_over
from rag.adapters.onnx_reader import OnnxReader
from rag.answer import Assistant
from rag.bootstrap import make_embedder
from rag.errors import OpenbookError
from rag.extractive.answerer import load_calibration
from rag.ports import Reader
from rag.settings import load_settings, without_reader
from rag.text.statements import in_full, statements_of

# Weights of reader, cosine and statement model, the first and the last in log-odds. Figures on the dev questions are
# flat from 6 to 15 for cosine, and from a quarter to a half for the reader beside the statement model.
WAYS: Mapping[str, tuple[float, float, float]] = {
    "reader": (1, 0, 0),
    "cosine": (0, 1, 0),
    "reader + 10 cosine": (1, 10, 0),
    "statement model": (0, 0, 1),
    "statement model + reader / 2": (0.5, 0, 1),
}
_HEADER = ("suite", "score", "hit@1", "AUROC")
_OTHERS = 12  # statements of other questions


@dataclass(frozen=True, slots=True)
class Read:
    """A question with its statements.

    Attributes:
        scores: `(n, 3)` of reader, cosine and statement model.
        answers: of each statement, whether it answers.
        others: the reader's highest score among statements of other questions.
    """

    scores: Floats
    answers: tuple[bool, ...]
    others: float = 0.0

    @property
    def answerable(self) -> bool:
        """Whether any of the statements answers."""
        return any(self.answers)


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    texts: tuple[str, ...]
    known: Floats  # (n, 2) of cosine and statement model
    answers: tuple[bool, ...]


def read_suite(assistant: Assistant, items: Sequence[Item], reader: Reader) -> list[Read]:
    """Return the questions of which can be told what answers; the assistant itself has no reader."""
    found = [(item, _asked(assistant, item)) for item in items if item.kind is not Kind.INJECTION]
    asked = [one for item, one in found if one.answers and (any(one.answers) or item.kind is Kind.UNANSWERABLE)]
    texts = [text for one in asked for text in one.texts]
    others = random.Random(5).sample(texts, min(_OTHERS, len(texts)))
    return [
        Read(
            np.column_stack([reader.relevance(one.question, one.texts), one.known]),
            one.answers,
            float(reader.relevance(one.question, others).max()),
        )
        for one in asked
    ]


def _asked(assistant: Assistant, item: Item) -> _Asked:
    retrieved = assistant.retrieve(asked_of(item))
    statements = statements_of(retrieved.passages)
    _, scored = assistant.answerer.score(retrieved.question, statements, retrieved.passages)
    labels = [(one, label(one.statement, retrieved.passages, item)) for one in scored]
    labelled = [(one, bool(answers)) for one, answers in labels if answers is not None]
    known = [(one.features.similarity, np.log(one.score / (1 - one.score))) for one, _ in labelled]
    texts = tuple(in_full(one.statement, statements) for one, _ in labelled)
    return _Asked(retrieved.question.text, texts, np.array(known), tuple(answers for _, answers in labelled))


def figures(reads: Sequence[Read], weights: Sequence[float]) -> tuple[Estimate, Estimate]:
    """Return hit@1 over the questions that have an answer, and AUROC over all, of the weighted sum of the scores."""
    sums = [one.scores @ np.array(weights) for one in reads]
    hits = [float(one.answers[int(total.argmax())]) for one, total in zip(reads, sums, strict=True) if one.answerable]
    answerable = np.array([one.answerable for one in reads])
    best = np.array([total.max() for total in sums])
    return (
        estimate(np.array(hits), _draws(len(hits))),
        estimate(best, _draws(len(best)), partial(auroc, labels=answerable)),
    )


def _draws(n: int) -> Floats:
    return resample([str(at) for at in range(n)])


def table(read: Mapping[str, Sequence[Read]]) -> str:
    """Return the figures of each suite as a Markdown table."""
    rows = []
    for suite, reads in read.items():
        rows += [(suite, way, *map(_shown, figures(reads, weights))) for way, weights in WAYS.items()]
        rows.append((suite, "reader, statements of others", "", _shown(told_by_question(reads))))
    return markdown_table(_HEADER, rows)


def told_by_question(reads: Sequence[Read]) -> Estimate:
    """Return the AUROC with which the reader tells answerable questions beside statements of others."""
    answerable = np.array([one.answerable for one in reads])
    return estimate(np.array([one.others for one in reads]), _draws(len(reads)), partial(auroc, labels=answerable))


def _shown(one: Estimate) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}] of {one.n}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True, help="folder that `evals.reader.export` wrote")
    parser.add_argument("--libraries", type=Path, help="folder in which the libraries of the suites are kept")
    options = parser.parse_args(arguments)
    settings = without_reader(load_settings())
    try:
        reader, embedder = OnnxReader(options.reader, threads=settings.threads), make_embedder(settings)
        read = {}
        with ExitStack() as stack:
            for name, suite in SUITES.items():
                if suite.ours and suite.available:
                    kept = options.libraries / name if options.libraries else None
                    assistant = stack.enter_context(assistant_over(suite, embedder, settings, kept))
                    plain = assistant.calibrated(load_calibration())
                    read[name] = read_suite(plain, judging(suite), reader)
    except OpenbookError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(table(read))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
