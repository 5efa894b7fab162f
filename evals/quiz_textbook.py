"""Does the solver tell true keys from wrong ones? On keyed questions of textbooks that people wrote.

Fits its weights too: `python -m evals.quiz_textbook`. They are fitted on one half of the questions, parted by the hash
of their ids, and measured on the other.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from evals.rows import read_rows
from evals.statistics import wilson
from evals.suites import SHARED
from rag.bootstrap import make_embedder, reader_or_none
from rag.errors import ConfigError
from rag.extractive.match import VectorMemory
from rag.ports import Scores
from rag.quiz.material import Section
from rag.quiz.reading import Reading
from rag.quiz.solver import WEIGHTS, Solver
from rag.settings import Settings, load_settings
from rag.text.statements import statements_of
from rag.types import Chunk, DocumentInfo, Passage

QUESTIONS, SECTIONS = SHARED / "textbook" / "mcq.jsonl", SHARED / "textbook" / "sections.jsonl"
LIKELY = 0.26  # an option at least as likely passes for the key; best on the half that the weights were fitted on
_REMEMBERED = 60_000  # vectors
_STEPS, _RATE, _SHRINK = 4000, 0.5, 0.01


@dataclass(frozen=True, slots=True)
class Judged:
    """Options of a keyed question, with how likely the solver holds each to be the key."""

    key: int
    probabilities: tuple[float, ...]


def judged(settings: Settings, *, held: bool = True) -> Iterator[Judged]:
    """Yield the questions of one half, solved.

    Raises:
        ConfigError: the questions are not here.
        ModelError: a model failed.
    """
    for row, solver in _solvers(settings, held=held):
        odds = _odds(np.array(solver.scores(row["stem"], row["options"])))
        yield Judged(row["answer"], tuple(odds.tolist()))


def table(found: Sequence[Judged]) -> str:
    """Return what the validator accepts and rejects, in words."""
    keys = [one.probabilities[one.key] >= LIKELY for one in found]
    wrong = [value < LIKELY for one in found for at, value in enumerate(one.probabilities) if at != one.key]
    first = [one.probabilities[one.key] == max(one.probabilities) for one in found]
    low, high = wilson(sum(first), len(first))
    accepted, rejected = sum(keys) / len(keys), sum(wrong) / len(wrong)
    return "\n".join(
        (
            f"{len(found)} keyed textbook questions that the weights were not fitted on",
            f"true keys accepted: {accepted:.1%} of {len(keys)}",
            f"wrong options put as key rejected: {rejected:.1%} of {len(wrong)}",
            f"balanced accuracy: {(accepted + rejected) / 2:.1%}",
            f"key found among the options: {sum(first) / len(first):.1%} ({low:.1%} to {high:.1%})",
        )
    )


def fit(features: Sequence[Scores], keys: Sequence[int]) -> Scores:
    """Return the weights of a conditional logit by gradient ascent, shrunk a little (McFadden 1974).

    Args:
        features: of each question `(options, d) float32`.
        keys: the index of the right option of each.
    """
    scale = np.concatenate([one - one.mean(axis=0) for one in features]).std(axis=0) + 1e-9
    scaled = [one / scale for one in features]
    weights = np.zeros(scaled[0].shape[1])
    for _ in range(_STEPS):
        slopes = [one[key] - _odds(one @ weights) @ one for one, key in zip(scaled, keys, strict=True)]
        weights += _RATE * (np.mean(slopes, axis=0) - _SHRINK * weights)
    found: Scores = np.asarray(weights / scale, np.float32)
    return found


def _odds(scores: Scores) -> Scores:
    powers: Scores = np.exp(scores - scores.max())
    odds: Scores = powers / powers.sum()
    return odds


def is_held(name: str) -> bool:
    """Whether a question is in the half that nothing was fitted on."""
    return hashlib.sha256(name.encode()).digest()[-1] % 2 == 1


def _solvers(settings: Settings, *, held: bool) -> Iterator[tuple[dict[str, Any], Solver]]:
    if not QUESTIONS.exists():
        raise ConfigError(f"The keyed textbook questions are not here: {QUESTIONS}.")
    texts = {(row["book"], row["module"]): row for row in read_rows(SECTIONS)}
    memory, reader = VectorMemory(make_embedder(settings), _REMEMBERED), reader_or_none(settings)
    reading = lru_cache(maxsize=4)(lambda key: Reading([_section(texts[key])]))
    for row in read_rows(QUESTIONS):
        if is_held(row["id"]) is held:
            yield row, Solver(reading((row["book"], row["module"])), memory.vectors, reader)


def _section(row: Mapping[str, str]) -> Section:
    text = row["text"]
    info = DocumentInfo(row["module"], row["title"], "text/plain", "", len(text), 1, "", ())
    passage = Passage(Chunk(info.id, 0, text, (row["title"],), 0, len(text), 0), info, 0.0)
    return Section(passage, tuple(statements_of([passage])))


def main() -> int:
    """Fit the weights and print them."""
    features, keys = [], []
    for row, solver in _solvers(load_settings(), held=False):
        measured = solver.features(row["stem"], row["options"])
        features.append(np.array([[one[name] for name in WEIGHTS] for one in measured], np.float32))
        keys.append(row["answer"])
    found = fit(features, keys)
    sys.stdout.write(f"{dict(zip(WEIGHTS, [round(float(one), 1) for one in found], strict=True))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
