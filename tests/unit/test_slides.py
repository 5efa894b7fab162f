from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers import Reading, ReadOptions
from ingest.readers.office.drawings import described, smart_art
from ingest.readers.office.package import parsed
from ingest.readers.office.slide_order import Frame, reading_order
from ingest.readers.office.slides import read_slides
from rag.errors import IngestError

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "files" / "pptx"
TITLE_SLIDE, CONTENT, SECTION, TITLE_ONLY, BLANK = 0, 1, 2, 5, 6
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

Fill = Callable[[Any], None]


def deck(*fills: tuple[int, Fill]) -> bytes:
    """Return a presentation with a slide of each layout, filled."""
    made = Presentation()
    for layout, fill in fills:
        fill(made.slides.add_slide(made.slide_layouts[layout]))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def read(raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:
    return read_slides(Path("talk.pptx"), raw, options)


def text_of(*fills: tuple[int, Fill]) -> str:
    return read(deck(*fills)).document.text


def titled(title: str, *lines: str) -> Fill:
    """Fill a slide with a title and lines, each at the level that its leading tabs tell."""

    def fill(slide: Any) -> None:
        slide.shapes.title.text = title
        if lines:
            frame = slide.placeholders[1].text_frame
            for number, line in enumerate(lines):
                paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
                paragraph.text, paragraph.level = line.strip("\t"), line.count("\t")

    return fill


def box(slide: Any, text: str, left: float, top: float, width: float = 2, height: float = 0.5) -> Any:
    made = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    made.text_frame.text = text
    return made


def boxes(*places: tuple[str, float, float]) -> Fill:
    def fill(slide: Any) -> None:
        for text, left, top in places:
            box(slide, text, left, top)

    return fill


def test_a_slide_is_a_page_with_its_number_and_its_title_as_heading() -> None:
    document = read(deck((CONTENT, titled("First", "one")), (CONTENT, titled("Second", "two")))).document
    assert document.text == "# First\n\n- one\n\n# Second\n\n- two"
    assert [(page.number, document.text[page.offset :][:7]) for page in document.pages] == [
        (1, "# First"),
        (2, "# Secon"),
    ]
    assert (document.page_unit, document.title) == ("slide", "talk")


def test_titles_stand_below_those_of_the_title_slide_and_of_the_section() -> None:
    fills = [(TITLE_SLIDE, titled("Course")), (SECTION, titled("Part")), (CONTENT, titled("Topic", "x"))]
    assert [line for line in text_of(*fills).split("\n") if line.startswith("#")] == [
        "# Course",
        "## Part",
        "### Topic",
    ]


def test_chunks_of_a_deck_name_the_slide_and_the_headings_above_it() -> None:
    fills = [
        (TITLE_SLIDE, titled("Course")),
        (CONTENT, titled("Topic", "Stars shine.")),
        (CONTENT, titled("Next", "Moons do not.")),
    ]
    chunks = chunk(clean(read(deck(*fills)).document))
    assert [(one.heading_path, one.page_start, one.page_end, one.line) for one in chunks] == [
        (("Course", "Topic"), 2, 2, 0), (("Course", "Next"), 3, 3, 0),
    ]  # fmt: skip


def test_bullets_nest_by_their_levels() -> None:
    assert text_of((CONTENT, titled("T", "a", "\tb", "\t\tc", "\td", "e"))) == "# T\n\n- a\n  - b\n    - c\n  - d\n- e"


def test_a_paragraph_that_turns_its_bullet_off_is_none() -> None:
    def fill(slide: Any) -> None:
        titled("T", "Plain words", "item")(slide)
        slide.placeholders[1].text_frame.paragraphs[0]._p.get_or_add_pPr().append(parse_xml(f"<a:buNone {A}/>"))

    assert text_of((CONTENT, fill)) == "# T\n\nPlain words\n\n- item"


def test_the_subtitle_of_a_title_slide_is_no_bullet() -> None:
    assert text_of((TITLE_SLIDE, titled("T", "by A. Teacher"))) == "# T\n\nby A. Teacher"


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("arabicPeriod", "3. one\n4. two\n   - inner\n5. three"),
        ("alphaLcParenR", "- c) one\n- d) two\n  - inner\n- e) three"),
        ("romanUcPeriod", "- III. one\n- IV. two\n  - inner\n- V. three"),
        ("arabicParenBoth", "- (3) one\n- (4) two\n  - inner\n- (5) three"),
    ],
)
def test_numbered_paragraphs_keep_their_numbers(scheme: str, expected: str) -> None:
    def fill(slide: Any) -> None:
        titled("T", "one", "two", "\tinner", "three")(slide)
        for at in (0, 1, 3):
            properties = slide.placeholders[1].text_frame.paragraphs[at]._p.get_or_add_pPr()
            properties.append(parse_xml(f'<a:buAutoNum {A} type="{scheme}" startAt="3"/>'))

    assert text_of((CONTENT, fill)) == f"# T\n\n{expected}"


def test_columns_are_read_one_after_the_other_below_what_spans_them() -> None:
    fill = boxes(
        ("Over both", 0.5, 2),
        ("left head", 0.5, 3),
        ("right head", 6, 3),
        ("left body", 0.5, 3.6),
        ("right body", 6, 3.6),
    )
    assert text_of((BLANK, fill)).split("\n\n")[1:] == [
        "Over both",
        "left head",
        "left body",
        "right head",
        "right body",
    ]


def test_rows_are_read_one_after_the_other_where_they_stand_apart() -> None:
    fill = boxes(("c", 0.5, 5), ("b", 2.6, 2.5), ("d", 2.6, 5), ("a", 0.5, 2.5))
    assert text_of((BLANK, fill)).split("\n\n")[1:] == ["a", "b", "c", "d"]


@given(st.lists(st.tuples(*[st.integers(-10_000_000, 10_000_000)] * 2, *[st.integers(0, 5_000_000)] * 2), max_size=12))
@settings(deadline=None, max_examples=50)
def test_the_reading_order_loses_no_frame_and_follows_what_is_clearly_below(
    sizes: list[tuple[int, int, int, int]],
) -> None:
    frames = [Frame(top, left, top + high, left + wide, at) for at, (top, left, high, wide) in enumerate(sizes)]
    order = reading_order(frames)
    assert sorted(order) == list(range(len(frames)))
    stacked = [frame._replace(left=0, right=1) for frame in frames]
    tops = [stacked[at].top for at in reading_order(stacked)]
    assert tops == sorted(tops)


def test_groups_are_opened_and_read_in_one_piece() -> None:
    def fill(slide: Any) -> None:
        box(slide, "after", 0.5, 5)
        group = slide.shapes.add_group_shape()
        for text, top in (("second", 3.0), ("first", 2.0)):
            inner = group.shapes.add_textbox(Inches(1), Inches(top), Inches(2), Inches(0.5))
            inner.text_frame.text = text

    assert text_of((BLANK, fill)).split("\n\n")[1:] == ["first", "second", "after"]


def test_a_slide_without_title_takes_a_short_text_at_its_top_or_its_number() -> None:
    top, low = boxes(("A title of sorts", 1, 0.3), ("body", 1, 3)), boxes(("body", 1, 3))
    assert text_of((BLANK, top), (BLANK, low)) == "# A title of sorts\n\nbody\n\n# Slide 2\n\nbody"


def test_tables_name_their_columns_and_merged_cells_are_told() -> None:
    def fill(slide: Any) -> None:
        slide.shapes.title.text = "T"
        table = slide.shapes.add_table(4, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
        for at, text in enumerate(["Kind", "Size", "", "a", "1", "2", "", "3", "4", "b", "5", ""]):
            table.cell(at // 3, at % 3).text = text
        table.cell(0, 1).merge(table.cell(0, 2))
        table.cell(1, 0).merge(table.cell(2, 0))
        table.cell(3, 1).merge(table.cell(3, 2))

    rows = ["| Kind | Size | Size |", "| --- | --- | --- |", "| a | 1 | 2 |", "| a | 3 | 4 |", "| b | 5 |  |"]
    assert text_of((TITLE_ONLY, fill)) == "\n".join(["# T", "", *rows])


def test_a_chart_is_its_title_and_a_table_of_categories_and_series() -> None:
    def fill(slide: Any) -> None:
        slide.shapes.title.text = "T"
        told = CategoryChartData()
        told.categories = ["2023", "2024"]
        told.add_series("Passed", (10, 12.5))
        told.add_series("Failed", (1, None))
        place = (Inches(1), Inches(2), Inches(5), Inches(3))
        chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, told).chart
        chart.has_title = True
        chart.chart_title.text_frame.text = "Exams"
        chart.category_axis.has_title = True
        chart.category_axis.axis_title.text_frame.text = "Year"

    rows = ["| Year | Passed | Failed |", "| --- | --- | --- |", "| 2023 | 10 | 1 |", "| 2024 | 12.5 |  |"]
    assert text_of((TITLE_ONLY, fill)) == "\n".join(["# T", "", "Exams", "", *rows])


def test_speaker_notes_stand_after_the_slide_on_the_same_slide() -> None:
    def fill(slide: Any) -> None:
        titled("T", "item")(slide)
        slide.notes_slide.notes_text_frame.text = "Say hello.\nThen begin."

    document = read(deck((CONTENT, fill), (CONTENT, titled("U", "x")))).document
    assert document.text == "# T\n\n- item\n\nNotes:\n\nSay hello.\n\nThen begin.\n\n# U\n\n- x"
    assert [page.number for page in document.pages] == [1, 2]


def test_code_is_fenced_with_its_lines() -> None:
    def fill(slide: Any) -> None:
        slide.shapes.title.text = "T"
        frame = box(slide, "for x in y:", 1, 2).text_frame
        frame.add_paragraph().text = "    print(x)  # say it"
        for paragraph in frame.paragraphs:
            paragraph.runs[0].font.name = "Courier New"

    assert text_of((TITLE_ONLY, fill)) == "# T\n\n```\nfor x in y:\n    print(x)  # say it\n```"


def test_what_looks_like_a_heading_or_a_fence_is_no_markup() -> None:
    assert (
        text_of((CONTENT, titled("T", "# not a heading", "<!-- swallow")))
        == "# T\n\n```\n# not a heading\n<!-- swallow\n```"
    )


def test_equations_are_read_also_where_only_newer_programs_show_them() -> None:
    def fill(slide: Any) -> None:
        slide.shapes.title.text = "T"
        shape = box(slide, "Area: ", 1, 2)
        letter, power = (
            f"<m:{part}><m:r><m:t>{sign}</m:t></m:r></m:{part}>" for part, sign in (("e", "r"), ("sup", "2"))
        )
        math = f"<m:oMath {MATH}><m:sSup>{letter}{power}</m:sSup></m:oMath>"
        a14 = 'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'
        shape.text_frame.paragraphs[0]._p.append(parse_xml(f"<a14:m {a14}>{math}</a14:m>"))
        mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        both = parse_xml(
            f"<mc:AlternateContent {mc} {P}><mc:Choice/><mc:Fallback><p:sp/></mc:Fallback></mc:AlternateContent>"
        )
        shape._element.addprevious(both)
        both[0].append(shape._element)

    assert text_of((TITLE_ONLY, fill)) == "# T\n\nArea: r^2"


def test_smart_art_is_a_nested_list_in_its_order() -> None:
    points = [("0", "doc", ""), ("1", "node", "Plan"), ("2", "node", "Do"), ("3", "node", "Ask"), ("9", "pres", "no")]
    links = [("0", "2", 1), ("0", "1", 0), ("1", "3", 0), ("3", "1", 0)]  # the last goes round
    dgm = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    nodes = "".join(
        f'<dgm:pt modelId="{key}" type="{kind}"><dgm:t><a:t {A}>{text}</a:t></dgm:t></dgm:pt>'
        for key, kind, text in points
    )
    lines = "".join(f'<dgm:cxn srcId="{source}" destId="{to}" srcOrd="{at}"/>' for source, to, at in links)
    model = f"<dgm:dataModel {dgm}><dgm:ptLst>{nodes}</dgm:ptLst><dgm:cxnLst>{lines}</dgm:cxnLst></dgm:dataModel>"
    assert list(smart_art(parsed(model.encode()))) == [(0, "Plan"), (1, "Ask"), (0, "Do")]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("The cycle of water between sea and sky", True),
        ("A close up of a logo  Description automatically generated", False),
        ("image12.png", False),
        ("Picture 4", False),
        ("A dog", False),
    ],
)
def test_alternative_texts_are_kept_where_they_say_something(told: str, kept: bool) -> None:
    assert bool(described(told)) == kept


def test_footers_dates_numbers_and_hidden_shapes_are_left_out() -> None:
    def fill(slide: Any) -> None:
        titled("T", "item")(slide)
        kinds = {"Footer": "ftr", "Today": "dt", "7": "sldNum"}
        for at, (text, kind) in enumerate(kinds.items()):
            shape = box(slide, text, 1, 5 + at / 2)
            shape._element.nvSpPr.nvPr.append(parse_xml(f'<p:ph {P} type="{kind}" idx="{20 + at}"/>'))
        box(slide, "Hidden", 1, 4)._element.nvSpPr.cNvPr.set("hidden", "1")

    assert text_of((CONTENT, fill)) == "# T\n\n- item"


def test_hidden_slides_and_slides_of_pictures_are_said() -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c49444154789c63f8cfc000000301010018dd8db00000000049454e44ae426082"
    )

    def pictured(slide: Any) -> None:
        slide.shapes.add_picture(io.BytesIO(png), Inches(1), Inches(1))

    def hidden(slide: Any) -> None:
        titled("Hidden", "secret")(slide)
        slide._element.set("show", "0")

    reading = read(deck((BLANK, pictured), (CONTENT, hidden), (BLANK, pictured)))
    assert reading.warnings == (
        "slides 1, 3: only pictures; the text in them is not read",
        "slide 2: hidden in the show, but read",
    )
    assert [page.number for page in reading.document.pages] == [2]


def test_a_chart_whose_part_is_damaged_is_said_and_the_rest_is_read() -> None:
    def fill(slide: Any) -> None:
        titled("T", "item")(slide)
        told = CategoryChartData()
        told.categories, _ = ["a"], told.add_series("s", (1,))
        frame = slide.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(2), Inches(5), Inches(3), told)
        frame._element.graphic.graphicData[0].set(
            "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "rId99"
        )

    reading = read(deck((CONTENT, fill)))
    assert reading.warnings == ("slide 1: a chart or diagram that cannot be read",)
    assert reading.document.text == "# T\n\n- item"


def test_more_slides_than_allowed_are_refused() -> None:
    raw = deck((CONTENT, titled("A", "a")), (CONTENT, titled("B", "b")))
    with pytest.raises(IngestError, match="it has 2 slides, more than 1"):
        read(raw, ReadOptions(max_pages=1))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"not a zip", "is damaged"),
        (deck((CONTENT, titled("A", "a")))[:-200], "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "is password-protected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "of the format before 2007"),
        (deck((BLANK, boxes())), "holds no text"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        read(raw)


@pytest.mark.skipif(not FILES.is_dir(), reason="needs ../shared/data")
@pytest.mark.parametrize("path", sorted(FILES.glob("*.pptx")), ids=lambda path: path.name)
def test_real_presentations_are_read_slide_by_slide(path: Path) -> None:
    raw = path.read_bytes()
    document = read_slides(path, raw).document
    slides = list(Presentation(io.BytesIO(raw)).slides)
    ends = [*(page.offset for page in document.pages[1:]), len(document.text)]
    for page, end in zip(document.pages, ends, strict=True):
        printed = " ".join(document.text[page.offset : end].split())
        for shape in slides[page.number - 1].shapes:
            for paragraph in shape.text_frame.paragraphs if shape.has_text_frame else ():
                assert " ".join(paragraph.text.split()) in printed
