"""Which font has a glyph for which character of a printed text, and what is printed where none has.

Two fonts are always there: Bitstream Vera, which comes with reportlab, for Latin letters, and Symbol, one of the fonts
that every PDF viewer has, for Greek letters, arrows and the signs of mathematics. Others are named by their files.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from rag.errors import ConfigError
from rag.study.exports.files import printable
from rag.types import content_id

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

_SYMBOL = "Symbol"
_RAISED = {"<super>": "super", "<sub>": "sub"}  # as Unicode tells of "⁸" and "₂"
_AS_SYMBOL = {"\u03bc": "\u00b5", "\u0394": "\u2206"}  # letters that the font has as signs


class Fonts:
    """Fonts in the order in which a glyph is looked for.

    Args:
        files: TrueType fonts, tried first; the first of them sets the text.

    Raises:
        ConfigError: a file is no font that can be embedded.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.rl_codecs import RL_Codecs

        RL_Codecs.register()
        fonts = [_opened(file) for file in (*files, Path("Vera.ttf"))]
        for font in fonts:
            pdfmetrics.registerFont(font)
        self._glyphs = {font.fontName: frozenset(font.face.charToGlyph) for font in fonts}
        symbols = "".join(bytes([code]).decode("symbol", "ignore") for code in range(256))
        self._glyphs[_SYMBOL] = frozenset(map(ord, symbols)) | frozenset(map(ord, _AS_SYMBOL))
        self.missing: set[str] = set()

    @property
    def text(self) -> str:
        """Name of the font that sets the text."""
        name: str = next(iter(self._glyphs))
        return name

    def markup(self, text: str) -> str:
        """Return a text as reportlab's paragraphs read it, each run in a font that has its glyphs.

        A character that no font has is printed as its number, [U+4E2D], and kept in `missing`.
        """
        lines = [self._line(line) for line in unicodedata.normalize("NFC", printable(text)).splitlines()]
        return "<br/>".join(lines)

    def _line(self, line: str) -> str:
        runs = groupby((piece for sign in line for piece in self._pieces(sign)), key=lambda piece: piece[:2])
        return "".join(_run(font, raised, "".join(sign for *_, sign in run)) for (font, raised), run in runs)

    def _pieces(self, sign: str) -> Iterator[tuple[str, str, str]]:
        """Yield font, how it is raised ("" for not at all), and character of what stands for a character."""
        if unicodedata.category(sign) == "Cf":
            return  # such as a soft hyphen: nothing is drawn
        sign = " " if sign.isspace() else sign
        if font := self._font(sign):
            yield font, "", _AS_SYMBOL.get(sign, sign) if font == _SYMBOL else sign
            return
        how, _, _ = unicodedata.decomposition(sign).partition(" ")
        alike = unicodedata.normalize("NFKD", sign)
        if alike == sign or not all(map(self._font, alike)):
            self.missing.add(sign)
            alike, how = f"[U+{ord(sign):04X}]", ""
        for one in alike:
            yield self._font(one), _RAISED.get(how, ""), one

    def _font(self, sign: str) -> str:
        """Return the first font that has a glyph for a character, or the empty string."""
        return next((name for name, glyphs in self._glyphs.items() if ord(sign) in glyphs), "")


def _opened(file: Path) -> TTFont:
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    name = f"font-{content_id(str(file))}"
    try:
        return TTFont(name, str(file))
    except (TTFError, OSError) as error:
        raise ConfigError(
            f"{file} is no font that can be put into a PDF ({error}). Name a TrueType file, as NotoSans-Regular.ttf."
        ) from error


def _run(font: str, raised: str, text: str) -> str:
    told = f'<font name="{font}">{escape(text)}</font>'
    return f"<{raised}>{told}</{raised}>" if raised else told
