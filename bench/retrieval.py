"""How long retrieval takes, the embedding of the question included, in libraries of two sizes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench.frame import Bench, bar, milliseconds, percentile, settings_at, table
from bench.manual_library import Stored, grow_library, manual_library
from bench.questions import heading_questions, labelled_questions
from rag.adapters.sqlite_library import SqliteLibrary
from rag.bootstrap import open_library
from rag.ports import Embedder
from rag.question import Question, parse_question
from rag.retrieve import Retriever, lexical_terms

BARS_MS = {10_000: 25.0, 100_000: 60.0}
WARM_UP = 30


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    library, embedder, settings = manual_library(bench)
    with library:
        stored = Stored.of(library)
    asked = [parse_question(text) for text in labelled_questions(100) + heading_questions(bench.manuals, 200)]

    def open_at(home: Path) -> SqliteLibrary:
        return open_library(settings_at(home), embedder)

    rows, bars = [], []
    for size, limit_ms in BARS_MS.items():
        wanted = size // 10 if bench.quick else size
        with grow_library(stored, bench.work / f"chunks-{wanted}", wanted, open_at) as grown:
            times = _times(Retriever(grown, embedder, settings.candidates), asked, settings.top_k)
            parts = _parts(grown, embedder, asked, settings.candidates)
        p95 = percentile(times, 95)
        rows.append([f"{wanted:,}", f"{percentile(times, 50):.1f}", f"{p95:.1f}", *(f"{part:.1f}" for part in parts)])
        bars.append(bar(f"p95 at {wanted:,} chunks", p95, limit_ms, at_least=False, unit=" ms"))
    columns = ("chunks", "p50 ms", "p95 ms", "embedding p95", "dense p95", "BM25 p95")
    return f"{len(asked) - WARM_UP} different questions, each asked once.\n\n{table(columns, rows)}\n\n" + "\n".join(
        bars
    )


def _times(retriever: Retriever, asked: list[Question], top_k: int) -> list[float]:
    for question in asked[:WARM_UP]:
        retriever.retrieve(question, top_k)
    return [milliseconds(partial(retriever.retrieve, question, top_k)) for question in asked[WARM_UP:]]


def _parts(library: SqliteLibrary, embedder: Embedder, asked: list[Question], limit: int) -> tuple[float, ...]:
    """Return the p95 of embedding, dense and lexical search by themselves; the counts of words are known by now."""
    embedding, dense, lexical = [], [], []
    for question in asked[WARM_UP:]:
        vector = embedder.embed([question.text])[0]
        embedding.append(milliseconds(partial(embedder.embed, [question.text])))
        dense.append(milliseconds(partial(library.dense, vector, limit)))
        terms = lexical_terms(question.terms)
        lexical.append(milliseconds(partial(library.lexical, terms, limit)))
    return percentile(embedding, 95), percentile(dense, 95), percentile(lexical, 95)
