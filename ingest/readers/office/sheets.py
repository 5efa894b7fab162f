"""Reads CSV, TSV and XLSX as tables with the names of their columns."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.readers import Reading, ReadOptions, document_id
from ingest.readers.markdown import MarkdownText
from ingest.readers.office.cells import Row, shown, tables, with_header
from ingest.readers.office.package import office_document, opened
from ingest.readers.text import decode
from rag.errors import IngestError
from rag.types import Document

MOST_ROWS = 20_000
MOST_COLUMNS = 200
_LARGE_SHEET = 20_000_000  # bytes of XML beyond which merged cells are not looked up
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"')
_UNSAVED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50


def read_csv(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:  # noqa: ARG001
    """Return the rows of a CSV or TSV file as one table; encoding, delimiter and header are told from its content.

    Raises:
        IngestError: the file is empty, binary or no table.
    """
    text = decode(raw, str(path))
    warnings: list[str] = []
    told = re.match(r"sep=(.)\r?\n", text)  # as Excel writes it
    delimiter = told.group(1) if told else _delimiter(text)
    try:
        cells = csv.reader(io.StringIO(text[told.end() :] if told else text, newline=""), delimiter=delimiter)
        tidy = ([" ".join(cell.split()) for cell in row] for row in cells)
        rows = _limited(filter(any, tidy), "", warnings)
    except csv.Error as error:
        raise IngestError(f"it is no table of values parted by '{delimiter}': {error}", str(path)) from error
    if not rows:
        raise IngestError("the file is empty", str(path))
    out = MarkdownText()
    out.table(with_header(rows))
    document = Document(document_id(raw), path.stem, "text/csv", out.text)
    return Reading(document, tuple(warnings))


def _delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have the same number of cells, more than one."""

    def agreement(delimiter: str) -> tuple[int, int]:
        try:
            rows = [row for row, _ in zip(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter),
                                          range(_SAMPLE_ROWS), strict=False)]  # fmt: skip
        except csv.Error:
            return 0, 0
        (cells, count), *_ = Counter(len(row) for row in rows if row).most_common(1) or [(0, 0)]
        return (count, cells) if cells > 1 else (0, 0)

    return max(_DELIMITERS, key=agreement)


def _limited(rows: Iterable[Row], place: str, warnings: list[str]) -> list[Row]:
    """Return the rows and columns that are read, with a warning of those that are not."""
    taken = list(islice(rows, MOST_ROWS + 1))
    if len(taken) > MOST_ROWS:
        warnings.append(f"{place}only the first {MOST_ROWS} rows are read; split it to have all")
    if any(len(row) > MOST_COLUMNS for row in taken):
        warnings.append(f"{place}only the first {MOST_COLUMNS} columns are read; split it to have all")
    return [row[:MOST_COLUMNS] for row in taken[:MOST_ROWS]]


def read_xlsx(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:  # noqa: ARG001
    """Return the visible sheets of a workbook, each a section with its tables, cells as they are shown.

    What spans rows stands in each, what spans columns once. Formulas give the values that were saved with them.

    Raises:
        IngestError: the file is damaged, password-protected or empty.
    """
    import openpyxl

    warnings: list[str] = []
    out = MarkdownText()
    with opened(path, raw) as file:
        # Streamed: as objects the cells of a sheet take fifty times the size of the file.
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                _write_sheet(out, sheet, raw, warnings)
            else:
                warnings.append(f"sheet '{sheet.title}' is hidden and left out")
    return Reading(office_document(path, raw, out.text), tuple(warnings))


def _write_sheet(out: MarkdownText, sheet: Any, raw: bytes, warnings: list[str]) -> None:
    merged, unsaved = _told_beside(sheet, raw)
    if unsaved:
        warnings.append(f"sheet '{sheet.title}': formulas whose values were not saved are left out;"
                        " save it in a spreadsheet program")  # fmt: skip
    rows = _limited(_rows(sheet, merged), f"sheet '{sheet.title}': ", warnings)
    if any(map(any, rows)):
        out.heading(1, sheet.title)
    for title, table in tables(rows):
        out.paragraph(title)
        out.table(table)


def _told_beside(sheet: Any, raw: bytes) -> tuple[list[str], bool]:
    """Return the ranges of merged cells, and whether formulas lack their values, which openpyxl does not stream."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        part = package.getinfo(sheet._worksheet_path)
        if part.file_size > _LARGE_SHEET:
            return [], False
        xml = package.read(part)
    return [found.decode() for found in _MERGED.findall(xml)], _UNSAVED.search(xml) is not None


def _rows(sheet: Any, merged: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a sheet as they are shown; of empty rows that follow each other the first."""
    from openpyxl.utils.cell import range_boundaries

    spans = [(top, bottom, left) for left, top, _, bottom in map(range_boundaries, merged) if bottom > top]
    spans.sort(reverse=True)
    open_spans: list[tuple[int, int, str]] = []  # last row, column, text
    sheet.reset_dimensions()  # what a sheet says of its size is often wrong
    blank = True
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        row = [_text(cell) for cell in cells]
        while row and not row[-1]:
            row.pop()
        open_spans = [span for span in open_spans if span[0] >= number]
        for _, column, text in open_spans:
            row += [""] * (column - len(row))
            row[column - 1] = text
        while spans and spans[-1][0] <= number:
            _, bottom, column = spans.pop()
            open_spans += [(bottom, column, row[column - 1])] if column <= len(row) else []
        if any(row) or not blank:
            yield row
        blank = not any(row)


def _text(cell: Any) -> str:
    return "" if cell.value is None else " ".join(shown(cell.value, cell.number_format).split())
