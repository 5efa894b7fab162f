"""Finds what a model says it quotes: the statements of a section that the quote touches, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.quiz.material import Section
from rag.quiz.reading import plain
from rag.text.quotes import locate
from rag.text.statements import Statement, in_full
from rag.text.terms import content_words, words

_FEWEST = 3  # words that carry meaning; fewer are found by chance


@dataclass(frozen=True, slots=True)
class Quoted:
    """Whole statements of a section.

    Attributes:
        statements: those that the quote touches.
        beside: the other items of their list, which may hold further keys.
    """

    section: Section
    statements: tuple[Statement, ...]
    beside: tuple[Statement, ...] = ()

    @property
    def text(self) -> str:
        """The statements as they read."""
        return " ".join(one.text for one in self.statements)

    @property
    def in_full(self) -> str:
        """The statements with what is above them."""
        return " ".join(in_full(one, self.section.statements) for one in self.statements)

    def holding(self, keys: Sequence[str]) -> tuple[Statement, ...]:
        """Return the statements that hold keys, in order; nothing where one is held by none."""
        found: dict[Statement, None] = {}
        for key in keys:
            holder = next((one for one in (*self.statements, *self.beside) if _holds(one.text, key)), None)
            if holder is None:
                return ()
            found[holder] = None
        return tuple(sorted(found, key=lambda one: one.start))


def _holds(text: str, key: str) -> bool:
    """Whether a text has the words of a key side by side, in whatever form."""
    return locate(key, text) is not None or (plain(key).strip() != "" and plain(key) in plain(text))


def find_quote(quote: str, sections: Sequence[Section]) -> Quoted | None:
    """Return where sections say what is quoted; None where none reads so, or the quote is too short to tell."""
    if len(content_words(words(quote))) < _FEWEST:
        return None
    for section in sections:
        chunk = section.passage.chunk
        if span := locate(quote, chunk.text):
            start, end = chunk.start + span[0], chunk.start + span[1]
            told = [one for one in section.statements if one.form in ("sentence", "item", "row")]
            touched = tuple(one for one in told if one.start < end and start < one.end)
            parents = {one.parent for one in touched if one.parent >= 0}
            if touched:
                return Quoted(section, touched, tuple(one for one in told if one.parent in parents))
    return None
