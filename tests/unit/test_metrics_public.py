"""Metrics of questions of which only the place of the answer is known."""

from __future__ import annotations

import pytest

from evals.items import Evidence, Item, Kind
from evals.metrics import measure
from evals.record import Outcome, Verdict
from evals.verdict import judge
from rag.types import Answer, AnswerStatement, Citation, Refusal
from tests.outcomes import item, outcome, statement

QUOTES = ("The heron fishes at dawn .", "It stands still in the water .", "It swallows the fish whole .")
PUBLIC = item(
    kind=Kind.PUBLIC, facts=(), evidence=tuple(Evidence(document="heron.md", quote=quote) for quote in QUOTES)
)


def answered(*texts: str, of: Item = PUBLIC) -> Outcome:
    return outcome(of, Verdict.RIGHT, statements=tuple(map(statement, texts)))


def test_sentences_that_annotators_chose_are_told_from_padding() -> None:
    found = answered("The heron fishes at dawn.", "Herons are grey.", "stands still in the water", "Anatomy")
    assert found.metrics["sentence_precision"] == 0.5
    assert found.metrics["sentence_recall"] == pytest.approx(2 / 3)


def test_a_statement_that_holds_several_chosen_sentences_shows_each() -> None:
    found = answered(" ".join(QUOTES))
    assert (found.metrics["sentence_precision"], found.metrics["sentence_recall"]) == (1.0, 1.0)


def test_sentences_are_measured_of_answers_to_public_questions_only() -> None:
    refused = outcome(PUBLIC, Verdict.REFUSED)
    ours = answered("There are five.", of=item())
    assert not {"sentence_precision", "sentence_recall"} & (set(refused.metrics) | set(ours.metrics))


@pytest.mark.parametrize(
    ("of", "verdict", "value"),
    [
        (item(), Verdict.RIGHT, 1.0),
        (item(), Verdict.WRONG, 1.0),
        (item(), Verdict.REFUSED, 0.0),
        (item(kind=Kind.UNANSWERABLE), Verdict.WRONG, 0.0),
        (item(kind=Kind.UNANSWERABLE), Verdict.REFUSED, 1.0),
    ],
)
def test_a_decision_is_right_where_one_answers_what_the_texts_say_and_refuses_the_rest(
    of: Item, verdict: Verdict, value: float
) -> None:
    assert measure(of, outcome(of, verdict))["decision"] == value


def answer(quote: str, document: str = "heron.md", refusal: Refusal | None = None) -> Answer:
    cited = Citation(1, "id", document, "Heron", (), quote, 0, len(quote), 1)
    return Answer("?", (AnswerStatement(quote, (1,)),), (cited,), (), "test", refusal)


def test_an_answer_to_a_public_question_is_right_if_it_cites_the_place() -> None:
    assert judge(PUBLIC, answer("It stands still in the water.")) is Verdict.RIGHT
    assert judge(PUBLIC, answer("It stands still in the water.", "crane.md")) is Verdict.WRONG
    assert judge(PUBLIC, answer("Herons are grey.")) is Verdict.WRONG
    assert judge(PUBLIC, answer(QUOTES[0], refusal=Refusal("The texts do not say."))) is Verdict.REFUSED
