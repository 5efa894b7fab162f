"""How long retrieval takes, the embedding of the question included, in libraries of two sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench.frame import Bench, Taken, bar, least, p95s, percentile, settings_at, table
from bench.manual_library import Stored, grow_library, manual_library
from bench.questions import heading_questions, labelled_questions
from rag.adapters.sqlite_library import SqliteLibrary
from rag.bootstrap import open_library
from rag.ports import Embedder
from rag.question import Question, parse_question
from rag.retrieve import Retriever, lexical_terms

BARS_MS = {10_000: 25.0, 100_000: 60.0}
WARM_UP = 30
ROUNDS = 3
Ask = Callable[[SqliteLibrary], Callable[[Question], object]]


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    library, embedder, settings = manual_library(bench)
    with library:
        stored = Stored.of(library)
    asked = [parse_question(text) for text in heading_questions(bench.manuals, 200) + labelled_questions(100)]

    def open_at(home: Path) -> SqliteLibrary:
        return open_library(settings_at(home), embedder)

    rows, bars = [], []
    for size, limit_ms in BARS_MS.items():
        wanted = size // 10 if bench.quick else size
        home = bench.work / f"chunks-{wanted}"
        grow_library(stored, home, wanted, open_at).close()
        rounds: dict[str, list[list[Taken]]] = {}
        for _ in range(ROUNDS):
            for name, ask in _parts(embedder, settings.candidates, settings.top_k).items():
                with open_at(home) as grown:  # anew, so that nothing is remembered of the round before
                    rounds.setdefault(name, []).append(_times(ask(grown), asked))
        best = {name: least(tries) for name, tries in rounds.items()}
        p95, core_p95 = p95s(best["all"])
        p50 = percentile([one.wall_ms for one in best["all"]], 50)
        parts = [f"{p95s(taken)[0]:.1f}" for name, taken in best.items() if name != "all"]
        rows.append([f"{wanted:,}", f"{p50:.1f}", f"{p95:.1f}", f"{core_p95:.1f}", *parts])
        bars.append(bar(f"p95 at {wanted:,} chunks", p95, limit_ms, at_least=False, unit=" ms"))
    columns = ("chunks", "p50 ms", "p95 ms", "p95 core ms", *(f"{name} p95 ms" for name in rounds if name != "all"))
    about = f"{len(asked) - WARM_UP} different questions in {ROUNDS} rounds, the least of each.\n\n"
    return about + table(columns, rows) + "\n\n" + "\n".join(bars)


def _parts(embedder: Embedder, candidates: int, top_k: int) -> dict[str, Ask]:
    """Return retrieval as a whole, and its three searching parts by themselves."""

    def whole(library: SqliteLibrary) -> Callable[[Question], object]:
        return partial(Retriever(library, embedder, candidates).retrieve, top_k=top_k)

    def embedding(_: SqliteLibrary) -> Callable[[Question], object]:
        return lambda question: embedder.embed([question.text])

    def dense(library: SqliteLibrary) -> Callable[[Question], object]:
        vector = embedder.embed(["a question"])[0]
        return lambda _: library.dense(vector, candidates)

    def lexical(library: SqliteLibrary) -> Callable[[Question], object]:
        return lambda question: library.lexical(lexical_terms(question.terms), candidates)

    return {"all": whole, "embedding": embedding, "dense": dense, "BM25": lexical}


def _times(ask: Callable[[Question], object], asked: Sequence[Question]) -> list[Taken]:
    for question in asked[:WARM_UP]:
        ask(question)
    return [Taken.by(partial(ask, question)) for question in asked[WARM_UP:]]
