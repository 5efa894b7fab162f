from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from rag.adapters.pdf_pages import render_page
from rag.errors import ConfigError, LibraryError
from rag.layout import Box

FILES = Path(os.environ.get("OPENBOOK_TEST_FILES", "../shared/data/files"))
LOCKED = FILES / "pdf" / "libreoffice-writer-password.pdf"
WHITE, BLACK, YELLOW = (255, 255, 255), (0, 0, 0), (255, 232, 64)


def pdf(page: str = "", square: str = "20 60 10 10", pages: int = 1) -> bytes:
    """Return a PDF of pages of 200 by 100 points with a black square: its left, bottom, width and height."""
    drawing = f"0 g {square} re f"
    kids = " ".join(f"{number} 0 R" for number in range(4, 4 + pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} /MediaBox [0 0 200 100] >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        *[f"<< /Type /Page /Parent 2 0 R /Contents 3 0 R {page} >>"] * pages,
    ]
    body = "".join(f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}trailer\n<< /Root 1 0 R >>\n%%EOF\n".encode()


def drawn(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_page_is_drawn_at_its_resolution() -> None:
    image = drawn(render_page(pdf(), 1, dpi=144))
    assert image.size == (400, 200)
    assert image.getpixel((50, 70)) == BLACK
    assert image.getpixel((10, 10)) == WHITE


def test_a_passage_is_marked_and_what_is_printed_in_it_stays_legible() -> None:
    image = drawn(render_page(pdf(), 1, [Box(1, 15, 25, 100, 45)]))
    assert image.getpixel((50, 70)) == BLACK
    assert image.getpixel((150, 70)) == YELLOW
    assert image.getpixel((150, 40)) == WHITE
    assert image.getpixel((250, 70)) == WHITE


def test_only_what_is_marked_on_that_page_is_marked_and_only_within_the_page() -> None:
    boxes = [Box(1, 0, 0, 200, 100), Box(2, 190, -50, 500, 500), Box(2, 300, 300, 400, 400)]
    image = drawn(render_page(pdf(pages=2), 2, boxes))
    assert image.getpixel((100, 100)) == WHITE
    assert image.getpixel((399, 199)) == YELLOW


@pytest.mark.parametrize(
    ("page", "size", "square"),
    [
        ("/Rotate 90", (100, 200), Box(1, 60, 20, 70, 30)),
        ("/Rotate 180", (200, 100), Box(1, 170, 60, 180, 70)),
        ("/Rotate 270", (100, 200), Box(1, 30, 170, 40, 180)),
        ("/CropBox [10 50 110 90]", (100, 40), Box(1, 10, 20, 20, 30)),
    ],
)
def test_boxes_are_of_the_page_as_it_is_shown(page: str, size: tuple[int, int], square: Box) -> None:
    original = pdf(page)
    plain, marked = (drawn(render_page(original, 1, boxes, dpi=72)) for boxes in ([], [square]))
    assert plain.size == size
    middle = (int(square.left + square.right) // 2, int(square.top + square.bottom) // 2)
    assert plain.getpixel(middle) == marked.getpixel(middle) == BLACK
    beside = (int(square.left) - 1, middle[1])  # within the margin of the marker
    assert plain.getpixel(beside) == WHITE
    assert marked.getpixel(beside) == YELLOW


def test_a_page_that_is_not_there_is_refused() -> None:
    for page in (0, 3):
        with pytest.raises(ConfigError, match="pages 1 to 2"):
            render_page(pdf(pages=2), page)


def test_a_picture_that_would_fill_the_memory_is_refused_with_the_resolution_that_fits() -> None:
    huge = pdf("/MediaBox [0 0 14400 14400]")
    with pytest.raises(ConfigError, match="at most 35 dpi"):
        render_page(huge, 1, dpi=144)


def test_what_is_no_pdf_is_told() -> None:
    with pytest.raises(LibraryError, match="cannot be drawn"):
        render_page(b"no PDF", 1)


@pytest.mark.skipif(not LOCKED.is_file(), reason="needs ../shared/data/files")
def test_a_protected_pdf_asks_for_its_password_and_tells_a_wrong_one_apart() -> None:
    original = LOCKED.read_bytes()
    with pytest.raises(ConfigError, match="password-protected; give --password"):
        render_page(original, 1)
    with pytest.raises(ConfigError, match="password is wrong"):
        render_page(original, 1, password="guess")
    assert drawn(render_page(original, 1, password="openpassword", dpi=36)).width > 200
