"""One reader per format: the bytes of a file to a Document.

A reader returns the text of the file as plain Markdown (headings, nested lists, pipe tables, fenced code), `pages`
where the file has pages or slides, and, where pages can be shown, the `layout` of its words. Spans and offsets are
those of the text that it returns; `ingest.clean` carries them over. Within a line nothing is markup, so nothing is
escaped or emphasised, except in what is Markdown itself: text files and notebooks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from rag.errors import IngestError
from rag.types import Document


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read.

    Attributes:
        password: tried on files that ask for one.
        max_pages: a file with more pages or slides is refused.
        ocr_language: Tesseract's name of the language of scanned pages; "" for no OCR.
    """

    password: str = ""
    max_pages: int = 5000
    ocr_language: str = "eng"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a file, and what a person should know of it (pages left out, text that was recognised)."""

    document: Document
    warnings: tuple[str, ...] = ()


Reader: TypeAlias = Callable[[Path, bytes, ReadOptions], Reading]

# Suffix to module and function, imported when the first such file is read.
READERS: dict[str, str] = {
    ".md": "ingest.readers.text:read_text",
    ".markdown": "ingest.readers.text:read_text",
    ".txt": "ingest.readers.text:read_text",
    ".text": "ingest.readers.text:read_text",
    ".pdf": "ingest.readers.pdf.read:read_pdf",
    ".pptx": "ingest.readers.office.slides:read_slides",
    ".docx": "ingest.readers.office.word:read_word",
    ".html": "ingest.readers.web.page:read_web",
    ".htm": "ingest.readers.web.page:read_web",
    ".xhtml": "ingest.readers.web.page:read_web",
    ".ipynb": "ingest.readers.web.notebook:read_notebook",
    ".epub": "ingest.readers.web.epub:read_epub",
    ".csv": "ingest.readers.office.sheets:read_csv",
    ".tsv": "ingest.readers.office.sheets:read_csv",
    ".xlsx": "ingest.readers.office.sheets:read_xlsx",
}
ID_CHARACTERS = 32  # of the SHA-256 of a file, in hexadecimal
ARCHIVE = ".zip"  # of such files; `ingest.archives` opens it


def supported() -> tuple[str, ...]:
    """Return the suffixes of files that can be ingested, in order."""
    return tuple(sorted((*READERS, ARCHIVE)))


def document_id(raw: bytes) -> str:
    """Return the id of the document that these bytes are, whatever they are called."""
    return hashlib.sha256(raw).hexdigest()[:ID_CHARACTERS]


def read(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:
    """Read the bytes of a file with the reader of its suffix.

    Raises:
        IngestError: no reader is registered for the suffix, or the content cannot be read.
    """
    place = READERS.get(path.suffix.lower())
    if place is None:
        known = ", ".join(supported())
        raise IngestError(f"files of type '{path.suffix}' are not supported; supported are {known}", str(path))
    module, function = place.split(":")
    reader: Reader = getattr(import_module(module), function)
    return reader(path, raw, options)
