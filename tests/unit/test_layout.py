"""Rectangles of a span: words of a line are one, in whichever direction it is read."""

from __future__ import annotations

import pytest

from rag.layout import Box, Layout, WordBox


def layout(*boxes: Box) -> Layout:
    """Return the layout of words of four letters with a space between."""
    return Layout(WordBox(5 * at, 5 * at + 4, box) for at, box in enumerate(boxes))


def word(left: float, top: float = 0, page: int = 1, height: float = 10) -> Box:
    return Box(page, left, top, left + 20, top + height)


@pytest.mark.parametrize("lefts", [(0, 24, 48), (48, 24, 0)], ids=["left to right", "right to left"])
def test_the_words_of_a_line_are_one_rectangle(lefts: tuple[float, ...]) -> None:
    assert layout(*map(word, lefts)).boxes(0, 14) == [Box(1, 0, 0, 68, 10)]


def test_words_of_two_lines_or_pages_or_columns_are_several() -> None:
    words = layout(word(0), word(24, top=2, height=6), word(0, top=12), word(24, top=12, page=2), word(99, 12, 2))
    assert words.boxes(0, 24) == [Box(1, 0, 0, 44, 10), word(0, 12), word(24, 12, 2), word(99, 12, 2)]


def test_only_the_words_of_the_span_have_rectangles() -> None:
    words = layout(word(0), word(24), word(48))
    assert words.boxes(6, 8) == [word(24)]
    assert words.boxes(4, 5) == []
