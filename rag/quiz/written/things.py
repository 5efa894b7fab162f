"""What a document names beside a key: its terms, what is said of them, cells of its tables and items of its lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.quiz.generators.item_verbs import verb_at
from rag.quiz.generators.said import said
from rag.quiz.language import (
    POSSESSIVES,
    clause,
    is_name,
    is_noun_phrase,
    is_plural,
    is_verb_phrase,
    sentence,
    upper_first,
    without_article,
)
from rag.quiz.language.words import is_verb
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.text.quantities import quantities
from rag.text.statements import Statement

_LONGEST = 12  # words of an item or a cell that can be an option
_LABEL = re.compile(r"^(?P<name>[^:–—.]{2,50}?)(?: \([^)]*\))?(?::| [–—]) ")
_DIFFERENT_LENGTH, _SHORT = 2.6, 25  # times; characters up to which lengths do not matter


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a document names.

    Attributes:
        text: as an option reads.
        told: what is true of it, in a sentence.
        column: the column that it is a cell of, "" for none; cells of one column are of one kind.
    """

    text: str
    told: str
    section: Section
    statement: Statement
    column: str = ""


def things(maker: Maker) -> list[Thing]:
    """Return what can stand beside a key, each text once, in the order of the document."""
    found: dict[str, Thing] = {}
    for one in (*_terms(maker), *(thing for section in maker.sections for thing in _of_section(section))):
        found.setdefault(f"{one.column} {one.text.casefold()}", one)
    return list(found.values())


def _terms(maker: Maker) -> Iterator[Thing]:
    for one in said(maker):
        if one.is_term and one.subject.split()[0].lower() not in POSSESSIVES:
            yield Thing(option_text(one.term), one.full, one.section, one.statement)
        if one.is_tidy and one.is_term and one.kind in ("is", "does"):
            claim = one.rest if one.kind == "is" else one.claim
            yield Thing(option_text(claim), one.full, one.section, one.statement)


def _of_section(section: Section) -> Iterator[Thing]:
    for number, table in enumerate(section.tables):
        for row in table.rows:
            for column, cell in row.cells:
                told = _told(row.cells, cell)
                yield Thing(option_text(cell), told, section, row, f"{section.passage.chunk.start} {number} {column}")
    for listing in section.lists:
        for item in listing.items:
            named = _LABEL.match(item.text)
            text = named["name"] if named else item.text.rstrip(".")
            if not item.children and len(text.split()) <= _LONGEST and not _is_clause(text):
                above = (listing.lead or section.title).rstrip(":")
                told = sentence(item.text) if named else f"“{text}” stands under “{above}”."
                yield Thing(option_text(text), told, section, item)


def _told(cells: Sequence[tuple[str, str]], cell: str) -> str:
    """Return which cell of a row stands beside another: the first beside all others, the second beside the first."""
    (column, name), *rest = cells
    if cell == name and rest:
        column, other = rest[0]
    else:
        other = name
    return f"“{cell}” goes with {other}" + (f" ({column})." if column else ".")


def _is_clause(text: str) -> bool:
    return clause(sentence(text)) is not None or verb_at(text.split()[:10], ()) is not None


def is_named(text: str) -> bool:
    """Whether a text has the name of something, rather than words for it."""
    return any(is_name(word) for word in text.split())


def option_text(text: str) -> str:
    """Return a key or a thing as options read: without article and full stop, with a capital."""
    plain = " ".join(text.split()).strip(" \"“”'`").rstrip(".;,")
    return upper_first(without_article(plain))


def of_a_length(key: str, other: str) -> bool:
    """Whether two texts can stand side by side for their length."""
    short, long = sorted((len(key), len(other)))
    return long <= _SHORT or long <= _DIFFERENT_LENGTH * short


def of_a_form(key: str, other: str) -> bool:
    """Whether two texts are of one form that is known, and of one number."""
    form = _form(key)
    return form[0] != "" and form == _form(other)


def _form(text: str) -> tuple[str, bool, bool]:
    """Return whether a text is a noun phrase, an order, a claim or none; whether it stands for many; has an amount."""
    first = text.split()[0].lower() if text.split() else ""
    measured = bool(quantities(text))
    if is_noun_phrase(text) or all(is_name(word) for word in text.split()):
        return "noun", is_plural(text) and not measured, measured
    if is_verb_phrase(text):
        return "order", False, measured
    return ("claim" if is_verb(first) else ""), False, measured
