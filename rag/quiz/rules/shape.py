"""Whether an item is whole: as many options, keys and steps as its type has, each with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.quiz.items import CaseStudy, Cloze, Item, Matching, MultipleChoice, MultipleResponse, Ordering, options_of
from rag.quiz.reading import plain, same_amounts
from rag.quiz.rules.evidence import Evidence
from rag.text.terms import question_words, stems

_STEPS, _PAIRS, _OPTIONS = range(3, 6), range(3, 8), range(5, 8)
_STATED = re.compile(
    r"\b(TWO|THREE|FOUR|FIVE|[2-5])\b|\b(two|three|four|five)\b(?= (?:of|are|things?|ways?|statements?|\w+s\b))"
)
_UNIT = re.compile(r"(?:milli|kilo|mega|giga|tera)?(?:second|minute|hour|day|week|month|year|byte|percent)s?$")


def shape(item: Item, _: Evidence) -> Iterator[str]:
    """Yield where an item has too few or too many of something."""
    match item:
        case MultipleChoice():
            if (len(item.options), len(item.key)) != (item.SIZE, 1):
                yield f"{len(item.options)} options with {len(item.key)} right, not {item.SIZE} with one right"
        case MultipleResponse():
            if len(item.options) not in _OPTIONS or not 2 <= len(item.key) <= len(item.options) - 2:
                yield f"{len(item.options)} options with {len(item.key)} right, not 5 to 7 with two right and two wrong"
        case Ordering():
            if len(item.steps) not in _STEPS:
                yield f"{len(item.steps)} steps, not 3 to 5"
        case Matching():
            if len(item.pairs) not in _PAIRS:
                yield f"{len(item.pairs)} prompts, not 3 to 7"
        case Cloze():
            if item.stem.count(Cloze.BLANK) != 1:
                yield f"{item.stem.count(Cloze.BLANK)} gaps, not one"
        case CaseStudy():
            if len({one.id for one in item.items}) < 2:
                yield "fewer than two questions"
        case _:
            pass


def reasons(item: Item, _: Evidence) -> Iterator[str]:
    """Yield wrong options without a reason, or with one that does not speak of them."""
    for one in options_of(item):
        if not one.right and not one.rationale.strip():
            yield f"“{one.text}” has no rationale"
        elif not one.right and stems(one.text) and not stems(one.text) & stems(one.rationale):
            yield f"the rationale of “{one.text}” does not speak of it: “{one.rationale}”"


def number_stated(item: Item, _: Evidence) -> Iterator[str]:
    """Yield where a stem does not say how many options are right."""
    if isinstance(item, MultipleResponse) and not states(item.stem, len(item.key)):
        yield f"the stem does not say that {len(item.key)} are right"


def states(stem: str, number: int) -> bool:
    """Whether a stem says that so many options are right."""
    return number in {_count(one) for match in _STATED.finditer(stem) for one in match.groups() if one}


def apart(item: Item, _: Evidence) -> Iterator[str]:
    """Yield options, steps or matches that are the same, nearly the same, or part of one another."""
    for one, other in combinations(_shown(item), 2):
        if reason := alike(one, other):
            yield f"“{one}” and “{other}” {reason}"
    if isinstance(item, Matching):
        for one, other in combinations([pair.prompt for pair in item.pairs], 2):
            if plain(one) == plain(other):
                yield f"“{one}” is asked twice"


def alike(one: str, other: str) -> str:
    """Return why two options cannot stand side by side, or ""."""
    mine, yours = plain(one), plain(other)
    if mine == yours or re.sub(r"\W", "", one).casefold() == re.sub(r"\W", "", other).casefold():
        return "are the same"
    if not mine.strip() or not yours.strip():  # formulas and marks
        return ""
    if mine in yours or yours in mine:
        return "are part of one another"
    if same_amounts(one, other) and _unmeasured(one) == _unmeasured(other):
        return "are the same amount"
    if ":" in one and ":" in other:  # "A: x; B: y" and "A: y; B: x"
        return ""
    words, others = stems(one), stems(other)
    if words == others and len(words) > 1 and sorted(mine.split()) == sorted(yours.split()):
        return "say the same in another order"
    small, large = sorted((words, others), key=len)
    if len(small) > 3 and small < large and len(large) - len(small) <= 2:
        return "are part of one another"
    return ""


def _shown(item: Item) -> Sequence[str]:
    match item:
        case Ordering():
            return item.steps
        case Matching():
            return item.matches
        case _:
            return [one.text for one in options_of(item)]


def _unmeasured(text: str) -> frozenset[str]:
    """Return the words of a text that are neither numbers nor units."""
    return frozenset(
        word for word in question_words(text) if len(word) > 3 and word.isalpha() and not _UNIT.match(word)
    )


def _count(number: str) -> int:
    return int(number) if number.isdigit() else MultipleResponse.NUMBERS.index(number.upper())
