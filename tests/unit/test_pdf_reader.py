"""What a PDF says, in which order, and where it is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers import Reading, ReadOptions
from ingest.readers.pdf.read import read_pdf
from rag.errors import IngestError
from tests.pdf_maker import Page, pdf

BODY = (
    "The gradient points in the direction of the steepest ascent of",
    "the loss, so a step against it makes the loss smaller for as",
    "long as the step is short enough to stay where it is valid.",
)
PARAGRAPH = " ".join(BODY)


def read(*pages: Page, options: ReadOptions = ReadOptions(), **parts: object) -> Reading:
    return read_pdf(Path("notes.pdf"), pdf(pages, **parts), options)  # type: ignore[arg-type]


def text_of(*pages: Page) -> str:
    return read(*pages).document.text


def test_a_paragraph_is_one_line() -> None:
    assert text_of(Page().lines(72, 100, *BODY)) == PARAGRAPH


def test_columns_are_read_one_after_the_other_below_the_heading_that_spans_them() -> None:
    page = Page().type(72, 80, "A heading that goes over both of the columns", 18)
    left = [f"left column line {number} goes on" for number in range(8)]
    right = [f"right column line {number} goes on" for number in range(8)]
    for at, (one, two) in enumerate(zip(left, right, strict=True)):  # as some programs write them: row by row
        page.type(72, 120 + 12 * at, one).type(320, 120 + 12 * at, two)
    text = text_of(page)
    assert text.startswith("# A heading that goes over both of the columns\n\nleft column line 0")
    assert text.index("left column line 7") < text.index("right column line 0")


def test_a_word_that_a_line_end_breaks_is_joined_and_has_two_rectangles() -> None:
    document = read(Page().lines(72, 100, "The model is trained until the optimi-", "sation of it ends.")).document
    assert "the optimisation of it" in document.text
    start = document.text.index("optimisation")
    boxes = document.layout.boxes(start, start + len("optimisation"))
    assert len(boxes) == 2
    assert boxes[0].left > boxes[1].left


@pytest.mark.parametrize(("ending", "following"), [("a self-", "locking nut is used."), ("the Naive-", "Bayes model.")])
def test_a_hyphen_of_its_own_stays_at_a_line_end(ending: str, following: str) -> None:
    text = text_of(Page().lines(72, 100, f"In this part of the machine {ending}", following))
    assert text.endswith(f"{ending}{following}")


def test_a_word_with_a_hyphen_elsewhere_keeps_it_where_a_line_ends() -> None:
    page = Page().lines(72, 100, "A bias-variance view is taken of the error, and the bias-", "variance sum is it.")
    assert text_of(page).endswith("the bias-variance sum is it.")


def test_running_headers_footers_and_page_numbers_are_left_out_and_the_text_stays() -> None:
    pages = [
        Page()
        .type(72, 40, "Machine learning, lecture notes")
        .lines(72, 100, *BODY)
        .type(72, 400, f"Only page {number} says this.")
        .type(290, 780, str(number))
        for number in range(7, 12)
    ]
    document = read(*pages).document
    assert "lecture notes" not in document.text
    assert document.text.count(PARAGRAPH) == 5
    last = document.text[document.pages[-1].offset :]
    assert last == f"{PARAGRAPH}\n\nOnly page 11 says this."


def test_headings_have_the_levels_of_their_sizes() -> None:
    page = Page().type(72, 80, "Optimisation", 20).type(72, 120, "Gradient descent", 14).lines(72, 150, *BODY)
    page.type(72, 220, "Momentum", 10, "bold").lines(72, 240, *BODY)
    headings = [line for line in text_of(page).split("\n") if line.startswith("#")]
    assert headings == ["# Optimisation", "## Gradient descent", "### Momentum"]


def test_the_outline_tells_headings_that_look_like_text() -> None:
    page = Page().type(72, 80, "Gradient descent").lines(72, 110, *BODY)
    assert read(page, bookmarks=[("1. Gradient Descent", 0)]).document.text.startswith("# Gradient descent\n\n")
    assert not text_of(page).startswith("#")


def test_lists_nest_by_their_indentation_and_keep_their_numbers() -> None:
    page = Page().lines(72, 100, "There are two families of such models:")
    page.type(80, 120, "1.").type(95, 120, "Generative models learn the joint probability of the input and")
    page.type(95, 132, "its label.")
    page.type(100, 148, "-").type(110, 148, "Naive Bayes is one of them.")
    page.type(80, 164, "2.").type(95, 164, "Discriminative models.")
    assert text_of(page).split("\n\n")[1].split("\n") == [
        "1. Generative models learn the joint probability of the input and its label.",
        "  - Naive Bayes is one of them.",
        "2. Discriminative models.",
    ]


def test_code_keeps_its_lines_and_indentation() -> None:
    page = Page().lines(72, 100, *BODY).lines(72, 160, "def step(x):", size=10, font="mono")
    page.lines(96, 172, "return x - 0.1", font="mono")
    assert "```\ndef step(x):\n    return x - 0.1\n```" in text_of(page)


def table(page: Page, top: float, *rows: tuple[str, ...]) -> Page:
    bottom = top + 20 * len(rows)
    for at in range(len(rows) + 1):
        page.rule(72, top + 20 * at, 372, top + 20 * at)
    for x in (72, 172, 272, 372):
        page.rule(x, top, x, bottom)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.type(76 + 100 * column, top + 14 + 20 * at, cell)
    return page


def test_a_ruled_table_has_column_names_and_the_places_of_its_words() -> None:
    page = table(
        Page().lines(72, 60, *BODY), 120, ("Model", "Error", "Time"), ("Tree", "0.2", ""), ("Forest", "0.1", "3 s")
    )
    document = read(page).document
    assert document.text.endswith(
        "| Model | Error | Time |\n| --- | --- | --- |\n| Tree | 0.2 |  |\n| Forest | 0.1 | 3 s |"
    )
    start = document.text.index("0.1")
    [box] = document.layout.boxes(start, start + 3)
    assert 176 <= box.left <= 178
    assert 165 <= box.top < box.bottom <= 176


def test_a_table_that_goes_on_over_the_page_is_one_table_and_its_rows_know_their_page() -> None:
    header = ("Model", "Error", "Time")
    pages = (table(Page(), 100, header, ("Tree", "0.2", "1 s")), table(Page(), 100, header, ("Forest", "0.1", "3 s")))
    document = read(*pages).document
    assert document.text.count("Model") == 1
    assert document.text.endswith("| Tree | 0.2 | 1 s |\n| Forest | 0.1 | 3 s |")
    assert document.text[document.pages[1].offset :].startswith("| Forest")


def test_a_table_without_rules_is_told_by_its_columns() -> None:
    page = Page().lines(72, 60, *BODY)
    rows = [("Model", "Error", "Time"), ("Tree", "0.2", "1 s"), ("Forest", "0.1", "3 s"), ("Boosting", "0.1", "9 s")]
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.type(72 + 120 * column, 120 + 14 * at, cell)
    assert text_of(page).endswith("| Forest | 0.1 | 3 s |\n| Boosting | 0.1 | 9 s |")


def test_a_table_of_contents_is_no_table() -> None:
    page = Page().type(72, 60, "Contents", 16)
    for at, title in enumerate(["Foundations", "Linear models", "Trees", "Ensembles"]):
        page.type(72, 100 + 14 * at, str(at + 1)).type(90, 100 + 14 * at, title).type(
            500, 100 + 14 * at, str(3 + 8 * at)
        )
    assert text_of(page).endswith("\n\n1 Foundations   3\n2 Linear models   11\n3 Trees   19\n4 Ensembles   27")


def test_columns_of_text_between_two_rules_are_no_table() -> None:
    page = Page().rule(72, 90, 540, 90).rule(72, 300, 540, 300)
    for at in range(12):
        page.type(72, 110 + 12 * at, f"left column line {at + 10} goes on").type(
            320, 110 + 12 * at, "right column goes on"
        )
    assert "|" not in text_of(page)


def test_footnotes_stand_at_the_end_of_the_page() -> None:
    page = Page()
    for at in range(10):
        page.type(72, 100 + 12 * at, f"left column line {at} goes on").type(
            320, 100 + 12 * at, f"right column line {at} goes"
        )
    page.type(72, 230, "* A note below the left column.", 7)
    assert text_of(page).endswith("* A note below the left column.")


def test_page_labels_are_kept_where_they_differ_from_the_number() -> None:
    pages = [Page().type(72, 100, f"The text of sheet {name}.") for name in "abc"]
    document = read(*pages, labels="0 << /S /r >> 1 << /S /D /St 2 >>").document
    assert [(page.number, page.label) for page in document.pages] == [(1, "i"), (2, ""), (3, "")]


@pytest.mark.parametrize(("rotate", "left", "top"), [(0, 72, 90), (90, 700, 72), (180, 480, 700), (270, 90, 490)])
def test_rectangles_are_of_the_page_as_it_is_shown(rotate: int, left: float, top: float) -> None:
    document = read(Page(rotate=rotate).type(72, 100, "Gradients")).document
    [word] = document.layout
    assert document.text == "Gradients"
    assert abs(word.box.left - left) < 15
    assert abs(word.box.top - top) < 15


def test_a_page_that_repeats_another_is_left_out_and_told() -> None:
    page, other = Page().lines(72, 100, *BODY), Page().lines(72, 100, *BODY[:2])
    reading = read(page, other, page)
    assert [start.number for start in reading.document.pages] == [1, 2]
    assert reading.warnings == ("page 3: the same as page 1, left out",)


def test_a_scan_is_not_taken_for_an_empty_page() -> None:
    with pytest.raises(IngestError, match="page 1: scanned, left out: recognition of text is switched off"):
        read(Page().grey(), options=ReadOptions(ocr_language=""))


def test_what_is_read_stays_where_other_pages_are_scans() -> None:
    reading = read(Page().type(72, 100, "Gradients"), Page().grey(), Page(), options=ReadOptions(ocr_language=""))
    assert reading.document.text == "Gradients"
    assert [warning.split(":")[0] for warning in reading.warnings] == ["page 2"]


def test_a_file_with_too_many_pages_is_refused() -> None:
    with pytest.raises(IngestError, match="3 pages, more than 2"):
        read(Page(), Page(), Page(), options=ReadOptions(max_pages=2))


def test_a_damaged_file_is_refused() -> None:
    with pytest.raises(IngestError, match="damaged"):
        read_pdf(Path("notes.pdf"), b"%PDF-1.7\nnothing of a PDF")
