"""Items that are answered in words, and flashcards, which the learner grades."""

from __future__ import annotations

from collections.abc import Iterator

from rag.quiz.items import Flashcard
from rag.quiz.sittings import Given, Seat
from rag.study.cards import Rating
from ui.quiz.lines import Line, wrapped
from ui.quiz.views import Unread, View, place_of

_RATED = ", ".join(f"{one.value} {one.name.lower()}" for one in Rating)


def read_rating(typed: str) -> Rating:
    """Return the rating that is meant by its number, its name or the beginning of that.

    Raises:
        Unread: none is.
    """
    word = typed.strip().lower()
    found = [one for one in Rating if word and (word == str(one.value) or one.name.lower().startswith(word))]
    if not found:
        raise Unread(f"Type {_RATED}.")
    return found[0]


class Written(View):
    """A gap to fill, or a short answer."""

    keys = "type the answer"
    typing = "the answer"
    is_text = True

    def __init__(self, seat: Seat) -> None:
        self.text = ""
        super().__init__(seat)

    @property
    def given(self) -> Given | None:
        """The text, if there is any."""
        return self.text.strip() or None

    @property
    def lacks(self) -> str:
        """That nothing was written yet."""
        return "" if self.given else "Nothing is written yet."

    def restore(self, given: Given) -> None:
        """Show what was written."""
        self.text = str(given)

    def lines(self, width: int) -> Iterator[Line]:
        """Yield what was written; where it can be written, that is shown apart."""
        if self.text:
            yield from wrapped(self.text, width, "> ")

    def read(self, typed: str) -> None:
        """Take the line as it is."""
        self.text = typed.strip()


class Card(View):
    """A flashcard: turned, then rated."""

    def __init__(self, seat: Seat) -> None:
        self._back = seat.item.back if isinstance(seat.item, Flashcard) else ""
        self.turned, self.rating = False, 0
        super().__init__(seat)

    @property
    def keys(self) -> str:  # type: ignore[override]
        """What keys do: first to turn it, then to rate it."""
        return f"how well did you know it? {_RATED}" if self.turned else "space turns the card"

    @property
    def typing(self) -> str:
        """What is to be typed."""
        return _RATED if self.turned else "nothing; Enter turns the card"

    @property
    def takes_blank(self) -> bool:
        """Whether Enter turns the card."""
        return not self.turned

    @property
    def given(self) -> Given | None:
        """The rating."""
        return (self.rating,) if self.rating else None

    @property
    def lacks(self) -> str:
        """That it is to be rated."""
        return "" if self.rating else f"How well did you know it? {_RATED}"

    def restore(self, given: Given) -> None:
        """Show the back."""
        self.turned, self.rating = True, int(given[0])

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the back once the card is turned."""
        if self.turned:
            yield from wrapped(self._back, width)

    def settle(self) -> None:
        """Turn the card."""
        self.turned = True

    def _act(self, key: str) -> bool:
        if not self.turned:
            self.turned = key == "space"
            return self.turned
        at = place_of(key, len(Rating)) if key.isdigit() else None
        if at is not None:
            self.rating = at + 1
        return at is not None

    def read(self, typed: str) -> None:
        """Turn the card, or take a rating by number or name."""
        if self.turned:
            self.rating = read_rating(typed)
        self.turned = True
