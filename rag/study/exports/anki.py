"""A deck for Anki. An item is one note, known by its id, so that importing a later file updates what changed.

Gaps become Anki's own cloze notes, everything else a front and a back.
https://docs.ankiweb.net/importing/packaged-decks.html
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from contextlib import closing
from html import escape
from typing import TYPE_CHECKING, Any

from rag.quiz.items import Cloze
from rag.study.carried import remark
from rag.study.exports.entries import (
    Entry,
    Exported,
    Written,
    answer,
    answered,
    asked,
    labels,
    reasons,
    sources,
)
from rag.study.exports.files import html, zipped
from rag.types import content_id

if TYPE_CHECKING:
    import genanki

# Anki knows kinds of notes by number; another number where fields or templates change.
_BASIC, _CLOZE = 1_734_052_001, 1_734_052_002
_FIELDS = ("Front", "Back", "Why", "Source", "Item")
_ANSWER = '<div class="why">{{Why}}</div><div class="source">{{Source}}</div>'
_CSS = (
    ".card {font-family: sans-serif; font-size: 18px; text-align: left; max-width: 42em; margin: 0 auto;}"
    " .why {margin-top: 1em;} .source {margin-top: 1em; font-size: 75%; opacity: 0.7;} .cloze {font-weight: bold;}"
)
_MACRO = re.compile(r"\[(?=sound:|anki:|latex\]|\$)", re.IGNORECASE)
_TAG = re.compile(r"[^\w.-]+")


def write_anki(exported: Exported) -> Written:
    """Return a package with one deck; its number follows from its title."""
    import genanki

    deck = genanki.Deck(_number("deck", exported.title), exported.title)
    for at, entry in enumerate(exported.entries):
        deck.add_note(_note(entry, at))
    package, made_at = genanki.Package(deck), exported.at.timestamp()
    with closing(sqlite3.connect(":memory:")) as database:
        package.write_to_db(database.cursor(), made_at, itertools.count(int(made_at * 1000)))
        database.commit()
        collection = database.serialize()
    return Written(zipped({"collection.anki2": collection, "media": b"{}"}))


def _note(entry: Entry, at: int) -> genanki.Note:
    import genanki

    item = entry.item
    front, back = html(item.stem, *asked(item)), html(*answered(item))
    gap = isinstance(item, Cloze) and Cloze.BLANK in item.stem
    if gap:
        filled = html(answer(item)).replace("{{", "{&#123;").replace("}}", "}&#125;").replace("::", ":&#58;")
        front = front.replace("{{", "{&#123;").replace(Cloze.BLANK, f"{{{{c1::{filled}}}}}")
    fields = [_MACRO.sub("&#91;", told) for told in (front, back, html(*reasons(item)), html(*sources(item)))]
    return genanki.Note(
        _kind(gap=gap),
        [*fields, escape(remark(entry.whole), quote=False)],
        guid=item.id,
        tags=[f"{kind}::{_TAG.sub('_', value)}" for kind, value in labels(item).items()],
        due=at,
    )


def _kind(*, gap: bool) -> Any:
    import genanki

    asks, tells = ("{{cloze:Front}}", "{{cloze:Front}}") if gap else ("{{Front}}", "{{FrontSide}}<hr>{{Back}}")
    return genanki.Model(
        _CLOZE if gap else _BASIC,
        "Openbook gap" if gap else "Openbook",
        fields=[{"name": name} for name in _FIELDS],
        templates=[{"name": "Card", "qfmt": asks, "afmt": tells + _ANSWER}],
        css=_CSS,
        model_type=genanki.Model.CLOZE if gap else genanki.Model.FRONT_BACK,
    )


def _number(*parts: str) -> int:
    """Return a number as Anki has for decks, always the same for the same parts."""
    return (1 << 30) + int(content_id(*parts)[:8], 16) % (1 << 30)
