"""Texts that say different things of the same thing, and look-alikes that do not."""

from __future__ import annotations

import pytest

from rag.disagree import Disagreement, date_of, find_disagreement
from rag.question import parse_question
from rag.statements import statements_of
from rag.types import Chunk, DocumentInfo, Passage

OLD, NEW = "handout-2023.md", "handout-2025.md"


def passage(name: str, text: str, heading: str = "Osier store") -> Passage:
    chunk = Chunk(name, 0, text, (heading,), 0, len(text), 1)
    return Passage(chunk, DocumentInfo(name, name, "text/markdown", "", len(text), 1, "", ()), 1.0)


def found(question: str, one: str, two: str, names: tuple[str, str] = (OLD, NEW)) -> Disagreement | None:
    passages = [passage(name, text) for name, text in zip(names, (one, two), strict=True)]
    statements = statements_of(passages)
    said = [each for each in statements if each.passage == 0 and each.form != "heading"]
    scores = dict.fromkeys(statements, 0.5)
    return find_disagreement(parse_question(question), said, scores, statements, passages, lambda p: p.chunk.text)


@pytest.mark.parametrize(
    ("question", "one", "two", "values"),
    [
        ("How long may an export run?", "An export may run for at most 10 minutes.",
         "An export may run for at most 25 minutes before it is stopped.", ("25 minutes", "10 minutes")),
        ("How long are snapshots kept?", "Snapshots are kept for 3 days.", "Snapshots are kept for three weeks.",
         ("three weeks", "3 days")),
        ("On which day is Osier closed?", "Osier is closed for repairs every Monday.",
         "Repairs close Osier every Friday.", ("Friday", "Monday")),
        ("Does Osier check unique keys?", "Osier does not check unique keys.", "Unique keys are checked by Osier.",
         ("Unique keys are checked by Osier", "Osier does not check unique keys")),
        ("What is the default codec?", "The codec is set to Zstd by default.", "The codec is set to Snappy by default.",
         ("Snappy", "Zstd")),
        ("What does a full queue raise?", "A full queue raises QueueLimitError in Osier.",
         "A full queue raises QueueLimitExceeded in Osier.", ("QueueLimitExceeded", "QueueLimitError")),
    ],
)  # fmt: skip
def test_other_values_for_the_same_thing_are_found_newest_first(question, one, two, values):
    disagreement = found(question, one, two)
    assert disagreement is not None
    assert tuple(each.value.rstrip(".") for each in disagreement.versions) == values
    assert disagreement.note.endswith(f"{NEW} is newer.")


@pytest.mark.parametrize(
    ("question", "one", "two"),
    [
        ("How many exports at once?", "On the basic plan, a user may have 4 exports at once.",
         "On the premium plan, a user may have 16 exports at once."),
        ("How large may a file be?", "A load file has at most 2 GB, compressed.",
         "A load file has at most 8 GB, uncompressed."),
        ("How large may a file be?", "A load file has at most 2 GB.", "A load file has at most 2,048 MB."),
        ("How long are snapshots kept?", "Snapshots are kept for 24 hours by default.",
         "Snapshots are kept for at most 90 days."),
        ("When are accounts closed?", "An account is closed 30 days after the course.",
         "Thirty days after the course, the account is closed."),
        ("How large is the sample?", "The profile takes a sample of 700 rows.",
         "The sheet has 650 rows; it is not the sample of 700 rows that the profile takes."),
        ("What is the score?", "The score of the worked example is 3 / 4 = 75 %.", "The score of the store is 80 %."),
        ("Is the mean larger in data skewed to the right?", "When data is skewed to the right, the mean is larger.",
         "When data is skewed to the left, the mean is larger."),
    ],
)  # fmt: skip
def test_other_things_and_the_same_value_are_no_disagreement(question, one, two):
    assert found(question, one, two) is None


def test_a_document_that_also_says_the_same_does_not_disagree():
    both = "Older notes say that snapshots are kept for 5 days. Snapshots are kept for 3 days."
    assert found("How long are snapshots kept?", "Snapshots are kept for 3 days.", both) is None


def test_one_document_alone_does_not_disagree_with_itself():
    text = "An export may run for at most 10 minutes."
    other = "An export may run for at most 25 minutes."
    assert found("How long may an export run?", text, other, (OLD, OLD)) is None


def test_a_correction_comes_first_whatever_its_date():
    disagreement = found(
        "How many rows has a batch?", "A batch has 50 rows.", "A batch has 500 rows.", ("errata.md", "notes-2025.md")
    )
    assert disagreement is not None
    assert disagreement.versions[0].document == "errata.md"
    assert disagreement.note.endswith("errata.md is a correction.")


def test_without_dates_nothing_is_called_newer():
    disagreement = found(
        "How many rows has a batch?", "A batch has 50 rows.", "A batch has 500 rows.", names=("a.md", "b.md")
    )
    assert disagreement is not None
    assert "newer" not in disagreement.note
    assert "a.md: 50 rows" in disagreement.note
    assert "b.md: 500 rows" in disagreement.note


@pytest.mark.parametrize(
    ("statement", "opening", "named", "date"),
    [
        ("The limit, as of 2025-11, is five.", "as of 2024-01", "x", "2025-11"),
        ("The limit is five.", "# Limits\n\n*Handout, as of 2024-03*", "x 2020", "2024-03"),
        ("It was founded on 2019-04-01.", "# Limits", "notes 2022.md", "2022"),
        ("The limit is five.", "# Limits", "notes.md", ""),
    ],
)
def test_the_date_of_a_statement_is_its_own_then_its_documents(statement, opening, named, date):
    assert date_of(statement, opening, named) == date


def test_times_of_quite_other_lengths_do_not_measure_the_same_thing() -> None:
    question = "How long does Osier keep data?"
    assert found(question, "Osier keeps data for 7 days.", "Osier keeps data for 3 days.") is not None
    assert found(question, "Osier keeps data for 7 days.", "Osier keeps data for 70 ms.") is None
