"""Sittings in memory: a fake that implements the port."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from rag.errors import StateError
from rag.quiz.sittings import Response, Seat, Sitting


class MemorySittings:
    """Sittings that are kept as long as the process runs."""

    def __init__(self) -> None:
        self.held: dict[str, Sitting] = {}

    def begin(self, sitting: Sitting) -> None:
        self.held[sitting.id] = replace(sitting, begun_at=sitting.begun_at.astimezone(UTC))

    def sitting(self, learner: str, sitting_id: str) -> Sitting | None:
        found = self.held.get(sitting_id)
        return found if found and found.learner == learner else None

    def sittings(self, learner: str, *, course: str = "", unfinished: bool = False) -> list[Sitting]:
        found = [
            one
            for one in self.held.values()
            if one.learner == learner and course in ("", one.course) and not (unfinished and one.finished_at)
        ]
        return sorted(found, key=lambda one: (-one.begun_at.timestamp(), one.id))

    def respond(self, learner: str, sitting_id: str, position: int, response: Response | None) -> None:
        given = response and replace(response, at=response.at.astimezone(UTC))
        self._seat(learner, sitting_id, position, response=given)

    def flag(self, learner: str, sitting_id: str, position: int, flagged: bool) -> None:
        self._seat(learner, sitting_id, position, flagged=flagged)

    def spend(self, learner: str, sitting_id: str, spent_s: float) -> None:
        self.held[sitting_id] = replace(self._open(learner, sitting_id), spent_s=spent_s)

    def finish(self, learner: str, sitting_id: str, at: datetime) -> None:
        self.held[sitting_id] = replace(self._open(learner, sitting_id), finished_at=at)

    def seen(self, learner: str) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        for seat in (seat for one in self.sittings(learner) for seat in one.seats):
            if seat.response:
                found[seat.item.id] = max(seat.response.at, found.get(seat.item.id, seat.response.at))
        return found

    def close(self) -> None:
        pass

    def _open(self, learner: str, sitting_id: str) -> Sitting:
        found = self.sitting(learner, sitting_id)
        if found is None or found.finished_at:
            raise StateError(f"There is no sitting {sitting_id} that can still be taken: it was finished.")
        return found

    def _seat(self, learner: str, sitting_id: str, position: int, **changed: object) -> None:
        found = self._open(learner, sitting_id)
        if not 0 <= position < len(found.seats):
            raise StateError(f"The sitting {sitting_id} has no question {position + 1}.")
        seats: list[Seat] = list(found.seats)
        seats[position] = replace(seats[position], **changed)  # type: ignore[arg-type]
        self.held[sitting_id] = replace(found, seats=tuple(seats))
