"""Archives of course texts, and what hostile ones hold."""

from __future__ import annotations

import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest

from ingest.archives import expand, is_archive
from ingest.sources import SourceFile
from rag.errors import IngestError

MB = 1_000_000


def source(name: str = "texts.zip") -> SourceFile:
    place = f"/c/{name}"
    return SourceFile(place, place, name, lambda _: b"", version="1", course="optics", title="T", sha256="0")


def zipped(members: Mapping[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content, compress_type=method)
    return packed.getvalue()


def reasons(raw: bytes) -> dict[str, str]:
    return dict(expand(source(), raw).failed)


def test_members_are_files_named_within_their_archive() -> None:
    found = expand(source(), zipped({"b.pdf": b"B", "week1/a.md": b"A", "week1/": b""}))
    assert found.failed == ()
    assert [(file.name, file.uri, file.place, file.read(1)) for file in found.files] == [
        ("texts.zip/b.pdf", "/c/texts.zip/b.pdf", "/c/texts.zip/b.pdf", b"B"),
        ("texts.zip/week1/a.md", "/c/texts.zip/week1/a.md", "/c/texts.zip/week1/a.md", b"A"),
    ]
    assert {(file.course, file.title, file.sha256, file.version) for file in found.files} == {("optics", "", "", "")}


def test_names_made_with_backslashes_are_read() -> None:
    (file,) = expand(source(), zipped({"week1\\a.md": b"A"})).files
    assert file.name == "texts.zip/week1/a.md"


def test_hidden_and_unsupported_members_are_skipped() -> None:
    found = expand(source(), zipped({"a.md": b"A", "b.png": b"", ".c/d.md": b"", "__MACOSX/._a.md": b""}))
    assert ([file.name for file in found.files], found.failed) == (["texts.zip/a.md"], ())


def test_only_archives_are_expanded() -> None:
    texts = zipped({"a.md": b"A"})
    assert is_archive(source(), texts)
    assert not is_archive(source("texts.epub"), texts)
    assert not is_archive(source(), b"%PDF-1.7")
    assert not is_archive(source(), zipped({"[Content_Types].xml": b"", "word/document.xml": b""}))


@pytest.mark.parametrize("name", ["../a.md", "week1/../../a.md", "/etc/a.md", "..\\a.md", "C:\\a.md", "C:a.md"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    found = expand(source(), zipped({name: b"A", "b.md": b"B"}))
    ((place, reason),) = found.failed
    assert "leads out" in reason
    assert place.startswith("/c/texts.zip/")
    assert [file.name for file in found.files] == ["texts.zip/b.md"]


def test_symbolic_links_are_refused() -> None:
    link = zipfile.ZipInfo("a.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "symbolic link" in reasons(zipped({link: b"/etc/passwd"}))["/c/texts.zip/a.md"]


def test_an_archive_within_an_archive_is_refused_by_name() -> None:
    assert "within an archive" in reasons(zipped({"more.zip": zipped({"a.md": b"A"})}))["/c/texts.zip/more.zip"]


def test_encrypted_members_are_told() -> None:
    raw = bytearray(zipped({"a.md": b"A"}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(magic) + flags] |= 1
    assert "password" in reasons(bytes(raw))["/c/texts.zip/a.md"]


def test_methods_that_take_any_amount_of_memory_are_refused() -> None:
    assert "way that is not read" in reasons(zipped({"a.md": b"A"}, zipfile.ZIP_LZMA))["/c/texts.zip/a.md"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_told() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.md", b"first")
        archive.writestr("a.md", b"second")
    found = expand(source(), packed.getvalue())
    assert "twice" in dict(found.failed)["/c/texts.zip/a.md"]
    assert found.files[0].read(1) == b"first"


def test_a_bomb_is_refused_without_expanding_it() -> None:
    raw = zipped({"a.md": bytes(60 * MB)})
    tracemalloc.start()
    assert "60 MB" in reasons(raw)["/c/texts.zip/a.md"]
    assert tracemalloc.get_traced_memory()[1] < 5 * MB
    tracemalloc.stop()


def test_a_bomb_that_declares_a_small_size_expands_no_further_than_that() -> None:
    raw = bytearray(zipped({"a.md": bytes(40 * MB)}))
    for magic, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", raw, raw.index(magic) + size, 1000)
    (file,) = expand(source(), bytes(raw)).files
    tracemalloc.start()
    with pytest.raises(IngestError, match="damaged in the archive"):
        file.read(32)
    assert tracemalloc.get_traced_memory()[1] < 5 * MB
    tracemalloc.stop()


def test_a_member_larger_than_files_may_be_is_refused_when_it_is_read() -> None:
    (file,) = expand(source(), zipped({"a.md": bytes(2 * MB)}, zipfile.ZIP_STORED)).files
    with pytest.raises(IngestError, match="larger than 1 MB"):
        file.read(1)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (zipped({"a.md": b"A"})[:-5], "damaged"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (zipped({}), "no course texts"),
        (zipped({"a.png": b"A"}), "no course texts"),
        (zipped({f"{number}.md": b"" for number in range(5_001)}), "more than 5,000"),
    ],
)
def test_archives_that_cannot_be_read_are_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        expand(source(), raw)


def test_members_whose_sizes_add_up_too_far_are_refused() -> None:
    raw = bytearray(zipped({f"{number}.md": b"" for number in range(1_200)}))
    at = -1
    while (at := raw.find(b"PK\x01\x02", at + 1)) >= 0:
        struct.pack_into("<I", raw, at + 24, 900_000)
    with pytest.raises(IngestError, match="1,080 MB"):
        expand(source(), bytes(raw))
