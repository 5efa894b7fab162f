"""A review as it goes on in the terminal, whatever shows it: a card is asked, turned, rated, and the next one comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from rag.quiz.grading import grade
from rag.quiz.items import Flashcard
from rag.quiz.seating import seats
from rag.quiz.sittings import Grade, Response, Seat
from rag.study.cards import Card, Rating
from rag.study.remember import rating_of
from rag.study.schedule import DAY, outlook
from rag.study.session import ReviewSession
from rag.types import content_id
from ui.cli_output import count
from ui.quiz.feedback import feedback_lines, reason_lines
from ui.quiz.lines import Line, wrapped
from ui.quiz.registry import view_of
from ui.quiz.views import View, stem_lines

_HOUR = timedelta(hours=1)
_MONTH, _YEAR = 30.44, 365.25
_LONG, _VERY_LONG = 60, 730  # days from which on months, and years, are told


class Reviewing:
    """One review session.

    Attributes:
        card: that is shown; None when nothing is due.
        view: of its item.
        turned: whether its key is shown and it waits for a rating.
        left: how many are due, this one among them.
    """

    card: Card | None
    view: View
    turned: bool
    left: int

    def __init__(self, session: ReviewSession, clock: Callable[[], datetime]) -> None:
        self.session, self._clock = session, clock
        self._next()

    @property
    def seat(self) -> Seat:
        """The item of the card with what was given to it."""
        return self.view.seat

    @property
    def head(self) -> str:
        """Which card it is."""
        return f"Card {self.session.rated + 1} of {self.session.rated + self.left}"

    @property
    def suggested(self) -> Rating | None:
        """What the grade of the answer says; None where the learner alone knows."""
        response = self.seat.response
        return rating_of(self.seat.item, response) if response else None

    def turn(self) -> None:
        """Show the key, and grade what was given; nothing given is not known."""
        given = self.view.given
        if not isinstance(self.seat.item, Flashcard):
            worth = grade(self.seat.item, given) if given is not None else Grade(False, 0.0, "Nothing was given.")
            spent = (self._clock() - self._asked_at).total_seconds()
            self.view.seat = replace(self.seat, response=Response(given or (), self._clock(), spent, worth))
        self.turned = True

    def rate(self, rating: Rating) -> None:
        """Store a rating of the card and go on to the next."""
        if self.card:
            now = self._clock()
            self.session.rate(self.card, rating, now, (now - self._asked_at).total_seconds())
            self._next()

    def undo(self) -> bool:
        """Take the last rating back and ask its card again. Return whether there was one."""
        done = self.session.undo()
        if done:
            self._next()
        return done

    def lines(self, width: int) -> Iterator[Line]:
        """Yield what is to be seen: the question, and once it is turned the key."""
        yield from stem_lines(self.seat, width)
        yield Line()
        if self.turned:
            yield from self.key_lines(width)
        elif not self.view.is_text:  # where a text is written, it is shown
            yield from self.view.lines(width)

    def key_lines(self, width: int) -> Iterator[Line]:
        """Yield the key, why it is that, and where it stands."""
        if isinstance(self.seat.item, Flashcard):
            yield from wrapped(self.seat.item.back, width, style="right")
            yield from reason_lines(self.seat, width)
        else:
            yield from feedback_lines(self.seat, width)

    @property
    def ratings(self) -> str:
        """The four ratings, each with when the card would come back."""
        if not self.card:
            return ""
        spans = outlook(self.card, self._clock())
        return ", ".join(f"{one.value} {one.name.lower()} ({told_span(spans[one])})" for one in Rating)

    def _next(self) -> None:
        now = self._clock()
        due = self.session.served(now)
        self.card, self.left = (due[0] if due else None), len(due)
        self.turned, self._asked_at = False, now
        if self.card:
            self.view = view_of(seat_of(self.card))


def seat_of(card: Card) -> Seat:
    """Return the item of a card in its place, in another order at each review."""
    seed = content_id(card.id, card.due_at.isoformat())
    return seats([card.item], int(seed, 16))[0]


def told_span(span: timedelta) -> str:
    """Return a span of time as it is told.

    >>> told_span(timedelta(minutes=10)), told_span(timedelta(days=1)), told_span(timedelta(days=66))
    ('10 minutes', '1 day', '2.2 months')
    """
    days = span / DAY
    if span < _HOUR:
        return count(max(-(-span // timedelta(minutes=1)), 1), "minute")
    if span < DAY:
        return count(round(span / _HOUR), "hour")
    if days < _LONG:
        return count(round(days), "day")
    return f"{days / _MONTH:.1f} months" if days < _VERY_LONG else f"{days / _YEAR:.1f} years"
