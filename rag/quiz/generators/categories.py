"""What the items of a list are, in one noun: "transform", "kind of node", "gate"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.quiz.language import is_countable_single, is_noun_phrase, is_plural, is_plural_word, singular

_NUMBER = r"(?:two|three|four|five|six|seven|eight|several|separate|different|following|these|\d+)"
_OWNER = re.compile(
    r"^(?P<owner>[^,:]+?)(?:, [^,]+,)? (?:has|have|offers?|accepts?|contains?|produces?|supports?) [^,]*s$"
)
_AFTER_NUMBER = re.compile(rf"\b{_NUMBER} (?P<nouns>(?:[a-z-]+ )??[a-z-]+s(?: of [a-z-]+)?)\b", re.I)
_BEFORE_ARE = re.compile(r"^(?P<nouns>[^,]+?)(?: to \w+| that .+)? (?:are|include)(?: the following| these)?$", re.I)
_PRAISE = re.compile(
    r"^(?:(?:the|other|useful|important|main|key|common|typical|good|several|most|\S+['’]s)\s+)+", re.I
)
_VAGUE = re.compile(
    r"\b(?:ideas?|things?|points?|facts?|details?|cases?|reasons?|ways?|habits?|remarks?|features?|times?|steps?|answers?"
    r"|values|limits?|classes|columns|groups|kinds|types|sorts|following|examples?)$",
    re.I,
)


def category(lead: str, names: Sequence[str], title: str = "") -> str:
    """Return what the named things of a list are, in the singular, or "".

    Args:
        lead: the line that introduces the list.
        names: of the things, as they read within a sentence.
        title: heading of the section, which may name them ("Kinds of drift").
    """
    shared = {name.rsplit(" ", 1)[-1].lower() for name in names if " " in name}
    if len(shared) == 1 and all(" " in name for name in names):
        return _shared(*shared)
    plain = lead.rstrip(": ")
    found = _BEFORE_ARE.match(plain) or _AFTER_NUMBER.search(plain)
    nouns = _PRAISE.sub("", found["nouns"] if found else (title if not plain else ""))
    return "" if _VAGUE.search(nouns) or not nouns else _one(nouns)


def owner(lead: str) -> str:
    """Return what has the things of a list, as its lead says: "A prism" of "A prism has three faces:"; or ""."""
    found = _OWNER.match(lead.rstrip(": "))
    named = found["owner"] if found else ""
    return named if " " in named and is_noun_phrase(named) and not is_plural(named) else ""


def _shared(noun: str) -> str:
    """Return the noun that all names end in: "gate", or "kind of retrieval" where one does not count them."""
    one = singular(noun) if is_plural_word(noun) else noun
    return one if is_countable_single(one) else f"kind of {one}"


def _one(nouns: str) -> str:
    """Return "kind of node" of "kinds of node"; "" where the phrase does not end in many things."""
    head, of, rest = nouns.partition(" of ")
    words = head.split()
    if not words or not is_plural_word(words[-1]) or len(words) > 3:
        return ""
    return " ".join([*words[:-1], singular(words[-1])]).lower() + (of + rest if of else "")
