from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk
from rag.text.statements import Statement, row_text, statements_of
from rag.types import Document, DocumentInfo, Passage
from tests.unit.test_blocks import TEXTS


def passages(text: str, size: int = 900) -> list[Passage]:
    info = DocumentInfo("0" * 32, "Notes", "text/markdown", "", len(text), 1, "", ())
    chunks = chunk(Document("0" * 32, "Notes", "text/markdown", text), size)
    return [Passage(one, info, 1.0) for one in chunks]


def read(text: str) -> list[Statement]:
    return statements_of(passages(text))


def said(text: str) -> list[tuple[str, str, str]]:
    return [(one.form, " > ".join(one.path), one.text) for one in read(text)]


def test_a_paragraph_gives_its_sentences_under_their_headings() -> None:
    assert said("# Optics\n\n## Lenses\n\nA lens bends light. It is glass.") == [
        ("sentence", "Optics > Lenses", "A lens bends light."),
        ("sentence", "Optics > Lenses", "It is glass."),
    ]


def test_a_sentence_that_points_back_knows_the_one_before_it() -> None:
    first, second, third = read("A lens bends light. It is glass. Glass is sand.")
    assert (first.dangling, second.dangling, third.dangling) == (False, True, False)
    assert (second.former, third.former) == (0, 1)
    (alone,) = read("It is glass.")
    assert not alone.dangling


def test_items_stand_under_their_parents_and_parents_know_them() -> None:
    heading, lens, convex, concave, mirror = read("# Optics\n\n- Lens\n    - Convex\n    - Concave\n- Mirror")
    assert (heading.form, heading.text) == ("heading", "Optics")
    assert [one.path for one in (lens, convex, mirror)] == [("Optics",), ("Optics", "Lens"), ("Optics",)]
    assert (lens.children, convex.parent, concave.lead) == ((2, 3), 1, "Lens")
    assert heading.children == (1, 4)


def test_a_line_that_introduces_a_list_owns_its_items_and_what_stands_before_it_does_not() -> None:
    found = read("Glass is sand. Lenses come in two kinds:\n\n- convex\n- concave")
    assert [(one.form, one.text, one.lead) for one in found] == [
        ("sentence", "Glass is sand.", ""), ("item", "Lenses come in two kinds:", ""),
        ("item", "convex", "Lenses come in two kinds"), ("item", "concave", "Lenses come in two kinds"),
    ]  # fmt: skip


def test_a_row_reads_with_its_column_names_and_so_does_each_cell_of_it() -> None:
    found = read("| in | speed | cost |\n|---|---|---|\n| glass | 200 | low |")
    assert [one.text for one in found] == ["glass — speed: 200; cost: low", "glass — speed: 200", "glass — cost: low"]
    assert found[1].cells == (("in", "glass"), ("speed", "200"))
    assert row_text(()) == ""


def test_empty_cells_are_left_out_and_columns_stay_right() -> None:
    found = read("| in | speed | cost |\n|---|---|---|\n| glass |  | low |\n|  |  |  |")
    assert [one.text for one in found] == ["glass — cost: low"]


def test_code_is_one_statement() -> None:
    assert said("```\na = 1\n\nb = 2\n```") == [("code", "", "```\na = 1\n\nb = 2\n```")]


def test_a_long_item_gives_its_sentences() -> None:
    item = "- " + "A lens bends light towards the axis of the tube. " * 6
    assert {one.text for one in read(item)} == {"A lens bends light towards the axis of the tube."}


def test_spans_are_offsets_into_the_stored_text_of_every_passage() -> None:
    text = "# One\n\nA lens bends light.\n\n# Two\n\nA mirror sends it back."
    found = read(text)
    assert [one.passage for one in found] == [0, 1]
    assert [text[one.start : one.end] for one in found] == [one.text for one in found]


def letters(text: str) -> list[str]:
    return re.findall(r"[^\W_]", text)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.integers(60, 300))
def test_every_statement_quotes_its_passage_and_indices_hold(text: str, size: int) -> None:
    found_in = passages(text, size)
    found = statements_of(found_in)
    for index, one in enumerate(found):
        passage = found_in[one.passage].chunk
        assert passage.start <= one.start <= one.end <= passage.end
        quote = text[one.start : one.end]
        if one.form == "row":
            assert all(cell in quote for _, cell in one.cells)
        elif one.form != "heading":
            assert letters(one.text) == letters(quote)
            assert quote.strip()
        assert all(found[child].parent == index for child in one.children)
        assert one.parent < index
        assert one.former < index
        assert one.form == "heading" or one.parent < 0 or index in found[one.parent].children
    assert all(a.passage <= b.passage for a, b in pairwise(found))
