"""What the readers of office files share: the package is checked before it is opened, damage is told in words."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from ingest.readers import document_id
from ingest.zips import has_too_many_members, is_encrypted, pieces
from rag.errors import IngestError
from rag.types import Document, PageStart

Element: TypeAlias = Any  # of lxml, which has no types

LINE_BREAK = "\v"  # within a paragraph
MONOSPACED = re.compile(r"courier|consolas|menlo|monaco|inconsolata|lucida console|\bmono|mono\b|source code", re.I)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of files from before 2007, and of encrypted ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a stream of MS-OFFCRYPTO, section 2.3.4.4
_MOST_EXPANDED = 500_000_000  # bytes of all parts
_MOST_PARTS = 50_000
_FORMAT = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    ".docx": f"{_FORMAT}.wordprocessingml.document",
    ".pptx": f"{_FORMAT}.presentationml.presentation",
    ".xlsx": f"{_FORMAT}.spreadsheetml.sheet",
}


@contextmanager
def opened(path: Path, raw: bytes) -> Iterator[BytesIO]:
    """Give the bytes of an office file to a library, and tell what goes wrong while it is open.

    Raises:
        IngestError: the file is password-protected, of an older format, damaged, or expands beyond all measure.
    """
    if raw.startswith(OLE):
        protected = _ENCRYPTED in raw
        reason = (
            "is password-protected; save it without a password" if protected
            else f"is of the format before 2007, whatever its name says; save it as {path.suffix}"
        )  # fmt: skip
        raise IngestError(reason, str(path))
    try:
        _check(path, raw)
        yield BytesIO(raw)
    except (zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError, AttributeError, EOFError,
            IndexError, NotImplementedError) as error:  # fmt: skip
        told = f"{type(error).__name__}: {str(error)[:120]}"
        raise IngestError(
            f"the file is damaged ({told}); open it in the program it was made with and save it again", str(path)
        ) from error


def _check(path: Path, raw: bytes) -> None:
    if has_too_many_members(raw, _MOST_PARTS):
        raise IngestError(f"it has more than {_MOST_PARTS:,} parts; split it", str(path))
    with zipfile.ZipFile(BytesIO(raw)) as package:
        parts = package.infolist()
        if any(map(is_encrypted, parts)):
            raise IngestError("is password-protected; save it without a password", str(path))
        size = sum(part.file_size for part in parts)
        if size > _MOST_EXPANDED:
            raise IngestError(f"it expands to {size // 1_000_000:,} MB; split it", str(path))
        for part in parts:
            deque(pieces(package, part), maxlen=0)  # the library reads each part whole, so that none may lie


def office_document(
    path: Path, raw: bytes, text: str, pages: tuple[PageStart, ...] = (), page_unit: str = ""
) -> Document:
    """Return the document of an office file, titled by its name.

    Raises:
        IngestError: it has no text.
    """
    if not text.strip():
        raise IngestError("the file holds no text; text in pictures is not read", str(path))
    media_type = MEDIA_TYPES[path.suffix.lower()]
    return Document(document_id(raw), path.stem, media_type, text, pages, page_unit if pages else "")


def parsed(part: bytes) -> Element:
    """Parse a part of a package, resolving no entities and fetching nothing."""
    from lxml import etree

    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def local(element: Element) -> str:
    """Return the name of an element without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def found(element: Element, *names: str) -> Element:
    """Return the first element down a path of local names, whatever their namespaces; None where there is none."""
    for name in names:
        if element is None:
            return None
        element = next((child for child in element if local(child) == name), None)
    return element


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name; empty where it is missing."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def take_choices(root: Element) -> None:
    """Replace each `mc:AlternateContent` by its first choice, which holds the text that its fallback only shows."""
    for both in [element for element in root.iter() if local(element) == "AlternateContent"]:
        parent = both.getparent()
        if parent is None:
            continue
        for child in list(next(iter(both), ())):
            both.addprevious(child)
        parent.remove(both)
