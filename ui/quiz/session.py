"""A sitting as it is taken in a terminal: where the learner is, how long it has been open, what is shown of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rag.quiz.sittings import Seat, Sitting
from rag.quiz.taking import Taking
from ui.quiz.feedback import feedback_lines
from ui.quiz.lines import Line, wrapped
from ui.quiz.registry import view_of
from ui.quiz.views import View, stem_lines
from ui.quiz.writing import Card

_STORED_EVERY_S = 5.0  # how much of the time a crash may lose
WARN_S = (600, 300, 60)  # how much time is left when the learner is told


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Clock:
    """What tells the time, and counts seconds."""

    now: Callable[[], datetime] = _now
    seconds: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Memory:
    """What learns of responses that can no longer be changed: of one, or of all at the end."""

    one: Callable[[Sitting, int, datetime], object] = lambda *_: None
    all: Callable[[Sitting, datetime], object] = lambda *_: None


class Session:
    """One learner at one sitting.

    Attributes:
        place: of the item that is shown.
        note: what the learner is to be told.
    """

    def __init__(self, taking: Taking, memory: Memory = Memory(), clock: Clock = Clock()) -> None:
        self.taking, self._memory, self._clock = taking, memory, clock
        self._opened = clock.seconds()
        self._before_s = self._stored_s = taking.sitting.spent_s
        self._on_item: dict[int, float] = {}
        self._since = self._opened
        self._views: dict[int, View] = {}
        self._warned = {one for one in WARN_S if (self.left_s or 0.0) <= one}
        self.note = ""
        self.place = next(iter(taking.open_places or taking.places), 0)

    @property
    def sitting(self) -> Sitting:
        """The sitting as it stands."""
        return self.taking.sitting

    @property
    def seat(self) -> Seat:
        """The item that is shown, with what was given."""
        return self.sitting.seats[self.place]

    @property
    def view(self) -> View:
        """The view of the item that is shown."""
        if self.place not in self._views:
            self._views[self.place] = view_of(self.seat)
        return self._views[self.place]

    @property
    def is_settled(self) -> bool:
        """Whether the item that is shown was answered and told of."""
        return self.taking.is_settled(self.place)

    @property
    def number(self) -> int:
        """The 1-based number of the item that is shown."""
        return self.taking.places.index(self.place) + 1

    @property
    def total(self) -> int:
        """How many items are asked."""
        return len(self.taking.places)

    @property
    def spent_s(self) -> float:
        """How long the sitting was open, now and before."""
        return self._before_s + self._clock.seconds() - self._opened

    @property
    def left_s(self) -> float | None:
        """How much time is left; None where there is no limit."""
        return self.taking.left_s(self.spent_s)

    @property
    def is_over(self) -> bool:
        """Whether the sitting is finished."""
        return self.sitting.finished_at is not None

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the item that is shown: stem, choices, and what is told of it once it is settled."""
        yield from stem_lines(self.seat, width)
        yield Line()
        if self.is_settled:
            yield from feedback_lines(self.seat, width)
        elif not self.view.is_text:  # where a text is written, it is shown
            yield from self.view.lines(width)

    def press(self, key: str) -> bool:
        """Take a key that may mean something to the item. Return whether it did."""
        if self.is_settled or not self.view.press(key):
            return False
        self.note = self.view.note
        if self.taking.at_end:
            self.store()
        elif isinstance(self.view, Card) and self.view.given is not None:
            self.submit()
        return True

    def submit(self) -> bool:
        """Take what is shown as the answer. Return whether it could be."""
        self.view.settle()
        self.note = self.view.lacks
        if self.note:
            return False
        self.store()
        if not self.taking.at_end:
            self._memory.one(self.sitting, self.place, self._clock.now())
        return True

    def store(self) -> None:
        """Store what is given to the item that is shown, unless it is stored."""
        given, stored = self.view.given, self.seat.response
        if not self.is_settled and given != (stored.given if stored else None):
            self.taking.respond(self.place, given, self._clock.now(), self._seconds())

    def go(self, place: int) -> None:
        """Show another item; what was given to this one is stored where it may still be changed."""
        if self.taking.at_end:
            self.store()
        self._on_item[self.place] = self._seconds()
        self._since, self.note, self.place = self._clock.seconds(), "", place

    def step(self, by: int) -> bool:
        """Show the item before or after. Return whether there is one."""
        at = self.number - 1 + by
        if 0 <= at < self.total:
            self.go(self.taking.places[at])
            return True
        return False

    def next_open(self) -> bool:
        """Show the next item that nothing was given to, from here on and then from the first. Return whether one is."""
        left = [one for one in self.taking.open_places if one != self.place]
        if not left:
            return False
        self.go(next((one for one in left if one > self.place), left[0]))
        return True

    def tick(self) -> bool:
        """Let time pass: store it now and then, and warn. Return whether the time is up, or the sitting finished."""
        if self.is_over:
            return True
        if self.spent_s - self._stored_s >= _STORED_EVERY_S:
            self.keep()
        left = self.left_s
        if left is None:
            return False
        for mark in WARN_S:
            if left <= mark and mark not in self._warned:
                self._warned.add(mark)
                self.note = f"{clock_text(left)} left."
        return left <= 0

    def keep(self) -> None:
        """Store how long the sitting was open, and what was given so far where it may still be changed."""
        if not self.is_over:
            if self.taking.at_end:
                self.store()
            self._stored_s = min(self.spent_s, self.sitting.limit_s or self.spent_s)
            self.taking.spend(self._stored_s)

    def finish(self) -> None:
        """End the sitting."""
        self.keep()
        now = self._clock.now()
        self.taking.finish(now)
        self._memory.all(self.sitting, now)

    def _seconds(self) -> float:
        return self._on_item.get(self.place, 0.0) + self._clock.seconds() - self._since


def clock_text(seconds: float) -> str:
    """Return a time for a person: "1:05:09", "5:09"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def state_of(seat: Seat, *, at_end: bool) -> str:
    """Return how an item stands, for the overview."""
    if seat.response is None:
        told = "open"
    elif at_end:
        told = "answered in part" if view_of(seat).lacks else "answered"
    else:
        told = "right" if seat.response.grade.right else "not right"
    return f"{told}, flagged" if seat.flagged else told


def overview_lines(session: Session, width: int, cursor: int | None = None) -> Iterator[Line]:
    """Yield all items with how each stands."""
    for row, place in enumerate(session.taking.places):
        seat = session.sitting.seats[place]
        on_it = row == cursor
        first = f"{'>' if on_it else ' '} {'*' if seat.flagged else ' '}{row + 1:3}. "
        told = f"{state_of(seat, at_end=session.taking.at_end)}: {seat.item.stem}"
        yield next(wrapped(told, width, first, "at" if on_it else "", cursor=on_it))
