"""Finds the key of an item by reading: which option does the text say of the stem?

Each option is measured against the parts of the sections it is to be found in, by words, amounts and sentence vectors,
and by the reader where one is set. The weights were fitted as a conditional logit (McFadden 1974) on half of the keyed
textbook questions by `python -m evals.quiz_textbook`; `evals quiz --textbook` measures the other half.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag.ports import Reader, Vectorise
from rag.quiz.reading import Reading, coverage, says, share
from rag.text.terms import stems

# How near the meaning of stem and option is to that of a part; whether the part names the option, and how much it says
# of the stem; both together with the share of the option's words.
WEIGHTS = {"claim": 3.1, "named": 0.4, "words": 4.2}
_READ_WEIGHT = 1.0  # of the probability that the reader gives one of the likeliest parts, where one is set
_ASKS = re.compile(
    r"\b(?:which|what)(?: (?:one|of|the|these|following|two|three|four|five)\b)*"
    r"(?: (?!is\b|are\b|does\b|do\b|has\b|was\b)[\w-]+){0,2}",
    re.I,
)
_READ_PARTS = 2  # parts that the reader reads for each option
_GAP = re.compile(r"_{2,}")
_NEGATIVE = re.compile(r"\bNOT\b|\bEXCEPT\b|\bexcept\b|\bis not (?:an?|one|true|part)\b|\bleast likely\b")


class Solver:
    """Solves items from one text.

    Args:
        reading: the text.
        vectors: texts to `(n, d) float32`, L2-normalised.
        reader: reads stem and statement together; None for none.
    """

    def __init__(self, reading: Reading, vectors: Vectorise, reader: Reader | None = None) -> None:
        self._reading, self._vectors, self._reader = reading, vectors, reader

    def scores(self, stem: str, options: Sequence[str]) -> list[float]:
        """Return the log-odds of each option, up to what they have in common; the order of options does not matter.

        Raises:
            ModelError: the embedder or the reader failed.
        """
        sign = -1.0 if _NEGATIVE.search(stem) else 1.0
        weights = WEIGHTS | {"read": _READ_WEIGHT}
        measured = self.features(stem, options)
        return [sign * sum(weights[name] * value for name, value in one.items()) for one in measured]

    def features(self, stem: str, options: Sequence[str]) -> list[dict[str, float]]:
        """Measure each option; the values that `WEIGHTS` names, and with a reader "read"."""
        parts = self._reading.parts
        asked = stems(_GAP.sub(" ", stem))
        weights = self._reading.weights(asked)
        before = [frozenset[str](), *(part.own for part in parts)]
        told = np.array([coverage(weights, part, former) for former, part in zip(before, parts, strict=False)])
        matrix = self._vectors([part.text for part in parts])
        claims = [claim(stem, option) for option in options]
        nearness = np.maximum(matrix @ self._vectors(claims).T, 0.0)
        shared = frozenset.intersection(*map(stems, options))
        found = []
        for at, option in enumerate(options):
            wanted = self._reading.weights(stems(option) - asked - shared or stems(option))
            words = np.array([share(wanted, part.own) for part in parts])
            named = np.array([says(option, part) for part in parts], np.float32)
            near = nearness[:, at]
            found.append(
                {
                    "claim": float(near.max()),
                    "named": float((told * named).max()),
                    "words": float((near * told * words).max()),
                }
            )
            if self._reader:
                likeliest = [parts[index].text for index in np.argsort(-near, kind="stable")[:_READ_PARTS]]
                found[-1]["read"] = _supported(self._reader, claims[at], likeliest)
        return found


def _supported(reader: Reader, said: str, texts: Sequence[str]) -> float:
    """Return how likely it is, by the reader, that one of some texts supports a claim."""
    odds = np.exp(reader.support(said, texts))
    return float((odds[:, 0] / odds.sum(axis=1)).max())


def claim(stem: str, option: str) -> str:
    """Return what an option says of a stem, as near to a statement as the stem allows."""
    if _GAP.search(stem):
        return _GAP.sub(lambda _: option, stem, count=1)
    plain = stem.rstrip(" ?:.")
    told, count = _ASKS.subn(lambda _: option, plain, count=1)
    return told if count else f"{plain} {option}"
