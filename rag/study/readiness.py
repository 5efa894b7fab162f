"""Whether a learner would pass an exam now: a probability with an interval, from the mastery of its domains.

Each question of an exam is of a domain with the probability of the domain's weight, and is answered right with the
chance of that domain; then the number of right answers is binomial. What is not known is drawn at random: the chance
in each domain from its posterior, and how much harder or easier the real questions are than ours, which nobody has
measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from rag.quiz.blueprint import Blueprint
from rag.quiz.exam import scaled
from rag.study.mastery import ENDS, Estimate

LEAST_ASKED = 50
LEAST_OF_DOMAIN = 5
SHIFT = 0.5  # an assumption: at 70 percent right some ten points up or down
_DRAWS = 20_000
_LEAST = 1e-9  # keeps odds finite


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that is not known exactly: about what it is, and between what it lies nine times of ten."""

    about: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Readiness:
    """What an exam would end in, if it were now.

    Attributes:
        missing: why nothing can be said yet, for a person; "" where something can.
        chance: of passing.
        score: on the scale of the exam.
    """

    missing: str = ""
    chance: Range | None = None
    score: Range | None = None


def readiness(blueprint: Blueprint, mastered: Mapping[str, Estimate], *, shift: float = SHIFT) -> Readiness:
    """Return how ready a learner is.

    Args:
        blueprint: of the exam.
        mastered: an estimate for each domain, by name; a domain of which nothing was asked may be left out.
        shift: standard deviation of what makes the real questions harder or easier than ours, in log-odds.
    """
    held = [mastered.get(domain.name, Estimate()) for domain in blueprint.domains]
    if missing := _missing(blueprint, held):
        return Readiness(missing)
    chooser = np.random.default_rng(0)
    chances = np.stack([chooser.beta(*one.parameters, _DRAWS) for one in held])
    chances = np.clip(chances, _LEAST, 1 - _LEAST)
    odds = chances / (1 - chances) * np.exp(chooser.normal(0, shift, _DRAWS))
    weights = np.array([domain.weight for domain in blueprint.domains])
    right = (weights / weights.sum()) @ (odds / (1 + odds))
    of_numbers = [scaled(number / blueprint.scored, blueprint) for number in range(blueprint.scored + 1)]
    passed = _passed(right, blueprint.scored, sum(score < blueprint.pass_mark for score in of_numbers))
    scores = np.array(of_numbers, float)[chooser.binomial(blueprint.scored, right)]
    return Readiness("", _range(passed, float(passed.mean())), _range(scores, float(np.median(scores))))


def _range(drawn: NDArray[np.float64], about: float) -> Range:
    low, high = np.quantile(drawn, ENDS)
    return Range(about, float(low), float(high))


def _missing(blueprint: Blueprint, held: list[Estimate]) -> str:
    asked = sum(one.asked for one in held)
    if asked < LEAST_ASKED:
        return f"{LEAST_ASKED} different questions must be answered first; so far there are {asked}."
    few = [domain.name for domain, one in zip(blueprint.domains, held, strict=True) if one.asked < LEAST_OF_DOMAIN]
    return f"{LEAST_OF_DOMAIN} different questions must be answered first in: {'; '.join(few)}." if few else ""


def _passed(right: NDArray[np.float64], questions: int, cut: int) -> NDArray[np.float64]:
    """Return for each chance of a right answer the probability of `cut` or more of them."""
    total = np.zeros_like(right)
    for number in range(cut, questions + 1):
        total += comb(questions, number) * right**number * (1 - right) ** (questions - number)
    return total
