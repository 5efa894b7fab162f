"""How well scorers tell supported claims from others: the figures, the floors, the table."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from evals.peers.grounding import (
    CLAIMS,
    Claim,
    Similarity,
    WordOverlap,
    auroc,
    balanced_accuracy,
    evaluate_scorer,
    grounding_table,
    read_claims,
    scorers,
)
from evals.statistics import Floats
from rag.errors import ConfigError
from rag.grounding.ground import PlainGrounding
from tests.fakes import HashEmbedder

SOURCE = "A lens focuses light. It has two surfaces."
CLAIM = Claim("A lens focuses light.", (SOURCE,), supported=True, question="What does a lens do?")
FALSE = Claim("Mitochondria release energy.", (SOURCE,), supported=False, question="What is a mitochondrion?")

both_labels = st.lists(
    st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 3)), min_size=2, max_size=30
).filter(lambda rows: {bool(label) for _, label, times in rows if times} == {True, False})  # fmt: skip


def row(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


@given(both_labels)
def test_the_figures_are_those_of_scikit_learn_with_ties_and_weights(
    rows: list[tuple[int, bool, int]],
) -> None:
    scores, labels, times = (np.array(column) for column in zip(*rows, strict=True))
    said, weights = (scores >= 2).astype(float), times[None].astype(float)
    assert auroc(scores.astype(float), weights, labels)[0] == pytest.approx(
        roc_auc_score(labels, scores, sample_weight=times)
    )
    assert balanced_accuracy(said, weights, labels)[0] == pytest.approx(
        balanced_accuracy_score(labels, said, sample_weight=times)
    )


def test_a_sample_without_a_pair_has_no_figure() -> None:
    weights = np.array([[1.0, 0.0], [1.0, 1.0]])
    for figure in (auroc, balanced_accuracy):
        found = partial(figure, labels=np.array([True, False]))(row(1.0, 0.0), weights)
        assert np.isnan(found[0])
        assert found[1] == 1.0


@pytest.mark.parametrize(
    ("claim", "score", "supported"),
    [
        ("The glass lens focuses light.", 1.0, True),
        ("The lens focuses sound.", 2 / 3, True),
        ("Mitochondria focus it.", 0.5, True),
        ("Mitochondria focus energy.", 1 / 3, False),
        ("", 0.0, False),
    ],
)
def test_word_overlap_is_the_share_of_the_words_of_a_claim(claim: str, score: float, supported: bool) -> None:
    found = WordOverlap().score(claim, ["A lens focuses light.", "It is glass."])
    assert (found.score, found.supported) == (pytest.approx(score), supported)


def test_similarity_is_that_of_the_nearest_sentence_of_all_sources() -> None:
    similarity = Similarity(PlainGrounding(HashEmbedder()))
    assert similarity.score("It has two surfaces.", ["Inflation lowers what money buys.", SOURCE]).score == (
        pytest.approx(1.0)
    )
    assert similarity.score("Chlorophyll absorbs sunlight.", [SOURCE]).score < 0.5
    assert not similarity.score("A lens", []).supported


def test_a_scorer_is_measured_through_the_port_and_stands_in_the_table() -> None:
    turned = [CLAIM, Claim(CLAIM.text, CLAIM.sources, supported=False, question="?"), FALSE]
    figures = evaluate_scorer(WordOverlap(), turned)
    assert (figures.scorer, figures.auroc.value, figures.auroc.n) == ("word overlap", 0.75, 3)
    assert figures.balanced_accuracy.value == 0.75
    assert figures.auroc.low <= 0.75 <= figures.auroc.high
    assert grounding_table([figures]).splitlines()[2].startswith("| word overlap | 0.750 (")


def test_claims_that_answer_one_question_are_drawn_together() -> None:
    easy, hard = ((CLAIM.text, True), (FALSE.text, False)), ((CLAIM.text, False), (FALSE.text, True))
    claims = [Claim(text, (SOURCE,), supported, "easy") for text, supported in easy * 20]
    claims += [Claim(text, (SOURCE,), supported, "hard") for text, supported in hard * 20]
    found = evaluate_scorer(WordOverlap(), claims).auroc
    assert (found.low, found.value, found.high) == (0.0, 0.5, 1.0)


def test_the_scorer_that_is_used_stands_first_beside_two_floors() -> None:
    assert [one.name for one in scorers(HashEmbedder())] == ["plain", "word overlap", "sentence similarity"]


def test_claims_are_read_with_what_they_cite(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    rows = [
        {"question": "Q", "claim": "C", "references": ["one", "two"], "attribution_label": label}
        for label in ("attributable", "not attributable")
    ]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert read_claims(path) == [Claim("C", ("one", "two"), True, "Q"), Claim("C", ("one", "two"), False, "Q")]


def test_claims_that_are_not_here_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"there is no {tmp_path / 'gone.jsonl'}"):
        read_claims(tmp_path / "gone.jsonl")


def test_word_overlap_does_on_attribution_bench_what_was_measured() -> None:
    if not CLAIMS.exists():
        pytest.skip(f"AttributionBench is not here: {CLAIMS}")
    claims = read_claims()
    assert (len(claims), sum(one.supported for one in claims)) == (1198, 599)
    assert evaluate_scorer(WordOverlap(), claims).auroc.value == pytest.approx(0.714, abs=0.002)
