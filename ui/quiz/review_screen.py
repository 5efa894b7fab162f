"""A review on a full screen, by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from prompt_toolkit.keys import Keys

from rag.study.cards import Rating
from ui.quiz.lines import Line
from ui.quiz.pane import Pane
from ui.quiz.reviewing import Reviewing
from ui.quiz.writing import Card, Written

_ALWAYS = "ctrl-z takes the last rating back · ctrl-c ends"


class ReviewScreen(Pane[None]):
    """Shows cards until none is due, or the learner ends it."""

    names: ClassVar = {Keys.ControlZ: "undo"}

    def __init__(self, going: Reviewing) -> None:
        self._going, self._note = going, ""
        super().__init__()

    def bar(self) -> str:
        """Return which card it is."""
        return self._going.head

    def hints(self) -> str:
        """Return how to answer, or to rate."""
        going = self._going
        if not going.turned:
            unknown = "" if isinstance(going.view, Card) else " · ? you do not know" if not going.view.is_text else ""
            return f"{going.view.keys} · enter shows the key{unknown} · {_ALWAYS}"
        enter = f" · enter: {going.suggested.value}" if going.suggested else ""
        return f"How well did you know it? {going.ratings}{enter} · {_ALWAYS}"

    def note(self) -> str:
        """Return what is wrong with the last key."""
        return self._note

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the card."""
        return self._going.lines(width)

    @property
    def writing(self) -> Written | None:
        """What an answer in words is written into."""
        view = self._going.view
        return view if isinstance(view, Written) and not self._going.turned else None

    def press(self, key: str) -> None:
        """Answer, turn, rate, take back, or end."""
        self._note = ""
        if key == "leave":
            self.app.exit()
        elif key == "undo" or (key == "u" and self._going.turned):
            self._note = "" if self._going.undo() else "Nothing was rated yet."
            self.to_top()
        elif self._going.turned:
            self._rate(key)
        else:
            self._answer(key)

    def _answer(self, key: str) -> None:
        view = self._going.view
        if key == "enter":
            view.settle()
            if view.lacks and not (view.is_text or isinstance(view, Card)):
                self._note = view.lacks
                return
        elif key != "?":
            view.press(key)
            self._note = view.note
        if key in ("enter", "?") or (isinstance(view, Card) and view.turned):
            self._going.turn()
            self.to_top()

    def _rate(self, key: str) -> None:
        if key in ("up", "down"):
            self.scroll(down=key == "down", by=1)
        elif key == "enter" and self._going.suggested:
            self._rated(self._going.suggested)
        elif key in ("1", "2", "3", "4"):
            self._rated(Rating(int(key)))
        else:
            self._note = f"How well did you know it? {self._going.ratings}"

    def _rated(self, rating: Rating) -> None:
        self._going.rate(rating)
        self.to_top()
        if self._going.card is None:
            self.app.exit()
