"""Orders passages by what a reader says of their statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.ports import Reader
from rag.text.statements import in_full, statements_of
from rag.types import Passage

_READ = 12  # passages; what stands further down is hardly ever lifted to the top
_FUSED = 1500.0  # log-odds that a point of the fused score is worth; flat from 1000 to 2500 on the dev questions


class StatementReranker:
    """A `Reranker`: a passage is worth what its best statement is, and what search made of it."""

    reads = _READ

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rerank(self, question: str, passages: Sequence[Passage], top_k: int) -> list[Passage]:
        """Return the `top_k` passages that answer best, best first; `relevance` is in log-odds.

        Raises:
            ModelError: the reader cannot be used.
        """
        read = passages[:_READ]
        statements = statements_of(read)
        said = [one for one in statements if one.form not in ("heading", "code")]
        scores = self._reader.relevance(question, [in_full(one, statements) for one in said]).tolist()
        lowest = min(scores, default=0.0)
        best = [lowest] * len(read)
        for one, score in zip(said, scores, strict=True):
            best[one.passage] = max(best[one.passage], score)
        found = [
            replace(passage, relevance=score + _FUSED * passage.score)
            for passage, score in zip(read, best, strict=True)
        ]
        ordered = sorted(found, key=lambda passage: -(passage.relevance or 0.0))
        return [*ordered, *passages[_READ:]][:top_k]
