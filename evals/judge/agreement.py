"""How far a judge agrees with our labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from evals.judge.prompt import UNDECIDED, Label
from evals.statistics import Estimate, Floats, estimate, resample, wilson


class Rated(BaseModel):
    """What we and the judge say of one thing; `group` is the document that it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    task: str
    truth: Label
    said: Label
    group: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a judge agrees with our labels, over what it decided.

    Attributes:
        accuracy: the share it labelled as we do, with its Wilson interval; None where it decided nothing.
        kappa: the same beyond chance, with a bootstrap interval; None where our labels are all one.
        confusion: how often we said the first and the judge the second, undecided ones as well.
    """

    accuracy: Estimate | None
    kappa: Estimate | None
    confusion: dict[tuple[Label, Label], int]


def agreement(rated: Sequence[Rated]) -> Agreement:
    """Return how far labels agree."""
    decided = [one for one in rated if one.said not in UNDECIDED]
    confusion = dict(Counter((one.truth, one.said) for one in rated))
    return Agreement(_accuracy(decided), _kappa(decided), confusion)


def _accuracy(rated: Sequence[Rated]) -> Estimate | None:
    if not rated:
        return None
    same = sum(one.truth is one.said for one in rated)
    return Estimate(same / len(rated), *wilson(same, len(rated)), len(rated))


def _kappa(rated: Sequence[Rated]) -> Estimate | None:
    if len({one.truth for one in rated}) < 2:
        return None
    codes = list(Label)
    cells = np.asarray([codes.index(one.truth) * len(codes) + codes.index(one.said) for one in rated], float)
    return estimate(cells, resample([one.group for one in rated]), kappa)


def kappa(cells: Floats, weights: Floats) -> Floats:
    """Return Cohen's kappa under each row of `(r, n)` weights; NaN where chance alone agrees fully.

    Cohen 1960, https://doi.org/10.1177/001316446002000104

    Args:
        cells: `(n,)`, for each thing the number of our label, times the number of labels, plus
            that of its label by the judge.
        weights: how often each thing counts.
    """
    size = len(Label)
    table = (weights @ (cells[:, None] == np.arange(size * size))).reshape(-1, size, size)
    total = table.sum(axis=(1, 2))
    agreed: Floats = np.trace(table, axis1=1, axis2=2) / total
    chance = (table.sum(axis=1) * table.sum(axis=2)).sum(axis=1) / total**2
    none: Floats = np.full(len(weights), np.nan)
    np.divide(agreed - chance, 1 - chance, out=none, where=chance < 1)
    return none
