"""Reads the bytes of one file, and says how they are to be parsed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingest.parse.frames import Job
from ingest.readers import ID_CHARACTERS, READERS, ReadOptions
from ingest.sources import SourceFile


@dataclass(frozen=True, slots=True)
class FileBytes:
    """The bytes of a file and their hash."""

    raw: bytes
    sha256: str

    @property
    def document_id(self) -> str:
        """The id of the document that these bytes are, whatever they are called."""
        return self.sha256[:ID_CHARACTERS]


def read_bytes(file: SourceFile, max_file_mb: float) -> FileBytes:
    """Return the bytes of a file.

    Raises:
        IngestError: it is gone, may not be read, is no regular file, or is larger than `max_file_mb`.
    """
    raw = file.read(max_file_mb)
    return FileBytes(raw, hashlib.sha256(raw).hexdigest())


def job_for(file: SourceFile, content: FileBytes, chunk_characters: int, options: ReadOptions = ReadOptions()) -> Job:
    """Return how a file is to be parsed."""
    return Job(file.name, file.title, content.document_id, chunk_characters, options, READERS)
