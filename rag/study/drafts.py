"""A question as a file of another program has it: with its key, and without a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.quiz.items import Cloze, Item, ItemType


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose; `told` is what the file says of it once it is chosen."""

    text: str
    right: bool
    told: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that was read from a file.

    Attributes:
        place: where in the file, for a person: "question 3".
        options: of multiple choice and response.
        answers: what fills a gap or answers shortly, each a way to say it; the back of a flashcard; "true" or "false".
        pairs: of a matching prompt and match; of an ordering each step with "".
        decoys: matches that belong to no prompt.
        told: what the file says once the question is answered.
        item: the item that the file carries for it.
        unread: why it is not read; "" where it is.
    """

    place: str
    type: ItemType
    stem: str
    options: tuple[Choice, ...] = ()
    answers: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    decoys: tuple[str, ...] = ()
    told: str = ""
    item: Item | None = None
    unread: str = ""

    def chosen(self, options: Iterable[Choice], *, many: bool) -> Draft:
        """Return a question with options."""
        kind = ItemType.MULTIPLE_RESPONSE if many else ItemType.MULTIPLE_CHOICE
        return replace(self, type=kind, options=tuple(options))

    def matched(self, pairs: Iterable[tuple[str, str]]) -> Draft:
        """Return a question of prompts and matches; a match without a prompt belongs to none."""
        found = list(pairs)
        return replace(
            self,
            type=ItemType.MATCHING,
            pairs=tuple(pair for pair in found if pair[0]),
            decoys=tuple(match for prompt, match in found if not prompt),
        )

    def filled(self, answers: Iterable[str]) -> Draft:
        """Return a question that is answered in words: in the gap of the stem where it has one."""
        kind = ItemType.CLOZE if Cloze.BLANK in self.stem else ItemType.SHORT_ANSWER
        return replace(self, type=kind, answers=tuple(dict.fromkeys(answers)))

    def open_ended(self) -> Draft:
        """Return a question that only a person can grade: the first line of what is told is its answer."""
        first, _, rest = self.told.partition("\n")
        return replace(self, type=ItemType.FLASHCARD, answers=(first,) if first else (), told=rest)
