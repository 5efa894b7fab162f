"""Tells the format of a file from its bytes; what it is called is a hint only for texts."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.readers import READERS, supported
from ingest.readers.office.package import OLE
from ingest.zips import member_names
from rag.errors import IngestError

# The folder that holds what a package is (ECMA-376 part 1, annex A; EPUB OCF 3.3, section 4.2.6).
_PACKAGED = {"word/": ".docx", "ppt/": ".pptx", "xl/": ".xlsx", "META-INF/container.xml": ".epub"}
_NOT_TEXTS = frozenset((".pdf", ".zip", *_PACKAGED.values()))
_HEAD = 65_536
_PDF_WITHIN = 1024  # bytes that may stand before "%PDF-" (ISO 32000-1, annex H, note 13)
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # byte-order marks of UTF-16, whose texts hold zero bytes
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WEB = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_NOTEBOOK = re.compile(rb'\s*\{.*"(?:cells|worksheets|nbformat)"\s*:', re.DOTALL)

_PICTURE = "is a picture; put it into a PDF to have its text recognised"
_PACKED = "is a compressed archive; unpack it first, or make it a .zip"
_PROGRAM = "is a program, not a text"
_REFUSED = (
    (OLE, "is an Office file from before 2007 or one with a password; save it as .docx, .pptx or .xlsx without one"),
    (b"\x89PNG", _PICTURE), (b"\xff\xd8\xff", _PICTURE), (b"GIF8", _PICTURE), (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE), (b"\x1f\x8b", _PACKED), (b"BZh", _PACKED), (b"\xfd7zXZ", _PACKED),
    (b"7z\xbc\xaf", _PACKED), (b"Rar!", _PACKED), (b"\x7fELF", _PROGRAM), (b"MZ", _PROGRAM),
    (b"{\\rtf", "is rich text (RTF); save it as .docx or .pdf"), (b"%!PS", "is PostScript; save it as .pdf"),
)  # fmt: skip


def sniff(path: Path, raw: bytes) -> tuple[Path, str]:
    """Return a path whose suffix is that of the format, and a warning where the file is not what it is called.

    Raises:
        IngestError: the file is empty, or of a format that is known and not read.
    """
    if not raw:
        raise IngestError("the file is empty", str(path))
    suffix = path.suffix.lower()
    found = _format(path, raw) or suffix
    if found == suffix:
        return path, ""
    named = path.with_suffix(found) if suffix in supported() else path.with_name(path.name + found)
    return named, f"read as {found}, which it is, whatever its name says" if suffix else ""


def _format(path: Path, raw: bytes) -> str:
    """Return the suffix of what the bytes are; empty where the name is to be believed."""
    suffix, head = path.suffix.lower(), raw[:_HEAD]
    is_text = head.startswith(_WIDE) or not _CONTROL.search(head)
    if head.lstrip().startswith(b"%PDF-"):
        return ".pdf"
    if is_text and suffix in READERS.keys() - _NOT_TEXTS:
        return ""
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return ".pdf"
    if names := member_names(raw):
        return _package_format(path, names)
    reason = next((reason for magic, reason in _REFUSED if raw.startswith(magic)), "")
    if reason and not (raw.startswith(OLE) and suffix in _PACKAGED.values()):  # whose readers tell the two apart
        raise IngestError(reason, str(path))
    return _text_format(suffix, head) if is_text else ""


def _package_format(path: Path, names: set[str]) -> str:
    found = next((suffix for part, suffix in _PACKAGED.items() if any(name.startswith(part) for name in names)), "")
    if found:
        return found
    if "META-INF/manifest.xml" in names and "content.xml" in names:
        raise IngestError("is an OpenDocument file; save it as .docx, .pptx or .xlsx", str(path))
    if path.suffix.lower() in _PACKAGED.values():
        return ""  # its reader tells what it lacks
    raise IngestError("is a zip archive; call it .zip, or unpack it first", str(path))


def _text_format(suffix: str, head: bytes) -> str:
    if _WEB.match(head):
        return ".html"
    if _NOTEBOOK.match(head):
        return ".ipynb"
    return ".txt" if suffix in _NOT_TEXTS or not suffix else ""
