"""Holds two clauses about one thing against each other: the values in which they differ, or that they agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from rag.disagreement.bounds import Value
from rag.disagreement.frames import DAYS, Frame, alike, families_of, likeness, shared
from rag.grounding.alignment import swaps
from rag.grounding.contrast import all_stems, denials, turned
from rag.text.quantities import Day, dates, quantities
from rag.text.terms import STOP_WORDS, stem, stems

_ALMOST = 0.5  # share of common words from which near copies may differ in a name
_DENIES = 0.75  # share of words that clauses have in common of which one says yes and the other no
_DENIED = 3  # words that such two must share
_COPY = 0.6  # likeness from which the words that differ set two clauses apart
_BESIDE = 3  # words beside a name that must be the same before another name in its place is another value
_SHORT = 3  # words of a value that is neither number nor day
_PARTS = 3  # of a joined name
_JOINED = re.compile(r"\b(?:[A-Z][a-z0-9]+){3,}\b")
_ASIDE = re.compile(r",\s+not\b[^,.;:]*")  # "objects, not rows" denies nothing that is said of rows elsewhere


def differing(one: Frame, two: Frame) -> tuple[str, str] | None:
    """Return the values in which two clauses about one thing differ, as written, or None."""
    if not alike(one, two):
        plain = likeness(one, two) >= _ALMOST and not (one.values or two.values)
        return _named(one, two) if plain and _is_copy(one, two) else None  # a name is half of "Ada Byron wrote Osier"
    if found := differing_amounts(one, two) or _spelt(one, two) or _dated(one, two):
        return found
    if one.days and two.days and not one.days & two.days:
        return _joined(one.days), _joined(two.days)
    if one.values or two.values or one.dates or two.dates:
        return None
    if _contrary(one, two):
        return one.statement.text, two.statement.text
    return _named(one, two)


def differing_amounts(one: Frame, two: Frame, unit: str = "") -> tuple[str, str] | None:
    """Return amounts of one kind in which two clauses differ, as written, or None.

    Where `unit` is given, other words of the clauses need not say that both are about one thing; then only amounts
    of that unit count, and what happens after some time is not held against what lasts so long.
    """
    pairs = [(a, b) for a, b in _pairs(one, two) if not unit or (unit == a.quantity.unit and a.led == b.led)]
    agreed = {value for a, b in pairs if a.same(b) for value in (a, b)}
    for a, b in pairs:
        if a not in agreed and b not in agreed and a.contradicts(b) and not _set_apart(one, two):
            return a.text, b.text
    return None


def agreeing(one: Frame, two: Frame) -> bool:
    """Whether two clauses about one thing give a value that is the same."""
    if not alike(one, two) or differing(one, two):
        return False
    if any(a.same(b) for a, b in _pairs(one, two)) or one.days & two.days:
        return True
    return any(_same_day(a, b) for a in one.dates for b in two.dates)


def told(text: str) -> tuple[object, ...]:
    """Return what of a text is value: amounts in their order, dates, days of the week, joined names, denials."""
    amounts = tuple((round(one.amount, 6), one.unit) for one in quantities(text))
    days = tuple(word for word in re.findall(r"[a-z]+", text.lower()) if word.removesuffix("s") in DAYS)
    return amounts, tuple(one.parts for one in dates(text)), days, tuple(_JOINED.findall(text)), denials(text)


def _pairs(one: Frame, two: Frame) -> list[tuple[Value, Value]]:
    return [(a, b) for a in one.values for b in two.values if a.comparable(b)]


def _dated(one: Frame, two: Frame) -> tuple[str, str] | None:
    """Return the dates of two clauses that give one each, said by the same word: "since", "until"."""
    if len(one.dates) != 1 or len(two.dates) != 1:
        return None
    (mine,), (theirs,) = one.dates, two.dates
    told = [frame.said[: date.start].lower().split()[-1:] for frame, date in ((one, mine), (two, theirs))]
    if told[0] != told[1] or _same_day(mine, theirs) or _set_apart(one, two):
        return None
    return mine.text, theirs.text


def _same_day(one: Day, two: Day) -> bool:
    """Whether two dates may be the same; what either leaves open does not count."""
    return all(not a or not b or a == b for a, b in zip(one.parts, two.parts, strict=True))


def _contrary(one: Frame, two: Frame) -> bool:
    """Whether one of two clauses denies what the other says, and little else."""
    close = all(len(shared(a.about, b)) >= max(_DENIES * len(a.about), _DENIED) for a, b in ((one, two), (two, one)))
    prose = not one.statement.cells and not two.statement.cells
    mine, theirs = (_ASIDE.sub("", frame.text) for frame in (one, two))
    return close and prose and (denials(mine) - denials(theirs)) % 2 == 1 and bool(turned(mine, theirs))


def _set_apart(one: Frame, two: Frame) -> bool:
    """Whether a word beside the values makes two things of near copies: staff and student, compressed or not."""
    if not _is_copy(one, two):
        return False
    texts = [value.text for frame in (one, two) for value in frame.values]
    texts += [date.text for frame in (one, two) for date in frame.dates]
    values = set(_tokens(" ".join(texts)))
    slots = (
        (said, stands)
        for said, stands in swaps(one.text, two.text)
        if not (values.intersection(_tokens(said)) and values.intersection(_tokens(stands)))
    )
    return any(_qualifies(said, two) and _qualifies(stands, one) for said, stands in slots)


def _is_copy(one: Frame, two: Frame) -> bool:
    return SequenceMatcher(None, all_stems(one.text), all_stems(two.text), autojunk=False).ratio() >= _COPY


def _tokens(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*\d|\w+", text.lower())


def _qualifies(words: str, other: Frame) -> bool:
    found = families_of(words)
    return bool(found) and not shared(found, other)


def _joined(days: frozenset[str]) -> str:
    return " and ".join(sorted(day.capitalize() for day in days))


def _named(one: Frame, two: Frame) -> tuple[str, str] | None:
    """Return the cells of two rows of one name and column, or the words that stand in the same place of two clauses."""
    cells, others = one.statement.cells, two.statement.cells
    if cells or others:
        same = len(cells) == len(others) == 2 and stems(cells[0][1]) == stems(others[0][1])
        return _apart(cells[1][1], others[1][1]) if same and cells[1][0] == others[1][0] else None
    slots = list(_slots(re.findall(r"[\w'’-]+", one.said), re.findall(r"[\w'’-]+", two.said)))
    return slots[0] if len(slots) == 1 else None


def _slots(mine: list[str], theirs: list[str]) -> Iterator[tuple[str, str] | None]:
    """Yield what stands in the same place of two clauses; None where that is no place of a name."""
    keys, others = ([stem(word.lower()) for word in side] for side in (mine, theirs))
    blocks = SequenceMatcher(None, keys, others, autojunk=False).get_opcodes()
    for at, (kind, a, b, c, d) in enumerate(blocks):
        pair = " ".join(mine[a:b]), " ".join(theirs[c:d])
        if kind == "equal" or not any(map(stems, pair)):
            continue
        beside = at > 0 and blocks[at - 1][2] - blocks[at - 1][1] >= _BESIDE
        led = beside and (mine[a - 1].lower() in STOP_WORDS or all(_is_name(word) for word in pair))
        yield _apart(*pair) if kind == "replace" and led else None


def _is_name(words: str) -> bool:
    return any(char.isupper() or char.isdigit() for char in words)


def _spelt(one: Frame, two: Frame) -> tuple[str, str] | None:
    """Return two spellings of one joined name, "OutOfMemoryError" and "OutOfMemoryException"."""
    for mine in _JOINED.findall(one.text):
        for theirs in _JOINED.findall(two.text):
            alone = mine not in re.findall(r"\w+", two.text) and theirs not in re.findall(r"\w+", one.text)
            if alone and _one_part_apart(*(re.findall(r"[A-Z][a-z0-9]+", name) for name in (mine, theirs))):
                return mine, theirs
    return None


def _one_part_apart(mine: list[str], theirs: list[str]) -> bool:
    """Whether two names differ in their last part, or one has one part more."""
    if len(mine) == len(theirs):
        return mine[:-1] == theirs[:-1] and mine != theirs
    short, long = sorted((mine, theirs), key=len)
    without = (long[:at] + long[at + 1 :] for at in range(1, len(long)))
    return len(long) - len(short) == 1 and len(short) >= _PARTS and short in without


def _apart(mine: str, theirs: str) -> tuple[str, str] | None:
    short = all(0 < len(side.split()) <= _SHORT for side in (mine, theirs))
    told = bool(stems(mine)) and bool(stems(theirs)) and not stems(mine) & stems(theirs)
    return (mine, theirs) if short and told else None
