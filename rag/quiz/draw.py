"""Chooses the items of a quiz or exam: by share of domain and type, never one fact twice, what is new first."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rag.errors import QuizError
from rag.quiz.asking import Asking, askings
from rag.quiz.items import Item, ItemType, questions_of
from rag.quiz.rules import soft_findings
from rag.text.terms import stems

Test = Callable[[Item], bool]

# What a quiz asks where nothing else is said, in percent; flashcards are for reviews.
MIX: Mapping[ItemType, float] = {
    ItemType.MULTIPLE_CHOICE: 45,
    ItemType.MULTIPLE_RESPONSE: 12,
    ItemType.TRUE_FALSE: 10,
    ItemType.CLOZE: 8,
    ItemType.MATCHING: 8,
    ItemType.SHORT_ANSWER: 6,
    ItemType.ORDERING: 6,
    ItemType.CASE_STUDY: 5,
}
_ALIKE = 0.8  # Jaccard similarity of the content words of two stems above which they are not put together
_SOFT_SHARE = 0.1  # of the questions may break a soft rule
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be drawn.

    Attributes:
        number: of questions; each question of a case study is one.
        types: shares of types; those with none are not drawn.
        domains: shares of domains; empty: as it comes.
        strict: whether each domain must have its share, as in an exam; else others stand in for what it lacks.
        allow_fewer: whether a shorter draw will do.
    """

    number: int
    types: Mapping[ItemType, float]
    domains: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    strict: bool = False
    allow_fewer: bool = False


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Items that passed filters, and how many were left after each, named for a person."""

    items: tuple[Item, ...]
    steps: tuple[tuple[str, int], ...]

    @staticmethod
    def of(items: Sequence[Item], name: str) -> Narrowed:
        """Return all items, under the name of what they are about."""
        return Narrowed(tuple(items), ((name, count_questions(items)),))

    def by(self, name: str, test: Test) -> Narrowed:
        """Return those that pass a test."""
        passed = tuple(one for one in self.items if test(one))
        return Narrowed(passed, (*self.steps, (name, count_questions(passed))))

    def __str__(self) -> str:
        return ", ".join(f"{number} {name}" for name, number in self.steps)


def count_questions(items: Sequence[Item]) -> int:
    """Return how many questions items are."""
    return sum(map(_size, items))


def _size(item: Item) -> int:
    return len(questions_of(item))


def draw(pool: Narrowed, wanted: Wanted, seen: Mapping[str, datetime]) -> list[Item]:
    """Return the items of a quiz or exam, in the order to be asked.

    The same pool, seed and answers seen give the same draw.

    Args:
        pool: what it may be drawn from.
        wanted: how many of what.
        seen: when the learner last answered items, by id.

    Raises:
        QuizError: there are too few; the message says how many, and why.
    """
    chooser = random.Random(wanted.seed)
    items = sorted((one for one in pool.items if wanted.types.get(one.type, 0) > 0), key=lambda one: one.id)
    chooser.shuffle(items)
    drawing = _Drawing(wanted, seen)
    quotas = _quotas(wanted.domains, wanted.number)
    for domain, quota in quotas.items():
        drawing.fill([one for one in items if one.placement.domain == domain], quota)
    short = {domain: quota for domain, quota in quotas.items() if drawing.domains[domain] < quota}
    if wanted.strict and short and not wanted.allow_fewer:
        raise QuizError(_too_few_of(drawing.domains, short, pool))
    if not wanted.strict:
        known = [one for one in items if not wanted.domains or one.placement.domain in wanted.domains]
        drawing.fill(known, wanted.number - drawing.size)
    if not drawing.items or (drawing.size < wanted.number and not wanted.allow_fewer):
        raise QuizError(_too_few(pool, wanted, drawing.size))
    chooser.shuffle(drawing.items)
    return drawing.items


class _Drawing:
    """Items drawn so far."""

    def __init__(self, wanted: Wanted, seen: Mapping[str, datetime]) -> None:
        self._wanted, self._seen = wanted, seen
        self.items: list[Item] = []
        self.size, self._soft = 0, 0
        self.domains: Counter[str] = Counter()
        self._types: Counter[ItemType] = Counter()
        self._documents: Counter[str] = Counter()
        self._facts: set[str] = set()
        self._stems: list[frozenset[str]] = []
        self._askings: list[Asking] = []
        self._shares = {kind: share / sum(wanted.types.values()) for kind, share in wanted.types.items()}

    def fill(self, items: Sequence[Item], number: int) -> None:
        """Add up to `number` questions, the fittest first."""
        drawn = {one.id for one in self.items}
        left = [one for one in items if one.id not in drawn]
        while number > 0:
            left = [one for one in left if _size(one) <= number]
            if not left:
                return
            best = min(left, key=self._cost)
            left.remove(best)
            if self._fits(best):
                self._add(best)
                number -= _size(best)

    def _cost(self, item: Item) -> tuple[float, ...]:
        """Order items: never seen, of the type that is lacking most, of a document little asked of; longest ago."""
        last = max(self._seen.get(one.id, _NEVER) for one in questions_of(item))
        lacking = self._shares[item.type] * (self.size + 1) - self._types[item.type]
        documents = self._documents[item.citations[0].document_id]
        return (last > _NEVER, -lacking, documents, (last - _NEVER).total_seconds())

    def _fits(self, item: Item) -> bool:
        """Whether an item asks nothing that was drawn, and is no more of the questionable ones than may be."""
        if self._facts & set(item.facts) or any(_alike(mine, other) for mine in _stems(item) for other in self._stems):
            return False
        if any(mine.asks_as(other) for mine in askings(item) for other in self._askings):
            return False
        return self._soft < max(1, int(self._wanted.number * _SOFT_SHARE)) or not soft_findings(item)

    def _add(self, item: Item) -> None:
        self.items.append(item)
        self.size += _size(item)
        self._soft += bool(soft_findings(item))
        self.domains[item.placement.domain] += _size(item)
        self._types[item.type] += _size(item)
        self._documents[item.citations[0].document_id] += _size(item)
        self._facts |= set(item.facts)
        self._stems += _stems(item)
        self._askings += askings(item)


def _stems(item: Item) -> list[frozenset[str]]:
    return [stems(one.stem) for one in questions_of(item)]


def _alike(one: frozenset[str], two: frozenset[str]) -> bool:
    return len(one & two) >= _ALIKE * len(one | two)


def _quotas(shares: Mapping[str, float], number: int) -> dict[str, int]:
    """Share a number out by largest remainder."""
    total = sum(shares.values())
    exact = {name: number * share / total for name, share in shares.items()}
    quotas = {name: int(value) for name, value in exact.items()}
    behind = sorted(exact, key=lambda name: (quotas[name] - exact[name], name))
    for name in behind[: number - sum(quotas.values())]:
        quotas[name] += 1
    return quotas


def _too_few_of(there: Mapping[str, int], quotas: Mapping[str, int], pool: Narrowed) -> str:
    lacking = "; ".join(f"{there.get(domain, 0)} of {quota} about “{domain}”" for domain, quota in quotas.items())
    return (
        f"There are too few questions for the exam: {lacking} ({pool}). Add texts with `openbook ingest`, or take what "
        "there is with --fewer."
    )


def _too_few(pool: Narrowed, wanted: Wanted, there: int) -> str:
    told = f"There are {there} questions that can be asked together, of {wanted.number} wanted ({pool})."
    if not there:
        return f"{told} Ask for other types or difficulties, or of more of the course."
    return f"{told} Give --number {there}, or --fewer to take what there is."
