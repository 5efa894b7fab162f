"""Are the right passages found? Metrics of a ranking, and of the passages of an outcome.

A ranking holds each id once, best first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from math import log2

from evals.items import Item
from evals.record import Outcome
from evals.verdict import held_facts

Ranking = Sequence[Hashable]
Relevant = Collection[Hashable]


def hit_at_k(ranking: Ranking, relevant: Relevant, k: int) -> float:
    """Return 1.0 if any relevant id is among the first `k` of `ranking`, else 0.0.

    Also called success@k: https://trec.nist.gov/pubs/trec16/appendices/measures.pdf
    """
    return float(any(found in relevant for found in ranking[:k]))


def recall_at_k(ranking: Ranking, relevant: Relevant, k: int) -> float:
    """Return which share of the relevant ids is among the first `k` of `ranking`.

    Manning, Raghavan and Schütze 2008, chapter 8: https://nlp.stanford.edu/IR-book/

    Raises:
        ValueError: nothing is relevant, so no share of it exists.
    """
    wanted = set(relevant)
    if not wanted:
        raise ValueError("recall needs at least one relevant id")
    return len(wanted.intersection(ranking[:k])) / len(wanted)


def precision_at_k(ranking: Ranking, relevant: Relevant, k: int) -> float:
    """Return how many of the first `k` of `ranking` are relevant, over `k`; a ranking that is shorter loses by it.

    Manning, Raghavan and Schütze 2008, chapter 8: https://nlp.stanford.edu/IR-book/

    Raises:
        ValueError: `k` is less than 1.
    """
    if k < 1:
        raise ValueError(f"precision needs a depth of at least 1, not {k}")
    return len(set(relevant).intersection(ranking[:k])) / k


def reciprocal_rank(ranking: Ranking, relevant: Relevant) -> float:
    """Return 1 / rank of the first relevant id, 0.0 if there is none; its mean over questions is the MRR.

    Voorhees 1999, https://trec.nist.gov/pubs/trec8/papers/qa_report.pdf
    """
    return next((1.0 / rank for rank, found in enumerate(ranking, 1) if found in relevant), 0.0)


def ndcg_at_k(ranking: Ranking, relevant: Relevant, k: int) -> float:
    """Return the discounted gain of the first `k` of `ranking` over that of the best ranking there could be.

    An id gains 1 if it is relevant, divided by log2(rank + 1). Järvelin and Kekäläinen 2002,
    https://doi.org/10.1145/582415.582418, with the discount of trec_eval, which counts from rank 1.

    Raises:
        ValueError: nothing is relevant or `k` is less than 1, so there is no best ranking.
    """
    wanted = set(relevant)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(k, len(wanted)) + 1))
    if not ideal:
        raise ValueError(f"nDCG needs at least one relevant id and a depth of at least 1, not {len(wanted)} and {k}")
    return sum(1 / log2(rank + 1) for rank, found in enumerate(ranking[:k], 1) if found in wanted) / ideal


def over_passages(metric: Callable[[Ranking, Relevant], float]) -> Callable[[Item, Outcome], float | None]:
    """Return `metric` as one of outcomes: a passage is relevant if it shows some of the item's evidence.

    Relevant chunks of the library that were not retrieved count as missed. Evidence that no chunk shows is
    one miss: the chunker cut it apart, and nothing can retrieve it.
    """

    def value(item: Item, outcome: Outcome) -> float | None:
        if not item.evidence:
            return None
        found = [index for index, passage in enumerate(outcome.passages) if passage.evidence]
        missed = max(outcome.relevant, 1) - len(found)
        return metric(range(len(outcome.passages)), [*found, *range(-missed, 0)])

    return value


def context_relevance(item: Item, outcome: Outcome) -> float | None:
    """Return which share of the passages that the answer was made from show some of the evidence."""
    depth = len(outcome.passages) if outcome.read is None else outcome.read
    return over_passages(lambda ranking, relevant: precision_at_k(ranking, relevant, max(depth, 1)))(item, outcome)


def context_coverage(item: Item, outcome: Outcome) -> float | None:
    """Return which share of the key facts stands in the passages that the answer was made from."""
    if not item.facts:
        return None
    held = held_facts(item, "\n".join(f"{one.heading}\n{one.text}" for one in outcome.passages[: outcome.read]))
    return sum(held) / len(held)
