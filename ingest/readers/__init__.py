"""One reader per format: a file to a Document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from ingest.readers.text import read_text
from rag.errors import IngestError
from rag.types import Document

Reader: TypeAlias = Callable[[Path, bytes], Document]

READERS: dict[str, Reader] = {
    ".md": read_text,
    ".markdown": read_text,
    ".txt": read_text,
    ".text": read_text,
}


def read(path: Path, raw: bytes) -> Document:
    """Read the bytes of a file with the reader of its suffix.

    Raises:
        IngestError: no reader is registered for the suffix, or the content cannot be read.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise IngestError(f"files of type '{path.suffix}' are not supported; supported are {known}", str(path))
    return reader(path, raw)
