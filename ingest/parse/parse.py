"""Parses one file: its bytes to a document and its chunks. It runs in a child, since a hostile file may blow it up."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.parse.frames import Job, Parsed
from ingest.readers import READERS, read
from ingest.sniff import sniff
from rag.errors import IngestError
from rag.types import Document

# Half a surrogate pair cannot be stored, a zero byte not in PostgreSQL. One character each, so that spans stay.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def parse(job: Job, raw: bytes) -> Parsed:
    """Return the cleaned document of a file and its chunks.

    Raises:
        IngestError: the file cannot be read, whatever went wrong in reading it, or holds nothing to retrieve.
        MemoryError: it takes more memory than there is.
    """
    READERS.update(job.readers)
    try:
        path, warning = sniff(Path(job.name), raw)
        reading = read(path, raw, job.options)
        document = clean(_storable(replace(reading.document, id=job.document_id)))
        document = replace(document, title=job.title or document.title)
        chunks = chunk(document, job.chunk_characters)
    except (IngestError, MemoryError):
        raise
    except Exception as error:  # a parser may fail in any way on a hostile file; the batch goes on
        reason = f"the file could not be parsed ({_kind(error)}); simplify or leave it out"
        raise IngestError(reason, job.name) from error
    if not chunks:
        reason = "nothing to learn from is left without headings, pictures and slide furniture"
        raise IngestError(reason, job.name)
    return Parsed(document, tuple(chunks), tuple(filter(None, (warning, *reading.warnings))))


def _storable(document: Document) -> Document:
    pages = tuple(replace(page, label=_UNSTORABLE.sub("\ufffd", page.label)) for page in document.pages)
    title, text = (_UNSTORABLE.sub("\ufffd", told) for told in (document.title, document.text))
    return replace(document, title=title, text=text, pages=pages)


def _kind(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {str(error)[:120]}"
