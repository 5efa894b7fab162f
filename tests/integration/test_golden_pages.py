"""Pages, slides and documents of others, as the library stores them, against what a person reads on them.

The golden table, `tests/golden/pages.toml`, was written down from the rendered pages and not from what a reader makes
of them. A page that is not yet read right is expected to fail, and the table says why.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from ingest.clean import clean
from ingest.readers import read
from rag.types import Document

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "files"
GOLDEN = tomllib.loads((Path(__file__).resolve().parents[1] / "golden" / "pages.toml").read_text("utf-8"))
LARGE, SCANNED = "pdf/DA-619p.pdf", "pdf/ocr_test.pdf"
LARGE_PAGES = [one["page"] for one in GOLDEN["pages"] if one["file"] == LARGE]

pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="needs the test material in ../shared/data")


@cache
def stored(file: str) -> Document:
    """A file as it is stored; of the large one, the pages of the table."""
    path = FILES / file
    raw = some_pages(path, LARGE_PAGES) if file == LARGE else path.read_bytes()
    return clean(read(path, raw).document)


def some_pages(path: Path, numbers: list[int]) -> bytes:
    some, written = pypdfium2.PdfDocument.new(), BytesIO()
    some.import_pages(pypdfium2.PdfDocument(path), [number - 1 for number in numbers])
    some.save(written)
    return written.getvalue()


def page_text(one: dict[str, Any]) -> str:
    """The stored text of a page, or of a document that has none."""
    document = stored(one["file"])
    if "page" not in one:
        return document.text
    number = LARGE_PAGES.index(one["page"]) + 1 if one["file"] == LARGE else one["page"]
    ends = [*(page.offset for page in document.pages[1:]), len(document.text)]
    [text] = [document.text[page.offset : end] for page, end in zip(document.pages, ends, strict=True)
              if page.number == number]  # fmt: skip
    return text


def missing_or_early(text: str, phrases: list[str]) -> Iterator[str]:
    """Phrases that do not stand in a text after the one before."""
    text, at = " ".join(text.split()), 0
    for phrase in phrases:
        found = text.find(phrase, at)
        if found < 0:
            yield phrase
        at = max(at, found + len(phrase))


def tables(text: str) -> Iterator[list[list[str]]]:
    """The pipe tables of a text as rows of cells, the names of the columns first."""
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif rows:
            yield [row for row in rows if set("".join(row)) != {"-"}]
            rows = []


def cells_of(text: str, row: list[str], column: str) -> Iterator[str]:
    """What tables hold in a column, in rows that begin with these cells."""
    for names, *rows in tables(text):
        at = [number for number, name in enumerate(names) if column in name]
        yield from (cells[at[0]] for cells in rows if at and cells[: len(row)] == row)


def golden(*keys: str) -> list[Any]:
    """The pages that say something of these keys."""
    return [
        pytest.param(
            one,
            id=f"{one['file']}-{one.get('page', 'all')}",
            marks=[pytest.mark.xfail(reason=one["wrong"], strict=True)] if "wrong" in one else [],
        )
        for one in GOLDEN["pages"]
        if any(key in one for key in keys)
    ]


@pytest.mark.parametrize("one", golden("order"))
def test_the_phrases_of_a_page_stand_in_the_order_in_which_people_read_them(one: dict[str, Any]) -> None:
    if one["file"] == SCANNED and not shutil.which("tesseract"):
        pytest.skip("needs Tesseract")
    assert list(missing_or_early(page_text(one), one["order"])) == [], page_text(one)


@pytest.mark.parametrize("one", golden("lines"))
def test_page_numbers_and_running_titles_are_no_text_of_a_page(one: dict[str, Any]) -> None:
    assert {line.strip("# ") for line in page_text(one).splitlines()}.isdisjoint(one["lines"]), page_text(one)


@pytest.mark.parametrize("one", golden("cells"))
def test_the_cells_of_a_table_stand_in_their_rows_under_the_names_of_their_columns(one: dict[str, Any]) -> None:
    text = page_text(one)
    for cell in one["cells"]:
        assert any(cell["cell"] in found for found in cells_of(text, cell["row"], cell["column"])), (cell, text)


@pytest.mark.parametrize(("file", "numbers"), GOLDEN["numbers"].items())
def test_the_pages_of_a_file_are_numbered_as_viewers_count_them(file: str, numbers: list[int]) -> None:
    assert [page.number for page in stored(file).pages] == numbers


def test_the_golden_table_holds_at_least_25_pages() -> None:
    assert len({(one["file"], one.get("page")) for one in GOLDEN["pages"]}) >= 25
