"""Exact vector search against a graph (HNSW): from which size on is the graph worth its building?"""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from bench.frame import Bench, Taken, least, p95s, table
from bench.manual_library import Stored, manual_library, more_vectors
from bench.questions import heading_questions, labelled_questions
from rag.adapters.vector_index import VectorIndex
from rag.ports import Vectors

SIZES = (100_000, 200_000)
K = 10
CANDIDATES = 50
ROUNDS = 3


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    library, embedder, settings = manual_library(bench)
    with library:
        stored = Stored.of(library)
    queries = embedder.embed(labelled_questions(100) + heading_questions(bench.manuals, 200))
    rows = []
    for size in SIZES:
        vectors = more_vectors(stored.vectors, size // 20 if bench.quick else size)
        rows += _compare(vectors, queries, settings.exact_search_limit)
    columns = ("vectors", "index", "p95 ms", "p95 core ms", f"recall@{K}", "build s", "MiB")
    about = (
        f"{len(queries)} questions, {CANDIDATES} candidates each, one thread, {ROUNDS} rounds, the least of each.\n\n"
    )
    return about + table(columns, rows)


def _compare(vectors: Vectors, queries: Vectors, exact_scope: int) -> list[list[str]]:
    exact, exact_s = _built(vectors, exact_scope, approximate=False)
    graph, graph_s = _built(vectors, exact_scope, approximate=True)
    rounds: dict[bool, list[list[Taken]]] = {False: [], True: []}
    for _ in range(ROUNDS):  # in turns, so that a busy machine slows both
        for index in (exact, graph):
            taken = [Taken.by(partial(index.search, query, CANDIDATES)) for query in queries]
            rounds[index.approximate].append(taken)
    recalls = []
    for query in queries:
        right, found = ({hit.key for hit in index.search(query, CANDIDATES)[:K]} for index in (exact, graph))
        recalls.append(len(right & found) / K)
    return [
        [
            f"{len(vectors):,}", name, *(f"{ms:.1f}" for ms in p95s(least(rounds[index.approximate]))),
            f"{recall:.3f}", f"{seconds:.0f}",
            f"{index.serialise().nbytes / 2**20:.0f}",
        ]
        for name, index, recall, seconds in (
            ("exact", exact, 1.0, exact_s), ("HNSW", graph, float(np.mean(recalls)), graph_s)
        )
    ]  # fmt: skip


def _built(vectors: Vectors, exact_scope: int, *, approximate: bool) -> tuple[VectorIndex, float]:
    began = time.perf_counter()
    index = VectorIndex(vectors.shape[1], approximate=approximate, exact_scope=exact_scope)
    index.add(np.arange(1, len(vectors) + 1, dtype=np.int64), vectors)
    return index, time.perf_counter() - began
