"""What an answer cites, as a report shows it: passages in which the quotes are marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.record import Outcome, SeenCitation, SeenPassage


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a passage; `citation` is what quotes it, None for what stands between."""

    text: str
    citation: SeenCitation | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer cites of one place: a passage in parts, or a quote that stands in none of the passages."""

    place: str
    parts: tuple[Part, ...]

    @property
    def citations(self) -> tuple[SeenCitation, ...]:
        """The citations, in the order of their quotes."""
        return tuple(part.citation for part in self.parts if part.citation)


def sources(outcome: Outcome) -> list[Source]:
    """Return what is cited, or is closest to what was refused, with each quote in the passage that it is from."""
    blocks: list[tuple[SeenPassage, list[_Place]]] = []
    lost: list[Source] = []
    for citation in outcome.citations:
        place = _place(citation, outcome.passages)
        if place is None:
            lost.append(Source(citation.place or citation.document, (Part(citation.quote, citation),)))
        elif block := next((of for passage, of in blocks if passage is place.passage and place.fits(of)), None):
            block.append(place)
        else:
            blocks.append((place.passage, [place]))
    return [_source(passage, places) for passage, places in blocks] + lost


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a citation's quote stands in a passage."""

    citation: SeenCitation
    passage: SeenPassage
    start: int
    end: int

    def fits(self, others: Iterable[_Place]) -> bool:
        """Whether it overlaps none of the others."""
        return all(self.end <= one.start or one.end <= self.start for one in others)


def _place(citation: SeenCitation, passages: Sequence[SeenPassage]) -> _Place | None:
    for passage in passages:
        if passage.document == citation.document and (span := quote_span(passage.text, citation.quote)):
            return _Place(citation, passage, *span)
    return None


def _source(passage: SeenPassage, places: Sequence[_Place]) -> Source:
    parts, at = [], 0
    for one in sorted(places, key=lambda place: place.start):
        parts += [Part(passage.text[at : one.start]), Part(passage.text[one.start : one.end], one.citation)]
        at = one.end
    return Source(passage_place(passage), (*parts, Part(passage.text[at:])))


def passage_place(passage: SeenPassage) -> str:
    """Return where a passage stands, as people write it."""
    line = f"from line {passage.line}" if passage.line else ""
    return ", ".join(filter(None, (passage.document, passage.heading, passage.page, line)))


def quote_span(text: str, quote: str) -> tuple[int, int] | None:
    """Return where a quote stands in a text, whatever the white space.

    >>> quote_span("At most  5 GB.", "most 5")
    (3, 10)
    """
    words = quote.split()
    place = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    return place.span() if place else None
