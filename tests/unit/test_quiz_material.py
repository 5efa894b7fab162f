"""Sections of a document with their tables and lists, whatever chunks the library has made."""

from __future__ import annotations

import pytest

from rag.quiz.material import Section
from tests.quiz_maker import read

TEXT = """# Optics

Light travels in straight lines.

## Parts of a telescope

| Part | Job | Made of |
|---|---|---|
| Objective | Gathers light | Glass |
| Eyepiece | Magnifies | |

A table of prices follows:

| Lens | Price |
|---|---|
| Small | 3 dollars |
| Large | 9 dollars |

## Care

Three things harm a lens:

- Dust scratches it.
- Damp clouds it:
  - in the box
  - on the shelf
- Heat bends it.

### How to clean a lens

1. Blow the dust away.
2. Wet a cloth.
3. Wipe from the middle.
"""


@pytest.fixture(scope="module")
def found() -> dict[str, Section]:
    return {section.title: section for section in read(TEXT)}


def test_a_section_is_what_stands_under_one_heading(found: dict[str, Section]) -> None:
    assert list(found) == ["Optics", "Parts of a telescope", "Care", "How to clean a lens"]
    assert found["How to clean a lens"].path == ("Optics", "Care", "How to clean a lens")
    assert "Blow" not in found["Care"].text


def test_spans_point_into_the_text_of_the_document(found: dict[str, Section]) -> None:
    for section in found.values():
        assert TEXT[section.passage.chunk.start : section.passage.chunk.end] == section.text
    dust = found["Care"].lists[0].items[0]
    assert TEXT[dust.start : dust.end] == "Dust scratches it."


def test_tables_are_parted_and_know_their_columns_and_the_line_before_them(found: dict[str, Section]) -> None:
    parts, prices = found["Parts of a telescope"].tables
    assert parts.columns == ("Part", "Job", "Made of")
    assert [row.cells[0][1] for row in parts.rows] == ["Objective", "Eyepiece"]
    assert parts.lead == ""
    assert prices.columns == ("Lens", "Price")
    assert prices.lead == "A table of prices follows:"


def test_lists_know_what_introduces_them_and_lists_within_lists_are_lists(found: dict[str, Section]) -> None:
    harms, damp = found["Care"].lists
    assert harms.lead == "Three things harm a lens:"
    assert [item.text for item in harms.items] == ["Dust scratches it.", "Damp clouds it:", "Heat bends it."]
    assert damp.lead == "Damp clouds it:"
    assert not harms.numbered


def test_steps_are_known_as_steps(found: dict[str, Section]) -> None:
    (steps,) = found["How to clean a lens"].lists
    assert steps.numbered
    assert len(steps.items) == 3
