"""Headings of a PDF of scans, of which nothing is known before its first page is read."""

from __future__ import annotations

from ingest.readers.pdf.blocks import blocks
from ingest.readers.pdf.headings import Headings
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.words import Style, Word


def line(top: float, text: str, size: float) -> Line:
    words = []
    for number, one in enumerate(text.split()):
        box = (60 + 60.0 * number, top, 110 + 60.0 * number, top + size)
        words.append(Word(one, box, *box, top + size, Style(size)))
    return Line.of(words)


def test_only_what_is_printed_larger_than_most_of_a_scan_is_a_heading() -> None:
    page = [
        blocks([line(60, "Streams and shards", 20)]),
        blocks([line(100, "A shard takes a megabyte", 10)]),
    ]
    Headings.of([], {}).mark(0, page)
    assert [block.kind for region in page for block in region] == ["heading", "paragraph"]


def test_a_scan_that_is_all_of_one_size_has_no_heading() -> None:
    page = [blocks([line(60, "A shard takes a megabyte", 30)])]
    Headings.of([], {}).mark(0, page)
    assert page[0][0].kind == "paragraph"
