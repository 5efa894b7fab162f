"""The metrics of answers: what each gives, and where none of it applies."""

from __future__ import annotations

from typing import Any

import pytest

from evals.items import Evidence, Item, Kind
from evals.metrics import METRICS, UNITS, measure
from evals.record import Outcome, SeenStatement, Verdict
from rag.grounding.ground import load_grounding
from tests.outcomes import citation, item, outcome, statement

RIGHT, WRONG, REFUSED = Verdict.RIGHT, Verdict.WRONG, Verdict.REFUSED
FACT, UNANSWERABLE = item(), item(kind=Kind.UNANSWERABLE)
THRESHOLD = load_grounding().threshold
PIECES = tuple(Evidence(document="lenses.md", quote=f"There are {n}.") for n in ("five", "six", "seven", "eight"))


def measured(name: str, of: Item = FACT, verdict: Verdict | None = RIGHT, **fields: Any) -> float | None:
    return outcome(of, verdict, **fields).metrics.get(name)


@pytest.mark.parametrize(
    ("of", "verdict", "correctness", "right", "wrong", "false_refusal", "right_refusal", "crag"),
    [
        (FACT, RIGHT, 1, 1, 0, 0, None, 1),
        (FACT, WRONG, 0, 0, 1, 0, None, -1),
        (FACT, REFUSED, 0, 0, 0, 1, None, 0),
        (UNANSWERABLE, WRONG, 0, None, None, None, 0, -1),
        (UNANSWERABLE, REFUSED, 1, None, None, None, 1, 1),
    ],
)
def test_a_verdict_counts_as_the_golden_table_says(
    of: Item, verdict: Verdict, correctness: float, right: float, wrong: float, false_refusal: float,
    right_refusal: float, crag: float,
) -> None:  # fmt: skip
    metrics = outcome(of, verdict).metrics
    names = ("correctness", "right_answer", "wrong_answer", "false_refusal", "right_refusal", "crag")
    assert tuple(map(metrics.get, names)) == (correctness, right, wrong, false_refusal, right_refusal, crag)


def test_completeness_is_the_share_of_key_facts_in_the_answer_with_its_leads() -> None:
    asked = item(facts=(("five", "5"), ("lens",), ("mirror",), ("prism",)))
    assert measured("completeness", asked, WRONG, statements=(statement(lead="Lens"),)) == 0.5
    assert measured("completeness", asked, REFUSED) is None
    assert measured("completeness", UNANSWERABLE, WRONG) is None


def test_statements_count_as_supported_from_the_threshold_on() -> None:
    scored = tuple(statement(support=one) for one in (1.0, THRESHOLD, THRESHOLD - 0.01, 0.0))
    assert measured("faithfulness", statements=scored) == 0.5
    assert measured("citation_coverage", statements=scored) == 0.5


def test_statements_that_were_not_scored_are_left_out_and_are_not_zero() -> None:
    assert measured("faithfulness", statements=(statement(), statement(support=None))) == 1.0
    for name in ("faithfulness", "citation_coverage", "citation_precision"):
        assert measured(name, statements=(statement(support=None),)) is None
        assert measured(name, verdict=REFUSED) is None


def test_a_statement_without_a_citation_is_not_covered_by_one() -> None:
    assert measured("citation_coverage", statements=(statement(), statement(citations=()))) == 0.5


@pytest.mark.parametrize(
    ("said", "precision"),
    [
        (statement(), 1.0),
        (statement(support=0.0), 0.0),
        (statement(citations=(1, 2), cited_alone=(1.0, 1.0), cited_without=(1.0, 1.0)), 1.0),  # each would do
        (statement(citations=(1, 2), cited_alone=(1.0, 0.0), cited_without=(0.0, 1.0)), 0.5),  # the second does nothing
        (statement(citations=(1, 2), cited_alone=(0.0, 0.0), cited_without=(0.0, 0.0)), 1.0),  # both are needed
        (statement(citations=(1, 2), support=0.0, cited_alone=(0.0, 1.0), cited_without=(1.0, 0.0)), 0.0),
        (statement(citations=(1, 2)), None),  # not scored one by one
        (statement(citations=()), None),
    ],
)
def test_a_citation_is_precise_if_its_statement_is_supported_and_it_does_something_for_it(
    said: SeenStatement, precision: float | None
) -> None:
    assert measured("citation_precision", statements=(said,)) == precision


def test_a_citation_whose_quote_is_not_there_does_not_exist() -> None:
    shown = (citation(1), citation(2, present=False))
    assert measured("citation_exists", citations=shown) == 0.5
    assert measured("citation_exists", UNANSWERABLE, REFUSED, citations=shown) == 0.5
    assert measured("citation_exists", verdict=REFUSED) is None


def test_evidence_precision_is_the_share_of_citations_that_show_evidence() -> None:
    assert measured("evidence_precision", citations=(citation(1), citation(2, ()), citation(3, (0, 1)))) == 2 / 3
    assert measured("evidence_precision", citations=()) is None


@pytest.mark.parametrize(
    ("kind", "covered"),
    [
        (Kind.FACT, 1.0),
        (Kind.LIST, 1.0),
        (Kind.FOLLOW_UP, 1.0),
        (Kind.MULTI_HOP, 0.5),
        (Kind.COMPARISON, 0.5),
        (Kind.CONTRADICTION, 0.5),
    ],
)
def test_pieces_of_evidence_are_alternatives_but_where_each_is_needed(kind: Kind, covered: float) -> None:
    asked = item(kind=kind, evidence=PIECES, facts=(("five",), ("seven",)))
    assert measured("evidence_coverage", asked, citations=(citation(1, (0, 2)), citation(2, (2,)))) == covered
    assert measured("evidence_coverage", asked, citations=(citation(1, ()),)) == 0.0
    assert measured("evidence_coverage", asked, citations=()) == 0.0


def test_statements_that_cite_no_evidence_are_padding() -> None:
    said = (statement(citations=(1, 2)), statement(citations=(2,)), statement(citations=()), statement(citations=(3,)))
    shown = (citation(1), citation(2, ()), citation(3))
    assert measured("on_evidence", statements=said, citations=shown) == 0.5


@pytest.mark.parametrize("name", ["evidence_precision", "evidence_coverage", "on_evidence"])
def test_evidence_is_looked_for_in_answers_only_and_where_there_is_some(name: str) -> None:
    assert measured(name) == 1.0
    assert measured(name, verdict=REFUSED, citations=(citation(),)) is None
    assert measured(name, UNANSWERABLE, WRONG) is None
    assert measured(name, item(evidence=())) is None


def test_words_are_those_shown_of_an_answer_and_none_of_a_refusal() -> None:
    assert measured("words", statements=(statement("It is made of glass.", lead="A lens"), statement("Yes."))) == 8
    assert measured("words", verdict=REFUSED) is None


def test_time_tokens_and_cost_are_told_where_they_are_known() -> None:
    fields = {"timings_ms": {"total": 12.5, "cite": 2.0}, "usage": {"input_tokens": 30, "output_tokens": 4}}
    known = outcome(FACT, cost_usd=0.002, **fields).metrics
    assert (known["latency_ms"], known["tokens"], known["cost_usd"]) == (12.5, 34.0, 0.002)
    assert measured("tokens", usage={"input_tokens": 30, "output_tokens": 4, "total_tokens": 34}) == 34.0
    assert not {"latency_ms", "tokens", "cost_usd"} & set(outcome(FACT).metrics)


def test_nothing_is_measured_of_an_item_that_failed() -> None:
    broken: Outcome = outcome(FACT, None, error="ModelError: no weights")
    assert measure(FACT, broken) == {}


def test_every_metric_is_registered_under_its_name_and_says_what_it_is() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.says.endswith((".", "?"))
        assert metric.unit in UNITS


def test_figures_are_shown_with_their_unit() -> None:
    shown = [METRICS[name].show(0.5) for name in ("hit@5", "crag", "latency_ms", "cost_usd")]
    assert shown == ["0.500", "+0.500", "0 ms", "$0.5000"]
