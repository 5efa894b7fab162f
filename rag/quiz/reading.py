"""A text as a solver reads it: in the smallest parts that say something, with what each word tells there."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.quiz.material import Section
from rag.text.quantities import Quantity, quantities
from rag.text.statements import Statement, row_text
from rag.text.terms import STOP_WORDS, question_words, stem, stems

# Where a sentence goes on to say something of something else.
_TURN = re.compile(
    r";\s+|,?\s+(?:while|whereas|although|unlike)\s+|,\s+(?:but|and|so|or)\s+(?=(?:an?|the|it|they|its|each|[A-Z])\b)"
)
_EITHER = re.compile(
    r"(?P<lead>(?P<one>[^:;,.]+?) (?:or|against|versus|vs\.?) (?P<other>[^:;,.]+)): (?P<rest>.+)$", re.S
)
_OR = re.compile(r",? (?:against|versus|vs\.?) |, or |; ")
_AROUND = 0.5  # what a word is worth that stands only in the headings, or before
_DENIED = re.compile(
    r"(?:\bnot(?: (?:an?|the|in|by|for|from|to|with|on))?|\brather than|\binstead of|\bunlike|\bwithout|\bnever"
    r"|\bno longer|\bcannot|n't|\bno|\bbeyond|\bexcept|\bthan|\bavoids?|\breplaces?|\bnor|\bneither|\bagainst|\bversus"
    r"|\bvs)\W+(?:\w+\W+){0,2}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A clause, list item or table cell.

    Attributes:
        text: how it reads; of a cell with the names of its row and column.
        own: stems of its content words.
        around: those of its headings, of what introduces it, and of the rest of its sentence.
        section: index of its section.
    """

    text: str
    own: frozenset[str]
    around: frozenset[str]
    section: int


class Reading:
    """The parts of sections. Made once and asked often."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All parts, in order."""
        return tuple(part for at, section in enumerate(self.sections) for part in _parts(section, at))

    @cached_property
    def _held(self) -> Counter[str]:
        return Counter(word for part in self.parts for word in part.own)

    def weight(self, word: str) -> float:
        """Return how much a stem tells here: the more parts hold it, the less (as `term_weights`)."""
        return math.log(1 + (len(self.parts) + 1) / (0.5 + self._held[word]))

    def weights(self, words: Collection[str]) -> dict[str, float]:
        """Return the weights of stems."""
        return {word: self.weight(word) for word in sorted(words)}


def share(weights: Mapping[str, float], *held: Collection[str]) -> float:
    """Return the share of the weights whose words are held; 0 where there are none."""
    total = sum(weights.values())
    found = sum(weight for word, weight in weights.items() if any(word in one for one in held))
    return found / total if total else 0.0


def coverage(weights: Mapping[str, float], part: Part, before: Collection[str] = ()) -> float:
    """Return the share of the weights whose words a part holds; those around it, or `before` it, count less."""
    own = share(weights, part.own)
    return own + _AROUND * (share(weights, part.own, part.around, before) - own)


def says(option: str, part: Part) -> bool:
    """Whether a part has the words of an option, all but few, side by side where it is a name, and does not deny it."""
    wanted = stems(option)
    if not wanted or len(wanted & part.own) < 0.85 * len(wanted) or not amounts_there(option, part.text):
        return False
    if len(option.split()) > 4:
        return True
    place = _place(option, part.text)
    return place is not None and not _DENIED.search(part.text[:place])


def same_amounts(one: str, two: str) -> bool:
    """Whether two texts say the same amounts, whatever their units are called; False where either says none."""
    mine, yours = quantities(one), quantities(two)
    return (
        bool(mine) and len(mine) == len(yours) and all(_in(a, yours) for a in mine) and all(_in(a, mine) for a in yours)
    )


def plain(text: str) -> str:
    """Return the words of a text, stemmed but for stop words, with a space around each: to find one in another."""
    return f" {' '.join(word if word in STOP_WORDS else stem(word) for word in question_words(text))} "


def amounts_there(option: str, text: str) -> bool:
    """Whether a text says all amounts of another."""
    there = quantities(text)
    return all(_in(one, there) for one in quantities(option))


def _in(one: Quantity, others: Sequence[Quantity]) -> bool:
    return any(one.same(other) for other in others)


def _place(option: str, text: str) -> int | None:
    """Return where a text has the words of an option side by side, or None."""
    words = question_words(re.sub(r"^(?:an?|the)\s+", "", option, flags=re.I))
    if not words:
        return None
    pattern = r"[\W_]+".join(re.escape(word[: max(len(word) - 1, 3)]) + r"\w{0,3}" for word in words)
    match = re.search(rf"(?<![\w-]){pattern}(?!-?\w)", text, re.I)
    return match.start() if match else None


def _parts(section: Section, at: int) -> Iterator[Part]:
    for one in section.statements:
        if one.form in ("heading", "cell"):
            continue
        head = stems(" ".join(one.path))
        for text, lead in _said(one):
            own = stems(text)
            yield Part(text, own, head | (stems(lead) - own), at)


def _said(one: Statement) -> Iterator[tuple[str, str]]:
    """Yield each thing that a statement says by itself, with what it is to be read with."""
    if len(one.cells) > 1:
        yield from ((row_text((one.cells[0], cell)), "") for cell in one.cells[1:])
        return
    lead, text = "", one.text
    if either := _EITHER.match(text):  # "A or B: what A is for, or what B is for"
        lead, text = either["lead"], either["rest"]
        both = _OR.split(text)
        if len(both) == 2 and ";" not in text:
            yield from (
                (f"{name}: {said}", "") for name, said in zip((either["one"], either["other"]), both, strict=True)
            )
            return
    turns = [part for part in _TURN.split(text) if len(part.split()) > 1] or [text]
    yield from ((part, f"{lead} {text}") for part in turns)
