"""What a reader says of statements counts as much as the calibration gives it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.adapters.sqlite_library import SqliteLibrary
from rag.extractive.answerer import ExtractiveAnswerer, load_calibration
from rag.logistic import Logistic
from rag.question import parse_question
from rag.text.statements import statements_of
from tests.fakes import HashEmbedder, ListReader, stamp
from tests.unit.test_statements import passages

TEXT = """# Mirror

A mirror sends light back. It hangs on a wall.

# Prism

A prism parts light into colours.
"""
QUESTION = parse_question("what happens to light?")


@pytest.fixture
def library(tmp_path):
    with SqliteLibrary(tmp_path / "library.db", stamp()) as opened:
        yield opened


def first(library: SqliteLibrary, reader: ListReader | None) -> tuple[str, float]:
    """Return the statement that comes first where only the reader counts, and what the reader says of it."""
    calibration = replace(load_calibration(), statement=Logistic({"reader": 1.0}, 0.0))
    answerer = ExtractiveAnswerer(library, HashEmbedder(), calibration, reader)
    found = passages(TEXT, 200)
    _, scored = answerer.score(QUESTION, statements_of(found), found)
    return scored[0].statement.text, scored[0].features.reader


@pytest.mark.parametrize("answer", ["It hangs on a wall.", "A prism parts light into colours."])
def test_the_statement_that_a_reader_says_answers_comes_first(library, answer):
    assert first(library, ListReader(answer)) == (answer, 4.0)


def test_without_a_reader_nothing_is_known_of_that(library):
    assert first(library, None)[1] == 0.0


def test_a_statement_that_points_back_is_read_with_the_one_before_it(library):
    reader = ListReader()
    first(library, reader)
    assert "Mirror: A mirror sends light back. It hangs on a wall." in reader.read
