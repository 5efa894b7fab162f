"""What all item views share: how an item is shown and answered, whatever terminal it is shown in.

A view takes keys on a full screen and lines where there is none. It keeps what was given so far, and neither grades nor
stores it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rag.quiz.sittings import Given, Seat
from ui.quiz.lines import Line, wrapped

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ONE = re.compile(r"[a-z]|\d")
_BETWEEN = re.compile(r"[\s,;.)>-]*")


class Unread(Exception):
    """A line that was typed is no answer to the item; the message says what to type."""


class View:
    """An item as one learner sees it.

    Attributes:
        keys: what keys do on a full screen.
        typing: what is to be typed where there is none.
        is_text: whether a text is to be written.
        takes_blank: whether an empty line means something; else it skips the item.
        moved: whether the cursor was moved, so that what is under it is meant.
        note: what the learner is to be told of the last key.
    """

    keys: ClassVar[str] = ""
    is_text: ClassVar[bool] = False

    def __init__(self, seat: Seat) -> None:
        self.seat, self.cursor, self.moved, self.note = seat, 0, False, ""
        if seat.response is not None:
            self.restore(seat.response.given)

    @property
    def typing(self) -> str:
        """What is to be typed."""
        return ""

    @property
    def takes_blank(self) -> bool:
        """Whether an empty line means something."""
        return False

    @property
    def rows(self) -> int:
        """How many rows the cursor can be on."""
        return 1

    @property
    def given(self) -> Given | None:
        """What was given so far; None for nothing."""
        raise NotImplementedError

    @property
    def lacks(self) -> str:
        """What is still to be done before it can be graded, for a person; "" if nothing."""
        return "" if self.given is not None else "Nothing is chosen yet."

    def restore(self, given: Given) -> None:
        """Show what was given earlier."""
        raise NotImplementedError

    def lines(self, width: int) -> Iterator[Line]:
        """Yield what can be chosen, and what is."""
        raise NotImplementedError

    def settle(self) -> None:
        """Take what is shown, or under the cursor, as the answer, since the learner presses Enter."""

    def press(self, key: str) -> bool:
        """Take a key: a character, "up", "down", "left", "right", "space". Return whether it means something here."""
        self.note = ""
        step = {"up": -1, "down": 1}.get(key, 0)
        if step and self.rows > 1:
            self.cursor, self.moved = (self.cursor + step) % self.rows, True
            return True
        return self._act(key)

    def _act(self, key: str) -> bool:  # noqa: ARG002
        return False

    def read(self, typed: str) -> None:
        """Take a line that was typed.

        Raises:
            Unread: it is no answer to this item.
        """
        raise NotImplementedError


def stem_lines(seat: Seat, width: int, first: str = "") -> Iterator[Line]:
    """Yield the scenario, if there is one, and the stem."""
    if seat.scenario:
        yield from wrapped(seat.scenario, width)
        yield Line()
    yield from wrapped(seat.item.stem, width, first, "bold")


def places(typed: str, count: int, hint: str) -> list[int]:
    """Return the 0-based places that letters or digits name: "a c", "ac", "1, 3".

    Raises:
        Unread: something else was typed; the message is the hint.
    """
    lowered = typed.strip().lower()
    found = [LETTERS.find(one) if one.isalpha() else int(one) - 1 for one in _ONE.findall(lowered)]
    if _BETWEEN.fullmatch(_ONE.sub("", lowered)) is None or not all(0 <= one < count for one in found) or not found:
        raise Unread(hint)
    return found


def place_of(key: str, count: int) -> int | None:
    """Return the 0-based place that a key names by letter or digit, or None."""
    if len(key) != 1 or not key.isascii() or not key.isalnum():
        return None
    at = int(key) - 1 if key.isdigit() else LETTERS.find(key.lower())
    return at if 0 <= at < count else None


def shown(seat: Seat, count: int) -> tuple[int, ...]:
    """Return the order in which `count` things are shown."""
    return seat.shown if len(seat.shown) == count else tuple(range(count))
