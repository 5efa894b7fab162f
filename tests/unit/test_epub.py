"""Books in EPUB, made here as zip files: order, pages, headings, and what is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers import Reading, ReadOptions, read
from rag.errors import IngestError
from rag.types import PageStart

BOOK = Path("book.epub")
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
XHTML = "application/xhtml+xml"


def package(spine: str, extra: str = "", title: str = "Optics", toc: str = "") -> str:
    items = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="{XHTML}"/>' for name in spine.split())
    order = "".join(f'<itemref idref="{name}"/>' for name in spine.split())
    return (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title></metadata><manifest>{items}{extra}</manifest><spine{toc}>{order}</spine></package>"
    )


def page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"'
        f' xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body>{body}</body></html>'
    )


def epub(opf: str, files: Mapping[str, str], **others: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("OEBPS/book.opf", opf)
        for name, body in files.items():
            book.writestr(f"OEBPS/{name}.xhtml", page(body))
        for name, content in others.items():
            book.writestr(name, content)
    return made.getvalue()


def text(opf: str, files: Mapping[str, str], **others: str | bytes) -> str:
    return read(BOOK, epub(opf, files, **others)).document.text


def reading(body: str) -> Reading:
    return read(BOOK, epub(package("one"), {"one": body}))


def pages(body: str) -> list[tuple[str, int, str]]:
    """Return for each page its first word, number and label."""
    document = reading(body).document
    return [(document.text[start.offset :].split()[0], start.number, start.label) for start in document.pages]


def test_chapters_stand_in_reading_order_below_the_title_of_the_book() -> None:
    files = {"b": "<h1>Lenses</h1><p>They bend light.</p>", "a": "<h1>Light</h1><h2>Rays</h2><p>Light is fast.</p>"}
    assert text(package("a b"), files) == (
        "# Optics\n\n## Light\n\n### Rays\n\nLight is fast.\n\n## Lenses\n\nThey bend light."
    )
    document = read(BOOK, epub(package("a b"), files)).document
    assert (document.title, document.media_type, document.page_unit) == ("Optics", "application/epub+zip", "")


def test_a_chapter_without_headings_is_called_as_the_contents_call_it() -> None:
    nav = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    files = {
        "nav": '<nav epub:type="toc"><ol><li><a href="one.xhtml#top">Chapter <b>one</b></a></li></ol></nav>',
        "one": "<p>Light is fast.</p>",
    }
    assert text(package("nav one", nav), files) == "# Optics\n\n## Chapter one\n\nLight is fast."


def test_the_contents_of_an_old_book_are_read_from_its_ncx() -> None:
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Chapter one</text>'
        '</navLabel><content src="one.xhtml"/></navPoint></navMap><pageList><pageTarget><navLabel><text>Page 7</text>'
        '</navLabel><content src="one.xhtml#p7"/></pageTarget></pageList></ncx>'
    )
    extra = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    raw = epub(package("one", extra, toc=' toc="ncx"'), {"one": '<p>a</p><p id="p7">b</p>'}, **{"OEBPS/toc.ncx": ncx})
    document = clean(read(BOOK, raw).document)
    assert document.text == "# Optics\n\n## Chapter one\n\na\n\nb"
    assert document.pages == (PageStart(document.text.index("b", 20), 7),)


def test_contents_within_the_reading_order_are_left_out() -> None:
    files = {"toc": '<section epub:type="toc"><p>Light 1</p></section>', "one": "<p>Light is fast.</p>"}
    assert text(package("toc one"), files) == "# Optics\n\nLight is fast."


def test_printed_pages_that_are_numbered_are_the_pages() -> None:
    body = (
        '<span epub:type="pagebreak" id="p5" title="5"/><p>alpha</p><div role="doc-pagebreak" aria-label="Page 6."/>'
        '<h1>beta</h1><p>one <span epub:type="pagebreak">7</span>gamma</p>'
    )
    assert pages(body) == [("alpha", 5, ""), ("##", 6, ""), ("gamma", 7, "")]
    assert "7" not in reading(body).document.text


def test_other_labels_are_kept_beside_a_count() -> None:
    breaks = ["iv", "v", "1", "4"]
    body = "".join(f'<span epub:type="pagebreak" title="{label}"/><p>on{label}</p>' for label in breaks)
    assert pages(body) == [("oniv", 1, "iv"), ("onv", 2, "v"), ("on1", 3, "1"), ("on4", 4, "")]


def test_a_page_that_begins_in_a_list_or_table_begins_with_its_row_or_before_it() -> None:
    mark = '<span epub:type="pagebreak" title="{}"/>'
    body = (
        f"<ul><li>alpha</li><li>{mark.format(2)}beta</li></ul>"
        f"<table><tr><td>k</td><td>v</td></tr>{mark.format(3)}<tr><td>gamma</td><td>1</td></tr></table>"
    )
    assert pages(body) == [("-", 2, ""), ("|", 3, "")]


def test_cleaning_and_chunking_keep_the_pages() -> None:
    body = '<p>Preface here.</p><span epub:type="pagebreak" title="5"/><h1>Light</h1><p>Light is fast.</p>'
    document = clean(reading(body).document)
    assert [(one.text, one.page_start) for one in chunk(document)] == [("Preface here.", None), ("Light is fast.", 5)]
    assert set(document.lines) == {0}


def test_note_marks_and_navigation_are_no_text_but_notes_are() -> None:
    body = (
        '<nav><a href="x">Next</a></nav><p>Fast<a epub:type="noteref" href="#n">1</a>.</p>'
        '<aside epub:type="footnote" id="n"><p>In glass it is slower.</p></aside>'
    )
    assert text(package("one"), {"one": body}) == "# Optics\n\nFast.\n\nIn glass it is slower."


def test_a_formula_with_a_namespace_prefix_is_read() -> None:
    assert "x^2" in reading("<p><m:math><m:msup><m:mi>x</m:mi><m:mn>2</m:mn></m:msup></m:math></p>").document.text


def test_a_chapter_that_is_not_there_is_reported_and_the_others_are_read() -> None:
    found = read(BOOK, epub(package("one two"), {"one": "<p>Light.</p>"}))
    assert "Light." in found.document.text
    assert found.warnings == ("OEBPS/two.xhtml is listed in the book but not in the file",)


ENCRYPTION = '<encryption><EncryptedData xmlns="x"><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'


def test_a_protected_book_is_refused_and_one_with_scrambled_fonts_is_not() -> None:
    files = {"one": "<p>Light.</p>"}
    drm = ENCRYPTION.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(IngestError, match="protected"):
        text(package("one"), files, **{"META-INF/encryption.xml": drm})
    fonts = ENCRYPTION.format("http://www.idpf.org/2008/embedding")
    assert "Light." in text(package("one"), files, **{"META-INF/encryption.xml": fonts})


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "damaged or no EPUB"),
        (b"PK\x03\x04 broken", "damaged or no EPUB"),
        (epub(package("one"), {"one": "<p>x</p>"})[:-30], "damaged"),
        (epub("<package/>", {}), "no text"),
        (epub(package("one"), {"one": "<img src='p1.png'/>"}), "no text"),
        (epub("", {}), "no XML"),
    ],
)
def test_what_is_no_book_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        read(BOOK, raw)


def test_a_book_that_expands_beyond_all_measure_is_refused() -> None:
    with pytest.raises(IngestError, match="expands to 10 MB"):
        text(package("one"), {"one": "<p>" + "x " * 5_000_000 + "</p>"})


@pytest.mark.parametrize("place", ["&d;", '<dc:creator role="&d;"/>'])
def test_entities_of_its_own_are_refused(place: str) -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in ("ab", "bc", "cd")
    )
    with pytest.raises(IngestError, match="entities"):
        text(f"<!DOCTYPE package [{entities}]>" + package("one", title=place), {"one": "<p>x</p>"})


def test_an_external_entity_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not tell")
    bomb = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>see &x;</p></body></html>'
    opf = '<item id="raw" href="raw.html" media-type="text/html"/>'
    raw = epub(package("one", opf).replace('idref="one"', 'idref="raw"'), {}, **{"OEBPS/raw.html": bomb})
    assert "do not tell" not in read(BOOK, raw).document.text


def test_a_book_of_too_many_pages_is_refused() -> None:
    body = "".join(f'<p epub:type="pagebreak" title="{at}"/>x' for at in range(4))
    raw = epub(package("one"), {"one": body})
    with pytest.raises(IngestError, match="more than the 3"):
        read(BOOK, raw, ReadOptions(max_pages=3))
