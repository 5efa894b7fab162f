from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers import Reading
from ingest.readers.markdown import PAGE_BREAK, MarkdownText
from ingest.readers.office.formulas import formula
from ingest.readers.office.numerals import numeral
from ingest.readers.office.package import parsed
from ingest.readers.office.word import read_word
from rag.errors import IngestError
from rag.text.blocks import Block, parse_blocks

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "files" / "docx"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
RENDERED = "<w:r><w:lastRenderedPageBreak/><w:t>{}</w:t></w:r>"
HARD = '<w:r><w:br w:type="page"/></w:r>'


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(document: Any) -> Reading:
    return read_word(Path("script.docx"), saved(document))


def written(*blocks: str, parts: Sequence[tuple[str, str]] = (), pages: int | None = None) -> Reading:
    """Read a document of these blocks of WordprocessingML, with parts beside it, each by its kind and content."""
    document = docx.Document()
    body = document.element.body
    for block in blocks:
        body.insert(len(body) - 1, parse_xml(block.replace(">", f" {W} {M}>", 1).replace(f"/ {W} {M}>", f" {W} {M}/>")))
    for kind, xml in parts:
        name = docx.opc.packuri.PackURI(f"/word/{kind}.xml")
        part = docx.opc.part.Part(name, "application/xml", xml.encode(), document.part.package)
        document.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}")
    for rel in document.part.package.rels.values():
        if rel.reltype.endswith("extended-properties"):
            rel.target_part._blob = f"<Properties><Pages>{pages}</Pages></Properties>".encode() if pages else b"<P/>"
    return read(document)


def p(*runs: str, style: str = "", properties: str = "") -> str:
    """Return a paragraph; runs that are no elements are text."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inside}</w:p>"


def text_of(*blocks: str, parts: Sequence[tuple[str, str]] = ()) -> str:
    return written(*blocks, parts=parts).document.text


def level(at: int, kind: str, text: str, extra: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*definitions: str, nums: str = '<w:num w:numId="41"><w:abstractNumId w:val="40"/></w:num>') -> Any:
    """Return a document whose numbering holds a definition 40 of these levels and the lists `nums`."""
    document = docx.Document()
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="40">{"".join(definitions)}</w:abstractNum>'))
    for num in parse_xml(f"<w:numbering {W}>{nums}</w:numbering>"):
        root.append(num)
    return document


def add(document: Any, text: str, number: int = 41, depth: int = 0, style: str = "Normal") -> None:
    paragraph = document.add_paragraph(text, style=style)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def test_headings_are_told_by_style_and_by_outline_level() -> None:
    document = docx.Document()
    document.add_heading("Part", 1)
    document.add_heading("Detail", 3)
    document.add_paragraph("Own")._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
    document.add_paragraph("Body.")._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="9"/>'))
    assert read(document).document.text == "# Part\n\n### Detail\n\n## Own\n\nBody."


def test_headings_stand_below_the_title_of_the_document() -> None:
    document = docx.Document()
    document.add_heading("Script", 0)
    document.add_heading("Part", 1)
    document.add_paragraph("Body.")
    assert read(document).document.text == "# Script\n\n## Part\n\nBody."


def test_a_style_based_on_a_heading_is_one() -> None:
    document = docx.Document()
    style = document.styles.add_style("Chapter", 1)
    style.base_style = document.styles["Heading 2"]
    document.add_paragraph("Own style", style="Chapter")
    document.add_paragraph("Body.")
    assert read(document).document.text == "## Own style\n\nBody."


def test_lists_nest_and_count_as_word_counts_them() -> None:
    document = numbering(level(0, "decimal", "%1."), level(1, "lowerLetter", "%2)"), level(2, "bullet", "o"))
    for text, depth in [("one", 0), ("a", 1), ("b", 1), ("dot", 2), ("two", 0), ("again", 1)]:
        add(document, text, depth=depth)
    document.add_paragraph("Between.")
    add(document, "three")
    assert read(document).document.text == (
        "1. one\n   - a) a\n   - b) b\n     - dot\n2. two\n   - a) again\n\nBetween.\n\n3. three"
    )


def test_a_list_that_restarts_begins_anew_and_one_of_the_same_definition_goes_on() -> None:
    nums = (
        '<w:num w:numId="41"><w:abstractNumId w:val="40"/></w:num>'
        '<w:num w:numId="42"><w:abstractNumId w:val="40"/></w:num>'
        '<w:num w:numId="43"><w:abstractNumId w:val="40"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    document = numbering(level(0, "decimal", "%1."), nums=nums)
    for text, number in [("one", 41), ("two", 42), ("five", 43), ("six", 43)]:
        add(document, text, number)
    assert read(document).document.text == "1. one\n2. two\n5. five\n6. six"


def test_numbers_of_several_levels_and_of_headings_are_printed() -> None:
    document = numbering(level(0, "upperRoman", "%1"), level(1, "decimal", "%1.%2", "<w:isLgl/>"))
    add(document, "Basics", style="Heading 1")
    add(document, "Terms", depth=1, style="Heading 2")
    add(document, "item", depth=1)
    assert read(document).document.text == "# I Basics\n\n## 1.1 Terms\n\n- 1.2 item"


def test_lists_by_style_nest_by_the_number_of_the_style() -> None:
    document = docx.Document()
    for style, text in [("List Bullet", "a"), ("List Bullet 2", "b"), ("List Bullet 3", "c"), ("List Bullet", "d")]:
        document.add_paragraph(text, style=style)
    assert read(document).document.text == "- a\n  - b\n    - c\n- d"


def test_list_zero_takes_the_number_off_a_paragraph() -> None:
    document = docx.Document()
    document.add_paragraph("item", style="List Bullet")
    add(document, "plain", number=0, style="List Bullet")
    assert read(document).document.text == "- item\n\nplain"


@pytest.mark.parametrize(
    ("value", "kind", "printed"),
    [(4, "lowerRoman", "iv"), (1994, "upperRoman", "MCMXCIV"), (27, "lowerLetter", "aa"), (3, "upperLetter", "C"),
     (7, "decimalZero", "07"), (7, "none", ""), (0, "lowerLetter", "0"), (12, "ordinal", "12")],
)  # fmt: skip
def test_numbers_are_printed_as_lists_print_them(value: int, kind: str, printed: str) -> None:
    assert numeral(value, kind) == printed


def test_tracked_deletions_are_dropped_and_insertions_kept() -> None:
    inserted = '<w:ins w:id="1"><w:r><w:t>kept </w:t></w:r></w:ins>'
    deleted = '<w:del w:id="2"><w:r><w:delText>gone </w:delText></w:r></w:del>'
    moved = "<w:moveFrom><w:r><w:t>old </w:t></w:r></w:moveFrom>", "<w:moveTo><w:r><w:t>new</w:t></w:r></w:moveTo>"
    assert text_of(p(inserted, deleted, *moved)) == "kept new"


def test_hidden_words_are_dropped_and_those_of_links_and_fields_kept() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
    link = "<w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink>"
    command = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> REF x </w:instrText></w:r>'
    control = "<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:r><w:t> in a box</w:t></w:r></w:sdtContent></w:sdt>"
    assert text_of(p(hidden, link, command, control)) == "a link in a box"


def test_signs_that_word_writes_as_elements_are_read() -> None:
    broken = "<w:r><w:noBreakHyphen/><w:t>stop</w:t><w:br/><w:t>next</w:t><w:tab/></w:r>"
    alpha = '<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>'
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    assert text_of(p("non", broken, alpha, raised)) == "non-stop next α²"


def test_notes_stand_in_brackets_after_their_paragraph() -> None:
    def notes(kind: str, number: int, text: str) -> tuple[str, str]:
        return f"{kind}s", f'<w:{kind}s {W}><w:{kind} w:id="{number}">{p(text)}</w:{kind}></w:{kind}s>'

    paragraph = p(
        "Stars shine",
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
        " brightly.",
        '<w:r><w:endnoteReference w:id="5"/></w:r>',
    )
    told = [notes("footnote", 2, "Most of them."), notes("endnote", 5, "See Kepler.")]
    assert text_of(paragraph, p("Next."), parts=told) == "Stars shine brightly. [Most of them.] [See Kepler.]\n\nNext."


def cell(*paragraphs: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(map(p, paragraphs))}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_what_spans_rows_stands_in_each_and_what_spans_columns_once() -> None:
    wide, first, rest = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (cell("Kind") + cell("Size", properties=wide), cell("a", properties=first) + cell("1") + cell("2"),
            cell("", properties=rest) + cell("3", properties=wide))  # fmt: skip
    expected = "| Kind | Size | Size |\n| --- | --- | --- |\n| a | 1 | 2 |\n| a | 3 |  |"
    assert text_of(table(*rows)) == expected


def test_a_table_inside_a_cell_is_read_row_by_row() -> None:
    inner = table(cell("x") + cell("1"), cell("y") + cell("2"))
    outer = table(cell("Name") + cell("Values"), cell("n") + f"<w:tc>{inner}<w:p/></w:tc>")
    assert text_of(outer) == "| Name | Values |\n| --- | --- |\n| n | x, 1; y, 2 |"


def test_a_box_around_text_is_no_table() -> None:
    assert text_of(table(cell("One.", "Two.")), p("Three.")) == "One.\n\nTwo.\n\nThree."


def test_a_row_over_the_whole_table_is_its_title() -> None:
    over = cell("Results", properties='<w:gridSpan w:val="2"/>')
    expected = "Results\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert text_of(table(over, cell("a") + cell("b"), cell("1") + cell("2"))) == expected


def test_deleted_rows_are_dropped() -> None:
    gone = '<w:trPr><w:del w:id="1"/></w:trPr>' + cell("x") + cell("y")
    assert "x" not in text_of(table(cell("a") + cell("b"), gone, cell("1") + cell("2")))


def test_text_boxes_follow_their_paragraph_once() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    inner = f"<w:txbxContent>{p('Boxed.')}</w:txbxContent>"
    both = (f"<w:r><mc:AlternateContent {mc}><mc:Choice><w:drawing>{inner}</w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r>")  # fmt: skip
    assert text_of(p("Before.", both), p("After.")) == "Before.\n\nBoxed.\n\nAfter."


def drawing(name: str) -> str:
    c = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<w:r><w:drawing><c:chart xmlns:c="{c}" xmlns:r="{r}" r:id="{name}"/></w:drawing></w:r>'


def test_a_chart_is_a_table_and_one_that_is_missing_is_said() -> None:
    def points(name: str, *values: str) -> str:
        inside = "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values))
        return f"<c:{name}><c:strRef><c:strCache>{inside}</c:strCache></c:strRef></c:{name}>"

    series = points("tx", "Passed") + points("cat", "2023", "2024") + points("val", "0.10000000000000001", "3")
    space = f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:ser>{series}</c:ser></c:chartSpace>'
    fonts = docx.Document().part.rels  # ids already taken
    reading = written(p("Before."), p(drawing(f"rId{len(fonts) + 1}")), p(drawing("rId99")), parts=[("chart", space)])
    assert reading.document.text == "Before.\n\n|  | Passed |\n| --- | --- |\n| 2023 | 0.1 |\n| 2024 | 3 |"
    assert reading.warnings == ("a chart or diagram cannot be read",)


def test_code_is_fenced_with_its_lines() -> None:
    mono = '<w:r><w:rPr><w:rFonts w:ascii="Consolas"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
    lines = [p(mono.format("def f():")), p(), p(mono.format("    return 1"))]
    assert text_of(*lines, p("Done.")) == "```\ndef f():\n\n    return 1\n```\n\nDone."


def test_a_table_of_contents_is_dropped() -> None:
    document = docx.Document()
    document.styles.add_style("TOC 1", 1)
    document.add_paragraph("Part\t3", style="TOC 1")
    document.add_paragraph("Body.")
    assert read(document).document.text == "Body."


def test_pages_begin_where_word_last_began_them() -> None:
    blocks = (p("One."), p("Two ", RENDERED.format("goes on.")), p(HARD), p(RENDERED.format("Three.")))
    document = written(*blocks, pages=3).document
    assert document.text == "One.\n\nTwo goes on.\n\nThree."
    begins = [(page.number, document.text[page.offset :].strip()[:8]) for page in document.pages]
    assert begins == [(1, "One.\n\nTw"), (2, "goes on."), (3, "Three.")]
    assert document.page_unit == "page"


def test_chunks_keep_the_pages_through_cleaning() -> None:
    blocks = [p("One. " * 25), p(RENDERED.format("Two. " * 25)), p(RENDERED.format("• Three. " * 20))]
    chunks = chunk(clean(written(*blocks, pages=3).document), 200)
    assert [(one.page_start, one.page_end, one.line) for one in chunks] == [(at, at, 0) for at in (1, 2, 3)]


@pytest.mark.parametrize("pages", [2, 4])
def test_pages_that_word_counted_otherwise_are_not_believed(pages: int) -> None:
    reading = written(p("One."), p(RENDERED.format("Two.")), p(RENDERED.format("Three.")), pages=pages)
    assert (reading.document.pages, reading.document.page_unit) == ((), "")
    assert reading.warnings == ("where its pages begin is not certain, so citations name none",)


def test_hard_breaks_part_pages_only_where_each_fits_on_one() -> None:
    short = written(p("One."), p(HARD), p("Two."), p("Three.", properties="<w:pageBreakBefore/>")).document
    assert [(page.number, short.text[page.offset :].strip()[:4]) for page in short.pages] == [
        (1, "One."),
        (2, "Two."),
        (3, "Thre"),
    ]
    assert not written(p("One. " * 1000), p(HARD), p("Two.")).document.pages


def test_sections_that_begin_on_a_new_page_part_pages() -> None:
    section = "<w:sectPr/>"
    document = written(
        p("One.", properties=section),
        p("Two.", properties='<w:sectPr><w:type w:val="continuous"/></w:sectPr>'),
        p("Three."),
    ).document
    # The first ends before a continuous section, the second before the last, which begins a page.
    assert [(page.number, document.text[page.offset :].strip()[:4]) for page in document.pages] == [
        (1, "One."),
        (2, "Thre"),
    ]


def test_a_row_that_begins_a_page_is_on_it_and_one_that_is_parted_begins_before() -> None:
    def broken(before: str, after: str) -> str:
        return f"<w:tc>{p(before, RENDERED.format(after)) if before else p(RENDERED.format(after))}</w:tc>"

    rows = (
        cell("A") + cell("B"),
        broken("", "c") + broken("", "d"),
        broken("e", "f") + broken("g", "h"),
        cell("i") + cell("j"),
    )
    document = written(table(*rows), pages=3).document
    assert [document.text[page.offset :].split("\n")[0] for page in document.pages] == [
        "| A | B |",
        "| c | d |",
        "| i | j |",
    ]


def math(xml: str) -> str:
    return formula(parsed(f"<m:oMath {M}>{xml}</m:oMath>".encode()))


def r(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (f"<m:f><m:num>{r('a+b')}</m:num><m:den>{r('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:sSup><m:e>{r('x')}</m:e><m:sup>{r('k')}</m:sup></m:sSup>{r('a')}", "x^k a"),
        (f"<m:sSubSup><m:e>{r('x')}</m:e><m:sub>{r('i')}</m:sub><m:sup>{r('n-1')}</m:sup></m:sSubSup>", "x_i^(n-1)"),
        (f"<m:rad><m:radPr><m:degHide/></m:radPr><m:deg/><m:e>{r('x')}</m:e></m:rad>", "√(x)"),
        (f"<m:rad><m:deg>{r('3')}</m:deg><m:e>{r('x')}</m:e></m:rad>", "√(3&x)"),
        (
            f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{r('i=1')}</m:sub><m:sup>{r('n')}</m:sup>"
            f"<m:e>{r('i')}</m:e></m:nary>",
            "∑_(i=1)^n i",
        ),
        (
            f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=''/></m:dPr>"
            f"<m:e>{r('a')}</m:e><m:e>{r('b')}</m:e></m:d>",
            "[a|b",
        ),
        (
            f"<m:m><m:mr><m:e>{r('1')}</m:e><m:e>{r('0')}</m:e></m:mr>"
            f"<m:mr><m:e>{r('0')}</m:e><m:e>{r('1')}</m:e></m:mr></m:m>",
            "[1, 0; 0, 1]",
        ),
        (f"<m:acc><m:accPr><m:chr m:val='̄'/></m:accPr><m:e>{r('x')}</m:e></m:acc>", "x\u0304"),
        (f"<m:func><m:fName>{r('sin')}</m:fName><m:e>{r('x')}</m:e></m:func>", "sin x"),
        (f"<m:eqArr><m:e>{r('x=1')}</m:e><m:e>{r('y=2')}</m:e></m:eqArr>", "x=1; y=2"),
        (f"<m:del>{r('gone')}</m:del>{r('kept')}", "kept"),
    ],
)
def test_equations_are_written_as_a_person_types_them(xml: str, text: str) -> None:
    assert math(xml) == text


def test_an_equation_of_its_own_is_a_paragraph() -> None:
    assert text_of(p("Then:"), p(f"<m:oMathPara><m:oMath>{r('E=mc')}</m:oMath></m:oMathPara>")) == "Then:\n\nE=mc"


LEVELS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "1.", "7.", "a)", "12."])), min_size=1, max_size=12)


@given(LEVELS)
@settings(deadline=None, max_examples=60)
def test_every_item_is_read_back_below_the_item_that_it_was_written_below(items: list[tuple[int, str]]) -> None:
    out = MarkdownText()
    parents: list[tuple[str, str]] = []
    stack: list[tuple[int, str]] = []
    for number, (depth, label) in enumerate(items):
        words = f"w{number} of the list."
        out.item(depth, label, words)
        stack = [entry for entry in stack if entry[0] < depth]
        parents.append((words, stack[-1][1] if stack else ""))
        stack.append((depth, words))

    def walk(blocks: Sequence[Block], parent: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for block in blocks:
            own = out.text[block.start : block.end].removeprefix("a) ")
            found += [(own, parent), *walk(block.children, own)]
        return found

    assert sorted(walk(parse_blocks(out.text), "")) == sorted(parents)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["heading", "paragraph", "item", "code"]), st.text(st.sampled_from("ab \f#"), max_size=8)
        ),
        max_size=8,
    )
)
@settings(deadline=None, max_examples=60)
def test_pages_begin_in_order_within_the_text_and_none_is_lost(blocks: list[tuple[str, str]]) -> None:
    out = MarkdownText()
    for kind, text in blocks:
        match kind:
            case "heading":
                out.heading(1, text)
            case "item":
                out.item(0, "", text)
            case _:
                getattr(out, kind)(text)
    offsets = [page.offset for page in out.pages]
    expected = sum(text.count(PAGE_BREAK) for _, text in blocks)
    assert PAGE_BREAK not in out.text
    assert offsets == sorted(offsets)
    assert all(offset <= len(out.text) + 2 for offset in offsets)
    assert [page.number for page in out.pages] == list(range(2, expected + 2))


def test_files_that_are_damaged_are_refused_with_the_reason() -> None:
    document = docx.Document()
    document.add_paragraph("Body.")
    raw = saved(document)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as was, zipfile.ZipFile(file, "w") as made:
        for part in was.infolist():
            content = was.read(part)
            made.writestr(part, content[:300] if part.filename == "word/document.xml" else content)
    for broken in (raw[:500], b"", file.getvalue()):
        with pytest.raises(IngestError, match="is damaged"):
            read_word(Path("script.docx"), broken)


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    assert "a" not in "".join(parsed(bomb).itertext())


@pytest.mark.skipif(not FILES.is_dir(), reason="needs ../shared/data")
@pytest.mark.parametrize("path", sorted(FILES.glob("*.docx")), ids=lambda path: path.name)
def test_real_documents_lose_no_paragraph(path: Path) -> None:
    raw = path.read_bytes()
    text = " ".join(read_word(path, raw).document.text.split())
    for paragraph in docx.Document(io.BytesIO(raw)).paragraphs:
        if "oMath" not in paragraph._p.xml:
            assert " ".join(paragraph.text.split()) in text


@pytest.mark.skipif(not FILES.is_dir(), reason="needs ../shared/data")
@pytest.mark.parametrize(
    ("name", "pages"),
    [("word_sample", 2), ("docx_lists", 3), ("equations", 3), ("unit_test_headers", 2), ("word_tables", 0)],
)
def test_real_documents_have_the_pages_that_word_counted(name: str, pages: int) -> None:
    path = FILES / f"{name}.docx"
    assert len(read_word(path, path.read_bytes()).document.pages) == pages
