"""Variants of retrieval, composed of real parts: texts indexed otherwise, a ranking left out, other settings."""

from __future__ import annotations

from dataclasses import dataclass

from rag.adapters.sqlite_library import SqliteLibrary
from rag.settings import Settings
from rag.types import Hit


class DenseOnly(SqliteLibrary):
    """A library whose lexical index finds nothing."""

    def lexical(self, *_: object, **__: object) -> list[Hit]:
        """Return nothing."""
        return []


class LexicalOnly(SqliteLibrary):
    """A library whose vectors find nothing."""

    def dense(self, *_: object, **__: object) -> list[Hit]:
        """Return nothing."""
        return []


@dataclass(frozen=True, slots=True)
class Form:
    """How texts are indexed: the longest chunk, and whether vectors and the lexical index see the headings."""

    chunk_characters: int
    dense_headings: bool = True
    lexical_headings: bool = True


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to retrieve; what is None is as in the settings."""

    name: str
    library: type[SqliteLibrary] = SqliteLibrary
    chunk_characters: int | None = None
    candidates: int | None = None
    dense_headings: bool = True
    lexical_headings: bool = True

    def form(self, settings: Settings) -> Form:
        """Return what it is indexed as."""
        size = self.chunk_characters or settings.chunk_characters
        return Form(size, self.dense_headings, self.lexical_headings)


DEFAULT = Variant("fused (default)")
RANKINGS = (DEFAULT, Variant("vectors alone", DenseOnly), Variant("BM25 alone", LexicalOnly))
VARIANTS = (
    *RANKINGS,
    Variant("vectors without headings", dense_headings=False),
    Variant("BM25 without headings", lexical_headings=False),
    Variant("both without headings", dense_headings=False, lexical_headings=False),
    Variant("chunks of 450 characters", chunk_characters=450),
    Variant("chunks of 1,500 characters", chunk_characters=1500),
    Variant("20 candidates", candidates=20),
    Variant("100 candidates", candidates=100),
)
