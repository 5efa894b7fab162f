"""Text in files of questions: decoded, and out of HTML."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from rag.errors import IngestError

_BREAKS = frozenset(("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre"))
_UNSEEN = frozenset(("script", "style", "head", "template"))
_TAG = re.compile(r"(/?)([a-zA-Z][\w:-]*)[^>]*>|!--|![^>]*>")


def decoded(path: Path, raw: bytes) -> str:
    """Return the text of a file.

    Raises:
        IngestError: it is neither UTF-8 nor UTF-16.
    """
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise IngestError("the file is no text in UTF-8; save it as UTF-8", str(path)) from error


def out_of_html(markup: str) -> str:
    """Return what a reader sees of HTML, line by line, or of a text that is none.

    It is read in one pass, so that no file takes long, however crooked; a sign that begins no tag is text.
    """
    first, *rest = markup.split("<")
    seen, closing = [unescape(first)], ""  # what ends that which is not seen: a tag, or a comment
    for piece in rest:
        tag = _TAG.match(piece)
        name = (tag[2] or tag[0]).lower() if tag else ""
        if closing:
            ended = "-->" in piece if closing == "!--" else bool(tag and tag[1]) and name == closing
            if not ended:
                continue
            told, closing, name = piece.partition("-->" if closing == "!--" else ">")[2], "", ""
        elif name == "!--" or (name in _UNSEEN and tag and not tag[1]):
            at_once = name == "!--" and "-->" in piece
            told, closing = (piece.partition("-->")[2], "") if at_once else ("", name)
        else:
            told = piece[tag.end() :] if tag else f"<{piece}"
        seen.append("\n" * (name in _BREAKS) + unescape(told))
    return tidy("".join(seen))


def tidy(text: str) -> str:
    """Return the lines of a text that are not empty, each with its white space made single."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
