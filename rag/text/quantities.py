"""Reads amounts with their units, and dates, so that "4 GB" and "4,096 MB", "sixty days" and "60 days" are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rag.text.terms import STOP_WORDS, stem

_WORDS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety".split(),
        (*range(2, 21), *range(30, 100, 10)),
        strict=True,
    )
)
_ONES = {"one": 1, **{word: amount for word, amount in _WORDS.items() if amount < 10}}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3}
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_UNITS = {  # pattern: dimension and factor
    r"milliseconds?|ms|msecs?": ("s", 1e-3),
    r"seconds?|secs?|s": ("s", 1.0),
    r"minutes?|mins?": ("s", _MINUTE),
    r"hours?|hrs?|h": ("s", _HOUR),
    r"days?": ("s", _DAY),
    r"weeks?": ("s", 7 * _DAY),
    r"months?": ("s", 30.4 * _DAY),
    r"years?|yrs?": ("s", 365 * _DAY),
    r"bytes?": ("B", 1.0),
    r"ki?b|kilobytes?": ("B", 1024.0),
    r"mi?b|megabytes?": ("B", 1024.0**2),
    r"gi?b|gigabytes?": ("B", 1024.0**3),
    r"ti?b|terabytes?": ("B", 1024.0**4),
    r"pi?b|petabytes?": ("B", 1024.0**5),
    r"per ?cent|percentage points?|%": ("%", 1.0),
    r"usd|dollars?|\$": ("$", 1.0),
    r"eur|euros?|€": ("€", 1.0),
}
_MEASURES = tuple((re.compile(rf"(?:{unit})(?!\w)", re.I), *meaning) for unit, meaning in _UNITS.items())
DIMENSIONS = frozenset(dimension for dimension, _ in _UNITS.values())
_NUMBER = re.compile(
    r"(?P<money>[$€]\s?)?(?<![\w.,/-])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d])"
    rf"|\b(?P<word>{'|'.join(_WORDS)}|one(?=\s(?:hundred|thousand|million|billion)\b))\b"
    r"|(?<=[-–/≥≤<>~])(?P<after>\d+(?:,\d{3})*(?:\.\d+)?)(?![\d])",
    re.I,
)
_SCALE = re.compile(rf"\s?(?:(k)(?!\w)|({'|'.join(list(_SCALES)[:-1])})\b)", re.I)
_MORE = re.compile(rf"(?:-|\s+(?:and\s+)?)({'|'.join(_WORDS)}|one)\b", re.I)
_RANGE = re.compile(r"\s?(?:-|–|to|and|or)\s?(?:up ?to\s)?(?:\d[\d,.]*|\w+)(?:\s|-)?", re.I)
_NOUN = re.compile(r"[\s-]{1,2}([^\W\d_]{2,})")
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = rf"(?P<month>{'|'.join(f'{one[:3]}(?:{one[3:]})?' for one in _MONTHS)})\.?"
_DATES = (
    re.compile(r"\b(?P<year>[12]\d{3})-(?P<number>[01]\d)(?:-(?P<day>[0-3]\d))?\b"),
    re.compile(rf"\b{_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\d)(?:,?\s+(?P<year>[12]\d{{3}})\b)?"),
    re.compile(rf"\b(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}(?:,?\s+(?P<year>[12]\d{{3}}))\b"),
    re.compile(rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?!\w)"),
)
_SAME = 0.03  # relative difference up to which amounts in different units are one: 4,000 MB and 4 GB


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a text.

    Attributes:
        text: as it is written, with its unit.
        amount: in seconds, bytes, per cent or currency where the unit is one of measure, else the plain number.
        unit: "s", "B", "%", "$", "€", the stem of the counted thing, or "".
        start, end: its span.
        written: the unit as it is written.
    """

    text: str
    amount: float
    unit: str
    start: int
    end: int
    written: str = ""

    def same(self, other: Quantity) -> bool:
        """Whether both say the same amount of what may be the same thing."""
        if self.unit != other.unit and {self.unit, other.unit} & DIMENSIONS:
            return False
        loose = self.unit in DIMENSIONS and self.written != other.written
        return abs(self.amount - other.amount) <= (_SAME if loose else 1e-9) * max(abs(self.amount), abs(other.amount))


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a text, as far as it is given; 0 stands for what is not."""

    text: str
    year: int
    month: int
    day: int
    start: int
    end: int

    @property
    def parts(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return self.year, self.month, self.day

    @property
    def iso(self) -> str:
        """The date as "2026-05" or "2026-05-03"; empty without a year."""
        parts = [f"{self.year:04}", f"{self.month:02}", *([f"{self.day:02}"] if self.day else [])]
        return "-".join(parts) if self.year else ""


@lru_cache(maxsize=16384)
def dates(text: str) -> tuple[Day, ...]:
    """Return the dates of `text` that name a month, in order."""
    found: list[Day] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            parts = match.groupdict()
            month = int(parts["number"]) if "number" in parts else _month(parts["month"])
            year, day = int(parts.get("year") or 0), int(parts.get("day") or 0)
            found.append(Day(match.group(), year, month, day, match.start(), match.end()))
    return tuple(sorted(found, key=lambda one: one.start))


@lru_cache(maxsize=16384)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the amounts of `text` in order; numbers inside dates and names ("S3", "P4d") are none."""
    taken = [(one.start, one.end) for one in dates(text)]
    return tuple(one for one in _read(text) if not any(start <= one.start < end for start, end in taken))


def _read(text: str) -> Iterator[Quantity]:
    taken = 0
    for match in _NUMBER.finditer(text):
        digits = match["digits"] or match["after"]
        if match.start() < taken:
            continue
        if digits:
            amount, end = float(digits.replace(",", "")), match.end()
        else:
            amount, end = _more(text, match.end(), float(_WORDS.get(match["word"].lower(), 1)), _ONES)
        while scale := _SCALE.match(text, end):  # "two hundred thousand" has two
            amount *= _SCALES[scale.group().strip().lower()]
            end = scale.end()
            if not digits:
                amount, end = _more(text, end, amount, _WORDS)
        taken = end
        unit, factor, stop = _unit(text, end)
        if not unit and (reach := _RANGE.match(text, end)):  # "2 to 5 containers": the unit stands once
            unit, factor, _ = _unit(text, reach.end() - 1)
            stop = end
        if not unit and text[stop : stop + 1].isalpha():
            continue  # "4xlarge": a name
        if match["money"]:
            unit, factor, stop = match["money"].strip(), 1.0, end
        written = text[end:stop].strip(" -").lower()
        yield Quantity(text[match.start() : stop].strip(), amount * factor, unit, match.start(), stop, written)


def _more(text: str, end: int, amount: float, added: Mapping[str, int]) -> tuple[float, int]:
    """Return an amount in words with what is added to it, "twenty-five", "hundred and twenty", and where it ends."""
    match = _MORE.match(text, end)
    if match is None or match[1].lower() not in added or amount % 10 or amount < 20:
        return amount, end
    if amount < 100 and "and" in match.group().lower().split():
        return amount, end  # "twenty and five" are two
    more = added[match[1].lower()]
    return _more(text, match.end(), amount + more, _ONES) if more >= 20 else (amount + more, match.end())


def _unit(text: str, at: int) -> tuple[str, float, int]:
    """Return the unit of the number that ends at `at`, its factor, and where it ends."""
    begin = at + text.startswith((" ", "-"), at)
    for pattern, dimension, factor in _MEASURES:
        if match := pattern.match(text, begin):
            return dimension, factor, match.end()
    noun = _NOUN.match(text, at)
    if noun and noun[1].lower() not in STOP_WORDS:
        return stem(noun[1].lower()), 1.0, noun.end()
    return "", 1.0, at


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name[:3]))
