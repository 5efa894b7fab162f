"""Loads one file: bytes, Document, chunks. The one place where a hostile file may blow up."""

from __future__ import annotations

import hashlib
import logging
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers import read
from ingest.sources import SourceFile
from rag.errors import IngestError
from rag.types import Chunk, Document

_LOG = logging.getLogger(__name__)
_MB = 1_000_000
_ID_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class FileBytes:
    """The bytes of a file and their hash."""

    raw: bytes
    sha256: str

    @property
    def document_id(self) -> str:
        """The id of the document that these bytes are, whatever they are called."""
        return self.sha256[:_ID_CHARACTERS]


def read_bytes(file: SourceFile, max_file_mb: float) -> FileBytes:
    """Return the bytes of a file.

    Raises:
        IngestError: it is gone, may not be read, is no regular file, or is larger than `max_file_mb`.
    """
    limit, path = int(max_file_mb * _MB), str(file.path)
    try:
        raw = _read_up_to(file.path, limit + 1)
    except FileNotFoundError as error:
        raise IngestError("the file is gone; it was there when the folder was listed", path) from error
    except OSError as error:
        raise IngestError(f"the file cannot be read: {error.strerror or error}", path) from error
    if len(raw) > limit:
        raise IngestError(
            f"the file is larger than {max_file_mb:g} MB; split it, or set OPENBOOK_MAX_FILE_MB higher", path
        )
    return FileBytes(raw, hashlib.sha256(raw).hexdigest())


def _read_up_to(path: Path, size: int) -> bytes:
    # A named pipe would block for ever when opened.
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a regular file")
    with path.open("rb") as file:
        return file.read(size)


def load(file: SourceFile, content: FileBytes, chunk_characters: int) -> tuple[Document, list[Chunk]]:
    """Return the cleaned document of a file and its chunks.

    Raises:
        IngestError: the file cannot be read, whatever went wrong in reading it, or holds nothing to retrieve.
    """
    try:
        document = replace(read(file.path, content.raw), id=content.document_id)
        document = clean(document)
        document = replace(document, title=file.title or document.title)
        chunks = chunk(document, chunk_characters)
    except IngestError as error:
        raise IngestError(error.reason, str(file.path), error.page) from error
    except Exception as error:  # a parser may fail in any way on a hostile file; the batch goes on
        _LOG.debug("%s failed", file.uri, exc_info=True)
        raise IngestError(
            f"the file could not be parsed ({_kind(error)}); simplify or leave it out", str(file.path)
        ) from error
    if not chunks:
        raise IngestError(
            "nothing to learn from is left without headings, pictures and slide furniture", str(file.path)
        )
    return document, chunks


def _kind(error: Exception) -> str:
    match error:
        case RecursionError():
            return "nested too deeply"
        case MemoryError():
            return "out of memory"
        case _:
            return f"{type(error).__name__}: {str(error)[:120]}"
