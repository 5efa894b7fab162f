"""What each labelled question must hold for itself: rules by name, each yielding what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from evals.items import Item, Kind
from evals.verdict import held_facts, holds, normal, wrong_found

Documents: TypeAlias = Mapping[str, Mapping[str, str]]  # the texts of documents, by course and name

# What a number or an invented fact is must stand in the texts; other answers may be put in words of their own.
_LITERAL = frozenset({Kind.NUMBER, Kind.PLANTED})
_QUOTES = {Kind.MULTI_HOP: 2, Kind.CONTRADICTION: 2}  # least number of evidence quotes, elsewhere 1


def _unknown_course(item: Item, documents: Documents) -> Iterator[str]:
    if item.course and item.course not in documents:
        yield f"there is no course '{item.course}'; valid are: {', '.join(documents)}"


def _quotes(item: Item, documents: Documents) -> Iterator[str]:
    """Evidence stands in its document word for word, white space apart."""
    asked = [item.course] if item.course else list(documents)
    for one in (*item.evidence, *item.near):
        texts = [documents[course][one.document] for course in asked if one.document in documents.get(course, {})]
        if not texts:
            yield f"there is no document '{one.document}' in {item.course or 'any course'}"
        elif not any(_collapsed(one.quote) in _collapsed(text) for text in texts):
            yield f"{one.document} does not hold the words: {one.quote}"


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _evidence(item: Item, _: Documents) -> Iterator[str]:
    """There are as many quotes as the kind needs."""
    least = _QUOTES.get(item.kind, 1)
    if item.answerable and len(set(item.evidence)) < least:
        yield f"{item.kind} needs {least} different evidence quotes, not {len(set(item.evidence))}"
    if item.kind is Kind.CONTRADICTION and len({one.document for one in item.evidence}) < 2:
        yield "a contradiction needs evidence from two documents"


def _reference(item: Item, _: Documents) -> Iterator[str]:
    """The reference is right by the item's own facts and wrong words."""
    if not item.answerable:
        return
    if not item.reference.strip():
        yield "there is no reference answer"
        return
    for fact, held in zip(item.facts, held_facts(item, item.reference), strict=True):
        if not held:
            yield f"the reference holds none of {list(fact)}: {item.reference}"
    for words in wrong_found(item, item.reference):
        yield f"the reference holds the wrong words '{words}'"


def _wordings(item: Item, _: Documents) -> Iterator[str]:
    """A wording of which nothing is left would be held by every answer."""
    for words in (*(wording for fact in item.facts for wording in fact), *item.wrong):
        if not normal(words):
            yield f"nothing is left of the wording {words!r} when it is compared"
    if not all(item.facts):
        yield "a fact has no wording"


def _literal(item: Item, _: Documents) -> Iterator[str]:
    """A number, or what nobody can know, is in the evidence itself."""
    if item.kind in _LITERAL:
        shown = "\n".join(one.quote for one in item.evidence)
        for fact in item.facts:
            if not any(holds(shown, wording) for wording in fact):
                yield f"no evidence quote holds any of {list(fact)}"


ITEM_RULES: Mapping[str, Callable[[Item, Documents], Iterable[str]]] = {
    "course": _unknown_course,
    "quote": _quotes,
    "evidence": _evidence,
    "reference": _reference,
    "wording": _wordings,
    "fact": _literal,
}
