"""Recall and MRR on the textbook questions: fused, by vectors alone, by BM25 alone."""

from __future__ import annotations

import numpy as np

from bench.frame import Bench, Missing, settings_at, table
from evals.ablate import Measured, ablate
from evals.runs.ask import spread
from evals.suites import SUITES, items_of
from evals.variants import RANKINGS
from rag.bootstrap import make_embedder

_QUICK = 100  # questions


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    suite = SUITES["textbook-retrieval"]
    if not suite.available:
        raise Missing("the textbook ../shared/data/textbook is not here")
    items = spread(items_of(suite), _QUICK if bench.quick else None)
    settings = settings_at(bench.work)
    measured = ablate(suite, items, make_embedder(settings), settings, RANKINGS)
    rows = [[one.variant.name, _mean(one, "recall@5"), _mean(one, "mrr")] for one in measured]
    return f"{len(items)} questions.\n\n{table(('ranking', 'recall@5', 'MRR'), rows)}"


def _mean(one: Measured, metric: str) -> str:
    return f"{np.mean([outcome.metrics[metric] for outcome in one.outcomes]):.3f}"
