from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.chunk import WHOLE_FACTOR, chunk
from ingest.clean import clean
from ingest.readers.text import read_text
from rag.errors import IngestError
from rag.text.blocks import parse_blocks
from rag.types import Chunk, Document, PageStart
from tests.unit.test_blocks import TEXTS

SENTENCE = "A shard takes a thousand records in a second. "


def document(text: str, **fields: object) -> Document:
    return replace(Document("0" * 32, "Notes", "text/markdown", text), **fields)


def read(text: str) -> Document:
    return clean(read_text(Path("notes.md"), text.encode("utf-8", "replace")).document)


def shapes(text: str, size: int = 900) -> list[tuple[str, str]]:
    return [(" > ".join(one.heading_path), one.text) for one in chunk(document(text), size)]


GOLDEN = [
    ("# Optics\n\nLight is fast.\n\nIt bends.", [("Optics", "Light is fast.\n\nIt bends.")]),
    (
        "before\n\n# Optics\n\none\n\n## Lenses\n\ntwo\n\n### Convex\n\nthree\n\n## Mirrors\n\nfour\n\n# Sound\n\nfive",
        [
            ("", "before"), ("Optics", "one"), ("Optics > Lenses", "two"), ("Optics > Lenses > Convex", "three"),
            ("Optics > Mirrors", "four"), ("Sound", "five"),
        ],
    ),
    ("## Deep first\n\none\n\n# Then high\n\ntwo", [("Deep first", "one"), ("Then high", "two")]),
    ("# Empty\n\n# Full\n\nwords", [("Full", "words")]),
    ("# Only\n\n## Headings", []),
    ("", []),
    ("# Lists\n\n- a\n    - b\n    - c", [("Lists", "- a\n    - b\n    - c")]),
    ("Rows:\n\n| a | b |\n|---|---|\n| 1 | 2 |", [("", "Rows:\n\n| a | b |\n|---|---|\n| 1 | 2 |")]),
    ("# Code\n\n```\n# not a heading\n\n\nx\n```", [("Code", "```\n# not a heading\n\n\nx\n```")]),
    ("# Long: " + "word " * 60, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GOLDEN)
def test_chunks_follow_headings(text: str, expected: list[tuple[str, str]]) -> None:
    assert shapes(text) == expected


def test_a_heading_path_ends_without_its_colon_and_is_cut_where_it_is_a_paragraph() -> None:
    (short,) = chunk(document("# Kinds of lens:\n\nwords"))
    (long,) = chunk(document(f"# {'word ' * 60}\n\nwords"))
    assert short.heading_path == ("Kinds of lens",)
    assert len(long.heading_path[0]) <= 120
    assert long.heading_path[0].endswith("…")


def test_paragraphs_are_packed_until_the_next_would_not_fit() -> None:
    chunks = chunk(document("\n\n".join(f"{n} " + "x" * 98 for n in range(10))), 310)
    assert [one.text.split()[::2] for one in chunks] == [["0", "1", "2"], ["3", "4", "5"], ["6", "7", "8"], ["9"]]


def test_a_long_paragraph_is_parted_between_sentences() -> None:
    chunks = chunk(document(SENTENCE * 50), 400)
    assert all(one.text.startswith("A shard") and one.text.endswith("second.") for one in chunks)


def test_one_line_of_sentences_without_spaces_between_them_is_parted_between_sentences() -> None:
    text = "# Records\n\n" + SENTENCE.strip() * 450
    assert len(text) > 20_000
    chunks = chunk(read(text))
    assert all(one.text.startswith("A shard") and one.text.endswith("second.") for one in chunks)
    assert {one.line for one in chunks} == {3}


def test_words_longer_than_a_chunk_are_cut_and_spaces_are_not_carried_over() -> None:
    chunks = chunk(document("x" * 2000 + " " + "word " * 300), 300)
    assert all(len(one.text) <= 300 and one.text == one.text.strip() for one in chunks)


def test_the_items_of_a_list_that_is_opened_are_read_under_their_parent() -> None:
    items = "\n".join(f"    - child {n} {'x' * 80}" for n in range(20))
    first, *others = chunk(document(f"# Top\n\n- Parent of all:\n{items}"), 500)
    assert first.text.startswith("- Parent of all:\n    - child 0")
    assert {one.heading_path for one in others} == {("Top", "Parent of all")}
    assert all(one.text.startswith("    - child") for one in others)


def test_a_parent_too_long_to_stand_with_its_items_is_a_chunk_before_them() -> None:
    items = "\n".join(f"    - child {n} {'x' * 80}" for n in range(10))
    first, *others = chunk(document(f"- A parent with {'many ' * 50}words\n{items}"), 400)
    assert first.text.startswith("- A parent with many")
    assert first.text.endswith("words")
    assert all(one.text.startswith("    - child") for one in others)


def test_a_table_stays_whole_up_to_twice_the_size_and_its_parts_keep_the_header_row() -> None:
    def table(rows: int) -> str:
        return "| in | speed |\n|---|---|\n" + "".join(f"| glass {n:03} | {n:04} |\n" for n in range(rows))

    assert len(chunk(document(table(20)), 300)) == 1
    first, *others = chunk(document("# Speeds\n\n" + table(60)), 300)
    assert first.text.startswith("| in | speed |")
    assert {one.heading_path for one in others} == {("Speeds", "in | speed")}
    assert all(len(one.text) <= 300 and one.text.startswith("| glass") for one in others)


def test_code_stays_whole_up_to_twice_the_size_and_is_cut_between_lines() -> None:
    def code(lines: int) -> str:
        return "```\n" + "".join(f"call({n:03})\n" for n in range(lines)) + "```"

    assert len(chunk(document(code(50)), 300)) == 1
    chunks = chunk(document(code(100)), 300)
    assert len(chunks) > 2
    assert all(
        line in ("```", *(f"call({n:03})" for n in range(100))) for one in chunks for line in one.text.split("\n")
    )


def test_a_chunk_knows_the_pages_on_which_it_begins_and_ends() -> None:
    text = "before\n\nfirst page\n\nsecond page\n\n# New\n\nthird"
    pages = tuple(PageStart(text.index(word), n) for n, word in ((1, "first"), (2, "second"), (5, "third")))
    assert [(one.page_start, one.page_end) for one in chunk(document(text, pages=pages))] == [(None, 2), (5, 5)]


def test_lines_are_those_of_the_source_file() -> None:
    raw = "# T\n\nfirst\n\n<!-- a\ncomment -->\n\n# T\n\n\n-\n\n# U\n\nsecond\n\n<table><tr><th>a<th>b</th></tr>\n" \
          "<tr><td>1</td><td>2</td></tr></table>\n\n# V\n\nthird"  # fmt: skip
    source = raw.split("\n")
    found = [(one.text.split("\n")[0], source[one.line - 1]) for one in chunk(read(raw))]
    assert found == [("first", "first"), ("second", "second"), ("third", "third")]


def test_positions_count_up_and_the_same_text_twice_gives_two_ids() -> None:
    chunks = chunk(document("# A\n\nsame\n\n# B\n\nsame"))
    assert [one.position for one in chunks] == [0, 1]
    assert len({one.id for one in chunks}) == 2


SIZES = st.integers(20, 300)


def covered(text: str, chunks: list[Chunk]) -> str:
    """Return `text` with everything that stands in a chunk blanked."""
    for one in chunks:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


@settings(max_examples=500, deadline=None)
@given(TEXTS, SIZES)
@example("a\n\n" + "> " * 30 + "b", 20)
@example("[a]: b\n\n[c]: d", 20)
def test_chunks_are_slices_in_order_that_never_overlap_and_leave_out_only_headings_and_rules(
    text: str, size: int
) -> None:
    stored = document(text)
    chunks = chunk(stored, size)
    end = 0
    for one in chunks:
        assert one.text == text[one.start : one.end]
        assert one.text.strip()
        assert one.start < one.end
        assert end <= one.start
        end = one.end
    left = covered(text, chunks)
    for block in parse_blocks(text):
        if block.kind == "heading":
            left = left[: block.outer_start] + " " * (block.outer_end - block.outer_start) + left[block.outer_end :]
    assert not any(character.isalnum() for character in left)


@settings(max_examples=300, deadline=None)
@given(TEXTS, SIZES)
def test_no_chunk_is_longer_than_the_size_but_whole_tables_and_code(text: str, size: int) -> None:
    for one in chunk(document(text), size):
        inside = {block.kind for root in parse_blocks(text) for block in root.walk()
                  if block.outer_start < one.end and one.start < block.outer_end}  # fmt: skip
        assert len(one.text) <= size * (WHOLE_FACTOR if inside & {"table", "code"} else 1)


@settings(max_examples=300, deadline=None)
@given(TEXTS, SIZES)
def test_pages_and_lines_of_a_chunk_are_those_of_its_first_and_last_character(text: str, size: int) -> None:
    try:
        stored = read(text)
    except IngestError:  # empty, or control characters
        return
    assert stored.lines == tuple(sorted(stored.lines))
    assert len(stored.lines) == len(stored.text.split("\n")) or not stored.text

    def page(offset: int) -> int | None:
        return max((start.number for start in stored.pages if start.offset <= offset), default=None)

    for one in chunk(stored, size):
        assert (one.page_start, one.page_end) == (page(one.start), page(one.end - 1))
        assert one.line == stored.lines[stored.text.count("\n", 0, one.start)]


PLAIN = st.lists(st.sampled_from(["word", "shard", "lens", "light."]), min_size=1, max_size=8).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PLAIN, st.just(""), PLAIN.map("# {}".format), PLAIN.map("- {}".format)),
                max_size=30), SIZES)  # fmt: skip
def test_the_line_of_a_chunk_is_the_source_line_that_its_words_stand_on(lines: list[str], size: int) -> None:
    if not any(lines):
        return
    for one in chunk(read("\n".join(lines)), size):
        assert one.text.lstrip("- ").split()[0] in lines[one.line - 1]


# About 200,000 characters each: what takes time in proportion is done within a second, what grows with the square
# takes minutes.
HOSTILE = {
    "one line of dots": "." * 200_000,
    "one line of stars": "*a " * 66_666,
    "backticks in rising runs": " a ".join("`" * length for length in range(1, 630)),
    "white space inside a heading": "# a" + " " * 200_000 + "b",
    "white space inside a title to be continued": "# a" + " " * 200_000 + "(cont",
    "brackets": "[a](" * 50_000,
    "angle brackets": "<a <" * 50_000,
    "short lines": "ab cd ef\n\n" * 20_000,
    "headings": "# h\n## i\n" * 10_000,
    "headings with text": "# h\ntext\n" * 10_000,
    "items": "- item\n" * 10_000,
    "items that end in a colon": "- item:\n" * 10_000,
    "items that promise more": "- nine items:\n" * 10_000,
    "items nested by eight": "".join("    " * (n % 8) + "- item\n" for n in range(10_000)),
    "items nested ever deeper": "".join(" " * n + "- x\n" for n in range(600)),
    "markers on one line": "- " * 100_000 + "a",
    "quotes nested ever deeper": "> " * 100_000 + "a",
    "a table of many rows": "| a | b |\n| --- | --- |\n" + "| 1 | 2 |\n" * 20_000,
    "a table of many columns": "|" + "a|" * 10_000 + "\n|" + "---|" * 10_000 + "\n" + "|1|\n" * 20_000,
    "tabs of many rows": "a\tb b b b\n" * 20_000,
    "tabs of many columns": "a\t" * 20_000 + "\n" + "a\tb\n" * 10_000,
    "an HTML table of many rows": "<table>" + "<tr><td>a</td><td>b</td></tr>\n" * 6_000,
    "HTML tables": "<table><tr><td>a</td><td>b</td></tr></table>\n" * 4_400,
    "HTML tables that are not closed": "<table><tr><td>" * 66_666,
    "rows that are not closed": "<table>" + "<tr>" * 50_000,
    "cells that span columns": "<table>" + "<tr><td colspan=50>" + "a" * 30 + "</td></tr>" * 3_200,
    "a fence that is not closed": "```\n" + "code here x\n" * 16_000,
    "fences": "```\na\n" * 16_000,
    "a comment that is not closed": "<!-- " * 200_000,
    "page marks": "".join(f"[Page {n}]\ntext of a page\n\n" for n in range(1, 8_000)),
    "contents": "Contents\n" + "a" + "." * 200_000,
    "pictures": "The image is blue and red and green on the left\n\n" * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_long_texts_of_any_shape_are_read_in_linear_time(text: str) -> None:
    began = time.process_time()
    chunk(read(text))
    assert time.process_time() - began < 5
