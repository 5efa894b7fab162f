"""Whether words that a learner wrote say a fact: spelling is forgiven, a denial or another amount is not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.grounding.contrast import told_or_denied
from rag.text.quantities import DIMENSIONS, Quantity, quantities
from rag.text.terms import STOP_WORDS, WORD, american, stem

_SHORTEST = 5  # letters of a word in which a slip is forgiven
_LONG = 12  # letters from which on two are; in shorter words two make another word, as of "reflection" "refraction"
_PREFIX = 2  # letters that a slip rarely touches
_NAME = 3  # words up to which each counts, as in "Type I" and "scale out"
_LIGHT = frozenset("a an the of in on at to for by with and or is are it be as".split())
# Two words that begin so differ in more than a slip.
_CONTRASTS = (("inter", "intra"), ("hyper", "hypo"), ("macro", "micro"), ("pre", "pro"))
_PHRASES = (
    (re.compile(r"\b(?:(?:can|must|may|does|do|will) ?not|can't|never) exceeds?\b", re.I), "at most"),
    (re.compile(r"\bnot? (?:longer|later|larger|bigger|higher|greater) than\b", re.I), "at most"),
    (re.compile(r"\bnot? (?:shorter|sooner|earlier|smaller|lower) than\b", re.I), "at least"),
    (re.compile(r"\b(?:instead of|rather than|as opposed to|unlike)\b", re.I), "not"),
    (re.compile(r"\bone\b(?! (?:hundred|thousand|million|billion)\b)", re.I), "1"),
)
_ARTICLE = re.compile(r"^(?:an?|the)\s+")
_JOINT = re.compile(r"(?<=[^\W\d])[\s-]+(?=[^\W\d])")
_PLURAL = re.compile(r"(?<=\w{3})(?:(?<=[sxz])es|(?<=[cs]h)es|(?<!s)s)$")
_MINUS = re.compile(r"(?<!\w)[-−]$")
_HELD = "qq{}qq"  # stands for an amount where words are looked at
_IS_HELD = re.compile(r"qq(\d+)qq")


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount in a text, its sign, its number without the unit, and whether the text denies it."""

    quantity: Quantity
    negative: bool
    bare: float
    denied: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """What a text says: stems of the words it affirms and denies, and its amounts; see `_plain_words` for `plain`."""

    affirmed: frozenset[str]
    denied: frozenset[str]
    amounts: tuple[_Amount, ...]
    plain: tuple[str, ...]


def fills(text: str, answers: Sequence[str], beside: str) -> bool:
    """Whether a text fills a gap with one of `answers`, and with nothing else but words that stand `beside` it."""
    text = _respelt(text, (*answers, beside))
    return any(_reads_as(text, one) or _fills(text, one, beside) for one in answers)


def missing_facts(text: str, key_facts: Sequence[Sequence[str]], beside: str) -> list[str]:
    """Return the facts that a text does not say in any of their ways, each in its plainest.

    What stands in the question, `beside` it, need not be said again.
    """
    ways = [way for fact in key_facts for way in fact]
    text = _respelt(text, (*ways, beside))
    return [fact[0] for fact in key_facts if not any(_tells(text, way, beside, ways) for way in fact)]


def _fills(text: str, answer: str, beside: str) -> bool:
    said, fact, around = _said(text), _said(answer), _said(beside)
    if bool(said.denied) != bool(fact.denied) or not (fact.plain or fact.amounts):
        return False
    words, wanted = _with_joined(said.plain), _with_joined(fact.plain)
    spare = set(said.plain) - wanted - set(around.plain) - _stops()
    return (
        set(fact.plain) - _LIGHT <= words
        and not spare
        and _amounts_agree(said, fact, around)
        and all(any(_same(one, other, around) for other in (*fact.amounts, *around.amounts)) for one in said.amounts)
    )


def _tells(text: str, way: str, beside: str, ways: Iterable[str]) -> bool:
    said, fact, around = _said(text), _said(way), _said(beside)
    if _reads_as(text, way):
        return True
    words = _weighty(fact.affirmed)
    words = (words - around.affirmed) or words
    if not (words or fact.denied or fact.amounts):
        return False
    known = [amount for one in (*ways, beside) for amount in _said(one).amounts]
    strays = [
        one
        for one in said.amounts
        if not any(_of_one_unit(one, other) and _same(one, other, around) for other in known)
    ]
    return (
        (words <= said.affirmed or (len(words) > 1 and _run_together(way) in said.affirmed))
        and _weighty(fact.denied) <= said.denied
        and _amounts_agree(said, fact, around)
        and not any(_of_one_unit(one, other) for one in strays for other in fact.amounts)
    )


def _amounts_agree(said: _Said, fact: _Said, around: _Said) -> bool:
    """Whether every amount of a fact is said, and denied only if the fact denies it."""
    return all(any(_same(one, other, around) for other in said.amounts) for one in fact.amounts)


def _same(one: _Amount, other: _Amount, around: _Said) -> bool:
    """Whether two amounts are the same; one may lack a unit that stands around the gap or in the question."""
    if one.negative != other.negative or one.denied != other.denied:
        return False
    units = {one.quantity.unit, other.quantity.unit}
    if "" in units and units & DIMENSIONS:
        written = _plain_words(one.quantity.written or other.quantity.written)
        return one.bare == other.bare and bool(set(written) & set(around.plain))
    return one.quantity.same(other.quantity)


def _of_one_unit(one: _Amount, other: _Amount) -> bool:
    return one.quantity.unit == other.quantity.unit


@lru_cache(maxsize=4096)
def _said(text: str) -> _Said:
    for pattern, plainly in _PHRASES:
        text = pattern.sub(plainly, text)
    found = quantities(text)
    held = text
    for at, one in reversed(list(enumerate(found))):
        end = one.end if one.unit in DIMENSIONS else one.start + len(_number(one))
        held = f"{held[: one.start]}{_HELD.format(at)}{held[end:]}"
    words, flags = [], {}
    for word, denied in told_or_denied(held):
        if match := _IS_HELD.fullmatch(word):
            flags[int(match[1])] = denied
        else:
            words.append((word, denied))
    amounts = tuple(_amount(text, one, denied=flags.get(at, False)) for at, one in enumerate(found))
    affirmed, denied_words = ([word for word, denied in words if denied is which] for which in (False, True))
    plain = _plain_words(_IS_HELD.sub(" ", held))
    return _Said(frozenset(_with_joined(affirmed)), frozenset(_with_joined(denied_words)), amounts, plain)


def _amount(text: str, quantity: Quantity, *, denied: bool) -> _Amount:
    bare = next((one.amount for one in quantities(_number(quantity))), quantity.amount)
    return _Amount(quantity, bool(_MINUS.search(text[: quantity.start])), bare, denied)


def _number(quantity: Quantity) -> str:
    """Return an amount as it is written, without its unit."""
    return quantity.text[: len(quantity.text) - len(quantity.written)].rstrip(" -")


def _plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, lower-cased, in the singular and in American spelling: closer than stems."""
    found = (match.group().replace("’", "'").removesuffix("'s") for match in WORD.finditer(text))
    return tuple(american(_PLURAL.sub("", word).lower()) for word in found)


def _with_joined(words: Sequence[str]) -> set[str]:
    """Return words, and neighbours run together: "data set" is "dataset"."""
    return {*words, *(one + two for one, two in pairwise(words))}


def _reads_as(text: str, other: str) -> bool:
    """Whether two texts are the same but for case, article, hyphens, spelling, and a plural at the end."""
    one, two = _run_together(text), _run_together(other)
    return one == two or (not other.isupper() and _PLURAL.sub("", one) == _PLURAL.sub("", two))


@lru_cache(maxsize=4096)
def _run_together(text: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .!?,;:\"'“”‘’`")
    return american(_JOINT.sub("", _ARTICLE.sub("", folded)))


def _weighty(words: Iterable[str]) -> frozenset[str]:
    """Return the words that must be said; of a name all but the lightest."""
    found = frozenset(words)
    return found - (_LIGHT if len(found) <= 2 * _NAME - 1 else _stops())


@lru_cache(maxsize=1)
def _stops() -> frozenset[str]:
    return STOP_WORDS | {stem(word) for word in STOP_WORDS}


def _respelt(text: str, sources: Iterable[str]) -> str:
    """Return a text in which words that are slips of words of `sources` are spelt as those."""
    known = {match.group() for source in sources for match in WORD.finditer(source)}
    stems = {stem(word.lower()) for word in known}

    def respell(match: re.Match[str]) -> str:
        word = match.group()
        return word if stem(word.lower()) in stems else _nearest(word.lower(), known) or word

    return WORD.sub(respell, text)


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word of which `word` is a slip; "" if it is none, or a word of its own."""
    from rapidfuzz.distance import OSA

    close = []
    for one in known:
        lowered = one.lower()
        most = 1 if len(lowered) < _LONG else 2
        if len(lowered) < _SHORTEST or one.isupper() or not lowered.isalpha() or word[:_PREFIX] != lowered[:_PREFIX]:
            continue
        distance = OSA.distance(word, lowered, score_cutoff=most)
        if distance <= most and not _contrast(word, lowered):
            close.append((distance, lowered))
    return min(close)[1] if close and not _is_english(word) else ""


def _contrast(one: str, two: str) -> bool:
    return any(
        {one.startswith(a) and two.startswith(b), one.startswith(b) and two.startswith(a)} != {False}
        for a, b in _CONTRASTS
    )


@lru_cache(maxsize=1024)
def _is_english(word: str) -> bool:
    from lemminflect import getAllLemmas

    return bool(getAllLemmas(word))
