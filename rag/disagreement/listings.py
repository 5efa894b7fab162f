"""Lists of one thing: which a text calls whole, by a count or an "only", and what another text names besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.disagreement.frames import families_of
from rag.disagreement.reported import own_words
from rag.text.quantities import quantities
from rag.text.statements import Statement
from rag.text.terms import STOP_WORDS, stems

_ALIKE = 2 / 3  # share of a whole list that another must have to be a list of the same thing
_SHARED = 2  # words above or in two such lists that they must share
_FEWEST = 2  # members of a list
_NAME = 2  # most words of the first member of a list in a sentence
_WORDS = 5  # most words of a member
_ONLY = re.compile(r"\b(?:only|solely|exclusively|nothing but)\b", re.I)
_COUNTED = re.compile(r"\b(?:the following|all|exactly|has|have|there are|to|of|in)\s+(?:the\s+)?$", re.I)
_PARTED = re.compile(r",\s*(?:and|or)\s+|,\s+|;\s+|\s+(?:and|or|&)\s+")
_ASIDE = re.compile(r"\s*\([^)]*\)")
_TAIL = re.compile(r":\s+|\s[–—]\s")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that a text gives.

    Attributes:
        statement: introduces it, or holds all of it.
        members: as they are written.
        keys: the words of each.
        whole: whether the text says that these are all.
        only: whether it says so by "only".
        about: content words of what stands above it and introduces it.
    """

    statement: Statement
    members: tuple[str, ...]
    keys: tuple[frozenset[str], ...]
    whole: bool
    only: bool
    about: frozenset[str]

    @property
    def value(self) -> str:
        """The list in a line."""
        return ", ".join(self.members)

    def lacks(self, other: Listing) -> bool:
        """Whether a list of the same thing names what this one, which is said to be whole, does not.

        One thing more may be of another kind, unless this list is said to be the only one.
        """
        more = sum(not _has(self, key) for key in other.keys)
        return self.whole and self.is_like(other) and more > (0 if self.only else 1)

    def is_like(self, other: Listing) -> bool:
        """Whether another is a list of the same thing: most members, and words above them, are the same."""
        same = sum(_has(other, key) for key in self.keys)
        return same >= max(_FEWEST, _ALIKE * len(self.keys)) and len(self.about & other.about) >= _SHARED


def _has(listing: Listing, key: frozenset[str]) -> bool:
    return any(key <= one or one <= key for one in listing.keys)


def listings(statements: Sequence[Statement]) -> list[Listing]:
    """Return the lists that statements give, by what stands under them or in one sentence."""
    found = (_listing(one, statements) for one in statements if one.form in ("item", "sentence"))
    return [one for one in found if one]


def _listing(one: Statement, statements: Sequence[Statement]) -> Listing | None:
    text = _ASIDE.sub("", own_words(one.text)).strip().rstrip(".")
    if one.children:
        introduction, members = text, [each for child in one.children for each in _under(statements[child].text)]
    else:
        introduction, members = _inside(text)
    keyed = [(member, key) for member in members if _is_short(member) and (key := stems(member))]
    if len(keyed) < max(_FEWEST, len(members) / 2):
        return None
    about = families_of(" ".join((*one.path, introduction)))
    shown, keys = zip(*keyed, strict=True)
    only = bool(_ONLY.search(introduction))
    return Listing(one, shown, keys, only or _counts(introduction, len(members)), only, about)


def _under(text: str) -> list[str]:
    """Return what an item of a list names: itself up to where it goes on, or, after a label, several things."""
    text = _ASIDE.sub("", text).rstrip(".")
    parts = _TAIL.split(text)
    named = _PARTED.split(parts[-1]) if len(parts) == 2 else []
    if len(named) >= _FEWEST and all(_is_short(name) for name in named):
        return named
    return [parts[0].rstrip(":").strip()]


def _inside(text: str) -> tuple[str, list[str]]:
    """Return what introduces a list in a sentence, and its members."""
    first, *others = _PARTED.split(text)
    if not others or not all(_is_short(name) for name in others):
        return text, []
    introduction, *tail = _TAIL.split(first)
    if tail:
        return introduction, [tail[-1], *others]
    words = first.split()
    at = max((at for at, word in enumerate(words[:-1], 1) if word.lower() in STOP_WORDS), default=0)
    if len(words) - at > _NAME:  # "The driver supports Postgres": what is before the last word leads to it
        at = len(words) - 1
    return " ".join(words[:at]), [" ".join(words[at:]), *others]


def _is_short(name: str) -> bool:
    return 0 < len(name.split()) <= _WORDS


def _counts(introduction: str, count: int) -> bool:
    """Whether what introduces a list says how many members it has."""
    return any(
        one.unit and one.amount == count and _COUNTED.search(introduction[: one.start])
        for one in quantities(introduction)
    )
