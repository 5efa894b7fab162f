"""What an item asks of which words of the texts: two generators may read the same fact out of one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.quiz.items import Item, Matching, answers_of, options_of, questions_of
from rag.text.terms import stems
from rag.types import Citation

_SAME = 0.6  # share of the words of the shorter of two questions from which they ask the same of a quote


@dataclass(frozen=True, slots=True)
class Asking:
    """One thing that an item asks.

    Attributes:
        generator: of the item; items of one generator tell their facts apart by id.
        quote: where it stands.
        words: of the question and its answer, as far as they stand in the quote.
    """

    generator: str
    quote: Citation
    words: frozenset[str]

    def asks_as(self, other: Asking) -> bool:
        """Whether another generator asks the same of the same place."""
        if self.generator == other.generator or self.quote.document_id != other.quote.document_id:
            return False
        meet = self.quote.start < other.quote.end and other.quote.start < self.quote.end
        shared = len(self.words & other.words)
        return meet and 0 < shared >= _SAME * min(len(self.words), len(other.words))


def askings(item: Item) -> list[Asking]:
    """Return what an item asks: of several right options, pairs or questions each by itself."""
    return [
        Asking(item.generator, quote, stems(text) & stems(quote.quote))
        for question in questions_of(item)
        for text, quotes in _asked(question)
        for quote in quotes
    ]


def _asked(item: Item) -> Iterator[tuple[str, Sequence[Citation]]]:
    """Yield questions with their answers, and where they stand."""
    if isinstance(item, Matching):
        for pair in item.pairs:
            yield f"{pair.prompt} {pair.match}", (pair.citation,) if pair.citation else item.citations
    elif options := options_of(item):
        for one in options:
            if one.right:
                yield f"{item.stem} {one.text}", (one.citation,) if one.citation else item.citations
    else:
        yield " ".join((item.stem, *answers_of(item))), item.citations
