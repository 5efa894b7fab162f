"""What responses are worth, item by item; and which words a learner may write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quiz.grading import grade
from rag.quiz.sittings import Grade
from tests.quiz_items import (
    case_study,
    choice,
    cloze,
    flashcard,
    matching,
    ordering,
    response,
    short_answer,
    true_false,
)


def test_one_option_is_right_and_the_others_are_not() -> None:
    assert grade(choice(1), (0,)) == Grade(True, 1.0)
    assert grade(choice(1), (2,)) == Grade(False, 0.0)
    assert grade(choice(1), ()) == Grade(False, 0.0)


@pytest.mark.parametrize(
    ("chosen", "credit"),
    [((0, 1), 1.0), ((1, 0), 1.0), ((0, 2), 0.5), ((0,), 0.5), ((2, 3), 0.0), ((0, 1, 2), 0.5), ((0, 1, 2, 3, 4), 0.0)],
)
def test_multiple_response_is_all_or_nothing_and_choosing_everything_earns_nothing(
    chosen: tuple[int, ...], credit: float
) -> None:
    found = grade(response(1), chosen)
    assert (found.right, found.credit) == (credit == 1, credit)


@pytest.mark.parametrize(
    ("order", "credit"),
    [((0, 1, 2, 3), 1.0), ((3, 2, 1, 0), 0.0), ((1, 2, 3, 0), 2 / 3), ((0, 2, 1, 3), 2 / 3), ((1, 0, 3, 2), 1 / 3)],
)
def test_an_order_is_worth_the_steps_that_follow_one_another_rightly(order: tuple[int, ...], credit: float) -> None:
    found = grade(ordering(1), order)
    assert (found.right, found.credit) == (credit == 1, pytest.approx(credit))


def test_steps_that_read_the_same_can_stand_for_one_another() -> None:
    assert grade(ordering(1, steps=("Save", "Print", "Save")), (2, 1, 0)).right


@pytest.mark.parametrize(("matched", "hits"), [((0, 1, 2), 3), ((0, 2, 1), 1), ((0, 1, 3), 2), ((-1, -1, -1), 0)])
def test_a_matching_is_right_when_every_pair_is(matched: tuple[int, ...], hits: int) -> None:
    found = grade(matching(1), matched)
    assert (found.right, found.credit) == (hits == 3, pytest.approx(hits / 3))
    assert (found.reason == "") == found.right


def test_true_false_and_flashcards() -> None:
    assert grade(true_false(1, answer=False), (0,)).right
    assert grade(true_false(1, answer=False), (1,)) == Grade(False, 0.0, "The statement is false.")
    assert [grade(flashcard(1), (rating,)).right for rating in (1, 2, 3, 4)] == [False, True, True, True]


@pytest.mark.parametrize(
    ("item", "given_"),
    [(choice(1), "a"), (cloze(1), (1,)), (ordering(1), (0, 1)), (ordering(1), (0, 0, 1, 2)), (matching(1), (0, 1)),
     (matching(1), (0, 1, 9)), (case_study(1), (0,))],
)  # fmt: skip
def test_what_is_no_response_to_the_item_is_refused(item: object, given_: tuple[int, ...] | str) -> None:
    with pytest.raises((TypeError, ValueError)):
        grade(item, given_)  # type: ignore[arg-type]


GAP = "The film is kept for _____ in the dark."
DAYS = "Records are kept for _____ days."


@pytest.mark.parametrize(
    ("stem", "answer", "text", "right"),
    [
        (GAP, "Kinesis Data Streams", "kinesis data streams", True),
        (GAP, "Kinesis Data Streams", "the Kinesis Data Stream.", True),
        (GAP, "Kinesis Data Streams", "Kinesis", False),
        (GAP, "Kinesis", "Kinesis Data Streams", False),
        (GAP, "Kinesis", "Kinesis or Firehose", False),
        (GAP, "Kinesis", "not Kinesis", False),
        (GAP, "Kinesis", "Kinessis", True),
        (GAP, "refraction", "refracton", True),
        (GAP, "refraction", "reflection", False),
        (GAP, "refraction", "fraction", False),
        (GAP, "supervised learning", "unsupervised learning", False),
        (GAP, "intraclass", "interclass", False),
        (GAP, "hyperparameter", "hyper-parameter", True),
        (GAP, "k-means", "k means", True),
        (GAP, "k-means", "kmeans", True),
        (GAP, "k-means", "k", False),
        (GAP, "Type I", "type I", True),
        (GAP, "Type I", "type II", False),
        (GAP, "encoder", "encoders", True),
        (GAP, "encoder", "encoding", False),
        (GAP, "encoder", "decoder", False),
        (GAP, "L1", "L2", False),
        (GAP, "HTTPS", "HTTP", False),
        (GAP, "normalisation", "normalization", True),
        (GAP, "+", "+", True),
        (GAP, "+", "-", False),
        (GAP, "60 days", "sixty days", True),
        (GAP, "60 days", "60", False),
        (GAP, "60 days", "60 hours", False),
        (GAP, "7 days", "168 hours", True),
        (GAP, "7 days", "7 or 8 days", False),
        (GAP, "4 GB", "4,096 MB", True),
        (GAP, "1,000", "1000", True),
        (GAP, "-1", "1", False),
        (GAP, "-1", "−1", True),
        (GAP, "0.5", "0.05", False),
        (DAYS, "7", "7 days", True),
        (DAYS, "7", "seven", True),
        (DAYS, "7", "7 hours", False),
        (DAYS, "7", "not 7", False),
        (DAYS, "7 days", "7", True),
        (GAP, "Kinesis", "", False),
    ],
)
def test_a_gap_takes_the_answer_and_what_is_the_same_and_nothing_else(
    stem: str, answer: str, text: str, right: bool
) -> None:
    assert grade(cloze(1, stem=stem, answers=(answer,)), text).right is right


FACTS = (("60 days",), ("dark room", "darkness"))


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("It keeps for 60 days in a dark room.", 1.0),
        ("sixty days, in darkness", 1.0),
        ("60 days in darknes", 1.0),
        ("for 1440 hours, somewhere dark, in a room", 1.0),
        ("60 days", 0.5),
        ("in a dark room", 0.5),
        ("not 60 days, but in a dark room", 0.5),
        ("60 days, never in a dark room", 0.5),
        ("60 or 90 days in a dark room", 0.5),
        ("60 hours in a light room", 0.0),
        ("", 0.0),
    ],
)
def test_a_short_answer_says_each_fact_in_one_of_its_ways(text: str, credit: float) -> None:
    assert grade(short_answer(1), text).credit == credit


@pytest.mark.parametrize(
    ("facts", "text", "right"),
    [
        ((("no servers to manage",),), "there are no servers to manage", True),
        ((("no servers to manage",),), "without any servers to manage", True),
        ((("no servers to manage",),), "there are servers to manage", False),
        ((("at most 5 minutes",),), "it cannot exceed 5 minutes", True),
        ((("at most 5 minutes",),), "no longer than five minutes", True),
        ((("at most 5 minutes",),), "at least 5 minutes", False),
        ((("encrypted at rest",),), "the data is encrypted at rest, not in transit", True),
        ((("encrypted at rest",),), "the data isn't encrypted at rest", False),
        ((("encryption at rest",),), "it is encrypted at rest", True),
        ((("Firehose",),), "Kinesis instead of Firehose", False),
        ((("Kinesis",),), "Kinesis instead of Firehose", True),
        ((("increases the cost",),), "it decreases the cost", False),
        ((("3 copies",), ("2 regions",)), "3 copies in 2 regions", True),
        ((("3 copies",), ("2 regions",)), "2 copies in 3 regions", False),
    ],
)
def test_denials_bounds_and_counts_are_read(facts: tuple[tuple[str, ...], ...], text: str, right: bool) -> None:
    item = short_answer(1, stem="What is to be said of it?", key_facts=facts)
    assert grade(item, text).right is right


def test_what_is_missing_is_told_in_its_plainest_way() -> None:
    assert grade(short_answer(1), "60 days").reason == "Not said: “dark room”."


@given(st.text(max_size=60))
def test_any_text_can_be_graded_and_the_full_answer_is_right(text: str) -> None:
    assert 0 <= grade(short_answer(1), text).credit <= 1
    assert grade(cloze(1), text).credit in (0, 1)
    assert grade(cloze(1, answers=(text or "x",)), text or "x").right
