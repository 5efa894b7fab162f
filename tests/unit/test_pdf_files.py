"""Every PDF at hand: the rectangles of a quote hold that quote, and hostile files are refused with their reason."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from ingest.readers import ReadOptions
from ingest.readers.pdf.read import read_pdf
from rag.errors import IngestError
from rag.layout import Box
from rag.types import Document

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "files" / "pdf"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="needs the test material in ../shared/data")

REFUSED = {
    "2206.01062_pg3.pdf": "password-protected",
    "libreoffice-writer-password.pdf": "password-protected",
    "unreadablemetadata.pdf": "damaged",
}
SCANNED = "ocr_test.pdf"
NAMES = sorted(path.name for path in FILES.glob("*.pdf") if path.name not in (*REFUSED, SCANNED))
SPANS, WORDS = 40, (3, 5, 8, 12)
ARABIC = re.compile(r"[\u0600-\u06ff]")
ALONE = re.compile(r"(?<!\S)\S(?!\S)")
_MOST_PAGES = 40  # are read of a larger file


def content(name: str) -> bytes:
    """The bytes of a file, of a large one those of a smaller file with some of its pages."""
    whole = pypdfium2.PdfDocument(FILES / name)
    if len(whole) <= _MOST_PAGES:
        return (FILES / name).read_bytes()
    some = pypdfium2.PdfDocument.new()
    some.import_pages(whole, list(range(0, len(whole), len(whole) // _MOST_PAGES + 1)))
    written = BytesIO()
    some.save(written)
    return written.getvalue()


def quotes(document: Document) -> Iterator[tuple[int, int]]:
    """Spans of 3 to 12 words spread over the document, each in one line of its text."""
    words = [match.span() for match in re.finditer(r"\S+", document.text)]
    step = max(len(words) // SPANS, 1)
    for number, at in enumerate(range(0, len(words), step)):
        start, ends = words[at][0], [end for _, end in words[at : at + WORDS[number % len(WORDS)]]]
        line = document.text.find("\n", start) % (len(document.text) + 1)
        yield start, max((end for end in ends if end <= line), default=ends[0])


class Printed:
    """What pypdfium2 finds in rectangles of the pages of a file."""

    def __init__(self, raw: bytes) -> None:
        self.pages = list(pypdfium2.PdfDocument(raw))
        self.texts = [page.get_textpage() for page in self.pages]

    def inside(self, box: Box) -> str:
        page = self.pages[box.page - 1]
        left, _, _, top = page.get_bbox()
        sides = (left + box.left, top - box.bottom, left + box.right, top - box.top)
        return str(self.texts[box.page - 1].get_text_bounded(*sides))


def letters(text: str) -> str:
    """Letters and digits; of a script whose letters reach over each other and change their order, which they are."""
    found = [letter for letter in text.casefold() if letter.isalnum()]
    return "".join(sorted(set(found)) if any(map(ARABIC.match, found)) else found)


@pytest.mark.parametrize("name", NAMES)
def test_the_text_inside_the_rectangles_of_a_quote_is_the_quote(name: str) -> None:
    raw = content(name)
    document, printed = read_pdf(FILES / name, raw).document, Printed(raw)
    wrong = []
    for start, end in quotes(document):
        quote = document.text[start:end]
        found = " ".join(printed.inside(box) for box in document.layout.boxes(start, end))
        if "•" in quote:  # in the page's text bullets are letters of their fonts
            quote, found = ALONE.sub("", quote), ALONE.sub("", found)
        if letters(found) != letters(quote):
            wrong.append((quote, found))
    assert not wrong


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_file_that_cannot_be_opened_is_refused_with_its_reason(name: str, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        read_pdf(FILES / name, (FILES / name).read_bytes())


def test_a_wrong_password_is_told_apart_from_a_missing_one() -> None:
    path = FILES / "libreoffice-writer-password.pdf"
    with pytest.raises(IngestError, match="the password is wrong"):
        read_pdf(path, path.read_bytes(), ReadOptions(password="not this one"))


def test_a_password_opens_the_file() -> None:
    path = FILES / "libreoffice-writer-password.pdf"
    assert read_pdf(path, path.read_bytes(), ReadOptions(password="openpassword")).document.text


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")
def test_a_scan_is_read_with_the_places_of_its_words_and_said_to_be_one() -> None:
    path = FILES / SCANNED
    reading = read_pdf(path, path.read_bytes())
    assert reading.warnings == ("page 1: scanned, text recognised by Tesseract",)
    assert len(reading.document.layout) == len(reading.document.text.replace("#", "").split())
