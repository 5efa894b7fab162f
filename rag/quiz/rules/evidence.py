"""What rules find, and what they hold items against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.ports import GroundingScorer, Reader, Vectors
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
    vectors: Callable[[Sequence[str]], Vectors]
    scorer: GroundingScorer
    reader: Reader | None = None

    @cached_property
    def reading(self) -> Reading:
        """All sections, as a solver reads them."""
        return Reading(self.sections)

    @cached_property
    def _readings(self) -> dict[tuple[int, ...], Reading]:
        return {}

    def reading_of(self, sections: tuple[int, ...]) -> Reading:
        """Return some sections, as a solver reads them; made once."""
        if sections not in self._readings:
            self._readings[sections] = Reading([self.sections[at] for at in sections])
        return self._readings[sections]

    def index_of(self, citation: Citation) -> int | None:
        """Return the index of the section that a citation quotes, or None where no text here reads so."""
        for at, section in enumerate(self.sections):
            chunk = section.passage.chunk
            inside = chunk.start <= citation.start and citation.end <= chunk.end
            if inside and chunk.document_id == citation.document_id:
                quoted = chunk.text[citation.start - chunk.start : citation.end - chunk.start]
                return at if quoted == citation.quote else None
        return None

    def section_of(self, citation: Citation) -> Section | None:
        """Return the section that a citation quotes, or None."""
        at = self.index_of(citation)
        return None if at is None else self.sections[at]
