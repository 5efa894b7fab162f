"""Negation and opposites: what a claim denies that its source affirms, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from rag.text.terms import STOP_WORDS, stem

_NEGATED = 6  # words after a negation that it may reach
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[.,;:!?()]")
_NEGATIONS = frozenset("no not never none neither nor cannot without nothing nobody nowhere".split())
_BREAKS = frozenset(".;:!?()")
_TURNS = frozenset("but however although though whereas while because since which who instead".split())
_PHRASES = (("not only", " "), ("no longer", "not"), ("no more than", "at most"), ("no less than", "at least"),
            ("no fewer than", "at least"), ("not more than", "at most"), ("not less than", "at least"),
            ("no later than", "at most"), ("up to", "at most"), ("upto", "at most"))  # fmt: skip
_ARTICLES = frozenset("a an the its their your".split())
_DIRECTIONS = frozenset(map(stem, "into onto to from than before after by over under above below".split()))
_ASIDE = 4  # words on either side of a word of direction
_LIMIT = re.compile(r"\bat (least|most)\b")
_OPPOSITES = """
    atleast/atmost more/less more/fewer most/least most/fewest before/after earlier/later enable/disable allow/deny
    allow/forbid allow/prevent permit/forbid always/never above/below increase/decrease maximum/minimum max/min
    larger/smaller largest/smallest higher/lower highest/lowest high/low longer/shorter longest/shortest include/exclude
    accept/reject public/private internal/external synchronous/asynchronous faster/slower fastest/slowest all/none
    upper/lower required/optional horizontal/vertical left/right positive/negative succeed/fail inside/outside
    ascending/descending with/without both/neither many/few raise/lower rise/fall win/lose open/close manual/automatic
    online/offline cheaper/dearer over/under start/stop first/last true/false long/short large/small better/worse
    best/worst everything/nothing often/rarely everyone/nobody only/also big/small strong/weak same/different
    encrypted/unencrypted supervised/unsupervised structured/unstructured compressed/uncompressed directed/undirected
    balanced/unbalanced supported/unsupported labelled/unlabelled available/unavailable bounded/unbounded
    limited/unlimited
    managed/unmanaged sorted/unsorted known/unknown likely/unlikely mutable/immutable complete/incomplete
    overfitting/underfitting oversampling/undersampling
""".split()


def _pairs() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES:
        one, two = (stem(word) for word in pair.split("/"))
        found.setdefault(one, set()).add(two)
        found.setdefault(two, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _pairs()


@lru_cache(maxsize=16384)
def all_stems(text: str) -> tuple[str, ...]:
    """Return the stems of all words of `text` in order, function words and marks of punctuation included.

    "At least" and its like are one word; contractions are parted, so that "doesn't" reads "does not".
    """
    lowered = text.lower().replace("’", "'").replace("can't", "can not").replace("won't", "will not")
    lowered = lowered.replace("cannot", "can not").replace("n't", " not")
    for phrase, plain in _PHRASES:
        if phrase in lowered:
            lowered = re.sub(rf"\b{phrase}\b", plain, lowered)
    lowered = _LIMIT.sub(r"at\1", lowered)
    return tuple(stem(token.removesuffix("'s")) for token in _TOKEN.findall(lowered))


@lru_cache(maxsize=16384)
def polarity(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems of content words that `text` affirms, and those that stand in the reach of a negation."""
    found = [one for one in told_or_denied(text) if one[0] not in STOP_WORDS]
    return frozenset(word for word, denied in found if not denied), frozenset(word for word, denied in found if denied)


def told_or_denied(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the stems of all words of `text` but its negations, each with whether it stands in the reach of one."""
    reach = 0
    for token in all_stems(text):
        if token in _NEGATIONS:
            reach = _NEGATED
        elif token in _BREAKS or token in _TURNS:
            reach = 0
        elif token.isalnum():
            yield token, reach > 0
            reach = max(reach - (token not in STOP_WORDS), 0)


def turned(claim: str, source: str) -> str:
    """Return a word that one of the two denies and the other affirms, or "".

    A word that either uses both ways does not count, nor does anything where both deny the same as often.
    """
    (yes, no), (source_yes, source_no) = polarity(claim), polarity(source)
    if no & source_no and denials(claim) == denials(source):
        return ""
    clash = ((yes - no) & (source_no - source_yes)) | ((no - yes) & (source_yes - source_no))
    return min(clash, default="")


def crossed(claim: str, source: str) -> str:
    """Return what a claim says the other way round than its source, or "".

    >>> crossed("Polly turns speech into text.", "Polly turns text into speech for any app.")
    'speech into text'
    >>> crossed("Lambda calls Lex.", "Lex calls Lambda.")
    'lambda call lex'
    """
    if opposite(claim, source):  # "faster than" against "slower than": both turned are neither
        return ""
    theirs = [*_sides(source)]
    for pivot, before, after in _sides(claim):
        same = [(one, other) for word, one, other in theirs if word == pivot]
        for left, right in product(sorted(before - after), sorted(after - before)):
            straight = any(left in one and right in other for one, other in same)
            if not straight and any(right in one and left in other for one, other in same):
                return f"{left} {pivot} {right}"
    return ""


def _sides(text: str) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """Yield each word with what stands before and after it in its clause.

    Of a word of direction these are the nearest words that carry meaning, of another the words right beside it.
    """
    clause: list[str] = []
    for token in (*all_stems(text), "."):
        if token.isalnum():
            clause += [token] if token not in _ARTICLES else []
            continue
        for at, word in enumerate(clause):
            reach = _ASIDE if word in _DIRECTIONS else 1
            before, after = clause[max(at - reach, 0) : at], clause[at + 1 : at + 1 + reach]
            if word in _DIRECTIONS or word not in STOP_WORDS:
                yield word, frozenset(before) - STOP_WORDS, frozenset(after) - STOP_WORDS
        clause = []


def denials(text: str) -> int:
    """Count the negations of a text, "neither ... nor" as one."""
    return sum(word in _NEGATIONS - {"nor"} for word in all_stems(text))


def opposite(claim: str, source: str) -> tuple[str, str] | None:
    """Return a word of the claim with its opposite in the source, where neither has the other's."""
    mine, theirs = frozenset(all_stems(claim)), frozenset(all_stems(source))
    for word in sorted(mine - theirs):
        for other in sorted(OPPOSITES.get(word, frozenset()) & theirs):
            if other not in mine:
                return word, other
    return None
