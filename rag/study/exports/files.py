"""What files of several formats are made of: text that XML can hold, HTML, archives that are the same each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from html import escape

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of what a zip file can tell; a real time would change the bytes


def printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold; a mark stands where one was."""
    return _NOT_IN_XML.sub("\ufffd", text)


def html(*lines: str) -> str:
    """Return lines as HTML; none of their signs means anything in it."""
    return "<br>".join(escape(part, quote=False) for line in lines for part in printable(line).splitlines() or [""])


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a zip file of members by name; the same members give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
