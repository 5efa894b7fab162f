"""A sitting on a full screen, by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from enum import Enum, auto
from typing import ClassVar

from prompt_toolkit.keys import Keys

from ui.quiz.lines import Line, wrapped
from ui.quiz.pane import Pane
from ui.quiz.session import Session, clock_text, overview_lines
from ui.quiz.writing import Written

_TICK_S = 0.5


class Mode(Enum):
    """What the screen shows."""

    ITEM = auto()
    LIST = auto()
    LEAVE = auto()
    END = auto()


class Screen(Pane[bool]):
    """Shows a session until it is finished or left."""

    names: ClassVar = {
        Keys.ControlN: "next", Keys.ControlP: "before", Keys.ControlF: "flag", Keys.Tab: "list", Keys.Escape: "back",
    }  # fmt: skip

    def __init__(self, session: Session, resume: str) -> None:
        self._session, self._resume = session, resume
        self._mode, self._row = Mode.ITEM, 0
        super().__init__()

    def run(self) -> bool:
        """Show it. Return whether it was finished, not left.

        Raises:
            OpenbookError: what was given cannot be stored.
        """
        return self.app.run(pre_run=self._begin)

    def _begin(self) -> None:
        self.app.create_background_task(self._watch())

    async def _watch(self) -> None:
        while not self.app.is_done:
            self.guarded(self._let_time_pass)
            await asyncio.sleep(_TICK_S)

    def _let_time_pass(self) -> None:
        if self._session.tick():
            self._finish()
        else:
            self.app.invalidate()

    def _finish(self) -> None:
        if not self._session.is_over:
            self._session.finish()
        self.app.exit(result=True)

    # What is shown.

    @property
    def writing(self) -> Written | None:
        """What an answer in words is written into."""
        view = self._session.view
        is_open = self._mode is Mode.ITEM and not self._session.is_settled
        return view if is_open and isinstance(view, Written) else None

    def note(self) -> str:
        """Return what the session has to say."""
        return self._session.note

    def bar(self) -> str:
        """Return the number of the item, the time, and what is taken."""
        session = self._session
        left = session.left_s
        parts = [
            f" {session.number}/{session.total}",
            f"{clock_text(left)} left" if left is not None else clock_text(session.spent_s),
            "flagged" if session.seat.flagged else "",
            session.sitting.kind.value.title(),
            session.seat.item.placement.domain if not session.taking.at_end else "",
        ]
        return "  ".join(filter(None, parts))

    def hints(self) -> str:
        """Return what keys do."""
        if self._mode is Mode.LIST:
            return "up/down, enter goes there · e ends · esc goes back"
        if self._mode in (Mode.LEAVE, Mode.END):
            return "y or enter: yes · n or esc: no"
        if self._session.is_settled:
            return "enter goes on · page up/down scroll · tab lists all · ctrl-c leaves"
        keys = self._session.view.keys
        return f"{keys} · enter takes it · ctrl-n/p next/before · ctrl-f flags · tab lists all · ctrl-c leaves"

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the item, the list of all, or what is asked before leaving or ending."""
        if self._mode is Mode.LIST:
            return overview_lines(self._session, width, self._row)
        if self._mode is Mode.LEAVE:
            told = f"Leave? What was given is kept, and time stands still. `{self._resume}` goes on."
            return wrapped(told, width)
        if self._mode is Mode.END:
            still = len(self._session.taking.open_places)
            told = f"{still} not answered. " if still else ""
            return wrapped(f"End it? {told}After that nothing can be changed.", width)
        return self._session.lines(width)

    # What keys do.

    def press(self, key: str) -> None:
        """Do what a key does in this mode; in another mode what was told in this one is said no more."""
        before = self._mode
        {Mode.ITEM: self._at_item, Mode.LIST: self._at_list}.get(self._mode, self._at_question)(key)
        if self._mode is not before:
            self._session.note = ""

    def _at_item(self, key: str) -> None:
        session = self._session
        if key == "enter":
            self._enter()
        elif key == "leave":
            self._mode = Mode.LEAVE
        elif key == "list":
            self._mode, self._row = Mode.LIST, session.number - 1
        elif key == "flag":
            session.taking.flag(session.place)
        elif key in ("next", "before"):
            self._step(1 if key == "next" else -1)
        elif not session.press(key):
            if key in ("left", "right"):
                self._step(1 if key == "right" else -1)
            elif session.is_settled and key in ("up", "down"):
                self.scroll(down=key == "down", by=1)

    def _enter(self) -> None:
        session = self._session
        if session.is_settled:
            if session.next_open():
                self.to_top()
            else:
                self._finish()
        elif session.submit():
            self.to_top()
            if session.taking.at_end and not session.step(1):
                self._mode, self._row = Mode.LIST, session.number - 1

    def _step(self, by: int) -> None:
        if self._session.step(by):
            self.to_top()
        elif by > 0:
            self._mode, self._row = Mode.LIST, self._session.number - 1

    def _at_list(self, key: str) -> None:
        total = self._session.total
        if key in ("up", "down"):
            self._row = (self._row + (1 if key == "down" else -1)) % total
        elif key == "enter":
            self._session.go(self._session.taking.places[self._row])
            self._mode = Mode.ITEM
        elif key in ("back", "list"):
            self._mode = Mode.ITEM
        elif key == "e":
            self._mode = Mode.END
        elif key == "leave":
            self._mode = Mode.LEAVE

    def _at_question(self, key: str) -> None:
        if key in ("y", "Y", "enter") or (key == "leave" and self._mode is Mode.LEAVE):
            if self._mode is Mode.END:
                self._finish()
            else:
                self._session.keep()
                self.app.exit(result=False)
        elif key in ("n", "N", "back", "leave"):
            self._mode = Mode.ITEM
