"""Measures a reader on dev questions that it did not learn from: `python -m evals.reader.measure --reader FOLDER`.

Two things are asked of it: does the statement that it scores highest answer (hit@1), and does that score tell
questions that have an answer from those that have none (AUROC)? Beside it stand cosine and the statement model without
a reader, and the sums of either with it: a reader that says what they do not is worth most in a sum.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from evals.calibrate import LEARNED, label
from evals.items import Item, Kind
from evals.pages import markdown_table
from evals.peers.grounding import auroc
from evals.runs.ask import asked_of
from evals.statistics import Estimate, Floats, estimate, resample
from evals.suites import SUITES, assistant_over, items_of
from rag.adapters.onnx_reader import OnnxReader
from rag.answer import Assistant
from rag.bootstrap import make_embedder
from rag.errors import OpenbookError
from rag.extractive.answerer import load_calibration
from rag.ports import Reader
from rag.settings import load_settings
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


@dataclass(frozen=True, slots=True)
class Read:
    """A question with its statements: `scores` is `(n, 3)` of reader, cosine and statement model, `answers` `(n,)`."""

    scores: Floats
    answers: tuple[bool, ...]

    @property
    def answerable(self) -> bool:
        """Whether any of the statements answers."""
        return any(self.answers)


def read_suite(assistant: Assistant, items: Sequence[Item], reader: Reader) -> Iterator[Read]:
    """Yield the questions of which can be told what answers; the assistant itself has no reader."""
    for item in items:
        one = _read(assistant, item, reader)
        if one.answers and (one.answerable or item.kind is Kind.UNANSWERABLE) and item.kind is not Kind.INJECTION:
            yield one


def _read(assistant: Assistant, item: Item, reader: Reader) -> Read:
    retrieved = assistant.retrieve(asked_of(item))
    statements = statements_of(retrieved.passages)
    _, scored = assistant.answerer.score(retrieved.question, statements, retrieved.passages)
    labelled = [(one, answers) for one in scored if (answers := label(one, retrieved.passages, item)) is not None]
    read = reader.relevance(retrieved.question.text, [in_full(one.statement, statements) for one, _ in labelled])
    rows = [
        (relevance, one.features.similarity, np.log(one.score / (1 - one.score)))
        for relevance, (one, _) in zip(read.tolist(), labelled, strict=True)
    ]
    return Read(np.array(rows), tuple(bool(answers) for _, answers in labelled))


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
    rows = [
        (suite, way, *map(_shown, figures(reads, weights)))
        for suite, reads in read.items()
        for way, weights in WAYS.items()
    ]
    return markdown_table(_HEADER, rows)


def _shown(one: Estimate) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}] of {one.n}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True, help="folder that `evals.reader.export` wrote")
    options = parser.parse_args(arguments)
    settings = load_settings().model_copy(update={"reader": "none"})
    try:
        reader, embedder = OnnxReader(options.reader, threads=settings.threads), make_embedder(settings)
        read = {}
        with ExitStack() as stack:
            for name, suite in SUITES.items():
                if suite.ours and suite.available and name not in LEARNED:
                    assistant = stack.enter_context(assistant_over(suite, embedder, settings))
                    plain = assistant.calibrated(load_calibration())
                    read[name] = list(read_suite(plain, items_of(suite, "dev"), reader))
    except OpenbookError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(table(read))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
