from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pages import Line
from ingest.tables import html_tables_to_pipes, pipe_row, pipe_table, tabs_to_pipes
from rag.text.blocks import parse_blocks
from tests.unit.test_blocks import TEXTS


def lines(text: str) -> list[Line]:
    return [Line(number, 0, line) for number, line in enumerate(text.split("\n"), 1)]


def from_html(text: str) -> list[str]:
    return [line.text for line in html_tables_to_pipes(lines(text)) if line.text.strip()]


def from_tabs(text: str) -> list[str]:
    return [line.text for line in tabs_to_pipes(lines(text)) if line.text.strip()]


def rows(*cells: str) -> str:
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def test_a_row_is_one_line_and_pipes_in_cells_become_slashes() -> None:
    assert pipe_row(["a\n b", "c|d", "e&#124;f", ""]) == "| a b | c/d | e/f |  |"


def test_the_header_is_as_wide_as_the_widest_row() -> None:
    assert pipe_table([["a"], ["1", "2", "3"], ["4"]]) == [
        "| a |  |  |",
        "| --- | --- | --- |",
        "| 1 | 2 | 3 |",
        "| 4 |",
    ]


def test_an_html_table_becomes_a_pipe_table_on_the_line_it_began_on() -> None:
    text = "before\n<table>\n<tr><th>in</th><th>speed</th></tr>\n<tr><td>glass</td><td>200</td></tr>\n</table>\nafter"
    found = [(line.number, line.text) for line in html_tables_to_pipes(lines(text)) if line.text]
    assert found == [
        (1, "before"), (2, "| in | speed |"), (2, "| --- | --- |"), (2, "| glass | 200 |"), (6, "after")
    ]  # fmt: skip


def test_text_beside_a_table_on_its_lines_is_kept() -> None:
    text = "see " + rows("<td>a<td>b", "<td>1<td>2") + " here"
    assert from_html(text) == ["see ", "| a | b |", "| --- | --- |", "| 1 | 2 |", " here"]


def test_several_tables_on_one_line_are_several_tables() -> None:
    table = rows("<td>a</td><td>b</td>", "<td>1</td><td>2</td>")
    assert from_html(f"{table}{table} x {table}\ny").count("| 1 | 2 |") == 3
    assert from_html(f"{table}{table} x {table}\ny")[-1] == "y"


def test_a_cell_that_spans_rows_stands_in_each_so_that_columns_stay_right() -> None:
    text = rows("<th>kind</th><th>in</th><th>speed</th>", '<td rowspan="2">solid</td><td>glass</td><td>200</td>',
                "<td>ice</td><td>229</td>", "<td>gas</td><td>air</td><td>300</td>")  # fmt: skip
    assert from_html(text)[2:] == ["| solid | glass | 200 |", "| solid | ice | 229 |", "| gas | air | 300 |"]


def test_a_cell_that_spans_columns_names_each_in_the_header_and_stands_once_below() -> None:
    text = rows(
        "<th></th><th colspan=2>speed</th>", "<td>glass</td><td>200</td><td>201</td>", '<td colspan="3">all</td>'
    )
    assert from_html(text) == ["|  | speed | speed |", "| --- | --- | --- |", "| glass | 200 | 201 |", "| all |  |  |"]


def test_a_caption_stands_before_its_table_and_a_table_of_one_row_is_text() -> None:
    assert from_html("<table><caption>Speeds</caption><tr><td>a<td>b<tr><td>1<td>2</table>")[0] == "Speeds"
    assert from_html(rows("<td>Note:</td><td>light is fast</td>")) == ["Note:; light is fast"]


def test_marks_inside_cells_become_spaces_and_code_is_kept() -> None:
    text = rows("<td>a<br>b</td><td><ul><li>c</li><li>d</li></ul></td>", "<td>Vec<T></td><td>&lt;b&gt;</td>")
    assert from_html(text) == ["| a b | c d |", "| --- | --- |", "| Vec<T> | &lt;b&gt; |"]


@pytest.mark.parametrize(
    "text", ["The <table> element\n\nmore words", "<table>\nwords\n\n# Heading", "<tables>x", "<table>words</table>"]
)
def test_a_tag_without_rows_swallows_nothing(text: str) -> None:
    assert from_html(text) == [line for line in text.split("\n") if line]


def test_a_table_that_is_not_closed_ends_with_its_last_cell() -> None:
    text = "<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr>\n\nwords after\n\n# Heading"
    assert from_html(text) == ["| a | b |", "| --- | --- |", "| 1 | 2 |", "words after", "# Heading"]


def test_tab_separated_rows_become_a_table_even_where_the_header_begins_with_a_tab() -> None:
    assert from_tabs("words\n\tglass\tair\nspeed\t200\t300\nwords") == [
        "words", "|  | glass | air |", "| --- | --- | --- |", "| speed | 200 | 300 |", "words"
    ]  # fmt: skip


def test_rows_keep_their_lines_and_the_delimiter_takes_that_of_the_header() -> None:
    found = [(line.number, line.text) for line in tabs_to_pipes(lines("w\na\tb\n1\t2\n3\t4")) if line.text]
    assert found == [(1, "w"), (2, "| a | b |"), (2, "| --- | --- |"), (3, "| 1 | 2 |"), (4, "| 3 | 4 |")]


def test_a_row_with_one_filled_cell_is_kept_and_does_not_break_the_table() -> None:
    assert from_tabs("\tglass\tair\nspeed\t200\t300\nprice\t\t\nweight\t2\t0") == [
        "|  | glass | air |", "| --- | --- | --- |", "| speed | 200 | 300 |", "| price |", "| weight | 2 | 0 |"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "a\tb",  # one row is no table
        "\tindented\n\tindented",
        "\t\tdeep\n\t\tdeep",
        "-\tglass\n-\tair",  # a tab after a list marker
        "1.\tglass\n2.\tair",
        "trailing tab\t\nand another\t",
        "a\tb\n\nc\td",
    ],
)
def test_tabs_that_part_no_cells_make_no_table(text: str) -> None:
    assert from_tabs(text) == [line for line in text.split("\n") if line]


def test_a_wide_row_does_not_widen_the_others() -> None:
    wide = "\t".join("v" * 5000)
    made = from_tabs(wide + "\n" + "a\tb\n" * 5000)
    assert sum(map(len, made)) < 100_000


CELLS = st.text(alphabet="abc1 é|", min_size=1, max_size=6).filter(lambda cell: cell.strip())


@settings(max_examples=150, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=6)
    )
)
def test_every_cell_of_any_table_is_read_back_from_either_spelling(table: list[list[str]]) -> None:
    html = rows(*("".join(f"<td>{cell}</td>" for cell in row) for row in table))
    tabs = "\n".join("\t".join(cell.strip() for cell in row) for row in table)
    made = "\n".join(from_html(html))
    assert made == "\n".join(from_tabs(tabs))
    (block,) = parse_blocks(made)
    read = [[cell.strip() for cell in made[row.start : row.end].strip("|").split(" | ")] for row in block.children]
    wanted = [[" ".join(cell.split()).replace("|", "/") for cell in row] for row in table]
    assert read == wanted


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_passes_and_its_letters_outside_tags_are_kept(text: str) -> None:
    for made in (html_tables_to_pipes(lines(text)), tabs_to_pipes(lines(text))):
        assert [line.number for line in made] == sorted(line.number for line in made)
    if "<" not in text:
        kept = "".join(line.text for line in tabs_to_pipes(lines(text)))
        assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]
