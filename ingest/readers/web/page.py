"""Reads web pages that were saved as HTML: the article, without what surrounds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html

from ingest.readers import Reading, ReadOptions, document_id
from ingest.readers.text import decode
from ingest.readers.web.blocks import flat_text, markdown_lines
from ingest.readers.web.furniture import article, drop_furniture, drop_unseen
from rag.errors import IngestError
from rag.types import Document

_DECLARED = re.compile(
    rb"""<(?:meta\s[^>]{0,200}?charset|\?xml\s[^>]{0,200}?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_DECLARED_WITHIN = 4096  # browsers look at 1024 bytes
# https://encoding.spec.whatwg.org/#names-and-labels; a page whose declaration can be read is not UTF-16
_AS_BROWSERS_READ = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-8"),
}
_HELD_BY_READERS = str.maketrans("", "", "\ue000\ue001\x00")  # letters that mark places while a text is made


def read_web(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:  # noqa: ARG001
    """Return the text of a web page: its headings, paragraphs, lists, tables and code.

    Raises:
        IngestError: the file is empty, binary, nested too deeply, or has no text.
    """
    page = parse_html(decode_html(raw, str(path)), str(path))
    title = " ".join((page.findtext("head/title") or "").split())
    body = page.find("body")
    if body is None:
        raise IngestError(NO_TEXT, str(path))
    drop_unseen(body)
    chosen = article(body)
    first = next((one for part in (chosen, body) for one in part.iter("h1")), None)
    heading = flat_text(first) if first is not None else ""
    drop_furniture(chosen, whole_page=chosen is body)
    lines = markdown_lines(chosen)
    if not lines:
        raise IngestError(NO_TEXT, str(path))
    if first is not None and heading and chosen not in first.iterancestors():
        lines = [f"# {heading}", "", *lines]
    return Reading(
        Document(
            id=document_id(raw),
            title=heading or title or path.stem,
            media_type="text/html",
            text="\n".join(lines),
        )
    )


NO_TEXT = "the page has no text of its own; if scripts build it, save it from the browser as a complete page"


def decode_html(raw: bytes, path: str) -> str:
    """Decode a page by its byte-order mark or as it declares where that fits, else as `decode` does.

    Raises:
        IngestError: the bytes are binary or no encoding fits them.
    """
    declared = _DECLARED.search(raw[:_DECLARED_WITHIN])
    name = declared.group(1).decode("ascii", "replace").lower() if declared else "utf-8"
    return decode(raw, path, _AS_BROWSERS_READ.get(name, name))


def parse_html(text: str, path: str) -> Any:
    """Return the root of a page. Nothing is fetched, no entity of its own is expanded, tags lose their prefixes.

    Raises:
        IngestError: there is nothing in it, or it is nested too deeply or one text in it is too long to be parsed.
    """
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    raw = text.translate(_HELD_BY_READERS).encode("utf-8", "replace")
    try:
        root = lxml.html.document_fromstring(raw, parser=parser)
    except lxml.etree.ParserError as error:
        raise IngestError("the file is empty", path) from error
    for problem in parser.error_log:
        if problem.type_name == "ERR_RESOURCE_LIMIT":  # what follows would be missing
            raise IngestError(f"the page cannot be parsed ({problem.message.split(',')[0]}); simplify it", path)
    for element in root.iter():
        if ":" in element.tag:
            element.tag = element.tag.rsplit(":", 1)[-1] or "span"
    return root
