"""What a generator is, and what it is given to make items with.

A generator reads the sections of one document and yields items; it may yield poor ones, since `rag.quiz.rules` throws
out what is not fit to be shown. All randomness comes from the maker's `chooser`, so that the same text, version and
seed give the same items.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.cite import Citer
from rag.ports import Vectorise
from rag.quiz.items import Item
from rag.quiz.material import Section
from rag.text.statements import Statement
from rag.types import Citation


@dataclass(frozen=True, slots=True)
class Maker:
    """What items of one document are made with.

    Attributes:
        sections: all sections of the document, in order.
        chooser: the only source of chance.
        vectors: texts to `(n, d) float32`, L2-normalised; remembered, so that asking twice costs nothing.
        citer: makes citations.
    """

    sections: Sequence[Section]
    chooser: random.Random
    vectors: Vectorise
    citer: Citer

    @property
    def text(self) -> str:
        """All sections, as context for what is a name."""
        return "\n".join(section.text for section in self.sections)

    def cite(self, section: Section, *statements: Statement) -> tuple[Citation, ...]:
        """Return a citation of each statement, numbered from 1; what is no longer found in the text is left out."""
        found = [self.citer.citation(section.passage, one.start, one.end, at) for at, one in enumerate(statements, 1)]
        return tuple(one for one in found if one)

    def cite_one(self, section: Section, statement: Statement) -> Citation | None:
        """Return a citation of a statement, or None where the text no longer reads so."""
        return next(iter(self.cite(section, statement)), None)


def numbered(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return citations from several places, each once, numbered from 1."""
    found = dict.fromkeys(replace(one, number=1) for one in citations)
    return tuple(replace(one, number=at) for at, one in enumerate(found, 1))


class Generator(Protocol):
    """Makes items of one kind; see `rag.quiz.generators.GENERATORS`."""

    @property
    def name(self) -> str:
        """What items say they were made by."""
        ...

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield items about the document, best first where there are many of one fact.

        Raises:
            ModelError: a language model failed.
        """
        ...
