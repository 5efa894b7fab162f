"""The metrics of rankings: golden cases, properties, and the same figures as ir_measures."""

from __future__ import annotations

import random
from math import log2
from platform import machine

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.items import Kind
from evals.metrics.retrieval import hit_at_k, ndcg_at_k, precision_at_k, recall_at_k, reciprocal_rank
from evals.record import Outcome, SeenPassage
from tests.outcomes import item, outcome, passages

RANKINGS = st.lists(st.sampled_from("abcdefgh"), unique=True)
RELEVANT = st.sets(st.sampled_from("abcdefgh"), min_size=1)
DEPTHS = st.integers(1, 10)


@pytest.mark.parametrize(
    ("ranking", "relevant", "k", "hit", "recall", "precision", "rr", "ndcg"),
    [
        ("abc", "a", 1, 1, 1, 1, 1, 1),
        ("abc", "b", 1, 0, 0, 0, 1 / 2, 0),
        ("abc", "b", 2, 1, 1, 1 / 2, 1 / 2, 1 / log2(3)),
        ("abc", "ac", 2, 1, 1 / 2, 1 / 2, 1, 1 / (1 + 1 / log2(3))),
        ("abc", "ac", 3, 1, 1, 2 / 3, 1, 1.5 / (1 + 1 / log2(3))),
        ("abc", "cz", 3, 1, 1 / 2, 1 / 3, 1 / 3, 0.5 / (1 + 1 / log2(3))),
        ("abc", "z", 3, 0, 0, 0, 0, 0),
        ("ab", "ab", 4, 1, 1, 1 / 2, 1, 1),
        ("", "a", 5, 0, 0, 0, 0, 0),
    ],
)
def test_metrics_have_the_values_of_the_golden_table(
    ranking: str, relevant: str, k: int, hit: float, recall: float, precision: float, rr: float, ndcg: float
) -> None:
    assert hit_at_k(ranking, relevant, k) == hit
    assert recall_at_k(ranking, relevant, k) == recall
    assert precision_at_k(ranking, relevant, k) == pytest.approx(precision)
    assert reciprocal_rank(ranking, relevant) == pytest.approx(rr)
    assert ndcg_at_k(ranking, relevant, k) == pytest.approx(ndcg)


@pytest.mark.skipif(machine() == "aarch64", reason="pytrec_eval has no wheel for it")
def test_the_values_are_those_of_ir_measures() -> None:
    from ir_measures import RR, P, Qrel, R, ScoredDoc, Success, calc, nDCG

    chance = random.Random(3)
    for _ in range(300):
        pool = [f"d{number}" for number in range(chance.randint(1, 30))]
        ranking = chance.sample(pool, chance.randint(1, len(pool)))
        relevant = set(chance.sample(pool, chance.randint(1, min(12, len(pool)))))
        ours = {nDCG @ 10: ndcg_at_k(ranking, relevant, 10), RR: reciprocal_rank(ranking, relevant)}
        for k in (1, 3, 5, 10):
            ours[Success @ k] = hit_at_k(ranking, relevant, k)
            ours[R @ k] = recall_at_k(ranking, relevant, k)
            ours[P @ k] = precision_at_k(ranking, relevant, k)
        labels = [Qrel("q", name, int(name in relevant)) for name in pool]
        scored = [ScoredDoc("q", name, -float(rank)) for rank, name in enumerate(ranking)]
        assert calc(list(ours), labels, scored).aggregated == pytest.approx(ours, abs=1e-9)


@pytest.mark.parametrize("metric", [recall_at_k, ndcg_at_k])
def test_a_share_of_nothing_relevant_is_an_error_and_not_a_number(metric) -> None:
    with pytest.raises(ValueError, match="at least one relevant"):
        metric("abc", "", 3)


@pytest.mark.parametrize("metric", [precision_at_k, ndcg_at_k])
def test_a_depth_of_nothing_is_an_error_and_not_a_number(metric) -> None:
    with pytest.raises(ValueError, match="depth of at least 1"):
        metric("abc", "a", 0)


@given(RANKINGS, RELEVANT, st.integers(0, 10))
def test_a_longer_ranking_never_lowers_a_metric(ranking: list[str], relevant: set[str], k: int) -> None:
    assert recall_at_k(ranking, relevant, k) <= recall_at_k(ranking, relevant, k + 1)
    assert hit_at_k(ranking, relevant, k) <= hit_at_k(ranking, relevant, k + 1)
    assert reciprocal_rank(ranking[:k], relevant) <= reciprocal_rank(ranking, relevant)
    assert ndcg_at_k(ranking[:k], relevant, 8) <= ndcg_at_k(ranking, relevant, 8)


@given(RANKINGS, RELEVANT, DEPTHS)
def test_all_metrics_agree_on_whether_anything_was_found(ranking: list[str], relevant: set[str], k: int) -> None:
    found = bool(hit_at_k(ranking, relevant, k))
    for metric in (recall_at_k, precision_at_k, ndcg_at_k):
        assert (metric(ranking, relevant, k) > 0) is found
    assert (reciprocal_rank(ranking, relevant) >= 1 / k) is found


@given(RELEVANT, DEPTHS)
def test_the_best_ranking_has_an_ndcg_of_one_and_the_worst_less(relevant: set[str], k: int) -> None:
    best = sorted("abcdefgh", key=lambda name: name not in relevant)
    assert ndcg_at_k(best, relevant, k) == pytest.approx(1.0)
    if len(relevant) < 8:
        assert ndcg_at_k(best[::-1], relevant, k) < 1


def found(shown: tuple[SeenPassage, ...], **fields: object) -> Outcome:
    return outcome(item(), passages=shown, **fields)


def test_a_passage_is_relevant_if_it_shows_evidence_and_unfound_chunks_count_as_missed() -> None:
    metrics = found(passages((), (0,), (), (0,)), relevant=4).metrics
    assert (metrics["hit@1"], metrics["hit@3"], metrics["mrr"]) == (0.0, 1.0, 0.5)
    assert (metrics["recall@5"], metrics["context_relevance"]) == (0.5, 0.5)
    ideal = 1 + 1 / log2(3) + 1 / log2(4) + 1 / log2(5)
    assert metrics["ndcg@10"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal)


def test_recall_stays_a_share_where_more_passages_show_the_evidence_than_chunks_were_counted() -> None:
    assert found(passages((0,), (0,)), relevant=1).metrics["recall@5"] == 1.0


def test_evidence_that_no_chunk_shows_is_missed_and_not_left_out() -> None:
    metrics = found(passages((), ()), relevant=0).metrics
    assert (metrics["hit@10"], metrics["recall@10"], metrics["ndcg@10"]) == (0.0, 0.0, 0.0)


def test_nothing_retrieved_is_nothing_found() -> None:
    metrics = found((), relevant=1).metrics
    assert (metrics["hit@5"], metrics["mrr"], metrics["context_relevance"], metrics["context_coverage"]) == (0, 0, 0, 0)


def test_the_context_is_what_the_answer_was_made_from() -> None:
    shown = passages((), text="There are two.") + passages((0,), (0,), ())
    assert found(shown).metrics["context_relevance"] == 0.5
    assert found(shown, read=3).metrics["context_relevance"] == pytest.approx(2 / 3)
    assert (found(shown, read=1).metrics["context_coverage"], found(shown).metrics["context_coverage"]) == (0.0, 1.0)


def test_context_coverage_is_the_share_of_facts_in_the_passages_and_their_headings() -> None:
    asked = item(facts=(("five", "5"), ("seven",), ("lenses",), ("mirror",)))
    assert outcome(asked).metrics["context_coverage"] == 0.5


def test_retrieval_is_not_measured_where_there_is_nothing_to_find() -> None:
    metrics = outcome(item(kind=Kind.UNANSWERABLE)).metrics
    assert not {"hit@5", "recall@5", "mrr", "ndcg@10", "context_relevance", "context_coverage"} & set(metrics)
