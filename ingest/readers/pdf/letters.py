"""Spells the words of a PDF: opens ligatures, and puts right what PDFium turns round in Arabic and Hebrew."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ingest.readers.pdf.frame import Sides

_LIGATURE = re.compile(r"[\ufb00-\ufb06\ufb1d-\ufdff\ufe70-\ufefc]")


def spelled(letters: list[str], boxes: list[Sides]) -> str:
    """Return the word that letters make, each with its box: ligatures opened, in the order of reading."""
    text = "".join(letters)
    if text.isascii():
        return text
    if len(text) == len(boxes) and any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in letters):
        text = "".join(_in_order(letters, boxes))
    if _LIGATURE.search(text):
        text = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return text


def _in_order(letters: list[str], boxes: list[Sides]) -> Iterator[str]:
    """Yield the letters of a word that runs from right to left, as PDFium does not give those of one glyph (lam-alef).

    Nor does it give a mark after the letter that bears it.
    """
    at = 0
    while at < len(letters):
        end = at + 1
        mark = unicodedata.combining(letters[at]) > 0
        while end < len(letters) and (boxes[end] == boxes[at] or (mark and _above(boxes[at], boxes[end]))):
            end += 1
            mark = False
        yield from reversed(letters[at:end])
        at = end


def _above(mark: Sides, letter: Sides) -> bool:
    middle = (mark[0] + mark[2]) / 2
    return letter[0] <= middle <= letter[2]
