"""Reads PPTX: one page for each slide, its text in reading order, its tables and charts, the speaker notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ingest.readers import Reading, ReadOptions
from ingest.readers.markdown import MarkdownText
from ingest.readers.office.drawings import chart, described, smart_art
from ingest.readers.office.package import (
    LINE_BREAK,
    Element,
    attribute,
    found,
    local,
    office_document,
    opened,
    parsed,
    take_choices,
)
from ingest.readers.office.slide_order import Frame, reading_order
from ingest.readers.office.slide_text import Bullets, is_code, paragraph_text, paragraphs
from rag.errors import IngestError
from rag.types import PageStart

if TYPE_CHECKING:
    from pptx.slide import Slide

Shape: TypeAlias = Any  # one of the many classes of python-pptx

_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum"})  # kinds of placeholders
_TITLES = frozenset({"title", "ctrTitle"})
_TITLE_WORDS = 12
_TITLE_BAND = 4  # a text that begins in the first quarter of a slide without a title can be its title


def read_slides(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:
    """Return the text of a presentation, each slide a page numbered by its place, hidden ones included.

    The title of a slide is a heading below those of the title slide and of the section header before it. Comments,
    footers and slide numbers are left out.

    Raises:
        IngestError: the file is damaged, password-protected, has too many slides or no text.
    """
    from pptx import Presentation

    with opened(path, raw) as file:
        deck = Presentation(file)
        slides = list(deck.slides)
        if len(slides) > options.max_pages:
            raise IngestError(f"it has {len(slides)} slides, more than {options.max_pages}; split it", str(path))
        reader = _Slides(int(deck.slide_height or 0), sorted({_rank(slide) for slide in slides}))
        for number, slide in enumerate(slides, 1):
            reader.add(number, slide)
    document = office_document(path, raw, "\n\n".join(reader.texts), tuple(reader.pages), "slide")
    return Reading(document, tuple(reader.warnings()))


class _Slides:
    def __init__(self, height: int, ranks: list[int]) -> None:
        self.texts: list[str] = []
        self.pages: list[PageStart] = []
        self._title_band, self._ranks = height // _TITLE_BAND, ranks
        self._size = 0
        self._noted: dict[str, list[int]] = {}

    def warnings(self) -> Iterator[str]:
        """Yield what a person should know of the slides."""
        for what, numbers in self._noted.items():
            yield f"slide{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}: {what}"

    def add(self, number: int, slide: Slide) -> None:
        """Write a slide and its notes; one without words is left out."""
        take_choices(slide.element)
        shapes = list(_in_order(slide.shapes))
        title = next((shape for shape in shapes if _placeholder(shape) in _TITLES and _words(shape)), None)
        title = title or next((shape for shape in shapes if self._can_be_title(shape)), None)
        text = self._text(number, slide, [shape for shape in shapes if shape is not title])
        if title or text:
            heading = f"{'#' * (self._ranks.index(_rank(slide)) + 1)} {_words(title) if title else f'Slide {number}'}"
            self.pages.append(PageStart(self._size, number))
            self.texts.append(f"{heading}\n\n{text}" if text else heading)
            self._size += len(self.texts[-1]) + 2
        elif any(local(shape.element) == "pic" for shape in shapes):
            self._note(number, "only pictures; the text in them is not read")
        if attribute(slide.element, "show") == "0":
            self._note(number, "hidden in the show, but read")

    def _note(self, number: int, what: str) -> None:
        self._noted.setdefault(what, [])
        if number not in self._noted[what]:
            self._noted[what].append(number)

    def _can_be_title(self, shape: Shape) -> bool:
        lines = [line for line in paragraphs(_body(shape)) if paragraph_text(line).strip()]
        return (
            len(lines) == 1
            and (shape.top or 0) < self._title_band
            and len(_words(shape).split()) <= _TITLE_WORDS
            and Bullets([]).label(lines[0])[1] is None
            and not is_code(lines[0])
        )

    def _text(self, number: int, slide: Slide, shapes: Iterable[Shape]) -> str:
        out = MarkdownText()
        for shape in shapes:
            if (body := _body(shape)) is not None:
                _write(out, body, _styles(slide, shape))
            elif local(shape.element) == "graphicFrame":
                self._frame(out, number, shape)
            out.paragraph(described(attribute(found(shape.element[0], "cNvPr"), "descr")))
            out.close()
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        if notes is not None and notes.text.strip():
            out.paragraph("Notes:")
            _write(out, notes._txBody, [])
        return out.text

    def _frame(self, out: MarkdownText, number: int, shape: Shape) -> None:
        """Write a table, a chart or a SmartArt."""
        content = next(iter(found(shape.element, "graphic", "graphicData")), None)
        try:
            match "" if content is None else local(content):
                case "tbl":
                    out.table(_rows(content))
                case "chart":
                    title, rows = chart(parsed(shape.part.related_part(attribute(content, "id")).blob))
                    out.paragraph(title)
                    out.table(rows)
                case "relIds":
                    model = parsed(shape.part.related_part(attribute(content, "dm")).blob)
                    for level, text in smart_art(model):
                        out.item(level, "", text)
        except (KeyError, ValueError, SyntaxError):  # its part is missing or damaged
            self._note(number, "a chart or diagram that cannot be read")


def _in_order(shapes: Iterable[Shape]) -> Iterator[Shape]:
    """Yield the shapes that are seen, the title first and groups opened."""
    seen = [shape for shape in shapes if _placeholder(shape) not in _FURNITURE and not _is_hidden(shape)]
    titles = [shape for shape in seen if _placeholder(shape) in _TITLES]
    rest = [shape for shape in seen if shape not in titles]
    frames = [
        Frame(top, left, top + (shape.height or 0), left + (shape.width or 0), index)
        for index, shape in enumerate(rest)
        for top, left in [(shape.top or 0, shape.left or 0)]
    ]
    for shape in [*titles, *(rest[index] for index in reading_order(frames))]:
        if local(shape.element) == "grpSp":
            yield from _in_order(shape.shapes)
        else:
            yield shape


def _rank(slide: Slide) -> int:
    """Return 0 for the title slide, 1 for a section header, 2 for others."""
    if any(_placeholder(shape) == "ctrTitle" for shape in slide.shapes):
        return 0
    return 1 if attribute(slide.slide_layout.element, "type") == "secHead" else 2


def _placeholder(shape: Shape) -> str:
    """Return what kind of placeholder a shape is; empty for none."""
    place = found(shape.element[0], "nvPr", "ph")
    return "" if place is None else attribute(place, "type") or "obj"


def _is_hidden(shape: Shape) -> bool:
    return attribute(found(shape.element[0], "cNvPr"), "hidden") in ("1", "true")


def _body(shape: Shape) -> Element | None:
    return found(shape.element, "txBody")


def _words(shape: Shape) -> str:
    """Return the text of a shape as one line."""
    return " ".join(" ".join(map(paragraph_text, paragraphs(_body(shape)))).split())


def _styles(slide: Slide, shape: Shape) -> list[Element | None]:
    """Return where the paragraphs of a shape inherit their bullets from: the shape, its layout, the master."""
    styles = [found(_body(shape), "lstStyle")]
    if not _placeholder(shape):
        return styles
    index = shape.placeholder_format.idx
    layout = slide.slide_layout
    places: Iterable[Shape] = iter(layout.placeholders)
    base = next((place for place in places if place.placeholder_format.idx == index), None)
    styles += [] if base is None else [found(_body(base), "lstStyle")]
    return [*styles, found(layout.slide_master.element, "txStyles", "bodyStyle")]


def _write(out: MarkdownText, body: Element, styles: list[Element | None]) -> None:
    """Write the paragraphs of a text body."""
    bullets = Bullets(styles)
    for paragraph in paragraphs(body):
        level, label = bullets.label(paragraph)
        text = paragraph_text(paragraph)
        if is_code(paragraph):
            out.code("    " * level + text.replace(LINE_BREAK, "\n"))
        elif label is None or not text.strip():
            out.paragraph(text)
        else:
            out.item(level, label, text)


def _rows(table: Element) -> list[list[str]]:
    """Return the cells of a table: what spans rows stands in each, what spans columns once, but names each."""
    rows: list[list[str]] = []
    for row in (child for child in table if local(child) == "tr"):
        cells: list[str] = []
        for cell in (child for child in row if local(child) == "tc"):
            text = " ".join(map(paragraph_text, paragraphs(found(cell, "txBody"))))
            if attribute(cell, "vMerge") in ("1", "true") and rows and len(cells) < len(rows[-1]):
                text = rows[-1][len(cells)]
            elif attribute(cell, "hMerge") in ("1", "true"):
                text = "" if rows or not cells else cells[-1]
            cells.append(text)
        rows.append(cells)
    return rows
