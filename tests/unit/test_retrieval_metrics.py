"""The metrics of rankings, on golden cases and by properties."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.retrieval import (
    RetrievalFigures,
    first_ranks,
    hit_at_k,
    read_questions,
    recall_at_k,
    reciprocal_rank,
    summarise,
)
from rag.errors import ConfigError

RANKINGS = st.lists(st.sampled_from("abcdefgh"), unique=True)
RELEVANT = st.sets(st.sampled_from("abcdefgh"), min_size=1)


@pytest.mark.parametrize(
    ("ranking", "relevant", "k", "hit", "recall", "rr"),
    [
        ("abc", "a", 1, 1.0, 1.0, 1.0),
        ("abc", "b", 1, 0.0, 0.0, 0.5),
        ("abc", "b", 2, 1.0, 1.0, 0.5),
        ("abc", "ac", 2, 1.0, 0.5, 1.0),
        ("abc", "cz", 3, 1.0, 0.5, 1 / 3),
        ("abc", "z", 3, 0.0, 0.0, 0.0),
        ("", "a", 5, 0.0, 0.0, 0.0),
        ("abc", "a", 0, 0.0, 0.0, 1.0),
    ],
)
def test_metrics_have_the_values_of_the_golden_table(
    ranking: str, relevant: str, k: int, hit: float, recall: float, rr: float
) -> None:
    assert hit_at_k(ranking, relevant, k) == hit
    assert recall_at_k(ranking, relevant, k) == recall
    assert reciprocal_rank(ranking, relevant) == pytest.approx(rr)


def test_recall_of_nothing_relevant_is_an_error_and_not_a_number() -> None:
    with pytest.raises(ValueError, match="at least one relevant"):
        recall_at_k("abc", "", 3)


@given(RANKINGS, RELEVANT, st.integers(0, 10))
def test_a_longer_ranking_never_lowers_a_metric(ranking: list[str], relevant: set[str], k: int) -> None:
    assert recall_at_k(ranking, relevant, k) <= recall_at_k(ranking, relevant, k + 1)
    assert hit_at_k(ranking, relevant, k) <= hit_at_k(ranking, relevant, k + 1)
    assert reciprocal_rank(ranking[:k], relevant) <= reciprocal_rank(ranking, relevant)


@given(RANKINGS, RELEVANT, st.integers(0, 10))
def test_there_is_a_hit_where_recall_is_above_zero(ranking: list[str], relevant: set[str], k: int) -> None:
    assert hit_at_k(ranking, relevant, k) == float(recall_at_k(ranking, relevant, k) > 0)


@given(RANKINGS, st.sampled_from("abcdefgh"), st.integers(1, 10))
def test_the_reciprocal_rank_tells_up_to_which_k_there_is_no_hit(ranking: list[str], right: str, k: int) -> None:
    assert hit_at_k(ranking, [right], k) == float(reciprocal_rank(ranking, [right]) >= 1 / k)


def test_a_section_counts_at_the_rank_of_its_first_chunk() -> None:
    assert first_ranks(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


def test_figures_are_means_over_questions() -> None:
    figures = summarise(["ab", "ba", "bc"], ["a", "a", "a"], k=1)
    assert figures == RetrievalFigures(3, pytest.approx(1 / 3), pytest.approx(0.5))


def test_a_mean_over_no_questions_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one question"):
        summarise([], [])


def test_as_many_rankings_as_questions_are_wanted() -> None:
    with pytest.raises(ValueError, match="zip"):
        summarise(["a"], ["a", "b"])


def test_questions_are_read_with_the_document_of_their_section(tmp_path: Path) -> None:
    rows = [{"book": "anatomy", "module": f"m{n}", "stem": f"Question {n}?"} for n in range(10)]
    (tmp_path / "mcq.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "sections.jsonl").touch()
    assert read_questions(tmp_path)[3] == ("Question 3?", "anatomy/m3.md")
    few = [document for _, document in read_questions(tmp_path, limit=5)]
    assert few == [f"anatomy/m{n}.md" for n in (0, 2, 4, 6, 8)]


def test_a_missing_textbook_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mcq\.jsonl"):
        read_questions(tmp_path)
