"""Whether words that a learner wrote say a fact: spelling is forgiven, a denial or another amount is not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.grounding.contrast import told_or_denied
from rag.quiz.bounds import bound_asked, bound_at, bounds_agree
from rag.quiz.guesses import is_one_of_several, named_beside
from rag.quiz.items import Cloze
from rag.quiz.spelling import respelt, tidied
from rag.text.quantities import DIMENSIONS, Quantity, quantities
from rag.text.terms import STOP_WORDS, WORD, american, stem

_NAME = 3  # words up to which each counts, as in "Type I" and "scale out"
_LIGHT = frozenset("a an the of in on at to for by with and or is are it be as".split())
_BE = r"(?:is|are|was|were)"
_REFUSED = (  # "durability is not it", "durability is wrong"
    rf"{_BE}(?: not|n['’]t) (?:it|so|right|true|correct|the (?:right )?(?:answer|one))|{_BE} (?:wrong|false|incorrect)"
)
_NOT_COUNTED = "hundred|thousand|million|billion|of|can|must|may|has|needs|that|which|who"  # after "one"
_PHRASES = (
    (re.compile(r"\b(?:(?:can|must|may|does|do|will) ?not|can't|never) exceeds?\b", re.I), "at most"),
    (re.compile(r"\bnot? (?:longer|later|larger|bigger|higher|greater) than\b", re.I), "at most"),
    (re.compile(r"\bnot? (?:shorter|sooner|earlier|smaller|lower) than\b", re.I), "at least"),
    (re.compile(r"\b(?:instead of|rather than|as opposed to|unlike)\b", re.I), "not"),
    (re.compile(rf"\bone\b(?! (?:{_NOT_COUNTED})\b)", re.I), "1"),
    (re.compile(rf"(?:^|(?<=[.,;:!?()]))([^.,;:!?()]+?)\s+(?:{_REFUSED})\b", re.I), r"not \1"),
)
_ASKS_A_NAME = re.compile(r"\b(?:called|named|stands? for|known as)\b|^(?:which|who|name)\b", re.I)
_ARTICLES = re.compile(r"(?:^(?:An?|The)|(?<!\w)(?:an?|the))\s+(?=\w)")  # not the letter of "vitamin A deficiency"
_ARTICLE = re.compile(r"^(?:an?|the)\s+")
_JOINT = re.compile(r"(?<=[^\W\d])[\s-]+(?=[^\W\d])")
_PLURAL = re.compile(r"(?<=\w{3})(?:(?<=[sxz])es|(?<=[cs]h)es|(?<!s)s)$")
_MINUS = re.compile(r"(?<!\w)[-−]$")
_HELD = "qq{}qq"  # stands for an amount where words are looked at
_IS_HELD = re.compile(r"qq(\d+)qq")


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount in a text, its sign, its number without the unit, whether the text denies it, and how it bounds it."""

    quantity: Quantity
    negative: bool
    bare: float
    denied: bool
    bound: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What a text says: stems of the words it affirms and denies, and its amounts; see `_plain_words` for `plain`."""

    affirmed: frozenset[str]
    denied: frozenset[str]
    amounts: tuple[_Amount, ...]
    plain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a learner wrote, all ways of saying the facts, the question, and whether it asks for one name."""

    text: str
    ways: tuple[str, ...]
    beside: str
    naming: bool

    @property
    def known(self) -> frozenset[str]:
        """The stems of the words that may be said beside a fact: those of all ways and of the question."""
        return frozenset().union(*(_stems(one) for one in (*self.ways, self.beside)))

    @property
    def amounts(self) -> list[_Amount]:
        """The amounts of all ways."""
        return [amount for way in self.ways for amount in _said(way).amounts]


def fills(text: str, answers: Sequence[str], beside: str) -> bool:
    """Whether a text fills a gap with one of `answers`, and with nothing else but words that stand `beside` it."""
    answers = [tidied(one) for one in answers]
    text = respelt(tidied(text), (*answers, beside))
    return any(_reads_as(text, one) or _fills(text, _with_unit(one, beside), beside) for one in answers)


def missing_facts(text: str, key_facts: Sequence[Sequence[str]], beside: str) -> list[str]:
    """Return the facts that a text does not say in any of their ways, each in its plainest.

    What stands in the question, `beside` it, need not be said again.
    """
    ways = [tidied(way) for fact in key_facts for way in fact]
    text = respelt(tidied(text), (*ways, beside))
    naming = len(key_facts) == 1 and _ASKS_A_NAME.search(beside) is not None
    told = _Told(text, tuple(ways), beside, naming)
    return [fact[0] for fact in key_facts if not any(_tells(told, tidied(way)) for way in fact)]


def _with_unit(answer: str, beside: str) -> str:
    """Return a bare number with the unit that stands after its gap."""
    found = quantities(beside.replace(Cloze.BLANK, answer))
    units = (one.text for one in found if one.start == beside.find(Cloze.BLANK) and one.unit in DIMENSIONS)
    return next(units, answer) if quantities(answer) else answer


def _fills(text: str, answer: str, beside: str) -> bool:
    said, fact, around = _said(text), _said(answer), _said(beside)
    if bool(said.denied) != bool(fact.denied) or not (fact.plain or fact.amounts):
        return False
    words, wanted = _with_joined(said.plain), _with_joined(fact.plain)
    spare = set(said.plain) - wanted - set(around.plain) - _stops() - named_beside(answer)
    return (
        set(fact.plain) - _LIGHT <= words
        and not spare
        and _amounts_agree(said, fact, around, bound_asked(beside))
        and not _strays(said, fact.amounts, around)
    )


def _tells(told: _Told, way: str) -> bool:
    said, fact, around = _said(told.text), _said(way), _said(told.beside)
    if _reads_as(told.text, way):
        return True
    words = _weighty(fact.affirmed)
    words = (words - around.affirmed) or (frozenset() if fact.amounts else words)
    if not (words or fact.denied or fact.amounts):
        return False
    return (
        (words <= said.affirmed or (len(words) > 1 and _run_together(way) in said.affirmed))
        and _weighty(fact.denied) <= said.denied
        and _amounts_agree(said, fact, around, bound_asked(told.beside))
        and not any(
            not one.quantity.unit or _of_one_unit(one, other)
            for one in _strays(said, told.amounts, around)
            for other in fact.amounts
        )
        and not (fact.amounts and _counts_others(said, fact, around))
        and not (words and _is_one_of_several(told, way))
    )


def _is_one_of_several(told: _Told, way: str) -> bool:
    return is_one_of_several(told.text, _stems(way), told.known | named_beside(way), naming=told.naming)


def _strays(said: _Said, facts: Sequence[_Amount], around: _Said) -> list[_Amount]:
    """Return the amounts that are said and that neither the facts nor the question holds."""
    return [
        one
        for one in said.amounts
        if not one.denied
        and not any(_same(one, other, around) for other in facts if _of_one_unit(one, other) or _has_bare(one, other))
        and not any(_same(one, other, around) for other in around.amounts if _of_one_unit(one, other))
    ]


def _counts_others(said: _Said, fact: _Said, around: _Said) -> bool:
    """Whether other things are counted than the fact counts: "16 regions" where it has "16 instances"."""
    known = fact.affirmed | around.affirmed
    counted = (one.quantity for one in said.amounts if one.quantity.unit not in DIMENSIONS)
    strange = any(one.written.endswith("s") and one.unit not in known for one in counted)
    return strange and bool(fact.affirmed) and not said.affirmed & fact.affirmed


def _amounts_agree(said: _Said, fact: _Said, around: _Said, asked: str) -> bool:
    """Whether every amount of a fact is said, denied only if the fact denies it, and not bounded the other way."""
    return all(
        any(_same(one, other, around) and bounds_agree(other.bound, one.bound or asked) for other in said.amounts)
        for one in fact.amounts
    )


def _same(one: _Amount, other: _Amount, around: _Said) -> bool:
    """Whether two amounts are the same; one may lack a unit that stands around the gap or in the question."""
    if one.negative != other.negative or one.denied != other.denied:
        return False
    units = {one.quantity.unit, other.quantity.unit}
    if "" in units and len(units) > 1:
        written = _plain_words(one.quantity.written or other.quantity.written)
        return one.bare == other.bare and bool(set(written) & set(around.plain))
    return one.quantity.same(other.quantity)


def _of_one_unit(one: _Amount, other: _Amount) -> bool:
    return one.quantity.unit == other.quantity.unit


def _stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text but the lightest."""
    return frozenset(stem(match.group().lower()) for match in WORD.finditer(text)) - _LIGHT


def _has_bare(one: _Amount, other: _Amount) -> bool:
    return not (one.quantity.unit and other.quantity.unit)


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
    for word, denied in told_or_denied(_ARTICLES.sub("", held)):
        if match := _IS_HELD.fullmatch(word):
            flags[int(match[1])] = denied
        elif word != "and":
            words.append((word, denied))
    amounts = tuple(_amount(text, one, denied=flags.get(at, False)) for at, one in enumerate(found))
    affirmed, denied_words = ([word for word, denied in words if denied is which] for which in (False, True))
    plain = _plain_words(_IS_HELD.sub(" ", held))
    return _Said(frozenset(_with_joined(affirmed)), frozenset(_with_joined(denied_words)), amounts, plain)


def _amount(text: str, quantity: Quantity, *, denied: bool) -> _Amount:
    bare = next((one.amount for one in quantities(_number(quantity))), quantity.amount)
    bound = bound_at(text, quantity.start, quantity.end)
    return _Amount(quantity, bool(_MINUS.search(text[: quantity.start])), bare, denied, bound)


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
    """Return which words of a fact, with neighbours run together, must be said: of a name all but the lightest."""
    found = frozenset(words)
    return found - (_LIGHT if len(found) <= 2 * _NAME - 1 else _stops())


@lru_cache(maxsize=1)
def _stops() -> frozenset[str]:
    return STOP_WORDS | {stem(word) for word in STOP_WORDS}
