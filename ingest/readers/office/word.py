"""Reads DOCX: headings, lists as they are numbered, tables, notes, equations and text boxes, as they follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ingest.readers import Reading, ReadOptions
from ingest.readers.markdown import PAGE_BREAK, MarkdownText
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
from ingest.readers.office.word_styles import Numbering, Styles, is_on
from ingest.readers.office.word_text import Printer
from rag.types import PageStart

_HEADING_CHARACTERS = 200  # what is longer and styled as a heading is a paragraph
_PAGE_CHARACTERS = 3000  # about what a printed page holds
_WRAPPERS = frozenset("ins moveTo customXml smartTag sdt sdtContent".split())
_DRAWN = frozenset("txbxContent docPr chart relIds".split())
_MOST_SPANNED = 63  # columns, the most that Word allows


def read_word(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:  # noqa: ARG001
    """Return the text of a Word file; headers, footers, comments, contents and tracked deletions are left out.

    A Word file does not say where its pages begin: the program that opens it decides. Pages are told where the
    program that saved it left their places (`w:lastRenderedPageBreak`) and counted as many, or where hard breaks end
    pages none of which is longer than a page can be; else there are none, and citations name headings.

    Raises:
        IngestError: the file is damaged, password-protected or has no text.
    """
    from docx import Document

    with opened(path, raw) as file:
        writer = _Writer(Document(file).part)
        text, pages = writer.text(), writer.pages()
    return Reading(office_document(path, raw, text, pages, "page"), tuple(writer.warnings))


class _Writer:
    def __init__(self, part: Any) -> None:
        self._part, self._root = part, part.element
        self._styles = Styles(_parts(part, "styles"))
        self._numbering = Numbering(_parts(part, "numbering"))
        notes = [*_parts(part, "footnotes"), *_parts(part, "endnotes")]
        self._printer = Printer({(local(note), attribute(note, "id")): note for note in notes})
        take_choices(self._root)
        sections = [element for element in self._root.iter() if local(element) == "sectPr"]
        self._later_sections = iter(sections[1:])
        self._out = MarkdownText()
        self._titled = 0
        self.warnings: list[str] = []

    def text(self) -> str:
        """Write the whole body."""
        self._blocks(found(self._root, "body"))
        return self._out.text

    def pages(self) -> tuple[PageStart, ...]:
        """Return the pages, none where they cannot be believed."""
        pages = (PageStart(0, 1), *self._out.pages)
        if len(pages) == 1:
            return ()
        if any(local(element) == "lastRenderedPageBreak" for element in self._root.iter()):
            sure = self._counted() in (0, len(pages))
        else:
            ends = [*(page.offset for page in pages[1:]), len(self._out.text)]
            sure = all(end - page.offset <= _PAGE_CHARACTERS for page, end in zip(pages, ends, strict=True))
        if not sure:
            self.warnings.append("where its pages begin is not certain, so citations name none")
        return pages if sure else ()

    def _counted(self) -> int:
        """Return how many pages the program that saved the file counted, 0 where it does not say."""
        told = (element.text or "" for element in _parts(self._part.package, "extended-properties")
                if local(element) == "Pages")  # fmt: skip
        return next((int(count) for count in told if count.isdecimal()), 0)

    def _blocks(self, holder: Element) -> None:
        for block in _within(holder, "p", "tbl"):
            if local(block) == "tbl":
                self._table(block)
            else:
                self._paragraph(block)

    def _paragraph(self, paragraph: Element) -> None:
        style = self._styles.of(paragraph)
        before = self._break_before(paragraph, style)
        printed = self._printer.read(paragraph)
        text = before + printed.text
        level, label = self._label(paragraph, style)
        heading = self._heading_level(paragraph, style, text)
        notes = "".join(f" [{note}]" for note in printed.notes)
        if self._styles.is_contents(style):
            self._out.paragraph(PAGE_BREAK * text.count(PAGE_BREAK))
        elif heading:
            self._out.heading(heading, _labelled(label, text))
            self._out.paragraph(notes)
        elif self._styles.is_code(paragraph, printed.runs):
            self._out.code(text.replace(LINE_BREAK, "\n"))
        elif label is None or not printed.text.strip():
            self._out.paragraph(text + notes)
        else:
            self._out.item(level, label, text + notes)
        self._drawings(printed.boxes)
        self._section_end(paragraph)

    def _break_before(self, paragraph: Element, style: str) -> str:
        told = found(paragraph, "pPr", "pageBreakBefore")
        told = told if told is not None else self._styles.setting(style, "pPr", "pageBreakBefore")
        return self._printer.page_break() if is_on(told) else ""

    def _section_end(self, paragraph: Element) -> None:
        if found(paragraph, "pPr", "sectPr") is None:
            return
        following = next(self._later_sections, None)  # a section says how it begins, not how it ends
        if attribute(found(following, "type"), "val") not in ("continuous", "nextColumn"):
            self._out.paragraph(self._printer.page_break())

    def _heading_level(self, paragraph: Element, style: str, text: str) -> int:
        if not text.strip() or len(text) > _HEADING_CHARACTERS:
            return 0
        if self._styles.is_title(style):
            self._titled = 1
            return 1
        level = self._styles.heading_level(paragraph)
        return level + self._titled if level else 0

    def _label(self, paragraph: Element, style: str) -> tuple[int, str | None]:
        """Count a list item; return how deep it is nested and its label, None for what is no item."""
        own = found(paragraph, "pPr", "numPr")
        number = attribute(found(own, "numId"), "val")
        level = int(attribute(found(own, "ilvl"), "val") or 0)
        if not number:
            number = attribute(self._styles.setting(style, "pPr", "numPr", "numId"), "val")
            level = level or int(attribute(self._styles.setting(style, "pPr", "numPr", "ilvl"), "val") or 0)
            level = level or self._numbering.level_of_style(number, style)
        label = self._numbering.label(number, level) if number else None
        return level + self._styles.list_level(style), label

    def _table(self, table: Element) -> None:
        cells = [list(_within(row, "tc")) for row in _rows(table)]
        if all(len(row) <= 1 for row in cells):  # a box around text
            for cell in (cell for row in cells for cell in row):
                self._blocks(cell)
            self._out.close()
            return
        boxes: list[Element] = []
        self._out.table(self._cells(table, boxes))
        self._drawings(boxes)

    def _cells(self, table: Element, boxes: list[Element]) -> list[list[str]]:
        """Return the texts of cells: what spans rows stands in each, what spans columns once, but names each."""
        rows: list[list[str]] = []
        for row in _rows(table):
            texts = [""] * int(attribute(found(row, "trPr", "gridBefore"), "val") or 0)
            for cell in _within(row, "tc"):
                merged = found(cell, "tcPr", "vMerge")
                goes_on = merged is not None and attribute(merged, "val") in ("", "continue")
                above = rows[-1][len(texts)] if rows and len(texts) < len(rows[-1]) else ""
                text = above.replace(PAGE_BREAK, " ") if goes_on else self._cell(cell, boxes)
                columns = min(int(attribute(found(cell, "tcPr", "gridSpan"), "val") or 1), _MOST_SPANNED)
                texts += [text, *([text if not rows else ""] * (columns - 1))]
            rows.append(texts)
        return rows

    def _cell(self, cell: Element, boxes: list[Element]) -> str:
        texts: list[str] = []
        between = " "
        for block in _within(cell, "p", "tbl"):
            if local(block) == "tbl":
                inner = self._cells(block, boxes)
                texts.append("; ".join(", ".join(filter(None, row)) for row in inner))
                continue
            _, label = self._label(block, self._styles.of(block))
            printed = self._printer.read(block)
            boxes += printed.boxes
            between = "; " if label is not None and texts else between
            texts.append(_labelled(label, printed.text) + "".join(f" [{note}]" for note in printed.notes))
        return between.join(text for text in texts if text.strip(" "))

    def _drawings(self, boxes: Iterable[Element]) -> None:
        """Write the words of text boxes, charts, diagrams and pictures."""
        for box in boxes:
            for drawn in _outermost(box, _DRAWN):
                match local(drawn):
                    case "txbxContent":
                        self._blocks(drawn)
                    case "docPr":
                        self._out.paragraph(described(attribute(drawn, "descr")))
                    case "chart" | "relIds":
                        self._graphic(drawn)

    def _graphic(self, drawn: Element) -> None:
        """Write a chart or a SmartArt."""
        is_chart = local(drawn) == "chart"
        try:
            content = parsed(self._part.related_parts[attribute(drawn, "id" if is_chart else "dm")].blob)
        except (KeyError, SyntaxError):  # its part is missing or damaged
            self.warnings.append("a chart or diagram cannot be read")
            return
        if is_chart:
            title, rows = chart(content)
            self._out.paragraph(title)
            self._out.table(rows)
        else:
            for level, text in smart_art(content):
                self._out.item(level, "", text)


def _parts(whole: Any, kind: str) -> list[Element]:
    """Return the elements of a part that belongs to another or to the package, none where there is no such part."""
    parts = (rel.target_part for rel in whole.rels.values() if not rel.is_external and rel.reltype.endswith(f"/{kind}"))
    return [element for part in parts for element in parsed(part.blob)]


def _within(holder: Element, *names: str) -> Iterator[Element]:
    """Yield the elements of these names in `holder`, opening what only wraps them."""
    for child in holder:
        if local(child) in names:
            yield child
        elif local(child) in _WRAPPERS:
            yield from _within(child, *names)


def _outermost(element: Element, names: frozenset[str]) -> Iterator[Element]:
    for child in element:
        if local(child) in names:
            yield child
        else:
            yield from _outermost(child, names)


def _rows(table: Element) -> list[Element]:
    return [row for row in _within(table, "tr") if found(row, "trPr", "del") is None]


def _labelled(label: str | None, text: str) -> str:
    """Return a text behind its number, page breaks first."""
    words = text.lstrip(PAGE_BREAK)
    return f"{text[: len(text) - len(words)]}{label} {words}" if label else text
