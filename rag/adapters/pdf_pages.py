"""Pages of a PDF as pictures, with a passage marked."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.errors import ConfigError, LibraryError
from rag.layout import Box

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

POINTS_PER_INCH = 72
_MARKER = (255, 232, 64)  # what is under it is multiplied by it, as by a felt pen: black stays black
_MARGIN = 1.0  # points that the marker goes beyond the letters
_MOST_PIXELS = 50_000_000
_PDFIUM = threading.Lock()  # PDFium may be used by one thread at a time (https://pypdfium2.readthedocs.io)


def render_page(original: bytes, page: int, boxes: Sequence[Box] = (), dpi: int = 144, password: str = "") -> bytes:
    """Return a page of a PDF as PNG, with what stands in `boxes` on that page marked.

    Args:
        original: the bytes of the PDF.
        page: 1-based; boxes on other pages are left out.
        boxes: as `rag.layout.Layout.boxes` returns them.
        dpi: dots per inch.
        password: opens a PDF that asks for one.

    Raises:
        ConfigError: there is no such page, the picture would be too large, or the password is missing or wrong.
        LibraryError: the PDF cannot be opened or drawn.
    """
    with _PDFIUM, _opened(original, password) as document:
        if not 1 <= page <= len(document):
            raise ConfigError(f"There is no page {page}: the document has pages 1 to {len(document)}.")
        image = _drawn(document, page, dpi)
    for box in boxes:
        if box.page == page:
            _mark(image, box, dpi / POINTS_PER_INCH)
    png = io.BytesIO()
    image.save(png, "PNG", dpi=(dpi, dpi))
    return png.getvalue()


@contextmanager
def _opened(original: bytes, password: str) -> Iterator[PdfDocument]:
    from pypdfium2 import PdfDocument, PdfiumError
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    try:
        document = PdfDocument(original, password or None)
        try:
            document.init_forms()  # so that what is filled in is drawn
            yield document
        finally:
            document.close()
    except PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            told = "The password is wrong" if password else "The PDF is password-protected"
            raise ConfigError(f"{told}; give --password.") from error
        raise LibraryError(f"The page cannot be drawn: {error} Ingest the file again.") from error


def _drawn(document: PdfDocument, page: int, dpi: int) -> Image:
    opened = document[page - 1]
    width, height = opened.get_size()
    scale = dpi / POINTS_PER_INCH
    if width * height * scale * scale > _MOST_PIXELS:
        most = math.floor(POINTS_PER_INCH * math.sqrt(_MOST_PIXELS / (width * height)))
        raise ConfigError(f"Page {page} is {width:.0f} by {height:.0f} points: at most {most} dpi, not {dpi}.")
    # A copy, since the pixels are PDFium's own and go with the document.
    image: Image = opened.render(scale=scale).to_pil().convert("RGB").copy()
    return image


def _mark(image: Image, box: Box, scale: float) -> None:
    from PIL import Image, ImageChops

    left, top = (max(math.floor((side - _MARGIN) * scale), 0) for side in (box.left, box.top))
    right = min(math.ceil((box.right + _MARGIN) * scale), image.width)
    bottom = min(math.ceil((box.bottom + _MARGIN) * scale), image.height)
    if left < right and top < bottom:
        area = (left, top, right, bottom)
        marker = Image.new("RGB", (right - left, bottom - top), _MARKER)
        image.paste(ImageChops.multiply(image.crop(area), marker), area)
