"""Items in which something is chosen: one, several, or true against false."""

from __future__ import annotations

from collections.abc import Iterator

from rag.quiz.items import options_of
from rag.quiz.sittings import Given, Seat
from ui.quiz.lines import Line, wrapped
from ui.quiz.views import LETTERS, Unread, View, place_of, places, shown


class Choice(View):
    """One of several options."""

    keys = "up/down and space, or a letter, choose"
    marks = ("( )", "(*)")

    def __init__(self, seat: Seat) -> None:
        self.chosen: list[int] = []  # as the item counts
        super().__init__(seat)

    @property
    def texts(self) -> list[str]:
        """The options, as the item counts them."""
        return [one.text for one in options_of(self.seat.item)]

    @property
    def wanted(self) -> int:
        """How many are to be chosen."""
        return 1

    @property
    def typing(self) -> str:
        """What is to be typed."""
        return f"a letter, A to {LETTERS[self.rows - 1].upper()}"

    @property
    def rows(self) -> int:
        """How many options there are."""
        return len(self.texts)

    @property
    def given(self) -> Given | None:
        """The options chosen, in the order of the item."""
        return tuple(sorted(self.chosen)) or None

    @property
    def lacks(self) -> str:
        """How many are still to be chosen."""
        missing = self.wanted - len(self.chosen)
        return "" if not missing else f"Choose {self.wanted}; {missing} to go." if self.chosen else super().lacks

    def restore(self, given: Given) -> None:
        """Show what was chosen."""
        self.chosen = [one for one in given if isinstance(one, int)]

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the options, each with its letter and whether it is chosen."""
        texts = self.texts
        for row, at in enumerate(self._shown):
            on_it = row == self.cursor
            first = f"{'>' if on_it else ' '} {self.marks[at in self.chosen]} {LETTERS[row].upper()}. "
            yield from wrapped(texts[at], width, first, "at" if on_it else "", cursor=on_it)

    @property
    def _shown(self) -> tuple[int, ...]:
        return shown(self.seat, self.rows)

    def settle(self) -> None:
        """Choose what the cursor was moved to if nothing is chosen."""
        if not self.chosen and self.wanted == 1 and self.moved:
            self._choose(self.cursor)

    def _act(self, key: str) -> bool:
        row = self.cursor if key == "space" else place_of(key, self.rows)
        if row is None:
            return False
        self.cursor = row
        self._choose(row)
        return True

    def _choose(self, row: int) -> None:
        self.chosen = [self._shown[row]]

    def read(self, typed: str) -> None:
        """Take one letter or digit."""
        rows = places(typed, self.rows, f"Type {self.typing}.")
        if len(set(rows)) != self.wanted:
            raise Unread(f"Type {self.typing}.")
        self.chosen = [self._shown[row] for row in rows]


class Choices(Choice):
    """Several of several options."""

    keys = "up/down and space, or letters, tick"
    marks = ("[ ]", "[x]")

    @property
    def wanted(self) -> int:
        """How many options are right."""
        return sum(one.right for one in options_of(self.seat.item))

    @property
    def typing(self) -> str:
        """What is to be typed."""
        return f"{self.wanted} letters, such as {' '.join(LETTERS[: self.wanted].upper())}"

    def _choose(self, row: int) -> None:
        at = self._shown[row]
        if at in self.chosen:
            self.chosen.remove(at)
        elif len(self.chosen) < self.wanted:
            self.chosen.append(at)
        else:
            self.note = f"{self.wanted} are chosen already. Untick one first."


class TrueOrFalse(Choice):
    """True or false; also by T and F."""

    keys = "up/down and space, or t and f, choose"
    typing = "true or false"
    texts = ["False", "True"]  # noqa: RUF012 - it is read only; the place of each is what is given for it
    _shown = (1, 0)

    def _act(self, key: str) -> bool:
        return super()._act({"t": "1", "f": "2"}.get(key.lower(), key))

    def read(self, typed: str) -> None:
        """Take "true" or "false", or the beginning of either."""
        word = typed.strip().lower()
        found = [at for at, text in enumerate(self.texts) if word and text.lower().startswith(word)]
        if not found:
            raise Unread(f"Type {self.typing}.")
        self.chosen = found
