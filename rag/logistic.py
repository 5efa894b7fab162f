"""A logistic model over named features: small enough to read, stored as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model over named features."""

    weights: Mapping[str, float]
    bias: float

    def logit(self, features: Mapping[str, float]) -> float:
        """Return the log-odds."""
        return self.bias + sum(weight * features[name] for name, weight in self.weights.items())

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1."""
        return 1.0 / (1.0 + math.exp(-max(min(self.logit(features), 50.0), -50.0)))
