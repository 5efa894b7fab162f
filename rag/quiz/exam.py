"""Practice exams: what is drawn for a blueprint, the scaled score, and the report."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.cite import joined
from rag.quiz.blueprint import Blueprint
from rag.quiz.draw import Wanted
from rag.quiz.sittings import Kind, Seat, Sitting
from rag.types import Citation

OUTSIDE = "Outside the exam's domains"


def exam_wanted(blueprint: Blueprint, seed: int, *, allow_fewer: bool = False) -> Wanted:
    """Return what an exam draws: as many questions as the real one, by its weights and types."""
    weights = {domain.name: domain.weight for domain in blueprint.domains}
    return Wanted(blueprint.questions, blueprint.types, weights, seed, strict=True, allow_fewer=allow_fewer)


def with_unscored(seats: Sequence[Seat], blueprint: Blueprint, seed: int) -> tuple[Seat, ...]:
    """Return seats of which some do not count; those that do keep the weights of the domains.

    Of a shorter exam the same share counts.
    """
    number = len(seats) - round(len(seats) * blueprint.scored / blueprint.questions)
    chooser, unscored = random.Random(seed), set()
    left = {
        domain.name: [at for at, one in enumerate(seats) if one.item.placement.domain == domain.name]
        for domain in blueprint.domains
    }
    for _ in range(number):
        fullest = left[max(blueprint.domains, key=lambda domain: len(left[domain.name]) / domain.weight).name]
        if fullest:
            unscored.add(fullest.pop(chooser.randrange(len(fullest))))
    return tuple(replace(one, scored=at not in unscored) for at, one in enumerate(seats))


def scaled(share: float, blueprint: Blueprint) -> int:
    """Return the score of a share of right answers on the scale of the exam.

    Two straight lines that meet at the pass mark. How AWS scales is not public; here one passes with the share of right
    answers that the pass mark is of the highest score: 72 percent for 720 of 1000.
    """
    needed = blueprint.pass_mark / blueprint.highest
    if share < needed:
        score = blueprint.lowest + (blueprint.pass_mark - blueprint.lowest) * share / needed
        return min(round(score), blueprint.pass_mark - 1)
    return round(blueprint.pass_mark + (blueprint.highest - blueprint.pass_mark) * (share - needed) / (1 - needed))


@dataclass(frozen=True, slots=True)
class Tally:
    """Questions and how many of them were right.

    Attributes:
        credit: what was right in part counts in part.
        weight: of the domain in the exam, in percent; 0 where there is none.
        reread: passages of the questions that were not right, each once; neighbours are one.
    """

    name: str
    asked: int
    answered: int
    right: int
    credit: float
    weight: float = 0.0
    reread: tuple[Citation, ...] = ()

    @property
    def share(self) -> float:
        """The share that was right."""
        return self.right / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """How a sitting went.

    Attributes:
        scored: what counts.
        unscored: questions that do not count.
        domains: those that count, by domain, the weakest first.
        score: on the scale of the exam; None for a quiz.
        passed: None for a quiz.
        withdrawn: questions left out, since their texts are gone.
    """

    scored: Tally
    unscored: int
    domains: tuple[Tally, ...]
    score: int | None = None
    passed: bool | None = None
    withdrawn: int = 0


def report(sitting: Sitting, blueprint: Blueprint | None, withdrawn: frozenset[int] = frozenset()) -> Report:
    """Return how a sitting went; what was not answered is not right."""
    seats = [seat for at, seat in enumerate(sitting.seats) if at not in withdrawn]
    counted = [seat for seat in seats if seat.scored]
    weights = {domain.name: domain.weight for domain in blueprint.domains} if blueprint else {}
    names = dict.fromkeys([*weights, *(seat.item.placement.domain for seat in counted)])
    of_each = {name: [seat for seat in counted if seat.item.placement.domain == name] for name in names}
    domains = [_tally(name or OUTSIDE, some, weights.get(name, 0.0)) for name, some in of_each.items() if some]
    total = _tally("", counted)
    made = Report(total, len(seats) - len(counted), tuple(sorted(domains, key=_weakest)), withdrawn=len(withdrawn))
    if blueprint is None or sitting.kind is not Kind.EXAM:
        return made
    score = scaled(total.share, blueprint)
    return replace(made, score=score, passed=score >= blueprint.pass_mark)


def _weakest(one: Tally) -> tuple[float, float, str]:
    return one.share, -one.asked, one.name


def _tally(name: str, seats: Iterable[Seat], weight: float = 0.0) -> Tally:
    """Count questions."""
    seats = list(seats)
    given = [seat.response for seat in seats if seat.response]
    wrong = [seat for seat in seats if not (seat.response and seat.response.grade.right)]
    reread = joined(one for seat in wrong for one in seat.item.citations)
    right, credit = sum(one.grade.right for one in given), sum(one.grade.credit for one in given)
    return Tally(name, len(seats), len(given), right, credit, weight, tuple(reread))
