"""Which thing a note is about: the name before its colon, the bullet above it, or the heading of its slide."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.quiz.generators.acronyms import spelt_out
from rag.quiz.generators.steps import is_instruction
from rag.quiz.language import head, is_known, is_name, is_noun_phrase, is_plural, is_verb, without_article
from rag.quiz.material import Section
from rag.text.statements import Statement

_LABEL = re.compile(r"(?P<name>[^:–—>→=]{2,50}?)(?P<mark>\s*:|\s+[–—-]|\s*(?:->|→|=>))\s+(?P<says>\S.*)")
_PARTED = re.compile(r"\s[–—-]\s")
_BARE = re.compile(r"\*\*|[•“”\"'`]|\s*\([^)]*\)|[:\s]+$")
# Labels that say what of a thing is listed, and as what one of it is asked for.
_FACETS = {"pro": "advantage", "con": "disadvantage"} | {
    name: name
    for name in (
        "feature", "use case", "benefit", "advantage", "disadvantage", "drawback", "limitation", "strength",
        "weakness", "characteristic",
    )
}  # fmt: skip
_FACET = re.compile(
    rf"(?P<owner>.*?)\W*\b(?:key |main |other )?(?P<facet>{'|'.join(_FACETS)}|overview|general|in depth|detail|summary"
    r"|basic|introduction|points to remember|point|fact|note|description|definition|purpose|what it is)(?:s|es)?",
    re.I,
)
_NO_NAME = re.compile(
    r"\b(?:vs|versus|examples?|notes?|tips?|questions?|answers?|goals?|types?|kinds?|topics?|summary|cases?|steps?"
    r"|options?|solutions?|approach(?:es)?|objectives?|introduction|conclusion|overview|security|costs?|resources?"
    r"|others?|outputs?|inputs?|usage|default|agenda|curriculum|course|related|general|and|or|with|without|which|this"
    r"|these|your|any|some|all|each)\b|^by |\d+%|^\d|[,/&+<>{}=?()–—:]",
    re.I,
)
_ADJECTIVE = re.compile(r"(?:less|al|ive|ous|able|ic|ful)$")
_CODE = re.compile(r"\w[._]\w")
_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """The thing that a note is about.

    Attributes:
        name: without an article; "" for none.
        facet: what of it is listed: "use case", "advantage"; "" where nothing says it.
        under: the item that has the name; None where the heading has it.
    """

    name: str = ""
    facet: str = ""
    under: Statement | None = None


def label(text: str) -> tuple[str, str] | None:
    """Return the name and the text of "NAME: text"; None for what is no name."""
    found = _LABEL.fullmatch(text)
    name = without_article(_bare(found["name"])) if found else ""
    if found is None or not _is_owner(name) or ("->" in found["mark"] and not is_named(name)):
        return None
    return name, found["says"]


def owner_above(one: Statement, section: Section, heading: Owner) -> Owner:
    """Return what an item is about: the nearest name above it, or the heading.

    A common noun below a name is a part or a side of what is named, and cannot be asked for by itself.
    """
    found = Owner()
    at = one.parent
    while at >= 0 and section.statements[at].form != "heading":
        parent = section.statements[at]
        above = _above(parent)
        if not found.name:
            if not above.name and not is_facet(parent.text):
                return Owner()
            found = Owner(above.name, found.facet or above.facet, parent)
        elif is_named(above.name) and not is_named(found.name):
            return Owner()
        at = parent.parent
    if not found.name:
        return Owner(heading.name, found.facet or heading.facet) if heading.name else Owner()
    return found if is_named(found.name) or not is_named(heading.name) else Owner()


def owner_in(text: str) -> Owner:
    """Return the name that a heading or bullet is, and which facet of it stands under it."""
    plain = _bare(text)
    found = _FACET.fullmatch(plain)
    name, facet = (found["owner"], found["facet"].lower()) if found else (plain, "")
    parts = _PARTED.split(name)
    if len(parts) == 2 and spelt_out(f"{parts[1]} ", parts[0].split()[-1]):
        name = parts[0]  # "AWS DMS – Database Migration Service"
    name = without_article(name.strip(" –—-"))
    return Owner(name if _is_owner(name) else "", _FACETS.get(facet, ""))


def is_facet(text: str) -> bool:
    """Whether a line only says what of a thing is listed: "Use cases:"."""
    found = _FACET.fullmatch(_bare(text))
    return found is not None and not found["owner"].strip()


def is_named(name: str) -> bool:
    """Whether a name is one of its own, rather than a common noun."""
    return any(is_name(word) for word in name.split())


def _above(parent: Statement) -> Owner:
    """Return what a bullet with others under it names; before a colon only a name of its own."""
    found = _LABEL.fullmatch(parent.text)
    owner = owner_in(found["name"] if found else parent.text)
    return owner if found is None or is_named(owner.name) else Owner(facet=owner.facet)


def _is_owner(name: str) -> bool:
    """Whether a text names a thing well enough to ask for it."""
    parts = name.split()
    if not 0 < len(parts) <= _MOST_WORDS or _NO_NAME.search(name) or not is_noun_phrase(name):
        return False
    if is_instruction(f"{name} x") and not is_named(name):
        return False
    if is_plural(name) and (head(name).islower() or (len(parts) == 1 and is_known(name))):
        return False  # a kind of things, of which others follow
    return not _CODE.search(name) if len(parts) > 1 else _is_telling(name)


def _is_telling(word: str) -> bool:
    """Whether a single word names a thing: "AlexNet", "bagging"."""
    if len(word) < 3 and word.isalpha():
        return False
    if any(mark.isupper() for mark in word[1:]):
        return True
    rare = (not is_known(word) or is_name(word)) and not _ADJECTIVE.search(word)
    return rare or (word.endswith("ing") and is_verb(word))


def _bare(text: str) -> str:
    return " ".join(_BARE.sub("", text).split())
