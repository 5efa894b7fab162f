"""Question to passages: dense and lexical rankings, fused, near-duplicates collapsed. No language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.disagreement.differences import told
from rag.ports import Embedder, Library
from rag.question import Question
from rag.text.terms import american, words
from rag.types import Chunk, Hit, Passage, Scope

RRF_K = 60  # Cormack, Clarke and Büttcher 2009, https://doi.org/10.1145/1571941.1572114
NEAR_DUPLICATE = 0.85  # Jaccard similarity of word sets above which two passages say the same
_MAX_LEXICAL_TERMS = 24


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the passages of a library that are about a question.

    Attributes:
        candidates: how many chunks are taken from each ranking before they are fused.
    """

    library: Library
    embedder: Embedder
    candidates: int = 50

    def retrieve(self, question: Question, top_k: int, scope: Scope = Scope()) -> list[Passage]:
        """Return at most `top_k` passages, best first."""
        vector = self.embedder.embed([question.text])[0]
        limit = max(self.candidates, top_k)
        dense = self.library.dense(vector, limit, scope)
        lexical = self.library.lexical(lexical_terms([*question.terms, *question.respelt.values()]), limit, scope)
        fused = reciprocal_rank_fusion([dense, lexical])
        # Twice as many as wanted, so that collapsing near-duplicates still leaves enough.
        keys = sorted(fused, key=lambda key: (-fused[key], key))[: top_k * 2]
        chunks = self.library.chunks(keys)
        passages = self._passages([key for key in keys if key in chunks], chunks, fused, dense, lexical)
        return collapse_near_duplicates(passages)[:top_k]

    def nearness(self, text: str, scope: Scope = Scope()) -> float:
        """Return the cosine similarity of a text and the chunk nearest to it; 0 where there is none."""
        nearest = self.library.dense(self.embedder.embed([text])[0], 1, scope)
        return nearest[0].score if nearest else 0.0

    def _passages(
        self, keys: Sequence[int], chunks: Mapping[int, Chunk], fused: Mapping[int, float],
        dense: Sequence[Hit], lexical: Sequence[Hit],
    ) -> list[Passage]:  # fmt: skip
        dense_at = {hit.key: (rank, hit.score) for rank, hit in enumerate(dense, 1)}
        lexical_at = {hit.key: (rank, hit.score) for rank, hit in enumerate(lexical, 1)}
        wanted = tuple(dict.fromkeys(chunks[key].document_id for key in keys))
        documents = {info.id: info for info in self.library.documents(Scope(document_ids=wanted))} if wanted else {}
        return [
            Passage(
                chunks[key], documents[chunks[key].document_id], fused[key],
                *dense_at.get(key, (None, None)), *lexical_at.get(key, (None, None)),
            )
            for key in keys
            if chunks[key].document_id in documents
        ]  # fmt: skip


def scored_by_rank(passages: Sequence[Passage]) -> list[Passage]:
    """Return passages, best first, with the scores that fusion gives where both rankings have this order.

    What answers is fitted to fused scores (feature `passage` of `rag.extractive.match`); those of others spread
    otherwise.
    """
    return [replace(passage, score=2.0 / (RRF_K + rank)) for rank, passage in enumerate(passages, 1)]


def lexical_terms(terms: Sequence[str]) -> list[str]:
    """Return what to look for: the terms, their American spellings, and neighbours run together ("sagemaker")."""
    spelt = [american(term) for term in terms]
    joined = [one + two for one, two in pairwise(terms) if len(one) > 2 and len(two) > 2]
    return list(dict.fromkeys([*terms[:_MAX_LEXICAL_TERMS], *spelt[:_MAX_LEXICAL_TERMS], *joined[:_MAX_LEXICAL_TERMS]]))


def reciprocal_rank_fusion(rankings: Sequence[Sequence[Hit]]) -> dict[int, float]:
    """Return the fused score of every key: the sum over rankings of 1 / (60 + rank)."""
    fused: dict[int, float] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, 1):
            fused[hit.key] = fused.get(hit.key, 0.0) + 1.0 / (RRF_K + rank)
    return fused


def collapse_near_duplicates(passages: Sequence[Passage]) -> list[Passage]:
    """Keep the best of passages that say nearly the same; the others become its `also`."""
    kept: list[tuple[Passage, frozenset[str], list[Passage]]] = []
    for passage in passages:
        seen = frozenset(words(passage.chunk.text))
        twin = next((also for one, other, also in kept if _says_the_same(passage, one, seen, other)), None)
        if twin is None:
            kept.append((passage, seen, []))
        else:
            twin.append(passage)
    return [replace(passage, also=tuple(also)) if also else passage for passage, _, also in kept]


def _says_the_same(one: Passage, two: Passage, seen: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two passages are nearly the same, and give the same values: else their documents may disagree."""
    if _jaccard(seen, other) < NEAR_DUPLICATE:
        return False
    return one.document.id == two.document.id or told(one.chunk.text) == told(two.chunk.text)


def _jaccard(one: frozenset[str], two: frozenset[str]) -> float:
    union = len(one | two)
    return len(one & two) / union if union else 1.0
