"""Reads XML that nobody vouches for: no document type, nothing fetched, and not without end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import IngestError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_TAGS, _DEEPEST = 400_000, 60


def parsed(path: Path, raw: bytes) -> Element:
    """Return the root of a document.

    Raises:
        IngestError: it is no XML, has a document type, or is larger or deeper than questions are.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if raw.count(b"<") > _MOST_TAGS:
        raise IngestError("the file is larger than files of questions are; split it", str(path))
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise IngestError("its XML declares a document type, as no file of questions needs to", str(path)) from error
    except (ParseError, ValueError, LookupError) as error:
        raise IngestError(f"the file is damaged or no XML ({error})", str(path)) from error
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
    if level:
        raise IngestError("its XML is nested deeper than files of questions are", str(path))
    return root


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
