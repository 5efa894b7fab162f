from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pages import split_pages
from tests.unit.test_blocks import TEXTS

LONG = "A page of a book about lenses has many words, far more than a line of a list has. " * 3


def pages_of(text: str) -> dict[str, int]:
    """Return the page of each line with text."""
    return {line.text: line.page for line in split_pages(text)[0] if line.text.strip()}


MARKS = [
    ("<!-- Slide number: {} -->", "slide"),
    ("<!-- page {} -->", "page"),
    ("<!--Page: {}-->", "page"),
    ("[Page {}]", "page"),
    ("(slide {})", "slide"),
    ("Page {}", "page"),
    ("PAGE {} of 10", "page"),
    ("Page {}/10", "page"),
    ("--- Page {} ---", "page"),
    ("=== Slide {} ===", "slide"),
    ("Slide #{}", "slide"),
    ("{{{}}}------------", "page"),
    ("## Page {}", "page"),
]


@pytest.mark.parametrize(("mark", "unit"), MARKS)
def test_marks_above_their_pages_are_read_and_dropped(mark: str, unit: str) -> None:
    text = "\n".join(f"{mark.format(number)}\ntext of {number}\n" for number in (1, 2, 3, 5))
    assert split_pages(text)[1] == unit
    assert pages_of(text) == {f"text of {number}": number for number in (1, 2, 3, 5)}


@pytest.mark.parametrize(("mark", "unit"), MARKS)
def test_marks_below_their_pages_are_told_by_the_page_before_the_first(mark: str, unit: str) -> None:
    text = "\n".join(f"{number} {LONG}\n{mark.format(number)}" for number in (1, 2, 3))
    assert pages_of(text) == {f"{number} {LONG}": number for number in (1, 2, 3)}


def test_lines_are_numbered_as_in_the_file() -> None:
    lines, _ = split_pages("[Page 1]\none\n[Page 2]\n\ntwo")
    assert [(line.number, line.text) for line in lines] == [(2, "one"), (4, ""), (5, "two")]


def test_the_title_after_a_slide_number_stays_a_heading_of_its_slide() -> None:
    assert pages_of("# Slide 1: Lenses\n- convex\n# Slide 2 - Mirrors\n- plane") == {
        "# Lenses": 1, "- convex": 1, "# Mirrors": 2, "- plane": 2}  # fmt: skip


def test_form_feeds_part_pages_and_the_page_number_beside_them_goes() -> None:
    text = "one\n1\n\ftwo\nPage 2\n\fthree\n9\n"
    assert split_pages(text)[1] == "page"
    assert pages_of(text) == {"one": 1, "two": 2, "three": 3, "9": 3}


def test_a_form_feed_at_the_very_end_parts_nothing() -> None:
    assert split_pages("one\ntwo\f\n")[1] == ""
    assert pages_of("one\ntwo\n\f\n") == {"one": 0, "two": 0}


def test_bare_numbers_are_marks_only_in_an_unbroken_series_with_pages_between() -> None:
    assert pages_of("\n".join(f"{number} {LONG}\n- {number} -" for number in (1, 2, 3)))[f"2 {LONG}"] == 2
    broken = "\n".join(f"{number} {LONG}\n{number}" for number in (1, 2, 7))
    assert set(pages_of(broken).values()) == {0}
    column = "scores\n1\n2\n3\n4"
    assert pages_of(column) == {"scores": 0, "1": 0, "2": 0, "3": 0, "4": 0}


def test_numbers_that_fall_are_no_page_marks() -> None:
    assert set(pages_of("Page 5\none\nPage 2\ntwo\nPage 9\nthree").values()) == {0}


def test_a_page_named_above_and_below_is_one_page() -> None:
    text = "\n".join(f"[Page {number}]\ntext of {number}\nPage {number}" for number in (1, 2, 3))
    assert pages_of(text) == {f"text of {number}": number for number in (1, 2, 3)}


def test_where_marks_of_two_kinds_disagree_the_kind_that_rises_counts() -> None:
    text = "\n".join(
        f"<!-- Slide number: {number} -->\ntext of {number}\nPage {1 + number % 2}" for number in range(1, 6)
    )
    found = pages_of(text)
    assert split_pages(text)[1] == "slide"
    assert [found[f"text of {number}"] for number in range(1, 6)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("line", ["See page 4 for more", "page", "Slide show 3 of", "[Page x]", "Page 123456"])
def test_prose_about_pages_is_no_mark(line: str) -> None:
    assert split_pages(line)[1] == ""
    assert pages_of(line) == {line: 0}


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_pages_never_fall_lines_rise_and_words_are_kept(text: str) -> None:
    lines, unit = split_pages(text)
    pages = [line.page for line in lines]
    assert pages == sorted(pages)
    assert [line.number for line in lines] == sorted(line.number for line in lines)
    assert unit or not any(pages)
    source = text.split("\n")
    assert all(line.text.strip("# ") in source[line.number - 1] for line in lines)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20, unique=True).map(sorted))
def test_gaps_in_the_numbers_do_not_matter(numbers: list[int]) -> None:
    text = "\n".join(f"[Page {number}]\ntext of {number}" for number in numbers)
    assert list(pages_of(text).values()) == numbers
