"""Finds where a claim and its sources cannot both be right: amounts, dates, names, negation, opposites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rag.grounding.alignment import covered, is_copy, likeliest, names, rarity, sentences_of, swaps
from rag.grounding.contrast import denials, opposite, turned
from rag.text.quantities import Day, dates, quantities
from rag.text.terms import stem, words

Kind = Literal["number", "moved_number", "date", "name", "swapped_name", "negation", "opposite"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_NEAR = 0.6  # share of the claim that a sentence must hold to be spoken against by it


@dataclass(frozen=True, slots=True)
class Discord:
    """Something of a claim that the sources do not bear out.

    Attributes:
        kind: what it is.
        reason: the same for people.
        hard: whether it alone decides that the claim is not supported.
    """

    kind: Kind
    reason: str
    hard: bool


def discords(claim: str, sources: Sequence[str]) -> list[Discord]:
    """Return what of `claim` its sources do not bear out."""
    sentences = sentences_of(sources)
    weights = rarity(sentences, claim)
    nearest = likeliest(claim, weights, sentences)
    whole = "\n".join(sources)
    found = [*_amounts(claim, whole), *_dates(claim, whole), *_names(claim, whole)]
    if covered(weights, nearest) < _NEAR:
        return found
    places = swaps(claim, nearest)
    return [
        *found,
        *_moved_amounts(claim, nearest, places),
        *_swapped_names(claim, whole, nearest, places),
        *_contrasts(claim, nearest, places),
    ]


def _amounts(claim: str, whole: str) -> Iterator[Discord]:
    there = quantities(whole)
    years = {float(one.year) for one in dates(whole)}
    for mine in quantities(claim):
        if mine.amount not in years and not any(mine.same(one) for one in there):
            counted = mine.text[0].isalpha()  # "two friends": a reader may count what a source lists
            yield Discord("number", f"not in what is cited: {mine.text}", not counted)


def _moved_amounts(claim: str, nearest: str, places: Sequence[tuple[str, str]]) -> Iterator[Discord]:
    """Find numbers that the sources hold, but not where the claim has them."""
    near = quantities(nearest)
    for mine in quantities(claim):
        rivals = [one for one in near if one.unit == mine.unit]
        if rivals and not any(mine.same(one) for one in near):
            yield Discord("moved_number", f"the source says {rivals[0].text}, not {mine.text}", True)
    for said, stands in places:
        here, there = ({one.amount for one in quantities(side)} for side in (said, stands))
        if here and there and not here & there:
            yield Discord("moved_number", f"the source says {stands}, not {said}", True)


def _dates(claim: str, whole: str) -> Iterator[Discord]:
    there = dates(whole)
    for mine in dates(claim):
        if not any(_agree(mine, one) for one in there):
            yield Discord("date", f"not in what is cited: {mine.text}", True)


def _agree(one: Day, two: Day) -> bool:
    """Whether two dates may be the same; what either leaves open does not count."""
    return all(not a or not b or a == b for a, b in zip(one.parts, two.parts, strict=True))


def _names(claim: str, whole: str) -> Iterator[Discord]:
    there = {stem(word) for word in words(whole)}
    missing = [name for name in names(claim, whole) if not {stem(word) for word in words(name)} <= there]
    if missing:
        yield Discord("name", f"not in what is cited: {', '.join(missing)}", False)


def _swapped_names(claim: str, whole: str, nearest: str, places: Sequence[tuple[str, str]]) -> Iterator[Discord]:
    """Find names that stand where the source has others."""
    mine = [name for name in names(claim, whole) if claim.count(name) > nearest.count(name)]
    others = [name for name in names(nearest, whole) if nearest.count(name) > claim.count(name)]
    for said, stands in places:
        if any(name in said for name in mine) and any(name in stands for name in others):
            yield Discord("swapped_name", f"the source says {stands}, not {said}", True)


def _contrasts(claim: str, nearest: str, places: Sequence[tuple[str, str]]) -> Iterator[Discord]:
    if word := turned(claim, nearest):
        yield Discord("negation", f"the source says otherwise of: {word}", True)
    elif is_copy(claim, nearest) and (denials(claim) - denials(nearest)) % 2:
        yield Discord("negation", "the source says the contrary", True)
    for pair in (opposite(claim, nearest), *(opposite(said, stands) for said, stands in places)):
        if pair:
            yield Discord("opposite", f"the source says {pair[1]}, not {pair[0]}", True)
            return
