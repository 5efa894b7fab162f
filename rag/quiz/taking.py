"""A sitting while it is taken: what is given is graded and stored at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from rag.errors import StateError
from rag.quiz.grading import grade
from rag.quiz.items import cited_documents
from rag.quiz.ports import Sittings
from rag.quiz.sittings import Given, Kind, Response, Seat, Sitting
from rag.types import LOCAL


class Taking:
    """One sitting of one learner; the store holds all of it at every moment.

    Attributes:
        withdrawn: places of items whose texts are gone; they are neither asked nor counted.
    """

    def __init__(self, store: Sittings, sitting: Sitting, has_document: Callable[[str], bool] = lambda _: True) -> None:
        self._store, self.sitting = store, sitting
        self.withdrawn = withdrawn(sitting, has_document)

    @property
    def places(self) -> list[int]:
        """The places of the items that are asked, in order."""
        return [at for at in range(len(self.sitting.seats)) if at not in self.withdrawn]

    @property
    def open_places(self) -> list[int]:
        """The places of the items that nothing was given to."""
        return [at for at in self.places if self.sitting.seats[at].response is None]

    @property
    def at_end(self) -> bool:
        """Whether nothing is told before the end."""
        return self.sitting.is_told_at_end

    def is_settled(self, place: int) -> bool:
        """Whether what was given to an item can no longer be changed: it was told what is right."""
        return not self.at_end and self.sitting.seats[place].response is not None

    def left_s(self, spent_s: float) -> float | None:
        """Return how much time is left, None where there is no limit."""
        limit = self.sitting.limit_s
        return None if limit is None else max(limit - spent_s, 0.0)

    def respond(self, place: int, given: Given | None, at: datetime, seconds: float) -> Response | None:
        """Grade and store what is given to an item, None to take it back.

        Raises:
            StateError: it cannot be stored, was settled before, or the sitting is finished.
        """
        if self.is_settled(place):
            raise StateError(f"Question {place + 1} was answered and told of; what was given stays.")
        seat = self.sitting.seats[place]
        response = None if given is None else Response(given, at, seconds, grade(seat.item, given))
        self._store.respond(self.sitting.learner, self.sitting.id, place, response)
        self._seat(place, replace(seat, response=response))
        return response

    def flag(self, place: int) -> None:
        """Mark an item to come back to, or no longer. Raises `StateError` as `respond`."""
        seat = self.sitting.seats[place]
        self._store.flag(self.sitting.learner, self.sitting.id, place, not seat.flagged)
        self._seat(place, replace(seat, flagged=not seat.flagged))

    def spend(self, spent_s: float) -> None:
        """Store how long the sitting was open so far. Raises `StateError` as `respond`."""
        self._store.spend(self.sitting.learner, self.sitting.id, spent_s)
        self.sitting = replace(self.sitting, spent_s=spent_s)

    def finish(self, at: datetime) -> None:
        """End the sitting. Raises `StateError` as `respond`."""
        self._store.finish(self.sitting.learner, self.sitting.id, at)
        self.sitting = replace(self.sitting, finished_at=at)

    def _seat(self, place: int, seat: Seat) -> None:
        seats = (*self.sitting.seats[:place], seat, *self.sitting.seats[place + 1 :])
        self.sitting = replace(self.sitting, seats=seats)


def withdrawn(sitting: Sitting, has_document: Callable[[str], bool]) -> frozenset[int]:
    """Return the places of items that rest on a document which is gone."""
    cited_by = [cited_documents(seat.item) for seat in sitting.seats]
    gone = {one for one in frozenset().union(*cited_by) if not has_document(one)}
    return frozenset(at for at, documents in enumerate(cited_by) if documents & gone)


def begin(
    store: Sittings,
    seats: tuple[Seat, ...],
    kind: Kind,
    at: datetime,
    *,
    learner: str = LOCAL,
    course: str = "",
    blueprint: str = "",
    limit_s: float | None = None,
    seed: int = 0,
    at_end: bool = False,
) -> Sitting:
    """Store a new sitting and return it. Raises `StateError` where it cannot be stored."""
    sitting = Sitting(
        uuid4().hex, learner, kind, course, blueprint, seats, at, limit_s=limit_s, seed=seed, at_end=at_end
    )
    store.begin(sitting)
    return sitting
