"""Where a learner stands: mastery, what comes up for review, readiness for an exam, and what to read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rag.cite import joined
from rag.quiz.blueprint import Blueprint
from rag.quiz.items import cited_documents
from rag.study.cards import Card
from rag.study.mastery import Answered, Estimate, estimates
from rag.study.readiness import Readiness, readiness
from rag.study.schedule import DAY, coming_days, is_due, study_day
from rag.types import Citation

FORECAST_DAYS = 30
_WEAKEST, _PASSAGES = 5, 3


@dataclass(frozen=True, slots=True)
class Mastered:
    """How well a domain, or an objective of one, is known.

    Attributes:
        objective: "" for the domain as a whole.
        passages: to read again: where the answers stand that the learner did not know when asked last, newest first.
    """

    domain: str
    objective: str
    estimate: Estimate
    passages: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a learner stands.

    Attributes:
        answers: how many were given, reviews among them.
        outside: how many of them were to questions that the exam does not ask.
        cards: how many are held of documents that are there.
        due: how many of them are to be reviewed now.
        lost: how many are held of documents that are gone.
        objectives: those that were asked about, the weakest first.
        readiness: for the exam; None without one.
    """

    answers: int
    outside: int
    cards: int
    due: int
    lost: int
    domains: tuple[Mastered, ...]
    objectives: tuple[Mastered, ...]
    forecast: tuple[tuple[date, int], ...]
    readiness: Readiness | None = None

    @property
    def weakest(self) -> tuple[Mastered, ...]:
        """The objectives that are known least of those with something to read again."""
        return tuple(one for one in self.objectives if one.passages)[:_WEAKEST]


def progress(
    given: Sequence[Answered],
    cards: Sequence[Card],
    now: datetime,
    there: Callable[[str], bool],
    blueprint: Blueprint | None = None,
) -> Progress:
    """Return where a learner stands, in an exam if there is a blueprint.

    Args:
        given: all answers, in order of time, placed under the blueprint.
        cards: all that the learner has.
        now: in the learner's time zone.
        there: whether the document of an id is still to be read.
        blueprint: of the exam.
    """
    names = [domain.name for domain in blueprint.domains] if blueprint else []
    asked = [one for one in given if one.placement.domain in names] if blueprint else given
    domains = by_domain(asked, now, names)
    served = [card for card in cards if all(map(there, cited_documents(card.item)))]
    return Progress(
        answers=len(given),
        outside=len(given) - len(asked),
        cards=len(served),
        due=sum(is_due(card, now) for card in served),
        lost=len(cards) - len(served),
        domains=tuple(domains),
        objectives=tuple(by_objective(asked, now, there)),
        forecast=tuple(forecast(served, now)),
        readiness=readiness(blueprint, {one.domain: one.estimate for one in domains}) if blueprint else None,
    )


def by_domain(given: Sequence[Answered], now: datetime, names: Sequence[str] = ()) -> list[Mastered]:
    """Return the mastery of each domain: those of `names`, asked of or not, and then any others."""
    found = estimates(given, now, lambda one: one.placement.domain)
    return [Mastered(name, "", found.get(name, Estimate())) for name in dict.fromkeys((*names, *sorted(found)))]


def by_objective(given: Sequence[Answered], now: datetime, there: Callable[[str], bool]) -> list[Mastered]:
    """Return the mastery of each objective that was asked about, the weakest first.

    Args:
        given: in order of time.
        now: the present.
        there: whether the document of an id is still to be read.
    """
    passages: dict[tuple[str, str], list[Citation]] = {}
    for one in _unknown(given):
        for cited in one.item.citations:
            if there(cited.document_id):
                passages.setdefault(_objective(one), []).append(cited)
    found = [
        Mastered(*place, estimate, tuple(joined(passages.get(place, ())))[:_PASSAGES])
        for place, estimate in estimates(given, now, _objective).items()
    ]
    return sorted(found, key=lambda one: one.estimate.mean)


def _objective(one: Answered) -> tuple[str, str]:
    return one.placement.domain, one.placement.objective


def _unknown(given: Sequence[Answered]) -> list[Answered]:
    """Return the latest answers to facts that were wrong, newest first."""
    seen: set[str] = set()
    found = []
    for one in reversed(given):
        if not one.right and not seen.issuperset(one.item.facts):
            found.append(one)
        seen.update(one.item.facts)
    return found


def forecast(cards: Iterable[Card], now: datetime) -> list[tuple[date, int]]:
    """Return how many cards come up on each of the next days, today first, if each is seen when due and remembered."""
    counted = Counter(day for card in cards for day in coming_days(card, now, FORECAST_DAYS))
    return [(day, counted[day]) for day in (study_day(now) + number * DAY for number in range(FORECAST_DAYS))]
