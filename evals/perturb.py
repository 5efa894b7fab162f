"""Makes true sentences false, and leaves others true, by code: what a grounding scorer must tell apart.

A sentence is changed in one thing: a number, a unit, a name, a comparison, or whether it says yes or no. The same
sentence, passage and seed give the same changes. `true_variants` are light paraphrases, which stay supported.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.grounding.alignment import names
from rag.text.quantities import Quantity, quantities

Change = Literal["number", "unit", "negation", "entity", "comparative"]
CHANGES: tuple[Change, ...] = ("number", "unit", "negation", "entity", "comparative")

_FACTORS = (2, 3, 5, 10)
_UNITS = (
    ("milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "years"),
    ("millisecond", "second", "minute", "hour", "day", "week", "month", "year"),
    ("KB", "MB", "GB", "TB", "PB"),
)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|must|may|has been|have been|does|do|did)\b(?! not|n't)"
)
_NOT = re.compile(r"(?<=\w)n[’']t\b|\s+(?:not|never)\b")
_CANNOT = re.compile(r"\bcannot\b")
_THIRD_PERSON = re.compile(
    r"\b(uses|supports|allows|requires|stores|reads|writes|runs|contains|includes|provides|keeps|needs|takes|makes"
    r"|gives|returns|creates|works|helps|produces|increases|reduces|accepts|sends|trains|learns|measures)\b"
)
_SWAPS = """
    more/less at least/at most before/after higher/lower larger/smaller always/never maximum/minimum enable/disable
    enables/disables allow/deny allows/denies increases/decreases increase/decrease faster/slower longer/shorter
    above/below first/last includes/excludes larger than/smaller than more than/less than greater/smaller
    private/public required/optional increases/reduces lowers/raises
""".split("\n")
_PAIRS = tuple(
    tuple(pair.strip() for pair in re.split(r"/", found))
    for line in _SWAPS
    for found in re.findall(r"at least/at most|larger than/smaller than|more than/less than|\S+/\S+", line)
)
_REWORDINGS = (
    (r"\bdo not\b", "don't"), (r"\bdoes not\b", "doesn't"), (r"\bis not\b", "isn't"), (r"\bcannot\b", "can't"),
    (r"\bfor example\b", "for instance"), (r"\bbecause\b", "since"), (r"\bsuch as\b", "like"), (r"\balso\b ?", ""),
    (r"\buses\b", "employs"), (r"\bmust\b", "has to"), (r"\bhelps\b", "assists"), (r"\bbig\b", "large"),
    (r"\bat most\b", "no more than"), (r"\bat least\b", "no fewer than"), (r"\bup to\b", "at most"),
    (r"\b(\d),(\d{3})\b(?!,)", r"\1\2"), (r"\bshows\b", "displays"), (r"\bso that\b", "in order that"),
    (r"\bper\b(?! cent)", "for each"),
)  # fmt: skip
_MOVABLE = re.compile(r"^((?:In|With|By|For|After|On|At|During|Under|When|If) [^,.]{3,60}), ([^.\d][^.]*)\.$")


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence that no longer says what it said."""

    change: Change
    text: str


def perturb(sentence: str, passage: str, seed: int = 0) -> list[Changed]:
    """Return `sentence` made false in each way that fits it."""
    chooser = random.Random(f"{seed} {sentence}")
    made = ((change, _MAKERS[change](sentence, passage, chooser)) for change in CHANGES)
    return [Changed(change, text) for change, text in made if text and text != sentence]


def true_variants(sentence: str) -> list[str]:
    """Return other wordings of `sentence` that say the same."""
    found = []
    if match := _MOVABLE.match(sentence):
        found.append(_moved(*match.groups()))
    for pattern, other in _REWORDINGS:
        changed = re.sub(pattern, other, sentence, count=1)
        if changed != sentence:
            found.append(changed)
    return found


def reworded(sentence: str) -> str:
    """Return `sentence` with every other wording that is known of its parts, saying the same."""
    if match := _MOVABLE.match(sentence):
        sentence = _moved(*match.groups())
    for pattern, other in _REWORDINGS:
        sentence = re.sub(pattern, other, sentence)
    return sentence


def _moved(opening: str, rest: str) -> str:
    return f"{rest[0].upper()}{rest[1:]} {opening[0].lower()}{opening[1:]}."


def _number(sentence: str, passage: str, chooser: random.Random) -> str:
    """Put another number in place of one: one of the passage if it has any, else a multiple."""
    found = [one for one in quantities(sentence) if re.match(r"\d", one.text)]
    if not found:
        return ""
    one = chooser.choice(found)
    digits = re.match(r"[\d.,]*\d", one.text)
    assert digits
    known = [re.match(r"[\d.,]*\d", other.text) for other in quantities(passage)]
    others = sorted({match.group() for match in known if match} - {digits.group()})
    value = chooser.choice(others) if others and chooser.random() < 0.5 else _multiple(digits.group(), chooser)
    return _put(sentence, one, value + one.text[digits.end() :])


def _multiple(digits: str, chooser: random.Random) -> str:
    value = float(digits.replace(",", "")) * chooser.choice(_FACTORS) + (digits == "0")
    return f"{value:,.0f}" if value == int(value) else f"{value:.2f}"


def _unit(sentence: str, _: str, chooser: random.Random) -> str:
    """Put another unit of the same kind beside a number."""
    options = []
    for one in quantities(sentence):
        for ladder in _UNITS:
            match = re.search(rf"(?<![a-zA-Z])({'|'.join(ladder)})$", one.text)
            if match:
                options += [
                    _put(sentence, one, one.text[: match.start()] + unit) for unit in ladder if unit != match[1]
                ]
    return chooser.choice(options) if options else ""


def _put(sentence: str, one: Quantity, text: str) -> str:
    return sentence[: one.start] + text + sentence[one.start + len(one.text) :]


def _negation(sentence: str, _: str, chooser: random.Random) -> str:
    """Take a "not" away, or put one in."""
    if _CANNOT.search(sentence):
        return _CANNOT.sub("can", sentence, count=1)
    if match := _NOT.search(sentence):
        return sentence[: match.start()] + sentence[match.end() :]
    if found := list(_AUXILIARY.finditer(sentence)):
        match = chooser.choice(found)
        said = match.group().split()
        return sentence[: match.start()] + " ".join([said[0], "not", *said[1:]]) + sentence[match.end() :]
    return _THIRD_PERSON.sub(lambda verb: f"does not {verb.group()[:-1]}", sentence, count=1)


def _entity(sentence: str, passage: str, chooser: random.Random) -> str:
    """Put another name of the passage in place of one."""
    mine = names(sentence, passage)
    others = [name for name in names(passage) if name not in sentence and not _within(name, mine)]
    if not mine or not others:
        return ""
    return re.sub(rf"(?<!\w){re.escape(chooser.choice(mine))}(?!\w)", lambda _: chooser.choice(others), sentence)


def _within(name: str, others: Sequence[str]) -> bool:
    return any(name.lower() in other.lower() or other.lower() in name.lower() for other in others)


def _comparative(sentence: str, _: str, chooser: random.Random) -> str:
    """Put the opposite in place of a word of comparison, order or permission."""
    options = list(_opposites(sentence))
    return chooser.choice(options) if options else ""


def _opposites(sentence: str) -> Iterator[str]:
    for pair in _PAIRS:
        for one, other in (pair, pair[::-1]):
            changed = re.sub(rf"\b{one}\b", other, sentence, count=1)
            if changed != sentence:
                yield changed


_MAKERS: dict[Change, Callable[[str, str, random.Random], str]] = {
    "number": _number,
    "unit": _unit,
    "negation": _negation,
    "entity": _entity,
    "comparative": _comparative,
}
