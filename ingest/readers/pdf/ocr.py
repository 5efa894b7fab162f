"""Reads the text of a scanned page with Tesseract, where that program is installed."""

from __future__ import annotations

import shutil
from itertools import groupby
from math import sqrt
from statistics import median

import pypdfium2

from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.words import Style, Word

_DPI = 250
_MOST_PIXELS = 30_000_000
_LEAST_CONFIDENCE = 30  # percent; below it Tesseract guesses at specks
_CAPITALS = 0.72  # height of a capital letter, in parts of the size of the type
_TIMEOUT_S = 180  # for a page, on a machine that is busy


def ocr_missing(language: str) -> str:
    """Return what has to be installed or set before text can be recognised, "" if nothing."""
    import pytesseract

    if not language:
        return "recognition of text is switched off; set OPENBOOK_OCR_LANGUAGE"
    if shutil.which(pytesseract.pytesseract.tesseract_cmd) is None:
        return "Tesseract is not installed; install the package tesseract-ocr"
    absent = [one for one in language.split("+") if one not in pytesseract.get_languages()]
    return f"Tesseract lacks the language {', '.join(absent)}; install tesseract-ocr-{absent[0]}" if absent else ""


def recognised(page: pypdfium2.PdfPage, language: str) -> list[list[Line]]:
    """Return the lines of a scanned page, block by block in the order that Tesseract reads them.

    Raises:
        RuntimeError: Tesseract failed or took too long.
    """
    import pytesseract

    width, height = page.get_size()
    scale = min(_DPI / 72, sqrt(_MOST_PIXELS / max(width * height, 1.0)))
    image = page.render(scale=scale, grayscale=True).to_pil()
    image.info["dpi"] = (round(72 * scale), round(72 * scale))
    found = pytesseract.image_to_data(image, lang=language, output_type=pytesseract.Output.DICT, timeout=_TIMEOUT_S)
    rows = [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]
    words = [row for row in rows if str(row["text"]).strip() and float(row["conf"]) >= _LEAST_CONFIDENCE]
    regions: list[list[Line]] = []
    for _, block in groupby(words, key=lambda row: row["block_num"]):
        lines = [list(line) for _, line in groupby(block, key=lambda row: (row["par_num"], row["line_num"]))]
        heights = [float(row["height"]) for line in lines for row in line]
        style = Style(float(round(median(heights) / scale / _CAPITALS)))
        regions.append([_line(line, scale, style) for line in lines])
    return regions


def _line(rows: list[dict[str, float | str]], scale: float, style: Style) -> Line:
    base = max(float(row["top"]) + float(row["height"]) for row in rows) / scale
    words = []
    for row in rows:
        left, top, width, height = (float(row[side]) / scale for side in ("left", "top", "width", "height"))
        box = (left, top, left + width, top + height)
        words.append(Word(str(row["text"]).strip(), box, *box, base, style))
    return Line.of(words)
