"""How often texts are said to disagree: what is counted, and the other words that agreeing texts are put in."""

from __future__ import annotations

from evals.disagreement import PLANTED, Asked, Figures, table
from evals.perturb import reworded
from evals.rows import read_rows
from rag.disagreement.differences import told

NOTED, SILENT = Asked("a", "?", "The sources disagree. ...", True), Asked("b", "?", "", False)


def test_shares_are_given_for_each_library_and_for_all_that_agree() -> None:
    figures = [
        Figures("planted", True, (NOTED,)),
        Figures("one", False, (NOTED, SILENT)),
        Figures("two", False, (SILENT,)),
    ]
    rows = [line.split(" | ")[:3] for line in table(figures).splitlines()]
    assert ["| one", "1 of 2", "50.0%"] in rows
    assert ["| **all that disagree**", "1 of 1", "100.0%"] in rows
    assert ["| **all that agree**", "1 of 3", "33.3%"] in rows
    assert ["| of these, with a text and its copy at hand", "1 of 1", "100.0%"] in rows


def test_a_missing_note_is_wrong_of_texts_that_disagree_and_a_note_of_texts_that_agree() -> None:
    assert Figures("", True, (NOTED, SILENT)).wrong == (SILENT,)
    assert Figures("", False, (NOTED, SILENT)).wrong == (NOTED,)


def test_other_words_give_the_same_values() -> None:
    sentence = "In a stream, a record must have at most 1,000 KB, because it is also stored for up to 7 days."
    other = reworded(sentence)
    assert other != sentence
    assert told(other) == told(sentence)


def test_enough_pairs_are_planted_of_both_sorts() -> None:
    pairs = read_rows(PLANTED)
    assert sum(pair["differ"] for pair in pairs) >= 25
    assert sum(not pair["differ"] for pair in pairs) >= 20
