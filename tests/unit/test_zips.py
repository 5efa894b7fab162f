"""Members of zip files that lie about their size, whoever reads them."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from ingest.readers import read
from ingest.zips import DAMAGE, is_readable, read_member
from rag.errors import IngestError

MB = 1_000_000
DECLARED = 1_000
BIG = bytes(40 * MB)


def lying(name: str) -> bytes:
    """Return a zip file whose one member is `BIG`, and by its size and its checksum only the beginning of it."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, BIG)
    raw = bytearray(packed.getvalue())
    for magic, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        struct.pack_into("<I", raw, raw.index(magic) + at, zlib.crc32(BIG[:DECLARED]))
        struct.pack_into("<I", raw, raw.index(magic) + at + 8, DECLARED)
    return bytes(raw)


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 5 * MB
    finally:
        tracemalloc.stop()


def read_first(raw: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        return read_member(archive, archive.infolist()[0])


def read_as(name: str) -> Callable[[bytes], object]:
    return lambda raw: read(Path(name), raw)


@pytest.mark.parametrize(
    ("member", "reader", "error"),
    [
        ("a.md", read_first, zipfile.BadZipFile),
        ("word/document.xml", read_as("a.docx"), IngestError),
        ("ppt/presentation.xml", read_as("a.pptx"), IngestError),
        ("xl/workbook.xml", read_as("a.xlsx"), IngestError),
        ("META-INF/encryption.xml", read_as("a.epub"), IngestError),
    ],
)
def test_a_member_that_holds_more_than_it_declares_is_refused_and_not_expanded(
    member: str, reader: Callable[[bytes], object], error: type[Exception]
) -> None:
    raw = lying(member)
    with pytest.raises((*DAMAGE, IngestError)):
        reader(raw[:100])  # which loads what the reader imports
    with little_memory(), pytest.raises(error, match="further than the size that it declares"):
        reader(raw)


@pytest.mark.parametrize("content", [b"", b"A", b"Light is fast. " * 20_000])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_honest_member_is_read_whole(content: bytes, method: int) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.md", content)
    assert read_first(packed.getvalue()) == content


def test_a_member_whose_checksum_differs_is_damaged() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.md", b"Light is fast.")
    with pytest.raises(DAMAGE, match="CRC"):
        read_first(packed.getvalue().replace(b"fast", b"slow"))


def test_a_method_without_bounds_is_not_read() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.md", b"Light is fast.")
        assert not is_readable(archive.infolist()[0])
    with pytest.raises(zipfile.BadZipFile, match="not read"):
        read_first(packed.getvalue())
