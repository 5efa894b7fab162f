"""Questions to print, and after them their answers on pages of their own."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rag.quiz.items import Cloze, Flashcard, ShortAnswer
from rag.study.exports.entries import Entry, Exported, Written, answered, asked, reasons, sources
from rag.study.exports.pdf_fonts import Fonts

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

_MARGIN = 56.7  # points: 2 cm
_TOLD = 12  # characters without a glyph that a note names
_TO_WRITE = 42  # points left free for an answer in words


def write_pdf(exported: Exported) -> Written:
    """Return the document, on A4. A note names the characters that no font has."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import PageBreak, SimpleDocTemplate

    page, made = _Page(Fonts(exported.fonts)), io.BytesIO()
    questions = exported.entries
    story: list[Flowable] = [page.line(exported.title, "title"), page.line("Questions", "heading")]
    story += [page.together(_question(page, at, entry)) for at, entry in enumerate(questions, 1)]
    story += [PageBreak(), page.line("Answers", "heading")]
    story += [page.together(_answer(page, at, entry)) for at, entry in enumerate(questions, 1)]
    document = SimpleDocTemplate(
        made, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=exported.title, author="Openbook", invariant=1,
    )  # fmt: skip
    document.build(story, onFirstPage=_numbered, onLaterPages=_numbered)
    return Written(made.getvalue(), _missing(page.fonts))


class _Page:
    """Sets lines in the styles of the document."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts, self._styles = fonts, _styles(fonts.text)

    def line(self, text: str, style: str, number: str = "") -> Flowable:
        from reportlab.platypus import Paragraph

        return Paragraph(self.fonts.markup(text), self._styles[style], bulletText=number or None)

    def together(self, lines: Iterable[Flowable]) -> Flowable:
        from reportlab.platypus import KeepTogether

        return KeepTogether(list(lines))


def _question(page: _Page, at: int, entry: Entry) -> Iterable[Flowable]:
    from reportlab.platypus import Spacer

    yield page.line(entry.item.stem, "text", f"{at}.")
    for line in asked(entry.item):
        yield page.line(line, "choice")
    if isinstance(entry.item, Cloze | Flashcard | ShortAnswer):
        yield Spacer(1, _TO_WRITE)


def _answer(page: _Page, at: int, entry: Entry) -> Iterable[Flowable]:
    first, *rest = answered(entry.item)
    yield page.line(first, "text", f"{at}.")
    for line in rest:
        yield page.line(line, "more")
    for line in reasons(entry.item):
        yield page.line(line, "choice")
    for line in sources(entry.item):
        yield page.line(line, "source")


def _styles(font: str) -> dict[str, ParagraphStyle]:
    from reportlab.lib.styles import ParagraphStyle

    def style(name: str, size: float, before: float, **how: Any) -> ParagraphStyle:
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.35, spaceBefore=before, **how)

    numbered = {"leftIndent": 24, "bulletIndent": 0, "bulletFontName": font, "bulletFontSize": 10}
    return {
        "title": style("title", 18, 0),
        "heading": style("heading", 14, 14),
        "text": style("text", 10, 14, **numbered),
        "more": style("more", 10, 2, leftIndent=24),
        "choice": style("choice", 10, 3, leftIndent=36),
        "source": style("source", 8, 3, leftIndent=36, textColor="#555555"),
    }


def _numbered(canvas: Any, document: Any) -> None:
    """Put the number of the page at its foot."""
    canvas.setFont("Helvetica", 8)
    canvas.drawCentredString(document.pagesize[0] / 2, _MARGIN / 2, str(canvas.getPageNumber()))


def _missing(fonts: Fonts) -> tuple[str, ...]:
    if not fonts.missing:
        return ()
    signs = sorted(fonts.missing)
    named = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs[:_TOLD]) + (", …" if signs[_TOLD:] else "")
    return (
        f"No font has a glyph for {len(signs)} of the characters: {named}. They are printed as their numbers;"
        " name a font that has them with --font FILE.ttf.",
    )
