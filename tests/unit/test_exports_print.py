"""Markdown and PDF, each opened by a reader that is not ours."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import reportlab
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.errors import ConfigError
from rag.quiz.items import Item, Option
from rag.study.exports import Exported, write_export
from rag.study.exports.entries import answered, asked, entries
from rag.study.exports.pdf_fonts import Fonts
from tests.quiz_items import ALL_TYPES, choice, flashcard
from tests.unit.test_exports import NASTY_ITEMS, NOON, exported, seen

FONTS = Path(reportlab.__file__).parent / "fonts"


def rendered(content: bytes) -> str:
    return MarkdownIt("commonmark").render(content.decode())


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_markdown_has_all_questions_before_the_first_answer() -> None:
    questions, _, answers = spaced(seen(rendered(exported("markdown"))).text).partition("Answers Answer 1")
    for part in entries(ALL_TYPES):
        assert spaced(part.item.stem) in questions
        assert all(spaced(line) in questions for line in asked(part.item))
        assert part.item.rationale not in questions
        assert part.item.rationale in answers
        assert all(spaced(line) in answers for line in answered(part.item))
        assert f"(openbook show {part.item.citations[0].reference})" in answers


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), min_size=1).filter(str.strip))
@example("1. one\n- two\n# three\n> four\n    five\n---\n=== \n+ x\n10) y\n```\n|a|b|\n|-|-|")
@example("&amp; <b>x</b> [a](b) ![c](d) <http://e.org> **f** __g__ ~~h~~ :i: $j$")
def test_any_text_is_shown_as_it_is_by_a_reader_of_markdown(stem: str) -> None:
    whole = seen(rendered(exported("markdown", [flashcard(1, stem=stem)]))).text
    shown = spaced(whole.partition("Question 1")[2].partition("Answers")[0])
    assert shown == spaced(stem)


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        texts = (spaced(page.get_textpage().get_text_range()) for page in document)
        return [text.removeprefix(f"{at} ").removesuffix(f" {at}") for at, text in enumerate(texts, 1)]
    finally:
        document.close()


def test_a_printed_quiz_has_its_answers_on_pages_of_their_own() -> None:
    found = pages(exported("pdf"))
    first = next(at for at, text in enumerate(found) if text.startswith("Answers"))
    questions, answers = " ".join(found[:first]), " ".join(found[first:])
    assert found[0].startswith("Optics Questions")
    for part in entries(ALL_TYPES):
        assert all(spaced(line) in questions for line in (*part.item.stem.splitlines(), *asked(part.item)))
        assert part.item.rationale in answers
        assert part.item.rationale not in questions
        assert part.item.citations[0].place in answers


def test_greek_letters_arrows_and_raised_figures_are_printed_without_a_font_of_ones_own() -> None:
    written = write_export("pdf", Exported([flashcard(1, stem="λ → μ: 10⁻⁸ ≤ Σ √Δ x₂, naïve Ł")], "t", NOON))
    assert written.notes == ()
    (text,) = (page for page in pages(written.content) if "Questions" in page)
    for sign in "λ→≤Σ√ï":
        assert sign in text


def test_a_character_that_no_font_has_is_printed_as_its_number_and_told_of() -> None:
    written = write_export("pdf", Exported([flashcard(1, stem="What is 中?")], "t", NOON))
    assert "What is [U+4E2D]?" in pages(written.content)[0]
    assert "中 (U+4E2D)" in written.notes[0]
    assert "--font FILE.ttf" in written.notes[0]


def test_a_font_that_is_named_is_tried_first_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    named = Fonts([FONTS / "VeraBI.ttf"])
    assert named.markup("x") != Fonts().markup("x")
    (tmp_path / "x.ttf").write_bytes(b"no font")
    for path in (tmp_path / "x.ttf", tmp_path / "none.ttf"):
        with pytest.raises(ConfigError, match="is no font that can be put into a PDF"):
            exported("pdf", fonts=(path,))


def test_signs_of_reportlabs_own_markup_are_text() -> None:
    text = " ".join(pages(exported("pdf", NASTY_ITEMS)))
    assert "a<b> & {x} = ~y # z: \\n \\ 50% -> “q” ]]> --> {{c1::v}} [sound:a.mp3] *b* `c` | 1. λ" in text


def test_a_question_longer_than_a_page_is_printed_whole() -> None:
    items: list[Item] = [choice(1, stem="word " * 3000, options=(Option(text="x" * 500, right=True),))]
    assert " ".join(pages(exported("pdf", items))).count("word") == 3000
