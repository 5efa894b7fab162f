"""Reads Markdown and plain text."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from rag.errors import IngestError
from rag.types import Document

# Control characters that no text has; form feed, tab, line ends and escape stay.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path, raw: bytes) -> Document:
    """Return the text of a Markdown or plain text file, not yet cleaned.

    Raises:
        IngestError: the file is empty, binary, or in an encoding that cannot be told.
    """
    text = decode(raw, str(path)).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise IngestError("the file is empty", str(path))
    return Document(
        id=hashlib.sha256(raw).hexdigest()[:32],
        title=path.stem,
        media_type="text/markdown" if path.suffix.lower() in (".md", ".markdown") else "text/plain",
        text=text,
    )


def decode(raw: bytes, path: str) -> str:
    """Decode `raw` as UTF-8, by its byte-order mark, or by the encoding that fits it best.

    Raises:
        IngestError: the bytes are binary or no encoding fits them.
    """
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return raw.decode(encoding, "replace")
    if _BINARY.search(raw):
        raise IngestError("the file is binary, not text; save it as text or Markdown", path)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw[:200_000]).best()
        if best is None:
            raise IngestError("the encoding cannot be told; save the file as UTF-8", path) from None
        return raw.decode(best.encoding, "replace")
