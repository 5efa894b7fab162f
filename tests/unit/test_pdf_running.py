"""Running headers, footers and page numbers of a PDF, and lines that are stretched to the width of a column."""

from __future__ import annotations

from pathlib import Path

from ingest.readers.pdf.read import read_pdf
from tests.pdf_maker import Page, pdf

BODY = ("The loss falls with every step for as long as", "the step is short enough for the slope to hold.")


def text_of(*pages: Page) -> str:
    return read_pdf(Path("notes.pdf"), pdf(pages)).document.text


def headed(number: int, *, columns: bool) -> Page:
    page = Page().type(60, 40, "A course on loss", 8).type(480, 40, "Notes for students", 8)
    page.lines(60, 100, *(f"{line} {number}" for line in BODY * 4))
    if columns:
        page.lines(330, 100, *(f"Beside it, {line} {number}" for line in BODY * 4))
    return page.type(300, 760, str(number), 8)


def test_a_running_header_in_two_parts_is_left_out_of_pages_with_columns_too() -> None:
    text = text_of(*(headed(number, columns=number in (2, 4)) for number in range(1, 6)))
    assert "A course on loss" not in text
    assert "Notes for students" not in text
    assert text.count("The loss falls") == (5 + 2) * 4


def test_a_page_number_beside_the_title_of_a_document_is_left_out() -> None:
    page = Page().lines(60, 100, *BODY * 4).lines(330, 100, *BODY * 4)
    lines = text_of(page.type(60, 760, "Page 1", 8).type(400, 760, "A course on loss", 8)).splitlines()
    assert "Page 1" not in lines
    assert "A course on loss" in lines


def test_a_line_that_is_stretched_to_its_column_goes_on_in_the_next() -> None:
    page = Page().lines(60, 100, "when the queue runs dry the fleet can shrink to")
    page.type(60, 112, "no").type(151, 112, "machine").type(269, 112, "whatever")
    assert "shrink to no machine whatever" in text_of(page.lines(60, 124, "and costs nothing until the next request."))
