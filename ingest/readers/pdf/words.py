"""Reads the words of one PDF page, with where and how they are printed, through pypdfium2.

Positions are points from the top left of the page as it is shown: its crop box, turned.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import hypot

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.readers.pdf.frame import Frame, Sides
from ingest.readers.pdf.letters import spelled

_HYPHENS = (0x2, 0xAD, 0x2010, 0xFFFE)  # PDFium's own signs of a hyphen at a line end are 0x2 and 0xFFFE
_NO_MEANING = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd\uffff\ue000-\uf8ff]")
_INVISIBLE = frozenset((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F))
_SIGN_FONT = re.compile(r"wingding|webding|dingbat", re.I)  # its letters are bullets and boxes
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|-bd|cmbx|sfbx|ecbx", re.I)
_ITALIC = re.compile(r"ital|obliq|cmti|sfti", re.I)
_MONO = re.compile(r"mono|courier|consol|menlo|typewriter|cmtt|sftt|inconsolata|sourcecode|firacode", re.I)
LEADER_DOTS = 4
_LEADER_OR_WORD = re.compile(rf"\.{{{LEADER_DOTS},}}|(?:(?!\.{{{LEADER_DOTS}}}).)+", re.S)
_BOLD_WEIGHT = 600
_FIXED_PITCH, _ITALIC_FLAG = 1, 1 << 6  # of FPDFFont_GetFlags, as PDF 32000-1, table 123
_BASELINE_SHIFT = 0.15  # of the size: text that stands so much higher or lower begins another word
_WORD_GAP = 0.35  # of the size


@dataclass(frozen=True, slots=True)
class Style:
    """How text is printed; `size` in points."""

    size: float
    bold: bool = False
    italic: bool = False
    mono: bool = False


@dataclass(slots=True)
class Word:
    """A word, or a part of one that is printed in its own way.

    Attributes:
        box: left, top, right, bottom on the page as it is shown.
        left, top, right, bottom, base: the same and the baseline in the frame in which words run from left to right.
    """

    text: str
    box: Sides
    left: float
    top: float
    right: float
    bottom: float
    base: float
    style: Style


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page in the order of its content.

    Attributes:
        asides: words that run in another direction than most, as a stamp on the margin.
        turn: quarter turns of the frame in which the words stand, against the page as it is shown.
        rtl: whether it is mirrored besides, since most letters run from right to left.
        height: of that frame.
        unmapped: share of the characters that no font says the meaning of.
    """

    words: list[Word]
    asides: list[Word]
    height: float
    turn: int = 0
    rtl: bool = False
    unmapped: float = 0.0


def page_words(page: pypdfium2.PdfPage) -> PageWords:
    """Return the words of a page, those off the page left out."""
    textpage = page.get_textpage()
    try:
        frame = Frame.of(page)
        reader = _CharacterReader(textpage.raw, frame)
        found = list(reader.words(textpage.count_chars()))
        unmapped = reader.unmapped / max(reader.characters, 1)
    finally:
        textpage.close()
    width, height = frame.size
    found = [(turn, word) for turn, word in found if word.text and _overlaps(word.box, width, height)]
    turns = Counter(turn for turn, _ in found)
    most = turns.most_common(1)[0][0] if turns else 0
    words = [_turned(word, most, width, height) for turn, word in found if turn == most]
    asides = [word for turn, word in found if turn != most]
    rtl = _runs_right_to_left(words)
    if rtl:
        words = [replace(word, left=-word.right, right=-word.left) for word in words]
    return PageWords(words, asides, width if most % 2 else height, most, rtl, unmapped)


def _runs_right_to_left(words: Iterable[Word]) -> bool:
    """Whether most words are Hebrew, Arabic or of another script that runs from right to left."""
    kinds = Counter(unicodedata.bidirectional(word.text[0]) for word in words if word.text)
    return kinds["R"] + kinds["AL"] > kinds["L"]


def _overlaps(box: Sides, width: float, height: float) -> bool:
    left, top, right, bottom = box
    return right > 0 and left < width and bottom > 0 and top < height


def _turned(word: Word, turn: int, width: float, height: float) -> Word:
    """Return the word in the frame in which text of that many quarter turns runs from left to right."""
    left, top, right, bottom = word.box
    match turn:
        case 1:
            sides = (top, width - right, bottom, width - left)
        case 2:
            sides = (width - right, height - bottom, width - left, height - top)
        case 3:
            sides = (height - bottom, left, height - top, right)
        case _:
            return word
    return replace(word, left=sides[0], top=sides[1], right=sides[2], bottom=sides[3], base=sides[3])


class _CharacterReader:
    """Joins the characters of a text page to words."""

    def __init__(self, raw: pdfium.FPDF_TEXTPAGE, frame: Frame) -> None:
        self.raw, self.frame = raw, frame
        self.characters = self.unmapped = 0
        self._runs: dict[int, tuple[Style, int, bool]] = {}
        self._styles: dict[int, tuple[bool, bool, bool, bool]] = {}

    def words(self, count: int) -> Iterator[tuple[int, Word]]:
        """Yield the words, each with the quarter turns of its direction."""
        raw, unicode, char_box, text_object = (
            self.raw, pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetCharBox, pdfium.FPDFText_GetTextObject,
        )  # fmt: skip
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        sides = [ctypes.pointer(side) for side in (left, right, bottom, top)]
        letters: list[str] = []
        boxes: list[Sides] = []
        run: tuple[Style, int, bool, float] = (Style(0), 0, False, 0.0)
        key = 0
        for at in range(count):
            code = unicode(raw, at)
            if code == 32 or code in (9, 10, 13, 0xA0, 0x3000) or 0x2000 <= code <= 0x200A:
                if letters:
                    yield from self._words(letters, boxes, run)
                    letters, boxes = [], []
                continue
            if code in _INVISIBLE:
                continue
            pointer = text_object(raw, at)
            own = ctypes.addressof(pointer.contents) if pointer else key
            char_box(raw, at, *sides)
            box = (left.value, bottom.value, right.value, top.value)
            if own != key or not boxes:
                former, run, key = run, self._run(at, own, pointer), own
                if letters and self._parted(former, run, boxes[-1], box):
                    yield from self._words(letters, boxes, former)
                    letters, boxes = [], []
            letters.append(self._letter(code, signs=run[2]))
            boxes.append(box)
        if letters:
            yield from self._words(letters, boxes, run)

    def _letter(self, code: int, *, signs: bool) -> str:
        self.characters += 1
        if code in _HYPHENS:
            return "-" if code != 0xAD else "\xad"
        if signs or 0xF080 <= code <= 0xF0FF:
            return "•"
        letter = chr(code - 0xF000 if 0xF020 <= code < 0xF080 else code)
        if _NO_MEANING.match(letter):
            self.unmapped += 1
            return ""
        return letter

    def _run(self, at: int, key: int, pointer: pdfium.FPDF_PAGEOBJECT) -> tuple[Style, int, bool, float]:
        """Return style, quarter turns, whether the font is one of signs, and the baseline of a run of text."""
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self.raw, at, matrix)
        if key not in self._runs:
            bold, italic, mono, signs = self._font(pointer)
            size = pdfium.FPDFText_GetFontSize(self.raw, at) * hypot(matrix.c, matrix.d)
            (x1, y1), (x2, y2) = self.frame.shown(0, 0), self.frame.shown(matrix.a, matrix.b)
            dx, dy = x2 - x1, y2 - y1
            turn = (0 if dx >= 0 else 2) if abs(dx) >= abs(dy) else (1 if dy > 0 else 3)
            self._runs[key] = (Style(round(size, 1), bold, italic, mono), turn, signs)
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self.raw, at, x, y)
        return (*self._runs[key], self.frame.shown(x.value, y.value)[1])

    def _font(self, pointer: pdfium.FPDF_PAGEOBJECT) -> tuple[bool, bool, bool, bool]:
        font = pdfium.FPDFTextObj_GetFont(pointer) if pointer else None
        if not font:
            return False, False, False, False
        key = ctypes.addressof(font.contents)
        if key not in self._styles:
            buffer = ctypes.create_string_buffer(256)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
            name = buffer.value.decode("utf-8", "replace")
            flags = max(pdfium.FPDFFont_GetFlags(font), 0)
            self._styles[key] = (
                bool(_BOLD.search(name)) or pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT,
                bool(_ITALIC.search(name)) or bool(flags & _ITALIC_FLAG),
                bool(_MONO.search(name)) or bool(flags & _FIXED_PITCH),
                bool(_SIGN_FONT.search(name)),
            )
        return self._styles[key]

    def _parted(
        self, former: tuple[Style, int, bool, float], run: tuple[Style, int, bool, float],
        last: Sides, box: Sides,
    ) -> bool:  # fmt: skip
        """Whether another word begins where another text object does."""
        size = max(former[0].size, run[0].size)
        if former[1] != run[1] or (abs(former[3] - run[3]) > _BASELINE_SHIFT * size and run[1] % 2 == 0):
            return True
        one, two = self.frame.box(*last), self.frame.box(*box)
        gap = max(two[0] - one[2], one[0] - two[2], two[1] - one[3], one[1] - two[3])
        return gap > _WORD_GAP * size

    def _words(
        self,
        letters: list[str],
        boxes: list[Sides],
        run: tuple[Style, int, bool, float],
    ) -> Iterator[tuple[int, Word]]:
        """Yield the word that letters make; a row of dots, which leads to a page number, is a word of its own."""
        style, turn, _, base = run
        for start, end in _around_leaders(letters):
            some = boxes[start:end]
            box = self.frame.box(
                min(b[0] for b in some), min(b[1] for b in some), max(b[2] for b in some), max(b[3] for b in some)
            )
            yield turn, Word(spelled(letters[start:end], some), box, *box, base, style)


def _around_leaders(letters: list[str]) -> list[tuple[int, int]]:
    text = "".join(letter or "\0" for letter in letters)
    if len(text) != len(letters) or "." * LEADER_DOTS not in text:
        return [(0, len(letters))]
    return [match.span() for match in _LEADER_OR_WORD.finditer(text)]
