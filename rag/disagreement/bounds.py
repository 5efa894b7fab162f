"""What an amount says of a thing: that it is so, about so, at most, at least or by default so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.text.quantities import DIMENSIONS, Quantity, quantities
from rag.text.terms import STOP_WORDS

Role = Literal["", "default", "most", "least"]
_APART = 1e5  # times that one of two durations or sizes may be the other
_ROUNDED = 0.05  # relative difference up to which "about 1,000" may be 1,024
_DEFAULT = re.compile(r"\bdefault", re.I)
_MOST = re.compile(
    r"\b(?:at most|up ?to|max(?:imum)?|limit\w*|no (?:more|larger|longer) than|(?:less|fewer) than|exceeds?|extend\w*"
    r"|longest|largest|may|can|within)\b|[≤<]",
    re.I,
)
_LEAST = re.compile(
    r"\b(?:at least|min(?:imum|m)?|no (?:less|fewer) than|more than|over|lowest|shortest)\b|[≥>]|\+$", re.I
)
_OR_MORE = re.compile(r"\s*(?:(?:or|and) (?:more|longer|larger|above)\b|\+)", re.I)
_ABOUT = re.compile(r"(?:\b(?:about|around|approximately|roughly|nearly|almost|some|circa)|[~≈])\s*$", re.I)
_RANGE_AFTER = re.compile(r"\s*(?:-|–|to)\s*(?:up ?to\s*)?\d", re.I)
_RANGE_BEFORE = re.compile(r"\d\s*(?:[a-z]+\s*)?(?:-|–|to)\s*(?:up ?to\s*)?$", re.I)
_BETWEEN = re.compile(r"\bbetween\s+$", re.I)
_AND = re.compile(r"\s*(?:[a-z]+\s+)?and\s+(?=\d)", re.I)
_RATE = re.compile(r"\s*(?:/|per\s+|an?\s+|each\s+)(?:s|sec|second|minute|hour|day)\b", re.I)
_LED = re.compile(r"\b(within|after|every|before|each)\s+$", re.I)
_NEAR = re.compile(r"[;,:]|\band\b|\bbut\b")
_NUMBERED = re.compile(r"\b(?:version|release|generation|lecture|chapter|part|phase|step|level|week|v)\.?\s$", re.I)
_NAMED = re.compile(r"(?P<start>^|[.:;]\s)?(?P<name>\b[A-Z][\w-]*)\s$")


@dataclass(frozen=True, slots=True)
class Value:
    """An amount with what it bounds.

    Attributes:
        text: how it reads, a range in full.
        rounded: whether it is said to be inexact.
        of_range: whether it is one end of a range.
        rate: whether it is said for each second or the like.
        led: the word that makes a moment or a deadline of it: "after", "within".
    """

    quantity: Quantity
    role: Role
    text: str
    rounded: bool = False
    of_range: bool = False
    rate: bool = False
    led: str = ""

    def same(self, other: Value) -> bool:
        """Whether both say the same."""
        return self.role == other.role and self.comparable(other) and self._near(other)

    def contradicts(self, other: Value) -> bool:
        """Whether the two cannot both be true of one thing, or one says at least where the other says at most."""
        if not self.comparable(other):
            return False
        roles = {self.role, other.role}
        if self._near(other):
            return roles == {"least", "most"} and not (self.of_range or other.of_range)
        if len(roles) == 1 or "default" in roles:
            return len(roles) == 1
        low, high = (self, other) if self.role == "least" or other.role == "most" else (other, self)
        return low.quantity.amount > high.quantity.amount

    def _near(self, other: Value) -> bool:
        if self.quantity.same(other.quantity):
            return True
        if not (self.rounded or other.rounded) or self.quantity.unit != other.quantity.unit:
            return False
        one, two = self.quantity.amount, other.quantity.amount
        return abs(one - two) <= _ROUNDED * max(abs(one), abs(two))

    def comparable(self, other: Value) -> bool:
        """Whether two amounts may measure the same thing: a latency of 70 ms and a retention of 7 days do not."""
        one, two = self.quantity, other.quantity
        if one.unit != two.unit or not one.unit or (one.unit == "B" and self.rate != other.rate):
            return False
        small, large = sorted((abs(one.amount), abs(two.amount)))
        if (self.led == "within") != (other.led == "within"):
            return False
        return one.unit not in ("s", "B") or not small or large / small <= _APART


def values_of(text: str) -> list[Value]:
    """Return the amounts of a text; the number of a version or chapter is none."""
    found = [one for one in quantities(text) if not _is_label(text, one)]
    values = []
    for at, one in enumerate(found):
        first, last = one, one
        if _opens_range(text, one) and at + 1 < len(found):
            last = found[at + 1]
        elif at and _closes_range(text, one, found[at - 1]):
            first = found[at - 1]
        written = text[first.start : last.end].strip()
        values.append(
            Value(
                one, _role(text, one, first, last), written, rounded=bool(_ABOUT.search(text[: one.start])),
                of_range=first is not last, rate=bool(_RATE.match(text[last.end :])), led=_led(text, first),
            )
        )  # fmt: skip
    return values


def _led(text: str, one: Quantity) -> str:
    found = _LED.search(text[: one.start])
    return found[1].lower() if found else ""


def _opens_range(text: str, one: Quantity) -> bool:
    after = text[one.end :]
    return bool(_RANGE_AFTER.match(after) or (_BETWEEN.search(text[: one.start]) and _AND.match(after)))


def _closes_range(text: str, one: Quantity, former: Quantity) -> bool:
    before = text[: one.start]
    return bool(_RANGE_BEFORE.search(before)) or (_opens_range(text, former) and former.end <= one.start)


def _role(text: str, one: Quantity, first: Quantity, last: Quantity) -> Role:
    if first is not last:
        return "least" if one is first else "most"
    before, after = _NEAR.split(text[: one.start].rstrip(" :"))[-1], text[one.end :]
    if _DEFAULT.search(before) or _DEFAULT.search(_NEAR.split(after)[0]):
        return "default"
    if _OR_MORE.match(after) or _OR_MORE.match(text[one.start + len(one.text.split()[0]) :]):
        return "least"
    if _LEAST.search(before) and not re.search(r"\bno more than\b", before, re.I):
        return "least"
    return "most" if _MOST.search(before) else ""


def _is_label(text: str, one: Quantity) -> bool:
    """Whether a number tells things of one name apart: "version 3", "Chapter 2", "Spark 3"."""
    before = text[: one.start]
    if _NUMBERED.search(before):
        return True
    found = _NAMED.search(before)
    if not found or one.unit in DIMENSIONS or _MOST.search(found["name"]) or _LEAST.search(found["name"]):
        return False
    opens, name = found["start"] is not None, found["name"]
    return not opens or (name.lower() not in STOP_WORDS and not name.endswith(("s", "ed", "ing")))
