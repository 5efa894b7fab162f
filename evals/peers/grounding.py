"""How well do grounding scorers tell supported claims from others? On AttributionBench, beside two floors.

Li et al. 2024, https://arxiv.org/abs/2402.15089. Any `GroundingScorer` can stand in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.calibrate_grounding import best_threshold
from evals.pages import markdown_table
from evals.rows import read_rows
from evals.statistics import Estimate, Floats, estimate, resample
from evals.suites import SHARED
from rag.errors import ConfigError
from rag.grounding.ground import PlainGrounding
from rag.ports import Embedder, GroundingScorer
from rag.text.terms import stems
from rag.types import Grounding

CLAIMS = SHARED / "grounding" / "attribution-dev.jsonl"
_HALF = 0.5  # the floors' threshold: nothing is fitted for them
_HEADER = ("scorer", "AUROC", "balanced accuracy", "the same at its best threshold")

Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with what it cites and whether that supports it; claims that answer one question err together."""

    text: str
    sources: tuple[str, ...]
    supported: bool
    question: str


@dataclass(frozen=True, slots=True)
class GroundingFigures:
    """How a scorer does on claims.

    Attributes:
        auroc: how likely it scores a supported claim above one that is not.
        balanced_accuracy: the mean of its hit rates on both, by its own threshold.
        best: the same at the threshold that suits these very claims best, which nobody knows beforehand.
    """

    scorer: str
    auroc: Estimate
    balanced_accuracy: Estimate
    best: float


class WordOverlap:
    """The floor: the share of the claim's words that stand in the sources."""

    name = "word overlap"

    def score(self, claim: str, sources: Sequence[str]) -> Grounding:
        """Return the share; a claim without a word is not supported."""
        wanted = stems(claim)
        score = len(wanted & stems("\n".join(sources))) / len(wanted) if wanted else 0.0
        return Grounding(score, supported=score >= _HALF)


class Similarity:
    """The similarity that the plain scorer measures, alone: of the claim and the nearest sentence of the sources."""

    name = "sentence similarity"

    def __init__(self, plain: PlainGrounding) -> None:
        self._plain = plain

    def score(self, claim: str, sources: Sequence[str]) -> Grounding:
        """Return the cosine; without sources nothing is supported."""
        score = self._plain.features(claim, sources)["similarity"] if sources else 0.0
        return Grounding(score, supported=score >= _HALF)


def scorers(embedder: Embedder) -> list[GroundingScorer]:
    """Return what is compared."""
    plain = PlainGrounding(embedder)
    return [plain, WordOverlap(), Similarity(plain)]


def read_claims(path: Path = CLAIMS) -> list[Claim]:
    """Read claims from JSON lines.

    Raises:
        ConfigError: they are not here.
    """
    if not path.exists():
        raise ConfigError(f"The claims of AttributionBench are not here: there is no {path}.")
    return [
        Claim(row["claim"], tuple(row["references"]), row["attribution_label"] == "attributable", row["question"])
        for row in read_rows(path)
    ]


def evaluate_scorer(scorer: GroundingScorer, claims: Sequence[Claim]) -> GroundingFigures:
    """Score claims and return how well that tells them apart; intervals draw questions with all their claims."""
    found = [scorer.score(claim.text, claim.sources) for claim in claims]
    labels = np.array([claim.supported for claim in claims])
    draws = resample([claim.question for claim in claims])
    scores = np.array([one.score for one in found])
    said = np.array([one.supported for one in found], dtype=np.float64)
    return GroundingFigures(
        scorer.name,
        estimate(scores, draws, partial(auroc, labels=labels)),
        estimate(said, draws, partial(balanced_accuracy, labels=labels)),
        best_threshold(list(scores), list(labels))[1],
    )


def auroc(scores: Floats, weights: Floats, labels: Labels) -> Floats:
    """Return the area under the ROC curve of `(n,)` scores under each row of `(r, n)` weights.

    It is how likely a positive scores above a negative, a tie counting one half: the statistic of Mann and
    Whitney 1947, https://doi.org/10.1214/aoms/1177730491, over the number of pairs. NaN where a row has no pair.
    """
    order = np.argsort(scores)
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))  # of the runs of equal scores
    positives, negatives = (np.add.reduceat(weights[:, order] * of[order], starts, axis=1) for of in (labels, ~labels))
    below = negatives.cumsum(axis=1) - negatives / 2
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    area: Floats = np.full(len(weights), np.nan)
    np.divide((positives * below).sum(axis=1), pairs, out=area, where=pairs > 0)
    return area


def balanced_accuracy(said: Floats, weights: Floats, labels: Labels) -> Floats:
    """Return the mean of the hit rates on positives and negatives; NaN where a row of weights lacks either."""
    rates: Floats = np.full((2, len(weights)), np.nan)
    for rate, of, right in zip(rates, (labels, ~labels), (said, 1 - said), strict=True):
        total = weights @ of
        np.divide(weights @ (of * right), total, out=rate, where=total > 0)
    mean: Floats = rates.mean(axis=0)
    return mean


def grounding_table(figures: Sequence[GroundingFigures]) -> str:
    """Return the figures as a Markdown table."""
    rows = [(one.scorer, _shown(one.auroc), _shown(one.balanced_accuracy), f"{one.best:.3f}") for one in figures]
    return markdown_table(_HEADER, rows)


def _shown(one: Estimate) -> str:
    return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
