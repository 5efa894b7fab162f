"""Items inside files of other programs: a remark that those do not read holds the item whole, so that it comes back.

A remark is one line of ASCII without two dashes in a row, so that it can stand in a comment of XML, of Markdown and of
GIFT, and in a field of an Anki note.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rag.quiz.items import ITEM, Item

_MARK = "openbook-item "
_HIDDEN_MARK = "openbook\\u002ditem "  # in the text of an item


def remark(item: Item) -> str:
    """Return an item as a remark, without the marks of a comment around it."""
    told = json.dumps(ITEM.dump_python(item, mode="json"), separators=(",", ":"))
    return _MARK + told.replace("--", "-\\u002d").replace(_MARK, _HIDDEN_MARK)


def carried(text: str) -> Iterator[Item]:
    """Yield the items that remarks in a text hold, in order; what is no whole item is passed over."""
    decoder = json.JSONDecoder()
    for piece in text.split(_MARK)[1:]:
        try:
            yield ITEM.validate_python(decoder.raw_decode(piece)[0])
        except (ValueError, RecursionError):  # ValidationError is a ValueError
            continue
