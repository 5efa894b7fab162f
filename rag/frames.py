"""What a clause is about, apart from the value it gives: its frame. Clauses of one frame can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from rag.alignment import swaps
from rag.contrast import all_stems, denials, turned
from rag.quantities import DIMENSIONS, Quantity, dates, quantities
from rag.statements import Statement
from rag.terms import stem, stems

Role = Literal["", "default", "most", "least"]
_ABOUT = 0.65  # share of the words of one frame that the other must have
_DENIES = 0.75  # the same where one says yes and the other no
_DENIED = 3  # words that such two must share
_FEWEST = 2  # words that they must share
_COPY = 0.6  # likeness from which the words that differ set two clauses apart
_BESIDE = 3  # words around a name that must be the same before another name in its place is another value
_APART = 1e5  # times that one of two durations or sizes may be the other
_SHORT = 3  # words of a value that is neither number nor day
_LONG = 5  # letters of a stem from which its end may be cut
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_DEFAULT = re.compile(r"\bdefault", re.I)
_MOST = re.compile(
    r"\b(?:at most|up ?to|max(?:imum)?|limit\w*|no more than|extend\w*|longest|largest|may|can|within)\b|≤",
    re.I,
)
_LEAST = re.compile(r"\b(?:at least|min(?:imum)?|no (?:less|fewer) than|lowest|shortest)\b|≥", re.I)
_RANGE_AFTER = re.compile(r"\s*(?:-|–|to)\s*(?:up ?to\s*)?\d", re.I)
_RANGE_BEFORE = re.compile(r"\d\s*(?:[a-z]+\s*)?(?:-|–|to)\s*(?:up ?to\s*)?$", re.I)
_NEAR = re.compile(r"[;,:]|\band\b|\bbut\b")
_CLAUSE = re.compile(r"[.;:]\s+|\s[–—]\s|,\s+(?=not\b|so\b|but\b|which\b|because\b)")
_CALCULATES = re.compile(r"[=×√≈]|\d\s*[+*/]\s*\d|\bexample\b", re.I)
_JOINED = re.compile(r"\b(?:[A-Z][a-z0-9]+){3,}\b")
_COUNTS = re.compile(r"\bhow many (\w+)", re.I)


@dataclass(frozen=True, slots=True)
class Value:
    """An amount with what it bounds; `text` is how it reads, a range in full."""

    quantity: Quantity
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A clause of a statement without its value.

    Attributes:
        said: its words.
        text: the same, with the question that it answers.
        about: its content words by families, amounts and days left out.
        around: those, with the rest of the statement and what stands above it.
    """

    statement: Statement
    said: str
    text: str
    about: frozenset[str]
    around: frozenset[str]
    values: tuple[Value, ...]
    days: frozenset[str]


def frames_of(statement: Statement, statements: Sequence[Statement]) -> Iterator[Frame]:
    """Yield the frame of a statement and those of its clauses.

    The question before it, in a list of questions and answers, is part of it. What calculates gives no value.
    """
    if _CALCULATES.search(statement.text):
        return
    former = statements[statement.former].text if statement.former >= 0 else ""
    asked = former if former.endswith("?") else ""
    yield _frame(statement, statement.text, asked)
    clauses = _CLAUSE.split(statement.text)
    if len(clauses) > 1 and not statement.cells:
        yield from (_frame(statement, clause, asked) for clause in clauses)


def _frame(statement: Statement, text: str, asked: str) -> Frame:
    values = _values(text)
    if values and not values[0].quantity.start and (counted := _COUNTS.search(asked)):  # "How many stages? Five."
        values[0] = replace(values[0], quantity=replace(values[0].quantity, unit=stem(counted[1].lower())))
    plain = text
    for value in reversed(values):
        plain = f"{plain[: value.quantity.start]} {plain[value.quantity.end :]}"
    days = frozenset(word for word in re.findall(r"[a-z]+", text.lower()) if word.removesuffix("s") in _DAYS)
    units = frozenset(one.quantity.unit for one in values) - DIMENSIONS - {""}
    about = _families((stems(f"{asked} {plain}") | units) - {stem(day) for day in days})
    around = about | _families(stems(" ".join((*statement.path, statement.text))))
    return Frame(statement, text, f"{asked} {text}".strip(), about, around, tuple(values), days)


def _values(text: str) -> list[Value]:
    found = quantities(text)
    roles = [_role(text, one) for one in found]
    values = []
    for at, (one, role) in enumerate(zip(found, roles, strict=True)):
        first, last = one, one
        if _RANGE_AFTER.match(text[one.end :]) and at + 1 < len(found):
            last = found[at + 1]
        elif _RANGE_BEFORE.search(text[: one.start]) and at:
            first = found[at - 1]
        values.append(Value(one, role, text[first.start : last.end].strip()))
    return values


def _role(text: str, one: Quantity) -> Role:
    before, after = text[: one.start], text[one.end :]
    if _RANGE_BEFORE.search(before):
        return "most"
    if _RANGE_AFTER.match(after):
        return "least"
    near = _NEAR.split(before)[-1]
    if _DEFAULT.search(near) or _DEFAULT.search(_NEAR.split(after)[0]):
        return "default"
    if _MOST.search(near):
        return "most"
    return "least" if _LEAST.search(near) else ""


def likeness(one: Frame, two: Frame) -> float:
    """Return the share of the words of one clause that stand in the other or around it, whichever way is more."""
    if min(len(shared(one.about, two)), len(shared(two.about, one))) < _FEWEST:
        return 0.0
    return max(len(shared(a.about, b)) / len(a.about) for a, b in ((one, two), (two, one)))


def shared(words: frozenset[str], other: Frame) -> frozenset[str]:
    """Return the words that stand in a clause or around it."""
    return words & other.around


def _families(found: Iterable[str]) -> frozenset[str]:
    """Return stems cut to what a family of words has in common, as "store" and "storage" have."""
    return frozenset(word if len(word) < _LONG else f"{word[: max(_LONG - 1, len(word) - 2)]}~" for word in found)


def differing_amounts(one: Frame, two: Frame, unit: str = "") -> tuple[str, str] | None:
    """Return amounts of one kind, of `unit` where it is given, in which two clauses differ, as written, or None."""
    pairs = [(a, b) for a, b in _comparable(one, two) if unit in ("", a.quantity.unit)]
    agreed = {value for a, b in pairs if a.quantity.same(b.quantity) for value in (a, b)}
    for a, b in pairs:
        if a not in agreed and b not in agreed and not _set_apart(one, two):
            return a.text, b.text
    return None


def differing(one: Frame, two: Frame) -> tuple[str, str] | None:
    """Return the values in which two clauses about one thing differ, as written, or None."""
    if likeness(one, two) < _ABOUT:
        return None
    if found := differing_amounts(one, two) or _spelt(one, two):
        return found
    if one.days and two.days and not one.days & two.days:
        return _joined(one.days), _joined(two.days)
    if one.values or two.values or dates(one.text) or dates(two.text):
        return None
    if _contrary(one, two):
        return one.statement.text, two.statement.text
    return _named(one, two)


def _contrary(one: Frame, two: Frame) -> bool:
    """Whether one of two clauses denies what the other says, and little else."""
    close = all(len(shared(a.about, b)) >= max(_DENIES * len(a.about), _DENIED) for a, b in ((one, two), (two, one)))
    prose = not one.statement.cells and not two.statement.cells
    return close and prose and (denials(one.text) - denials(two.text)) % 2 == 1 and bool(turned(one.text, two.text))


def agreeing(one: Frame, two: Frame) -> bool:
    """Whether two clauses about one thing give a value that is the same."""
    if likeness(one, two) < _ABOUT or differing(one, two):
        return False
    return any(a.quantity.same(b.quantity) for a, b in _comparable(one, two)) or bool(one.days & two.days)


def _comparable(one: Frame, two: Frame) -> list[tuple[Value, Value]]:
    return [
        (a, b)
        for a in one.values
        for b in two.values
        if a.role == b.role
        and a.quantity.unit == b.quantity.unit
        and a.quantity.unit
        and _of_a_size(a.quantity, b.quantity)
    ]


def _of_a_size(one: Quantity, two: Quantity) -> bool:
    """Whether two amounts may measure the same thing: a latency of 70 ms and a retention of 7 days do not."""
    small, large = sorted((abs(one.amount), abs(two.amount)))
    return one.unit not in ("s", "B") or not small or large / small <= _APART


def _set_apart(one: Frame, two: Frame) -> bool:
    """Whether a word beside the values makes two things of near copies: staff and student, compressed or not."""
    if SequenceMatcher(None, all_stems(one.text), all_stems(two.text), autojunk=False).ratio() < _COPY:
        return False
    slots = (
        (said, stands) for said, stands in swaps(one.text, two.text) if not (quantities(said) and quantities(stands))
    )
    return any(_qualifies(said, two) and _qualifies(stands, one) for said, stands in slots)


def _qualifies(words: str, other: Frame) -> bool:
    found = _families(stems(words))
    return bool(found) and not shared(found, other)


def _joined(days: frozenset[str]) -> str:
    return " and ".join(sorted(day.capitalize() for day in days))


def _named(one: Frame, two: Frame) -> tuple[str, str] | None:
    """Return the cells of two rows of one name and column, or the words that stand in the same place of two clauses."""
    cells, others = one.statement.cells, two.statement.cells
    if cells or others:
        same = len(cells) == len(others) == 2 and stems(cells[0][1]) == stems(others[0][1])
        return _apart(cells[1][1], others[1][1]) if same and cells[1][0] == others[1][0] else None
    mine, theirs = re.findall(r"[\w'’-]+", one.said), re.findall(r"[\w'’-]+", two.said)
    one_keys, two_keys = ([stem(word.lower()) for word in side] for side in (mine, theirs))
    blocks = SequenceMatcher(None, one_keys, two_keys, autojunk=False).get_opcodes()
    slots = []
    for at, (kind, a, b, c, d) in enumerate(blocks):
        pair = " ".join(mine[a:b]), " ".join(theirs[c:d])
        if kind != "equal" and any(map(stems, pair)):
            inside = kind == "replace" and 0 < at < len(blocks) - 1 and blocks[at - 1][2] - blocks[at - 1][1] >= _BESIDE
            slots.append(_apart(*pair) if inside else None)
    return slots[0] if len(slots) == 1 else None


def _spelt(one: Frame, two: Frame) -> tuple[str, str] | None:
    """Return two spellings of one joined name, "OutOfMemoryError" and "OutOfMemoryException"."""
    for mine in _JOINED.findall(one.text):
        for theirs in _JOINED.findall(two.text):
            a, b = (re.findall(r"[A-Z][a-z0-9]+", name) for name in (mine, theirs))
            alone = mine not in two.text and theirs not in one.text
            if alone and len(a) == len(b) and a[:-1] == b[:-1]:
                return mine, theirs
    return None


def _apart(mine: str, theirs: str) -> tuple[str, str] | None:
    short = all(0 < len(side.split()) <= _SHORT for side in (mine, theirs))
    told = bool(stems(mine)) and bool(stems(theirs)) and not stems(mine) & stems(theirs)
    return (mine, theirs) if short and told else None
