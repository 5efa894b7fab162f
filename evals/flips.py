"""Which items came out differently, the worst first."""

from __future__ import annotations

from dataclasses import dataclass

from evals.record import Breach, Outcome, Run, Verdict
from evals.statistics import mcnemar

_RIGHT, _WRONG, _REFUSED = Verdict.RIGHT, Verdict.WRONG, Verdict.REFUSED

_LOSSES = (  # whether the texts say, the verdict before, the verdict after; the worst first
    (False, _REFUSED, _WRONG),
    (True, _RIGHT, _WRONG),
    (True, _RIGHT, _REFUSED),
    (True, _REFUSED, _WRONG),
)
_GAINS = (
    (True, _WRONG, _REFUSED),
    (False, _WRONG, _REFUSED),
    (True, _REFUSED, _RIGHT),
    (True, _WRONG, _RIGHT),
)
_WORST = -1  # the rank of a breach that was not there before


@dataclass(frozen=True, slots=True)
class Flip:
    """An item that came out differently; `before` is None for one that was not asked before."""

    before: Outcome | None
    after: Outcome

    @property
    def new(self) -> tuple[Breach, ...]:
        """The breaches that were not there before."""
        old = breaches_of(self.before) if self.before else ()
        return tuple(one for one in breaches_of(self.after) if one not in old)

    @property
    def change(self) -> str:
        """What changed, in words."""
        return f"{_word(self.before)} -> {_word(self.after)}"

    @property
    def rank(self) -> int:
        """Where it stands among flips: the lower, the worse."""
        if self.new:
            return _WORST
        verdicts = (self.after.answerable, self.before.verdict if self.before else None, self.after.verdict)
        order = (*_LOSSES, None, *_GAINS)  # None: the verdict is the same, or there was none to compare with
        return order.index(verdicts if verdicts in order else None)

    @property
    def lost(self) -> bool:
        """Whether it is worse than before."""
        return self.rank < len(_LOSSES)


def _word(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not asked"
    return "failed" if outcome.error else str(outcome.verdict)


def breaches_of(outcome: Outcome) -> tuple[Breach, ...]:
    """Return the breaches of an outcome, a failure among them."""
    failed = (Breach.FAILED,) if outcome.error else ()
    return tuple(dict.fromkeys((*outcome.breaches, *failed)))


def _came_out(outcome: Outcome) -> tuple[Verdict | None, frozenset[Breach]]:
    return outcome.verdict, frozenset(breaches_of(outcome))


@dataclass(frozen=True, slots=True)
class Matched:
    """The items of two runs.

    Attributes:
        pairs: what came of each item that both asked, before and after.
        added: what came of those that were not asked before, or not in these words.
        missing: ids of those that were asked before and are not now.
        reworded: ids of those that are asked in other words; they count as added.
    """

    pairs: tuple[tuple[Outcome, Outcome], ...] = ()
    added: tuple[Outcome, ...] = ()
    missing: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()

    @property
    def flips(self) -> tuple[Flip, ...]:
        """The items that came out differently and the added ones with a breach, the worst first."""
        both = [Flip(*pair) for pair in self.pairs if _came_out(pair[0]) != _came_out(pair[1])]
        fresh = [Flip(None, outcome) for outcome in self.added if breaches_of(outcome)]
        return tuple(sorted((*both, *fresh), key=lambda flip: (flip.rank, flip.after.id)))

    @property
    def scored(self) -> int:
        """How many items have a verdict in both runs."""
        return len(self._scored())

    @property
    def lost(self) -> int:
        """How many items were good before and are not now."""
        return sum(before.good and not after.good for before, after in self._scored())

    @property
    def gained(self) -> int:
        """How many items are good now and were not before."""
        return sum(after.good and not before.good for before, after in self._scored())

    @property
    def p(self) -> float:
        """How likely so uneven a split into lost and gained is by chance: McNemar's exact test."""
        return mcnemar(self.lost, self.gained)

    def _scored(self) -> list[tuple[Outcome, Outcome]]:
        return [pair for pair in self.pairs if not any(one.error for one in pair)]


def match(baseline: Run, candidate: Run) -> Matched:
    """Match the items of two runs by id and question."""
    before = {one.id: one for one in baseline.outcomes}
    after = {one.id for one in candidate.outcomes}
    same, added = [], []
    for one in candidate.outcomes:
        then = before.get(one.id)
        if then and then.question == one.question:
            same.append((then, one))
        else:
            added.append(one)
    missing = tuple(one for one in before if one not in after)
    return Matched(tuple(same), tuple(added), missing, tuple(one.id for one in added if one.id in before))
