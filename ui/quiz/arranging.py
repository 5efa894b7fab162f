"""Items in which things are put in order, or matched to one another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.quiz.items import Matching, Ordering
from rag.quiz.sittings import Given, Seat
from ui.quiz.lines import Line, wrapped
from ui.quiz.views import LETTERS, Unread, View, place_of, places, shown

_NUMBERED = re.compile(r"(\d+)[\s.):=-]*([A-Za-z])[\s,;.]*")
_NONE = -1  # a prompt that nothing is matched to


class Order(View):
    """Steps to put in order: one is taken up, moved, and put down."""

    keys = "space takes a step, up/down move it, space puts it down; a digit sends it to that place"

    def __init__(self, seat: Seat) -> None:
        self._steps = seat.item.steps if isinstance(seat.item, Ordering) else ()
        self.order = list(shown(seat, len(self._steps)))
        self.taken = self._arranged = False
        super().__init__(seat)

    @property
    def typing(self) -> str:
        """What is to be typed."""
        return f"the letters in the right order, such as {' '.join(reversed(LETTERS[: self.rows].upper()))}"

    @property
    def rows(self) -> int:
        """How many steps there are."""
        return len(self._steps)

    @property
    def given(self) -> Given | None:
        """The steps in the order they stand in, once the learner has had a hand in it."""
        return tuple(self.order) if self._arranged else None

    def restore(self, given: Given) -> None:
        """Show the order that was given."""
        self.order = [one for one in given if isinstance(one, int)]
        self._arranged = True

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the steps as they stand, each with the letter it was first shown with."""
        letters = {at: LETTERS[row].upper() for row, at in enumerate(shown(self.seat, self.rows))}
        for row, at in enumerate(self.order):
            on_it = row == self.cursor
            mark = ("=" if self.taken else ">") if on_it else " "
            first = f"{mark} {row + 1}. {letters[at]}: "
            yield from wrapped(self._steps[at], width, first, "at" if on_it else "", cursor=on_it)

    @property
    def lacks(self) -> str:
        """That nothing was moved; the order that is shown first is never the right one."""
        return "" if self._arranged else "Nothing is moved yet."

    def settle(self) -> None:
        """Put down what is taken."""
        self.taken = False

    def press(self, key: str) -> bool:
        """Move the step that is taken up, or the cursor."""
        before, took = self.cursor, super().press(key)
        if took and self.taken and key in ("up", "down"):
            self._move(before, self.cursor)
        return took

    def _act(self, key: str) -> bool:
        if key == "space":
            self.taken = not self.taken
            return True
        row = place_of(key, self.rows) if key.isdigit() else None
        if row is None:
            return False
        self._move(self.cursor, row)
        self.cursor = row
        return True

    def _move(self, start: int, end: int) -> None:
        self.order.insert(end, self.order.pop(start))
        self._arranged = True

    def read(self, typed: str) -> None:
        """Take the letters of all steps in order."""
        rows = places(typed, self.rows, f"Type {self.typing}.")
        if len(rows) != self.rows or len(set(rows)) != self.rows:
            raise Unread(f"Type {self.typing}.")
        first = shown(self.seat, self.rows)
        self.restore(tuple(first[row] for row in rows))


class Match(View):
    """Prompts, each with a choice of matches."""

    keys = "up/down go from one to the next, a letter or left/right choose what belongs to it"

    def __init__(self, seat: Seat) -> None:
        item = seat.item if isinstance(seat.item, Matching) else None
        self._prompts = [one.prompt for one in item.pairs] if item else []
        self._matches = item.matches if item else ()
        self.matched = [_NONE] * len(self._prompts)
        super().__init__(seat)

    @property
    def typing(self) -> str:
        """What is to be typed."""
        return f"a letter for each in turn, such as {' '.join(reversed(LETTERS[: self.rows].upper()))}"

    @property
    def rows(self) -> int:
        """How many prompts there are."""
        return len(self._prompts)

    @property
    def given(self) -> Given | None:
        """For each prompt the match, or -1."""
        return tuple(self.matched) if any(one != _NONE for one in self.matched) else None

    @property
    def lacks(self) -> str:
        """How many are still to be matched."""
        missing = self.matched.count(_NONE)
        return f"{missing} of {self.rows} have no match yet." if missing else ""

    def restore(self, given: Given) -> None:
        """Show what was matched."""
        self.matched = [one for one in given if isinstance(one, int)]

    @property
    def _shown(self) -> tuple[int, ...]:
        return shown(self.seat, len(self._matches))

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the prompts with what is matched to them, then what there is to choose from."""
        letters = {at: LETTERS[row].upper() for row, at in enumerate(self._shown)}
        for row, (prompt, at) in enumerate(zip(self._prompts, self.matched, strict=True)):
            on_it = row == self.cursor
            style = "at" if on_it else ""
            yield from wrapped(prompt, width, f"{'>' if on_it else ' '} {row + 1}. ", style, cursor=on_it)
            chosen = "?" if at == _NONE else f"{letters[at]}. {self._matches[at]}"
            yield from wrapped(chosen, width, "     = ", style, cursor=on_it)
        yield Line()
        for row, at in enumerate(self._shown):
            yield from wrapped(self._matches[at], width, f"  {LETTERS[row].upper()}. ")

    def _act(self, key: str) -> bool:
        step = {"left": -1, "right": 1}.get(key, 0)
        if step:
            now = self.matched[self.cursor]
            row = self._shown.index(now) + step if now != _NONE else (0 if step > 0 else -1)
            self.matched[self.cursor] = self._shown[row % len(self._shown)]
            return True
        chosen = place_of(key, len(self._matches)) if key.isalpha() else None
        if chosen is None:
            return False
        self.matched[self.cursor] = self._shown[chosen]
        self.cursor = min(self.cursor + 1, self.rows - 1)
        return True

    def read(self, typed: str) -> None:
        """Take a letter for each prompt, in turn or with the number of its prompt before it ("2b 1a")."""
        letters = self._in_turn(typed) if any(one.isdigit() for one in typed) else typed
        rows = places(letters, len(self._matches), f"Type {self.typing}.")
        if len(rows) != self.rows:
            raise Unread(f"Type {self.typing}.")
        self.matched = [self._shown[row] for row in rows]

    def _in_turn(self, typed: str) -> str:
        """Return letters that were typed with the numbers of their prompts in the order of these."""
        found = sorted((int(number), letter) for number, letter in _NUMBERED.findall(typed))
        rest = _NUMBERED.sub("", typed).strip(" ,;.")
        if rest or [number for number, _ in found] != list(range(1, self.rows + 1)):
            raise Unread(f"Type {self.typing}.")
        return "".join(letter for _, letter in found)
