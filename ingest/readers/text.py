"""Reads Markdown and plain text."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from ingest.readers import Reading, ReadOptions, document_id
from rag.errors import IngestError
from rag.types import Document

# Control characters that no text has; form feed, tab, line ends and escape stay.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:  # noqa: ARG001
    """Return the text of a Markdown or plain text file, not yet cleaned.

    Raises:
        IngestError: the file is empty, binary, or in an encoding that cannot be told.
    """
    text = decode(raw, str(path)).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise IngestError("the file is empty", str(path))
    markdown = path.suffix.lower() in (".md", ".markdown")
    return Reading(
        Document(
            id=document_id(raw),
            title=path.stem,
            media_type="text/markdown" if markdown else "text/plain",
            text=text,
        )
    )


def decode(raw: bytes, path: str, declared: str = "utf-8") -> str:
    """Decode `raw` by its byte-order mark, as it declares, as UTF-8, or by the encoding that fits it best.

    Raises:
        IngestError: the bytes are binary or no encoding fits them.
    """
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return raw.decode(encoding, "replace")
    if _BINARY.search(raw):
        raise IngestError("the file is binary, not text; save it as text or Markdown", path)
    for encoding in (declared, "utf-8"):
        try:
            return raw.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:200_000]).best()
    if best is None:
        raise IngestError("the encoding cannot be told; save the file as UTF-8", path)
    return raw.decode(best.encoding, "replace")
