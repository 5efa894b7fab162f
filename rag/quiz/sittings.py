"""A quiz or exam as it is taken: which items, in which order shown, what was given, and for how long.

Everything a learner does is stored when it is done, so that a sitting can be left, or lost to a crash, and gone on
with; a sitting holds its items whole, since the texts they were made from may change meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from rag.quiz.items import Item

Given: TypeAlias = tuple[int, ...] | str


class Kind(StrEnum):
    """What is taken."""

    QUIZ = "quiz"
    EXAM = "exam"


@dataclass(frozen=True, slots=True)
class Grade:
    """What a response is worth.

    Attributes:
        right: as the real exam grades: all or nothing.
        credit: the share that is right, 0 to 1, told beside it.
        reason: what is missing or wrong, for a person; "" where all is right.
    """

    right: bool
    credit: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What was given to an item.

    Attributes:
        given: of an item with options their indices as the item holds them; of an ordering the indices of its steps in
            the order given; of a matching for each pair the index of what was matched to it, counted over the matches
            of its pairs and then its decoys, or -1; of true or false (1,) or (0,); of a flashcard the rating, (1,) to
            (4,); of the others a text.
        seconds: spent on it.
    """

    given: Given
    at: datetime
    seconds: float
    grade: Grade


@dataclass(frozen=True, slots=True)
class Seat:
    """An item in its place within a sitting.

    Attributes:
        item: what is asked; the questions of a case study have a seat each, with the scenario in `scenario`.
        shown: the order in which options, steps or matches (decoys among them) are shown, as indices of the item.
        scored: whether it counts; the learner is not told before the end.
        scenario: stem of the case study that the item is part of.
    """

    item: Item
    shown: tuple[int, ...] = ()
    scored: bool = True
    scenario: str = ""
    flagged: bool = False
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """A quiz or exam of one learner.

    Attributes:
        blueprint: id or path of the blueprint; "" for none.
        limit_s: time allowed; None for no limit.
        spent_s: time in which it was open; it stands still while the sitting is left.
        seed: what its choice and its shuffles were made with.
        at_end: whether the learner is told what was right at the end only, and may change what was given until then.
    """

    id: str
    learner: str
    kind: Kind
    course: str
    blueprint: str
    seats: tuple[Seat, ...]
    begun_at: datetime
    limit_s: float | None = None
    spent_s: float = 0.0
    finished_at: datetime | None = None
    seed: int = 0
    at_end: bool = False

    @property
    def is_told_at_end(self) -> bool:
        """Whether nothing is told before the end, as in every exam."""
        return self.at_end or self.kind is Kind.EXAM

    @property
    def settled(self) -> tuple[Seat, ...]:
        """The seats to which something was given that can no longer be changed."""
        if self.finished_at is None and self.is_told_at_end:
            return ()
        return tuple(seat for seat in self.seats if seat.response)
