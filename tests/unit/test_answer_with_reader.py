"""What a reader says of statements counts as much as the calibration gives it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.adapters.sqlite_library import SqliteLibrary
from rag.extractive.answerer import ExtractiveAnswerer, load_calibration
from rag.logistic import Logistic
from rag.question import parse_question
from rag.text.statements import statements_of
from tests.fakes import AskedReader, HashEmbedder, ListReader, stamp
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


SIDES = """# Optics

A mirror sends light back. A mirror is made of glass. A prism parts light. A prism has three sides. Light is fast.
"""
READING = replace(
    load_calibration(), statement=Logistic({"reader": 1.0}, 0.0), answer=Logistic({"reader": 1.0}, 0.0), threshold=0.5
)


def said(library: SqliteLibrary, question: str, reader: ListReader | None) -> tuple[list[str], bool]:
    """Return what is said where only the reader counts, and whether that is sure enough."""
    answerer = ExtractiveAnswerer(library, HashEmbedder(), READING, reader)
    selection = answerer.select(parse_question(question), passages(SIDES))
    return [one.text for one in selection.chosen], selection.answers


def test_each_side_of_a_comparison_is_read_by_a_question_of_its_own(library):
    reader = AskedReader({"What is mirror?": "made of glass", "What is prism?": "three sides"})
    assert said(library, "mirror vs prism?", reader) == (
        ["A mirror is made of glass.", "A prism has three sides."],
        True,
    )
    other = AskedReader({"What is mirror?": "sends light", "What is prism?": "parts light"})
    assert said(library, "mirror vs prism?", other)[0] == ["A mirror sends light back.", "A prism parts light."]


def test_each_part_of_a_question_gets_a_statement(library):
    asked = "Which things send light back, and what has three sides?"
    answers = {"Which things send light back?": "sends light back", "what has three sides?": "three sides"}
    texts, sure = said(library, asked, AskedReader({asked: "sends light back", **answers}))
    assert texts == ["A mirror sends light back.", "A prism has three sides."]
    assert sure


def test_of_a_part_that_is_answered_already_nothing_is_added(library):
    asked = "Which things send light back, and what has three sides?"
    answers = dict.fromkeys((asked, "Which things send light back?", "what has three sides?"), "sends light back")
    assert said(library, asked, AskedReader(answers))[0] == ["A mirror sends light back."]


def test_an_answer_that_leaves_a_part_out_is_not_sure(library):
    asked = "Which things send light back, and what has three sides?"
    assert not said(library, asked, AskedReader({"Which things send light back?": "sends light back"}))[1]


def test_a_question_that_asks_one_thing_is_read_once(library):
    reader = AskedReader({})
    said(library, "What happens to light?", reader)
    assert reader.asked == ["What happens to light?"]
