"""Is a sentence supported by what it cites? The plain scorer: words, numbers, names, negation, sentence vectors.

A claim that stands word for word in a source is supported. Anything else is measured against the
sources and scored by a logistic model that `python -m evals.calibrate_grounding` fits on openly licensed
claims; its weights and the threshold are stored with their provenance in `grounding.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rag.logistic import Logistic
from rag.match import VectorMemory
from rag.ports import Embedder
from rag.sentences import sentence_spans
from rag.terms import stems
from rag.types import Grounding

_COMPARED = 6  # sentences of the sources, those sharing most words with the claim, whose vectors are compared
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w-]*")
_NEGATION = re.compile(r"\b(?:no|not|never|none|neither|nor|cannot|without)\b|n['’]t\b", re.IGNORECASE)
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
        features = self.features(claim, sources)
        score = self._model.support.probability(features)
        return Grounding(score, score >= self._model.threshold, _lacking(claim, " ".join(sources)))

    def features(self, claim: str, sources: Sequence[str]) -> dict[str, float]:
        """Measure a claim against its sources; every value lies in 0 to 1."""
        whole = "\n\n".join(sources)
        sentences = [whole[start:end] for start, end in sentence_spans(whole)] or [whole]
        wanted = stems(claim)
        nearest = sorted(sentences, key=lambda sentence: -_share(wanted, stems(sentence)))[:_COMPARED]
        vectors = self._memory.vectors([claim, *nearest])
        similarity = vectors[1:] @ vectors[0]
        closest = nearest[int(similarity.argmax())]
        return {
            "coverage": _share(wanted, stems(whole)),
            "similarity": max(float(similarity.max()), 0.0),
            "numbers": float(bool(_missing(_NUMBER, claim, whole))),
            "names": float(bool(_missing(_NAME, claim, whole))),
            "negation": float(bool(_NEGATION.search(claim)) != bool(_NEGATION.search(closest))),
        }


def _lacking(claim: str, whole: str) -> str:
    missing = [*_missing(_NUMBER, claim, whole), *_missing(_NAME, claim, whole)]
    words = sorted(stems(claim) - stems(whole))
    return f"not in what is cited: {', '.join(missing or words)}" if missing or words else ""


def _missing(pattern: re.Pattern[str], claim: str, whole: str) -> list[str]:
    there = {_key(found) for found in [*re.findall(r"[\w.,-]+", whole), *pattern.findall(whole)]}
    return [found for found in dict.fromkeys(pattern.findall(claim)) if _key(found) not in there]


def _key(token: str) -> str:
    return token.lower().replace(",", "").strip(".-")


def _plain(text: str) -> str:
    return _SPACE_AND_MARKS.sub(" ", text).strip().casefold()


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0
