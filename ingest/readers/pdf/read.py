"""Reads PDF: text in reading order with its headings, lists, tables and code, and where each word is printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.readers import Reading, ReadOptions, document_id
from ingest.readers.pdf.blocks import blocks, with_notes_last
from ingest.readers.pdf.headings import Headings, outline
from ingest.readers.pdf.lines import Line, segments
from ingest.readers.pdf.ocr import ocr_missing, recognised
from ingest.readers.pdf.order import regions
from ingest.readers.pdf.rules import page_rules
from ingest.readers.pdf.running import PageLines, without_running_lines
from ingest.readers.pdf.tables import aligned_tables, ruled_tables
from ingest.readers.pdf.text import TextWriter
from ingest.readers.pdf.words import PageWords, Style, Word, page_words
from rag.errors import IngestError
from rag.types import Document

_SAMPLE = 40  # pages by which headings are told from the body
_MOST_UNMAPPED = 0.4  # share of characters without meaning from which a page has no text that can be read
_LEAST_PICTURE = 0.3  # of the page that pictures cover, for it to be a scan
_ASIDE = Style(1.0)  # a stamp on the margin is no heading, however large
_LEAST_REPEATED = 40  # characters of a page that can be a copy of another


def read_pdf(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:
    """Return the text of a PDF with its pages and the places of its words, and what could not be read of it.

    Raises:
        IngestError: it is damaged, asks for a password, has too many pages, or has no text.
    """
    pdf = _opened(raw, str(path), options.password)
    try:
        if len(pdf) > options.max_pages:
            raise IngestError(
                f"it has {len(pdf)} pages, more than {options.max_pages}; split it, or set OPENBOOK_MAX_PAGES higher",
                str(path),
            )
        reader = _PdfReader(pdf, options)
        reader.read()
    finally:
        pdf.close()
    if not reader.writer.pages:
        raise IngestError(reader.why_empty(), str(path))
    document = Document(
        id=document_id(raw),
        title=path.stem,
        media_type="application/pdf",
        text=reader.writer.text,
        pages=tuple(reader.writer.pages),
        page_unit="page",
        layout=reader.writer.layout,
    )
    return Reading(document, tuple(reader.warnings()))


def _opened(raw: bytes, path: str, password: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(raw, password=password or None)
    except pypdfium2.PdfiumError as error:
        if error.err_code != pdfium.FPDF_ERR_PASSWORD:
            raise IngestError("the PDF is damaged; open it in a viewer and save it again", path) from error
        asked = "the password is wrong" if password else "it is password-protected; give --password"
        raise IngestError(asked, path) from error


class _PdfReader:
    def __init__(self, pdf: pypdfium2.PdfDocument, options: ReadOptions) -> None:
        self.pdf, self.options = pdf, options
        self.writer = TextWriter()
        self._told: dict[str, list[int]] = defaultdict(list)
        self._asides: set[str] = set()
        self._missing: str | None = None

    def read(self) -> None:
        """Write the pages one after the other."""
        count = len(self.pdf)
        sample = {at: page for at in range(0, count, max(count // _SAMPLE, 1)) if (page := self._lines(at))}
        told = Headings.of(
            ((at, [blocks(region) for region in page.regions]) for at, page in sample.items()), outline(self.pdf)
        )
        seen: dict[str, int] = {}
        pages = (sample.pop(at, None) or self._lines(at, scans=True) for at in range(count))
        for page in without_running_lines(page for page in pages if page):
            number = page.index + 1
            text = "\n".join(line.text for line in page.lines)
            former = seen.setdefault(text, number)
            if former != number and len(text) >= _LEAST_REPEATED:
                self._told[f"the same as page {former}, left out"].append(number)
                continue
            parts = [blocks(region) for region in page.regions]
            told.mark(page.index, parts)
            label = self.pdf.get_page_label(page.index)
            self.writer.page(number, "" if label == str(number) else label, with_notes_last(parts, told.body.size))

    def _lines(self, at: int, *, scans: bool = False) -> PageLines | None:
        """Return the lines of the page at an index; None if it has none, or is a scan and those do not count yet."""
        try:
            page = self.pdf[at]
        except pypdfium2.PdfiumError:
            if scans:
                self._told["damaged, left out"].append(at + 1)
            return None
        try:
            words = page_words(page)
            unmapped = words.unmapped > _MOST_UNMAPPED
            if words.words and not unmapped:
                return PageLines(at, words.height, self._ordered(page, words))
            if scans and (unmapped or _is_picture(page)):
                return self._recognised(page, at, unmapped=unmapped)
            return None
        finally:
            page.close()

    def _ordered(self, page: pypdfium2.PdfPage, found: PageWords) -> list[list[Line]]:
        rules = [] if found.turn else page_rules(page)
        if found.rtl:
            rules = [rule.mirrored() for rule in rules]
        tables = ruled_tables(found.words, rules)
        loose = _without(found.words, tables)
        tables += aligned_tables(loose)
        pieces = segments(_without(loose, tables), rtl=found.rtl)
        ordered = regions([*pieces, *tables])
        aside = " ".join(word.text for word in found.asides)
        if aside and aside not in self._asides:
            self._asides.add(aside)
            ordered.append([Line.of([replace(word, style=_ASIDE) for word in found.asides])])
        return ordered

    def _recognised(self, page: pypdfium2.PdfPage, at: int, *, unmapped: bool) -> PageLines | None:
        what = "its fonts do not say what their letters mean" if unmapped else "scanned"
        if self._missing is None:
            self._missing = ocr_missing(self.options.ocr_language)
        if self._missing:
            self._told[f"{what}, left out: {self._missing}"].append(at + 1)
            return None
        try:
            lines = recognised(page, self.options.ocr_language)
        except RuntimeError as error:
            self._told[f"{what}, left out: Tesseract failed ({str(error)[:100]})"].append(at + 1)
            return None
        self._told[f"{what}, text recognised by Tesseract" if lines else f"{what}, no text found on it"].append(at + 1)
        return PageLines(at, page.get_height(), lines) if lines else None

    def warnings(self) -> Iterator[str]:
        """Yield what a person should know of pages, those of one kind together."""
        for what, pages in self._told.items():
            yield f"page{'s' if len(pages) > 1 else ''} {_ranges(pages)}: {what}"

    def why_empty(self) -> str:
        """Return why there is no text."""
        return "; ".join(["no page has text that can be read", *self.warnings()])


def _without(words: Sequence[Word], tables: Sequence[Line]) -> list[Word]:
    taken = {id(word) for table in tables for word in table.words}
    return [word for word in words if id(word) not in taken]


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    covered = 0.0
    for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = one.get_bounds()
        covered += (right - left) * (top - bottom)
    return bool(covered >= _LEAST_PICTURE * width * height)


def _ranges(numbers: Sequence[int]) -> str:
    """Write 1, 2, 3, 5 as "1-3, 5"."""
    runs = [list(run) for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(str(run[0][1]) if len(run) == 1 else f"{run[0][1]}-{run[-1][1]}" for run in runs)
