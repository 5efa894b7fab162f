"""Pages and the places of words, from the text that a reader returned to the cleaned text."""

from __future__ import annotations

import re
from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk
from ingest.clean import clean
from rag.layout import Box, Layout, WordBox
from rag.types import Document, PageStart

MEDIA = "application/pdf"


def layout(text: str) -> Layout:
    """Return a layout of the words of `text`, those with a tilde in two parts; `left` tells one box from another."""
    spans = [match.span() for match in re.finditer(r"[^\s~]+~?", text)]
    return Layout(WordBox(*span, Box(1, at, 0, at + 1, 1)) for at, span in enumerate(spans))


def read(text: str, *pages: PageStart) -> Document:
    return Document("0" * 32, "notes", MEDIA, text, pages or (PageStart(0, 1),), "page", layout=layout(text))


def words(document: Document) -> dict[float, str]:
    return {word.box.left: document.text[word.start : word.end] for word in document.layout}


def test_pages_are_those_of_the_reader_with_their_labels_and_no_marks_are_looked_for() -> None:
    text = "Preface\n\n[Page 7]\n\nLens\n\n- 3 -\n\nPage 4"
    raw = read(text, PageStart(0, 1, "i"), PageStart(text.index("Lens"), 2, "1"))
    document = clean(raw)
    assert document.text == text
    assert document.pages == raw.pages
    assert document.page_unit == "page"


@pytest.mark.parametrize(
    ("media_type", "lines"),
    [("text/markdown", (1, 2, 3)), ("text/plain", (1, 2, 3)), (MEDIA, (0, 0, 0)), ("text/html", (0, 0, 0)),
     ("text/csv", (0, 0, 0)), ("application/x-ipynb+json", (0, 0, 0))],
)  # fmt: skip
def test_only_texts_have_lines(media_type: str, lines: tuple[int, ...]) -> None:
    document = clean(Document("0" * 32, "notes", media_type, "one\n\ntwo"))
    assert document.lines == lines
    assert [one.line for one in chunk(document)] == [lines[0]]


def test_what_looks_like_inline_markup_is_text_where_the_format_has_none() -> None:
    text = "`x` is *args, __init__ and a <b>tag</b> &amp; [link](url) \\* <!-- all of it -->"
    assert clean(read(text)).text == text
    assert clean(Document("0" * 32, "notes", "application/x-ipynb+json", "**Lens** &amp;")).text == "Lens &"


def test_words_keep_their_boxes_through_headings_bullets_tables_and_what_is_dropped() -> None:
    text = "#  Lens   types •\n\n•\n\n•  convex lens\u00a0f\n\n---\n\n    deep~ly nested\n\na\tb\nc\td\n\nend"
    document = clean(read(text))
    assert document.text == "# Lens types\n\n- convex lens f\n\n    deep~ly nested\n\na\tb\nc\td\n\nend"
    raw, kept = words(read(text)), words(document)
    assert [raw[left] for left in sorted(raw.keys() - kept.keys())] == ["•", "•", "•", "---"]
    assert all(word == raw[left] for left, word in kept.items())


def test_a_word_that_a_line_end_parts_keeps_both_boxes() -> None:
    document = clean(read("• a hyphen~ated word"))
    start = document.text.index("hyphen")
    assert [word.box.left for word in document.layout if word.start in (start, start + 7)] == [2, 3]


def test_a_page_of_which_nothing_is_left_is_left_out_and_one_may_begin_within_a_line() -> None:
    text = "# T\n\n•\n\n---\n\n•  one line that goes on\n\nend"
    at = [text.index(part) for part in ("•\n", "---", "goes", "end")]
    document = clean(read(text, PageStart(0, 1), *(PageStart(offset, 2 + n) for n, offset in enumerate(at))))
    assert document.text == "# T\n\n- one line that goes on\n\nend"
    assert [(page.number, document.text[page.offset :][:4]) for page in document.pages] == [
        (1, "# T\n"), (3, "- on"), (4, "goes"), (5, "end")
    ]  # fmt: skip


WORDS = st.sampled_from(
    ["lens", "light.", "5\u00a0MB", "(see)", "x", "hy~phen", "*a*", "•", "–", "|", "&amp;", "a\u200bb"]
)
LINE = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "# ", "##  ", "• ", "    – ", "1. ", "```", "\t", "  "]),
    st.lists(WORDS, max_size=12).map("  ".join),
)


@st.composite
def readings(draw: st.DrawFn) -> Document:
    text = "\n".join(draw(st.lists(LINE, min_size=1, max_size=25)))
    begins = [match.start() for match in re.finditer(r"\S+", text)]
    starts = draw(st.lists(st.sampled_from(begins or [0]), unique=True, max_size=6).map(sorted))
    return read(text, PageStart(0, 1), *(PageStart(at, n) for n, at in enumerate(starts, 2) if at))


def page(document: Document, offset: int) -> int:
    return document.pages[bisect_right([page.offset for page in document.pages], offset) - 1].number


@settings(max_examples=500, deadline=None)
@given(readings())
def test_every_box_is_of_the_same_word_on_the_same_page_as_before(raw: Document) -> None:
    document = clean(raw)
    before = {word.box.left: word for word in raw.layout}
    end = 0
    for word in document.layout:
        former = before[word.box.left]
        assert document.text[word.start : word.end] == raw.text[former.start : former.end]
        assert page(document, word.start) == page(raw, former.start)
        assert word.start >= end
        end = word.end
    offsets = [one.offset for one in document.pages]
    assert offsets == sorted(set(offsets))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["lens", "bends", "light", "a"]), min_size=1, max_size=20), max_size=9))
def test_no_word_of_plain_paragraphs_loses_its_box(paragraphs: list[list[str]]) -> None:
    raw = read("\n\n".join(f"• {' '.join(paragraph)}" for paragraph in paragraphs))
    kept = list(words(clean(raw)).values())
    assert kept == [word for paragraph in paragraphs for word in paragraph]
