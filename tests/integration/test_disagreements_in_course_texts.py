"""Disagreements of three real course texts, which are private: questions and values only."""

from __future__ import annotations

import pytest

from evals.suites import SUITES, assistant_over
from rag.answer import Assistant
from rag.types import Scope

SUITE = SUITES["course-texts"]
pytestmark = pytest.mark.skipif(not SUITE.available, reason="the course texts are not here")


@pytest.fixture(scope="module")
def assistant():
    with assistant_over(SUITE) as made:
        yield made


@pytest.mark.parametrize(
    ("question", "values", "documents"),
    [
        ("What is the longest Kinesis Data Streams can keep records?", ("365 days", "7 days"),
         ("mls-2025-notes.md", "mls-c01-slides.md")),
        ("How long does Kinesis Video Streams keep data?", ("1 to 10 years", "1 hour to upto 10 years"),
         ("mls-2025-notes.md", "mls-c01-slides.md")),
        ("Which exception is thrown when Kinesis Data Streams limits are exceeded?",
         ("ProvisionedThroughputExceeded", "ProvisionedThroughputException"),
         ("mls-c01-cheat-sheet.md", "mls-c01-slides.md")),
    ],
)  # fmt: skip
def test_a_known_disagreement_is_shown_with_both_sources(assistant: Assistant, question, values, documents):
    answer = assistant.ask(question, Scope(course="course-texts"))
    (note,) = answer.notes
    assert "disagree" in note
    assert all(part in note for part in (*values, *documents))
    assert set(documents) <= {citation.document for citation in answer.citations}


def test_texts_that_agree_are_not_said_to_disagree(assistant: Assistant):
    answer = assistant.ask("What is the maximum object size in S3?", Scope(course="course-texts"))
    assert answer.refusal is None
    assert answer.notes == ()
