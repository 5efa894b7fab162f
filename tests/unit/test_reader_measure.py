"""How a reader is measured: alone, and in a sum with what is known without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evals.reader.measure import WAYS, Read, figures, table, told_by_question

ANSWERED = Read(np.array([[2.0, 0.1, -1.0], [-1.0, 0.5, 0.0]]), (True, False))
MISSED = Read(np.array([[-1.0, 0.2, -2.0], [0.5, 0.4, 1.0]]), (True, False))
UNANSWERABLE = Read(np.array([[-2.0, 0.6, 2.0], [-3.0, 0.3, 1.0]]), (False, False))


def test_a_hit_is_a_question_whose_highest_statement_answers() -> None:
    hits, _ = figures([ANSWERED, MISSED, UNANSWERABLE], WAYS["reader"])
    assert (hits.value, hits.n) == (0.5, 2)  # the question without an answer has nothing to hit
    hits, _ = figures([ANSWERED, MISSED, UNANSWERABLE], WAYS["cosine"])
    assert hits.value == 0


def test_the_highest_score_tells_whether_there_is_an_answer() -> None:
    _, told = figures([ANSWERED, MISSED, UNANSWERABLE], WAYS["reader"])
    assert (told.value, told.n) == (1.0, 3)
    _, told = figures([ANSWERED, MISSED, UNANSWERABLE], WAYS["cosine"])
    assert told.value == 0


def test_a_sum_can_hit_where_neither_of_its_parts_does() -> None:
    rows = np.array([[0.6, 0.55, 0.0], [0.7, 0.1, 0.0], [-9.0, 0.6, 0.0]])
    read = Read(rows, (True, False, False))
    hits = {way: figures([read, UNANSWERABLE], weights)[0].value for way, weights in WAYS.items()}
    assert (hits["reader"], hits["cosine"], hits["reader + 10 cosine"]) == (0, 0, 1)


def test_the_table_has_a_row_for_each_way_of_each_suite() -> None:
    rows = table({"gold": [ANSWERED, MISSED, UNANSWERABLE]}).splitlines()
    assert len(rows) == 2 + len(WAYS) + 1
    assert rows[2].startswith("| gold | reader | 0.500 [")


@pytest.mark.parametrize("way", WAYS)
def test_figures_have_intervals_that_hold_them(way: str) -> None:
    for one in figures([ANSWERED, MISSED, UNANSWERABLE] * 5, WAYS[way]):
        assert one.low <= one.value <= one.high


def test_a_reader_that_tells_by_the_question_alone_is_found_out() -> None:
    answered, unanswerable = ANSWERED, UNANSWERABLE
    assert told_by_question([answered, unanswerable]).value == 0.5
    assert told_by_question([replace(answered, others=1.0), replace(unanswerable, others=-1.0)]).value == 1.0
