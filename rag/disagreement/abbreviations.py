"""Short forms that the texts themselves spell out somewhere: "AZ" and "availability zone"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rag.text.terms import STOP_WORDS, WORD, stem

_SHORT = re.compile(r"\b[A-Z]{2,5}(?=s?\b)")
_SPELT = 3  # letters of a word that a letter can stand for


def abbreviations(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the stems of short forms with those of the words that they stand for, the first found."""
    read = [_read(text) for text in texts]
    found = {}
    for short in sorted(frozenset().union(*(wanted for wanted, _, _ in read))):
        for _, initials, spelt in read:
            if (at := initials.find(short)) >= 0:
                found[stem(short)] = tuple(stem(word.lower()) for word in spelt[at : at + len(short)])
                break
    return found


def in_full(stems: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return stems with those of short forms replaced by what they stand for."""
    return frozenset(full for one in stems for full in known.get(one.removesuffix("s"), (one,)))


@lru_cache(maxsize=2048)
def _read(text: str) -> tuple[frozenset[str], str, tuple[str, ...]]:
    """Return the short forms of a text, the first letters of its words, and these."""
    spelt = tuple(WORD.findall(text))
    initials = "".join(word[0].lower() if _tells(word) else " " for word in spelt)
    return frozenset(match.group().lower() for match in _SHORT.finditer(text)), initials, spelt


def _tells(word: str) -> bool:
    return len(word) >= _SPELT and word.lower() not in STOP_WORDS and not word.isupper()
