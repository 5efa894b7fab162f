"""What a file is, whatever it is called."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest

from ingest.sniff import sniff
from rag.errors import IngestError

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
PAGE = b"<!DOCTYPE html>\n<html><body><p>text</p></body></html>"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4}'


def package(names: Iterable[str]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


DOCX = package(["[Content_Types].xml", "word/document2.xml"])
PPTX = package(["[Content_Types].xml", "ppt/presentation.xml"])
XLSX = package(["[Content_Types].xml", "xl/workbook.xml"])
EPUB = package(["mimetype", "META-INF/container.xml"])


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.pdf", PDF), ("A.PDF", PDF), ("a.docx", DOCX), ("a.pptx", PPTX), ("a.xlsx", XLSX), ("a.epub", EPUB),
        ("a.docx", OLE), ("a.html", PAGE), ("a.ipynb", NOTEBOOK), ("a.md", b"# Light"), ("a.csv", b"a,b\n1,2"),
        ("a.pdf", b"junk\x00" + PDF), ("a.txt", PAGE), ("a.md", NOTEBOOK),
        ("a.md", b"MZ is the mark of a program, %PDF- of a PDF"),
        ("a.txt", "text".encode("utf-16")), ("a.pdf", b"\x00\x01damaged"), ("a.docx", DOCX[:40]),
    ],
)  # fmt: skip
def test_a_file_that_may_be_what_it_is_called_is_believed(name: str, raw: bytes) -> None:
    assert sniff(Path(name), raw) == (Path(name), "")


@pytest.mark.parametrize(
    ("name", "raw", "found"),
    [
        ("a.docx", PDF, "a.pdf"), ("a.md", PDF, "a.pdf"), ("a.zip", PDF, "a.pdf"), ("a.pdf", DOCX, "a.docx"),
        ("a.zip", PPTX, "a.pptx"), ("a.docx", XLSX, "a.xlsx"), ("a.txt", EPUB, "a.epub"), ("a.pdf", PAGE, "a.html"),
        ("week.1", PDF, "week.1.pdf"), ("page.php", PAGE, "page.php.html"), ("a.docx", NOTEBOOK, "a.ipynb"),
        ("a.pdf", b"Light is fast.", "a.txt"), ("a.pdf", b"<?xml version='1.0'?>\n<html>", "a.html"),
    ],
)  # fmt: skip
def test_a_file_is_read_as_what_it_is(name: str, raw: bytes, found: str) -> None:
    path, warning = sniff(Path(name), raw)
    assert path == Path(found)
    assert (Path(found).suffix in warning) == (name != found)


def test_a_file_without_a_suffix_is_recognised_without_a_warning() -> None:
    assert sniff(Path("lecture"), PDF) == (Path("lecture.pdf"), "")
    assert sniff(Path("README"), b"text") == (Path("README.txt"), "")


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.pdf", b"", "empty"), ("a.pdf", b"\x89PNG\r\n\0\0", "picture"), ("a.md", b"\xff\xd8\xff\xe0\0", "picture"),
        ("a.doc", OLE, "before 2007"), ("a.pdf", OLE, "password"), ("a.md", b"\x1f\x8b\x08\0", "unpack"),
        ("a.pdf", b"{\\rtf1 text}", "RTF"), ("a.pdf", package(["a.md"]), "call it .zip"),
        ("a.bin", b"\x7fELF\0", "program"),
        ("a.odt", package(["mimetype", "content.xml", "META-INF/manifest.xml"]), "OpenDocument"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_what_to_do(name: str, raw: bytes, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        sniff(Path(name), raw)
