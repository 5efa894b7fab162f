"""Figures in what is said of a term: the number with what it counts, and the question that it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.quiz.generators.said import Said
from rag.quiz.generators.subjects import opened
from rag.quiz.language import PREPOSITIONS, base, is_helper, is_plural_word, upper_first
from rag.text.quantities import DIMENSIONS, Quantity, quantities
from rag.text.terms import STOP_WORDS

_BOUNDS = {
    "up to": "up to", "at most": "at most", "a maximum of": "at most", "at least": "at least",
    "a minimum of": "at least", "about": "about", "around": "about", "roughly": "about",
}  # fmt: skip
_LEAD = re.compile(rf"(?:(?P<prep>\b(?:for|after|to|within)\s)|^|(?<=\s))(?P<bound>(?:{'|'.join(_BOUNDS)})\s)?$", re.I)
_RAISED = re.compile(r"\b(?:extended|limited|raised|increased|reduced|lowered|shortened|restricted|set)\s$")
_PASSIVE = re.compile(r"(?:(?:be|been)\s)?\w+\s$")
_RANGE = re.compile(
    r"\b(?:between|from)\b|\d\s?(?:to|–|-|and|or|×|x)\s?\d|\b(?:first|last|top|next|every|each)\s\d|[“”\"×]"
)
_LINK = re.compile(r"[,;:(]|\b(?:that|which|who|whose|where|when|if|because|so|while|of|in|with)\b", re.I)
_REASONED = re.compile(r"[=≈] ?\d|\d ?[=≈]")  # a section that reckons with figures gives those of a case
_RATE = re.compile(r"(?:\sper\s[a-zA-Z-]+)?(?:\sof\s(?!the\b|its\b|each\b)[a-zA-Z-]+(?:\s[a-z]+s\b)?)?")
_ON = re.compile(r",|;|\s(?:and|or|but)\s(?=.*\d|\w+s\b|can\b|may\b|must\b|is\b|are\b)")


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A number that a sentence gives: the only one, or the first.

    Attributes:
        one: the sentence.
        quantity: in `one.rest`.
        digits: the number as it is written.
        counted: what it counts: "records", "MB per second".
        question: what it answers; "" where the number stands too deep in its sentence to be asked for.
        is_only: whether the sentence gives no other.
    """

    one: Said
    quantity: Quantity
    digits: str
    counted: str
    question: str
    is_only: bool

    @property
    def answer(self) -> str:
        """The number with what it counts."""
        return f"{self.digits} {self.counted}"

    def with_number(self, digits: str) -> str:
        """Return the main clause with something else in place of the number."""
        start = self.quantity.start
        rest = f"{self.one.rest[:start]}{digits}{self.one.rest[start + len(self.digits) :]}"
        return f"{self.one.subject} {self.one.verb} {rest}"

    def why_not(self, digits: str) -> str:
        """Return why another number is wrong."""
        return f"The number is {self.digits}, not {digits}: {self.one.full}"


def figures(said: Iterable[Said]) -> Iterator[Figure]:
    """Yield the figures of what is said, one a sentence."""
    for one in said:
        found = quantities(one.rest)
        if _REASONED.search(one.section.text):
            continue
        if found and one.is_term and not _RANGE.search(one.rest) and not re.fullmatch(r".*\s\d+|\d.*", one.term):
            figure = _figure(one, found[0], len(found) == 1)
            if figure and (figure.is_only or figure.question):
                yield figure


def _figure(one: Said, quantity: Quantity, is_only: bool) -> Figure | None:
    digits = re.match(r"\d[\d,.]*\d|\d", one.rest[quantity.start :])
    if digits is None or quantity.unit in ("%", "$", "€", "") or quantity.amount in (0, 1):
        return None
    end = quantity.start + digits.end()
    counted = _counted(one.rest, end, quantity.unit in DIMENSIONS)
    if not counted:
        return None
    after = one.rest[end + 1 + len(counted) :]
    question = _question(one, one.rest[: quantity.start], counted, after)
    return Figure(one, quantity, digits.group(), counted, question, is_only)


def _counted(rest: str, end: int, measured: bool) -> str:
    """Return what the number that ends at `end` counts: a measure with its rate, or words up to a plural noun."""
    words = re.match(r"\s((?:[^\s,;:()]+\s?){1,4})", rest[end:])
    if words is None:
        return ""
    parts = words[1].split()
    if measured:
        rate = _RATE.match(rest[end + 1 + len(parts[0]) :])
        return parts[0] + (rate.group() if rate else "")
    for at, part in enumerate(parts):
        if part.lower() in STOP_WORDS | PREPOSITIONS:
            return ""
        if is_plural_word(part):
            return " ".join(parts[: at + 1])
    return ""


def _question(one: Said, before: str, counted: str, after: str) -> str:
    """Return the question that a number answers, or "" where it stands too deep in its sentence."""
    lead = _LEAD.search(before)
    tail = _tail(after)
    if lead is None or tail is None:
        return ""
    thing, prep = before[: lead.start()], (lead["prep"] or "").strip()
    if not _asks(one, thing, prep, bool(lead["bound"])):
        return ""
    bound = _BOUNDS.get((lead["bound"] or "").strip().lower(), "")
    verb = (one.verb,) if is_helper(one.verb) else ("do" if one.plural else "does",)
    main = thing.strip() if is_helper(one.verb) else f"{base(one.verb)} {thing}".strip()
    words = (prep, bound, f"how many {counted}", *verb, one.subject, main, tail)
    return opened(upper_first(" ".join(filter(None, words))) + "?", one.place)


def _asks(one: Said, thing: str, prep: str, bounded: bool) -> bool:
    """Whether a number behind `thing` and a preposition belongs to the verb, so that it can be asked for."""
    if not prep:
        return thing == "" if not is_helper(one.verb) else _PASSIVE.fullmatch(thing) is not None
    if prep == "to":
        return bounded or _RAISED.search(thing) is not None
    if prep == "within":
        return thing.strip() in ("", "be") or _PASSIVE.fullmatch(thing) is not None
    return not _LINK.search(thing)


def _tail(after: str) -> str | None:
    """Return what follows a number as far as it belongs to the question; None where it cannot be told."""
    plain = _ON.split(after)[0].strip()
    if not plain:
        return ""
    if re.search(r"\d", plain):
        return None
    first = plain.split()[0]
    fits = first in PREPOSITIONS or first in ("when", "while", "if", "unless", "as", "only") or plain in ("at most",)
    return plain if fits and len(plain.split()) <= 12 else None
