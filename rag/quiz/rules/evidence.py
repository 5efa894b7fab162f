"""What rules find, and what they hold items against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.ports import GroundingScorer, Reader, Vectorise
from rag.quiz.material import Section
from rag.quiz.reading import Reading
from rag.types import Citation


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an item.

    Attributes:
        rule: its name in `rag.quiz.rules`.
        hard: the item is never shown; else it is shown, but not many such in one quiz.
        why: the same for a person.
    """

    rule: str
    hard: bool
    why: str


@dataclass(frozen=True)
class Evidence:
    """What items are held against.

    Attributes:
        sections: all sections of the documents that the items cite.
        vectors: texts to `(n, d) float32`, L2-normalised; remembered.
        scorer: says whether a source supports a claim.
        reader: reads question and statement together; None for none.
    """

    sections: Sequence[Section]
    vectors: Vectorise
    scorer: GroundingScorer
    reader: Reader | None = None

    @cached_property
    def reading(self) -> Reading:
        """All sections, as a solver reads them."""
        return Reading(self.sections)

    @cached_property
    def _readings(self) -> dict[tuple[int, ...], Reading]:
        return {}

    def reading_of(self, citations: Sequence[Citation]) -> Reading:
        """Return the sections that citations quote, as a solver reads them; made once."""
        places = tuple(dict.fromkeys(at for one in citations if (at := self.index_of(one)) is not None))
        if places not in self._readings:
            self._readings[places] = Reading([self.sections[at] for at in places])
        return self._readings[places]

    def index_of(self, citation: Citation) -> int | None:
        """Return the index of the section that a citation quotes, or None where no text here reads so."""
        for at, section in enumerate(self.sections):
            chunk = section.passage.chunk
            inside = chunk.start <= citation.start and citation.end <= chunk.end
            if inside and chunk.document_id == citation.document_id:
                quoted = chunk.text[citation.start - chunk.start : citation.end - chunk.start]
                return at if quoted == citation.quote else None
        return None
