from __future__ import annotations

import csv
import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers import Reading
from ingest.readers.office.cells import shown, tables, with_header
from ingest.readers.office.sheets import MOST_COLUMNS, MOST_ROWS, read_csv, read_xlsx
from rag.errors import IngestError


def rows_of(raw: bytes, name: str = "data.csv") -> list[str]:
    return read_csv(Path(name), raw).document.text.split("\n")


def book(*rows: list[Any], title: str = "Data") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    return made


def read(made: openpyxl.Workbook) -> Reading:
    file = io.BytesIO()
    made.save(file)
    return read_xlsx(Path("data.xlsx"), file.getvalue())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_rows(delimiter: str) -> None:
    raw = delimiter.join(["Name", "Note", "Size"]) + "\n" + delimiter.join(["a", '"x, y; z"', "1"]) + "\n"
    assert rows_of(raw.encode()) == ["| Name | Note | Size |", "| --- | --- | --- |", "| a | x, y; z | 1 |"]


def test_decimal_commas_are_no_delimiters() -> None:
    assert rows_of(b"Name;Value\na;1,5\nb;2,5\n")[2:] == ["| a | 1,5 |", "| b | 2,5 |"]


def test_the_delimiter_that_a_first_line_names_is_taken() -> None:
    assert rows_of(b"sep=;\r\nName;Value\r\na,b;1\r\n") == ["| Name | Value |", "| --- | --- |", "| a,b | 1 |"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_told_from_the_bytes(encoding: str) -> None:
    raw = "Stadt;Straße;Größe\nMünchen;Königsplatz;groß\nKöln;Domstraße;größer\n".encode(encoding)
    assert rows_of(raw)[2] == "| München | Königsplatz | groß |"


def test_cells_over_several_lines_and_with_pipes_stay_one_cell() -> None:
    assert rows_of(b'Name,Note\na,"one\ntwo | three"\n')[2] == "| a | one two / three |"


def test_rows_of_a_table_are_chunks_under_its_header() -> None:
    raw = "Name,Size\n" + "".join(f"name {at},{at}\n" for at in range(100))
    chunks = chunk(clean(read_csv(Path("data.csv"), raw.encode()).document), 300)
    assert {one.heading_path for one in chunks[1:]} == {("Name / Size",)} or all(
        "Name" in one.embed_text for one in chunks
    )
    assert {(one.line, one.page_start) for one in chunks} == {(0, None)}


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([["Name", "Size"], ["a", "1"]], True),
        ([["", "Size"], ["a", "1"]], True),
        ([["Country", "2019", "2020"], ["A", "1", "2"]], True),
        ([["Term", "Meaning"], ["bias", "systematic error"]], True),
        ([["1", "2"], ["3", "4"]], False),
        ([["a", "1"], ["b", "2"]], False),
        ([["2024-01-01", "x"], ["2024-01-02", "y"]], False),
        ([["same", "same"], ["a", "b"]], False),
        ([["word", "w" * 90], ["other", "text"]], False),
    ],
)
def test_a_header_is_told_from_values(rows: list[list[str]], named: bool) -> None:
    numbered = [f"Column {at}" for at in range(1, len(rows[0]) + 1)]
    assert with_header(rows) == (rows if named else [numbered, *rows])


@pytest.mark.parametrize("raw", [b"", b"\n\n", b",,\n,,\n"])
def test_an_empty_file_is_refused(raw: bytes) -> None:
    with pytest.raises(IngestError, match="the file is empty"):
        read_csv(Path("data.csv"), raw)


def test_a_binary_file_is_refused() -> None:
    with pytest.raises(IngestError, match="binary"):
        read_csv(Path("data.csv"), b"a,b\n\x00\x01,c\n")


def test_a_cell_beyond_what_csv_allows_is_refused_with_the_reason() -> None:
    with pytest.raises(IngestError, match="no table of values parted by ','"):
        read_csv(Path("data.csv"), b"a,b\n" + b"x" * (csv.field_size_limit() + 1) + b",c\n")


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=6))
@settings(deadline=None, max_examples=50)
def test_no_row_of_a_written_file_is_lost(rows: list[list[str]]) -> None:
    rows = [["Alpha", "Beta", "Gamma"], *rows]
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    filled = [row for row in rows if any(cell.split() for cell in row)]
    assert len(rows_of(file.getvalue().encode())) == len(filled) + 1


def test_more_rows_and_columns_than_are_read_are_said() -> None:
    wide = "n," * MOST_COLUMNS + "n\n"
    long = "Name,Size\n" + "a,1\n" * MOST_ROWS
    assert read_csv(Path("data.csv"), (wide * 2).encode()).warnings == (
        "only the first 200 columns are read; split it to have all",
    )
    reading = read_csv(Path("data.csv"), long.encode())
    assert reading.warnings == ("only the first 20000 rows are read; split it to have all",)
    assert reading.document.text.count("\n") == MOST_ROWS


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "General", ""),
        (3, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (0.256, "0.0%", "25.6%"),
        (0.25, "0%", "25%"),
        (1234.5, '"$"#,##0.00', "$1,234.50"),
        (1234.5, "#,##0.00\\ [$€-407]", "1,234.50 €"),
        (-3, '"$"#,##0.00;[Red]("$"#,##0.00)', "($3.00)"),
        (-3.14159, "0.00", "-3.14"),
        (1.5, "0.0##", "1.5"),
        (2, "#,##0.##", "2"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (0.5, "# ?/?", "0.5"),
        (True, "General", "TRUE"),
        ("#DIV/0!", "General", "#DIV/0!"),
        (datetime.datetime(2024, 5, 1), "dd.mm.yyyy", "2024-05-01"),
        (datetime.datetime(2024, 5, 1, 13, 30), "General", "2024-05-01 13:30"),
        (datetime.time(9, 5), "h:mm", "09:05"),
    ],
)
def test_cells_show_what_a_spreadsheet_shows_and_iso_dates(value: Any, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


@given(st.one_of(st.integers(), st.floats()), st.text(st.sampled_from('0#?.,%;E+-"$ _*[]\\@/'), max_size=10))
def test_no_number_format_breaks_a_cell(value: float, number_format: str) -> None:
    assert isinstance(shown(value, number_format), str)


def test_a_sheet_is_a_section_with_its_tables_and_their_titles() -> None:
    made = book(["Results"], ["Name", "Share"], ["a", 0.5], [], [], [1, 2], [3, 4])
    made.active["B3"].number_format = "0%"
    made.create_sheet("Second").append(["Only", "header"])
    made.create_sheet("Empty")
    assert read(made).document.text == (
        "# Data\n\nResults\n\n| Name | Share |\n| --- | --- |\n| a | 50% |\n\n"
        "| Column 1 | Column 2 |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n\n# Second\n\nOnly\n\nheader"
    )


def test_only_the_used_part_of_a_sheet_is_read() -> None:
    made = book()
    for at, row in enumerate([["Name", "Size"], ["a", 1]]):
        for column, value in enumerate(row):
            made.active.cell(40 + at, 10 + column, value)
    made.active.cell(5000, 30).number_format = "0.00"
    assert read(made).document.text == "# Data\n\n| Name | Size |\n| --- | --- |\n| a | 1 |"


def test_what_spans_rows_stands_in_each_and_what_spans_columns_once() -> None:
    made = book(["Kind", "Size", "Note"], ["a", 1, "x"], [None, 2, "y"], ["b", 3, None])
    made.active.merge_cells("A2:A3")
    made.active.merge_cells("B4:C4")
    assert read(made).document.text.split("\n")[4:] == ["| a | 1 | x |", "| a | 2 | y |", "| b | 3 |  |"]


def test_hidden_sheets_are_left_out_and_said() -> None:
    made = book(["Name", "Size"], ["a", 1])
    hidden = made.create_sheet("Solutions")
    hidden.append(["secret", 42])
    hidden.sheet_state = "hidden"
    reading = read(made)
    assert "secret" not in reading.document.text
    assert reading.warnings == ("sheet 'Solutions' is hidden and left out",)


def test_formulas_give_their_saved_values_and_those_without_are_said() -> None:
    made = book(["Name", "Sum"], ["a", "=1+1"])
    reading = read(made)
    assert reading.warnings == (
        "sheet 'Data': formulas whose values were not saved are left out; save it in a spreadsheet program",
    )
    file = io.BytesIO()
    made.save(file)
    raw = _replaced(file.getvalue(), "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>2</v>")
    raw = _replaced(raw, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>")
    told = read_xlsx(Path("data.xlsx"), raw)
    assert (told.document.text.split("\n")[-1], told.warnings) == ("| a | 2 |", ())


def _replaced(raw: bytes, name: str, old: bytes, new: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as was, zipfile.ZipFile(file, "w") as made:
        for part in was.infolist():
            content = was.read(part)
            made.writestr(part.filename, content.replace(old, new) if part.filename == name else content)
    return file.getvalue()


def test_a_size_that_a_sheet_lies_about_is_not_believed() -> None:
    file = io.BytesIO()
    book(["Name", "Size"], ["a", 1]).save(file)
    raw = _replaced(file.getvalue(), "xl/worksheets/sheet1.xml", b"A1:B2", b"A1:A1")
    assert read_xlsx(Path("data.xlsx"), raw).document.text.split("\n")[-1] == "| a | 1 |"


@pytest.mark.parametrize("cut", [10, 500])
def test_files_that_are_damaged_are_refused_with_the_reason(cut: int) -> None:
    file = io.BytesIO()
    book(["Name", "Size"], ["a", 1]).save(file)
    with pytest.raises(IngestError, match="is damaged"):
        read_xlsx(Path("data.xlsx"), file.getvalue()[:-cut])


def test_broken_xml_is_refused_with_the_reason() -> None:
    file = io.BytesIO()
    book(["Name", "Size"], ["a", 1]).save(file)
    with pytest.raises(IngestError, match="is damaged"):
        read_xlsx(Path("data.xlsx"), _replaced(file.getvalue(), "xl/worksheets/sheet1.xml", b"</row>", b"</rwo>"))


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(IngestError, match="holds no text"):
        read(book())


def test_empty_rows_part_tables() -> None:
    rows = [["a", "b"], ["1", "2"], [], ["Title"], ["c", "d"], ["3", "4"]]
    assert list(tables(rows)) == [("", [["a", "b"], ["1", "2"]]), ("Title", [["c", "d"], ["3", "4"]])]
