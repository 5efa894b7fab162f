"""Texts that say different things of the same thing, and look-alikes that do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.disagreement import PLANTED
from evals.rows import read_rows
from rag.disagreement.abbreviations import abbreviations
from rag.disagreement.find import find_disagreement
from rag.disagreement.reported import own_words
from rag.disagreement.versions import Disagreement, date_of
from rag.question import parse_question
from rag.retrieve import collapse_near_duplicates
from rag.text.statements import statements_of
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


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("pair", read_rows(PLANTED), ids=lambda pair: f"{pair['kind']}: {pair['question']}")
def test_planted_pairs_that_differ_are_found_and_others_are_not(pair, turned) -> None:
    texts = (pair["two"], pair["one"]) if turned else (pair["one"], pair["two"])
    assert (found(pair["question"], *texts) is not None) is pair["differ"]


def test_each_value_is_shown_with_its_date_or_that_there_is_none() -> None:
    disagreement = found("How many rows has a batch?", "A batch has 50 rows.", "A batch has 500 rows.", ("a.md", NEW))
    assert disagreement is not None
    assert disagreement.note == f"The sources disagree. {NEW} (as of 2025): 500 rows; a.md (undated): 50 rows."


def test_a_value_of_the_question_is_no_version_of_its_answer() -> None:
    question = "My file has 40 MB, which limit does Osier have?"
    assert found(question, "The limit of an Osier file is 6 MB.", "An Osier file of 40 MB is over the limit.") is None


def test_a_question_that_names_both_values_is_told_that_sources_disagree() -> None:
    assert found("Is the codec Zstd or Snappy?", "The codec is set to Zstd here.", "The codec is set to Snappy here.")
    assert found("Are snapshots kept 3 or 5 days?", "Snapshots are kept for 3 days.", "Snapshots are kept for 5 days.")


def test_what_stands_below_the_other_side_of_a_comparison_is_not_held_against_an_answer() -> None:
    passages = [
        passage("a.md", "Osier latency: 70 ms"),
        passage("b.md", "- Willow\n  - Latency of 60 seconds\n- Osier\n  - Latency of 70 ms"),
    ]
    passages[1] = replace(passages[1], chunk=replace(passages[1].chunk, heading_path=("Osier vs Willow",)))
    statements = statements_of(passages)
    found_there = find_disagreement(
        parse_question("What is the latency of Osier?"), statements[:1], dict.fromkeys(statements, 0.5), statements,
        passages, lambda p: p.chunk.text,
    )  # fmt: skip
    assert found_there is None


def test_a_list_is_said_in_full() -> None:
    one = "The Osier tool can export the following two formats:\n\n- PNG\n- SVG"
    two = "Formats that the Osier tool can export:\n\n- PNG\n- SVG\n- WebP\n- PDF"
    disagreement = found("Which formats can the Osier tool export?", one, two)
    assert disagreement is not None
    assert [each.value for each in disagreement.versions] == ["PNG, SVG, WebP, PDF", "PNG, SVG"]


PARAGRAPH = (
    "The Osier store keeps what students send in, with the name of the course, the day and the hour of each piece. "
    "Teachers read it, mark it and send it back; whoever wants to may send in a second piece of work. "
    "A piece of work is kept for {}, and then it is deleted, together with all remarks that a teacher made on it."
)


@pytest.mark.parametrize(
    ("one", "two", "kept"),
    [("3 weeks", "5 weeks", 2), ("3 weeks", "21 days", 1), ("three weeks", "3 weeks", 1), ("3 weeks", "3 weeks", 1)],
)
def test_near_copies_in_two_documents_are_one_passage_only_where_they_give_the_same_values(one, two, kept) -> None:
    passages = [passage(OLD, PARAGRAPH.format(one)), passage(NEW, PARAGRAPH.format(two))]
    assert len(collapse_near_duplicates(passages)) == kept


def test_a_short_form_stands_for_the_words_that_the_texts_spell_out() -> None:
    texts = ["Osier runs in two Availability Zones.", "One AZ may fail; an IA class is cheap.", "An API is there."]
    assert abbreviations(texts) == {"az": ("avail", "zone")}


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("A batch has 50 rows; older notes say 40.", "A batch has 50 rows; ."),
        ("Raised from 5 TB to 50 TB.", "to 50 TB."),
        ("Some older sheets claim one zone; three are right.", "; three are right."),
        ("The notes of a lecture are kept for 3 days.", "The notes of a lecture are kept for 3 days."),
    ],
)
def test_what_is_only_reported_of_others_is_not_what_a_text_says(text, own) -> None:
    assert " ".join(own_words(text).split()) == own
