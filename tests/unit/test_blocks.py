from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.blocks import Block, chunker_name, parse_blocks

WORDS = st.sampled_from(
    [
        "shard",
        "lens",
        "Four methods:",
        "a_b",
        "5 MB.",
        "`code`",
        "**bold**",
        "café",
        "漢字",
        "😀",
        "e\u0301",
        "|",
        "e.g.",
        "x:",
    ]
)
OPENINGS = st.sampled_from(
    ["", "", "", "- ", "  - ", "    - ", "        * ", "1. ", "12) ", "# ", "## ", "> ", "> - ", "~~~", "•\t", "```",
     "\t", "-\t", "| ", "|---|---|", "<table>", "<tr><td>", "</table>",
     "<!-- ", "-->", "<div>", "---", "===", "[a]: ", "Contents",
     "[Page 2] ", "<!-- Slide number: 3 -->", "\f", "7", "&#10;", "\\"]
)  # fmt: skip
LINES = st.builds(lambda opening, words: opening + " ".join(words), OPENINGS, st.lists(WORDS, max_size=6))
NOTES = st.lists(st.one_of(LINES, st.just(""), st.text(max_size=12)), max_size=25).map("\n".join)
TEXTS = st.one_of(NOTES, st.text(max_size=200))


def outline(text: str) -> list[object]:
    """Return the blocks as nested lists of their own words."""

    def one(block: Block) -> object:
        own = " ".join(text[block.start : block.end].split())
        return [own, *map(one, block.children)] if block.children else own

    return [one(block) for block in parse_blocks(text)]


GOLDEN = [
    ("# Optics\n\nLight is fast.\n", ["Optics", "Light is fast."]),
    ("- lens\n- mirror\n", ["lens", "mirror"]),
    ("- lens\n    - convex\n    - hollow\n        - two\n- mirror", [["lens", "convex", ["hollow", "two"]], "mirror"]),
    # a line that introduces a list owns it, a sentence does not
    ("Kinds of lens:\n\n- convex\n- concave", [["Kinds of lens:", "convex", "concave"]]),
    ("Kinds of lens\n- convex\n- concave", [["Kinds of lens", "convex", "concave"]]),
    ("Lenses bend light.\n\n- convex\n- concave", ["Lenses bend light.", "convex", "concave"]),
    # slides: a short bullet set apart by a blank line owns those that follow
    (
        "- Lenses\n\n- convex\n- concave\n\n- Mirrors\n\n- plane\n- curved",
        [["Lenses", "convex", "concave"], ["Mirrors", "plane", "curved"]],
    ),
    ("- lens\n\n- mirror\n\n- prism", ["lens", "mirror", "prism"]),
    ("- Kinds of glass:\n- crown\n- flint", [["Kinds of glass:", "crown", "flint"]]),
    ("- Glass:\n- crown\n- Metal:\n- silver", [["Glass:", "crown"], ["Metal:", "silver"]]),
    # a label that says how many follow owns as many, across a slide break
    ("- Coats, three:\n- tin\n\n- gold\n- zinc\n- other", [["Coats, three:", "tin", "gold", "zinc"], "other"]),
    # a table belongs to the line that announces it
    ("Speeds:\n\n| in | km/s |\n|---|---|\n| glass | 200 |", [["Speeds:", [
        "| in | km/s | |---|---| | glass | 200 |", "| in | km/s |", "| glass | 200 |"]]]),
    ("Speeds.\n\n| in | km/s |\n|---|---|\n| glass | 200 |", ["Speeds.", [
        "| in | km/s | |---|---| | glass | 200 |", "| in | km/s |", "| glass | 200 |"]]),
    ("```python\n# no heading\nx = 1\n```", ["```python # no heading x = 1 ```"]),
    ("> quoted words\n> go on", ["quoted words > go on"]),
    ("[Note]: overfitting", ["[Note]: overfitting"]),
    ("        deep words are no code", ["deep words are no code"]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GOLDEN)
def test_a_text_is_parsed_into_blocks_that_own_what_belongs_to_them(text: str, expected: list[object]) -> None:
    assert outline(text) == expected


def test_kinds_and_levels_are_told() -> None:
    blocks = parse_blocks("## Optics\n\nText.\n\n1. one\n2. two\n\n- dot\n\n```\ncode\n```\n")
    assert [(block.kind, block.level) for block in blocks] == [
        ("heading", 2), ("paragraph", 0), ("item", 0), ("item", 0), ("item", 0), ("code", 0),
    ]  # fmt: skip


def test_own_words_leave_out_markers_and_outer_spans_take_whole_lines() -> None:
    text = "intro\n\n  1. first\n     more\n"
    (block,) = parse_blocks(text)[0].children
    assert text[block.start : block.end] == "first\n     more"
    assert text[block.outer_start : block.outer_end] == "  1. first\n     more"


def test_what_is_quoted_too_deeply_to_be_parsed_is_kept_as_a_paragraph() -> None:
    text = "before\n\n" + "> " * 40 + "deep words\n\nafter"
    assert [text[block.start : block.end].strip("> ") for block in parse_blocks(text)] == [
        "before",
        "deep words",
        "after",
    ]


def test_a_table_of_a_thousand_columns_is_one_table_of_all_its_rows() -> None:
    row = "| " + " | ".join("v" * 1000) + " |"
    text = "\n".join([row, "|" + "---|" * 1000, *[row] * 20, "", "after"])
    table, after = parse_blocks(text)
    assert (table.kind, len(table.children), after.kind) == ("table", 21, "paragraph")


def test_a_table_ends_at_a_blank_line_a_heading_and_a_list() -> None:
    for follows in ("\nwords", "# Heading", "- item", "> quote"):
        table, *rest = parse_blocks(f"| a | b |\n|---|---|\n| 1 | 2 |\n{follows}")
        assert (len(table.children), len(rest)) == (2, 1)


def test_every_block_is_walked_in_order() -> None:
    text = "- a\n  - b\n    - c\n  - d"
    assert [text[b.start : b.end] for b in parse_blocks(text)[0].walk()] == ["a", "b", "c", "d"]


def test_the_name_of_the_chunker_changes_with_the_chunk_size() -> None:
    assert chunker_name(900) != chunker_name(901)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_spans_lie_in_order_within_those_that_own_them(text: str) -> None:
    def check(blocks: list[Block], low: int, high: int) -> None:
        for block in blocks:
            assert low <= block.outer_start <= block.start <= block.end <= block.outer_end <= high
            assert not block.children or block.kind in ("item", "paragraph", "table")
            check(block.children, block.outer_start, block.outer_end)
        for one, two in pairwise(blocks):
            assert one.outer_end <= two.outer_start

    check(parse_blocks(text), 0, len(text))
