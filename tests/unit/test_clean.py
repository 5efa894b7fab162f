from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clean import clean, is_picture_description
from ingest.readers.text import read_text
from rag.errors import IngestError
from rag.types import Document
from tests.unit.test_blocks import TEXTS

PICTURE = "The image shows a stylized telescope in blue on a beige ground. On the right, a hand holds an orange lens."


def cleaned(text: str) -> Document:
    return clean(Document("0" * 32, "notes", "text/markdown", text))


def words(text: str) -> str:
    return cleaned(text).text


GOLDEN = [
    # headings
    ("#  **Lenses** ##\n\nwords", "# Lenses\n\nwords"),
    ("# F#\n\nwords", "# F#\n\nwords"),
    ("# \n\nwords", "words"),
    # slides of one title are one section
    ("# Z\n\n- a\n\n# Z\n\n- b\n\n# Z (cont.)\n\n- c\n\n# Z (2/3)\n- d", "# Z\n\n- a\n\n- b\n\n- c\n\n- d"),
    ("# Lenses\n\n- a\n\n# Mirrors\n\n# Lenses\n\n- b", "# Lenses\n\n- a\n\n# Mirrors\n\n# Lenses\n\n- b"),
    ("# Lenses\n## Lenses\n- a", "# Lenses\n## Lenses\n- a"),
    # furniture
    (f"# T\n\n{PICTURE}\n\nwords", "# T\n\nwords"),
    ("words\n\n<!-- a\n\ncomment --> more", "words\n\n more"),
    ("-\n\n*  \n\n1.\n\nwords\n\n---\n\n* * *\n\n•", "words"),
    ("words\n\n\n\n\nmore   \n\n\n", "words\n\nmore"),
    # bullets of all kinds
    ("• a\n▪ b\n  ◦ c\n✓ d\n\uf0b7 e\n– f\no\tg", "- a\n- b\n  - c\n- d\n- e\n- f\n- g"),
    ("–5 degrees and ●", "–5 degrees and ●"),
    # characters
    ("a\u00a0b\u200bc\ufeff &amp; d&nbsp;e &lt;f&gt;", "a bc & d e <f>"),
    ("Â\u00a0words", " words"),
    # tables
    ("x\n\n| a \\| b | **c** |\n|---|---|\n| 1 | `2` |", "x\n\n| a / b | c |\n|---|---|\n| 1 | 2 |"),
    ("\tglass\tair\nspeed\t200\t300", "|  | glass | air |\n| --- | --- | --- |\n| speed | 200 | 300 |"),
    # code is left alone
    (
        "```html\n<!-- kept -->\n\n\n# no *heading*\n-\n&amp;\n~~~\n```\n\n**b**",
        "```html\n<!-- kept -->\n\n# no *heading*\n-\n&amp;\n~~~\n```\n\nb",
    ),
    ("```\n# same\nx\n# same\n```", "```\n# same\nx\n# same\n```"),
    ("```x``` is code\n\n**b**", "x is code\n\nb"),
    ("````\n```\n# no heading\n````\n\n# Heading", "````\n```\n# no heading\n````\n\n# Heading"),
    # slips lose nothing
    ("before <!-- never closed\n\n# Heading\n\nwords", "before  never closed\n\n# Heading\n\nwords"),
    ("the <table> tag\n\n# Heading\n\nwords", "the <table> tag\n\n# Heading\n\nwords"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GOLDEN)
def test_what_a_student_would_read_is_kept(text: str, expected: str) -> None:
    assert words(text) == expected


def test_nested_notes_keep_their_nesting() -> None:
    text = "- Lenses\n    - **Convex**\n        - focus `f`\n    - Concave"
    assert words(text) == "- Lenses\n    - Convex\n        - focus f\n    - Concave"


def test_a_table_of_contents_goes_and_its_entries_become_headings_where_there_are_none() -> None:
    body = "\n\nLenses\n\nThey bend light.\n\nMirrors\n\nThey send light back. Mirrors\nare old."
    for contents in ("Contents\nLenses\t3\nMirrors\t12", "Table Of Contents\n\nLenses ..... 3\n\nMirrors.....12"):
        assert words(contents + body) == (
            "# Lenses\n\nThey bend light.\n\n# Mirrors\n\nThey send light back. Mirrors\nare old."
        )
    assert words("# Contents\nLenses\t3\nMirrors\t12\n\n# Lenses\n\nMirrors\n\nwords") == "# Lenses\n\nMirrors\n\nwords"


def test_the_word_contents_without_entries_is_text() -> None:
    assert words("Contents\n\nof the box: a lens") == "Contents\n\nof the box: a lens"


def test_running_headers_and_footers_go_with_pages_kept() -> None:
    text = "\f".join(
        f"Optics, autumn term\n\nLine {n} of text.\n\nKinds:\n- same item\n\nSchool of light" for n in range(5)
    )
    document = cleaned(text)
    assert "Optics" not in document.text
    assert "School" not in document.text
    assert document.text.count("Kinds:") == document.text.count("- same item") == 5
    assert [document.text[page.offset :].split("\n")[0] for page in document.pages] == [
        f"Line {n} of text." for n in range(5)
    ]


def test_code_and_tables_that_most_pages_have_alike_are_no_running_headers() -> None:
    page = "```\nimport lens\n```\n\n<table><tr><td>a</td><td>b</td></tr>\n<tr><td>1</td><td>2</td></tr></table>"
    document = cleaned("\f".join(f"Page text {n}\n{page}" for n in range(4)))
    assert document.text.count("```\nimport lens\n```") == 4
    assert document.text.count("| 1 | 2 |") == 4


def test_a_line_in_the_middle_of_most_pages_is_text() -> None:
    page = "one {0}\ntwo {0}\nthree {0}\nUse it outdoors\nfour {0}\nfive {0}\nsix {0}"
    assert words("\f".join(page.format(n) for n in range(4))).count("Use it outdoors") == 4


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (PICTURE, True),
        ("The background of the slide is light gray with three black circles and arrows.", True),
        ("A minimalist icon depicting two gears beside a green arrow.", True),
        ("An image has a red, a green and a blue channel.", False),
        ("The image is sharp.", False),
        ("Light from the left is bent to the right by a blue background of glass.", False),
        ("A picture is worth " + "many red green blue left right words " * 40, False),
    ],
)
def test_descriptions_of_how_a_picture_looks_are_told_from_lessons(paragraph: str, expected: bool) -> None:
    assert is_picture_description(paragraph) is expected


def test_the_title_is_the_heading_that_the_text_begins_with() -> None:
    assert cleaned("\n\n## *Optics* for all\n\nwords").title == "Optics for all"
    assert cleaned("words\n\n# Optics").title == "notes"


def test_every_line_knows_its_line_in_the_file() -> None:
    text = "# T\n\n\n<!-- x\ny -->\n\none\n[Page 2]\n# T\n\ntwo &#10; too\n-\nthree"
    document = cleaned(text)
    placed = zip(document.text.split("\n"), document.lines, strict=True)
    assert {line: number for line, number in placed if line} == {"# T": 1, "one": 7, "two   too": 11, "three": 13}


def test_pages_begin_at_the_first_line_that_is_kept_of_them() -> None:
    slides = ((1, "# T\n\n- a"), (2, "# T\n\n- b"), (4, "# U\n\n- c"))
    text = "\n\n".join(f"<!-- Slide number: {number} -->\n{slide}" for number, slide in slides)
    document = cleaned(text)
    assert document.page_unit == "slide"
    found = [(page.number, document.text[page.offset :].split("\n")[0]) for page in document.pages]
    assert found == [(1, "# T"), (2, "- b"), (4, "# U")]


def test_a_text_without_marks_has_no_pages_and_no_unit() -> None:
    assert (cleaned("words").pages, cleaned("words").page_unit) == ((), "")


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_any_text_is_cleaned_and_lines_and_pages_fit_it(text: str) -> None:
    document = cleaned(text)
    assert len(document.lines) == (document.text.count("\n") + 1 if document.lines else 0)
    assert all(1 <= number <= text.count("\n") + 1 for number in document.lines)
    assert list(document.lines) == sorted(document.lines)
    offsets = [page.offset for page in document.pages]
    assert offsets == sorted(set(offsets))
    assert all(offset == 0 or document.text[offset - 1] == "\n" for offset in offsets)


WORDS = st.sampled_from(["shard", "lens", "light.", "5 MB", "café", "(see)", "a:b", "x"])
BODY = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
TIDY = st.lists(
    st.one_of(
        BODY, st.just(""), st.builds("{} {}".format, st.sampled_from(["#", "##", "-", "    -", "1.", ">"]), BODY),
        st.builds("```\n{}\n\n{}\n```".format, BODY, BODY),
        st.builds("| {} | {} |\n|---|---|\n| {} | {} |".format, BODY, BODY, BODY, BODY),
        st.builds("\n{}\t{}\n{}\t{}\n".format, BODY, BODY, BODY, BODY),
    ),
    max_size=20,
).map("\n".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(TIDY)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    once = cleaned(text)
    assert clean(once).text == once.text


@settings(max_examples=300, deadline=None)
@given(TIDY)
def test_no_word_of_a_tidy_text_is_lost(text: str) -> None:
    def counted(text: str) -> list[str]:
        return sorted({word.strip("#|-\t") for word in text.split()} - {""})

    assert counted(cleaned(text).text) == counted(text)


def test_files_are_decoded_whatever_their_encoding_and_line_ends() -> None:
    for raw in (
        "naïve café".encode(), b"\xef\xbb\xbf" + "naïve café".encode(), "naïve café".encode("utf-16"),
        ("naïve café est là, " * 20).encode("latin-1"),
    ):  # fmt: skip
        assert read_text(Path("a.txt"), raw).document.text.startswith("naïve café")
    assert read_text(Path("a.txt"), b"one\r\ntwo\rthree").document.text == "one\ntwo\nthree"


@pytest.mark.parametrize(("raw", "reason"), [(b"", "empty"), (b" \n\t", "empty"), (b"\x89PNG\x00\x01", "binary")])
def test_files_without_text_are_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        read_text(Path("a.txt"), raw)


def test_a_file_names_its_document_and_its_type() -> None:
    found = [read_text(Path(name), b"x").document for name in ("Week 1.md", "b.markdown", "c.txt")]
    assert [(one.title, one.media_type) for one in found] == [
        ("Week 1", "text/markdown"), ("b", "text/markdown"), ("c", "text/plain")
    ]  # fmt: skip
