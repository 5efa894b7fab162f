"""Is a sentence supported by what it cites? The plain scorer: words, amounts, names, negation, sentence vectors.

A claim that stands word for word in a source is supported. Anything else is measured against the sentences of the
sources and scored by a logistic model that `python -m evals.calibrate_grounding` fits on openly licensed claims and
on true sentences that code made false; its weights and the threshold are stored with their provenance in
`grounding.json`. Beside the score stand rules: an amount, a date, a name or a negation that the sources speak
against is never supported, however similar the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rag.extractive.match import VectorMemory
from rag.grounding.alignment import covered, rarity, sentences_of, windows
from rag.grounding.discord import KINDS, discords
from rag.logistic import Logistic
from rag.ports import Embedder, GroundingScorer
from rag.text.terms import stems
from rag.types import Grounding

_COMPARED = 8  # windows of the sources, those sharing most words with the claim, whose vectors are compared
_SPACE_AND_MARKS = re.compile(r"[\s*_`]+")


@dataclass(frozen=True, slots=True)
class GroundingModel:
    """What was fitted on labelled claims.

    Attributes:
        threshold: a claim that scores less is not supported.
        provenance: data, command and figures of the fit.
    """

    support: Logistic
    threshold: float
    provenance: Mapping[str, object]


@lru_cache(maxsize=1)
def load_grounding() -> GroundingModel:
    """Read the model shipped with the package."""
    raw = json.loads(files("rag").joinpath("grounding.json").read_text("utf-8"))
    return GroundingModel(Logistic(**raw["support"]), raw["threshold"], raw["provenance"])


class PlainGrounding:
    """Scores claims by what can be seen without a language model."""

    name = "plain"

    def __init__(self, embedder: Embedder, model: GroundingModel | None = None) -> None:
        self._memory = VectorMemory(embedder)
        self._model = model or load_grounding()

    def score(self, claim: str, sources: Sequence[str]) -> Grounding:
        """Return how far `sources` together support `claim`."""
        if not sources or not claim.strip():
            return Grounding(0.0, supported=False, reason="nothing is cited")
        if any(_plain(claim) in _plain(source) for source in sources):
            return Grounding(1.0, supported=True)
        score = self._model.support.probability(self.features(claim, sources))
        against = next((one.reason for one in discords(claim, sources) if one.hard), "")
        enough = score >= self._model.threshold and not against
        return Grounding(score, enough, against or _lacking(claim, sources))

    def features(self, claim: str, sources: Sequence[str]) -> dict[str, float]:
        """Measure a claim against its sources; every value lies in 0 to 1."""
        sentences = sentences_of(sources)
        weights = rarity(sentences, claim)
        runs = windows(sentences)
        nearest = sorted(runs, key=lambda run: -covered(weights, run))[:_COMPARED]
        vectors = self._memory.vectors([claim, *nearest])
        kinds = {discord.kind for discord in discords(claim, sources)}
        return {
            "window": covered(weights, nearest[0]),
            "similarity": max(float((vectors[1:] @ vectors[0]).max()), 0.0),
            **{kind: float(kind in kinds) for kind in KINDS},
        }


class ThenGrounding:
    """Asks a second scorer about what a first one supports, so that the dear one is asked less."""

    def __init__(self, first: GroundingScorer, second: GroundingScorer) -> None:
        self.name = f"{first.name}, then {second.name}"
        self._first, self._second = first, second

    def score(self, claim: str, sources: Sequence[str]) -> Grounding:
        """Return what the second scorer says, or what the first one does where that is no."""
        found = self._first.score(claim, sources)
        return self._second.score(claim, sources) if found.supported else found


def _lacking(claim: str, sources: Sequence[str]) -> str:
    words = sorted(stems(claim) - stems(" ".join(sources)))
    return f"not in what is cited: {', '.join(words)}" if words else ""


def _plain(text: str) -> str:
    return _SPACE_AND_MARKS.sub(" ", text).strip().casefold()
