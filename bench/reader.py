"""What the reader costs: answers with it beside answers without it, its loading, and forty statements of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.frame import (
    Bench,
    Taken,
    bar,
    least,
    median,
    milliseconds,
    p95s,
    percentile,
    run_openbook_watched,
    table,
)  # fmt: skip
from bench.manual_library import manual_library
from bench.questions import heading_questions, labelled_questions
from rag.adapters.onnx_reader import OnnxReader
from rag.answer import Assistant, Parts
from rag.bootstrap import reader_folder
from rag.extractive.answerer import load_calibration
from rag.ports import Embedder, Library
from rag.rerank import StatementReranker
from rag.settings import SHIPPED, Settings
from rag.text.statements import in_full, statements_of

COLD_BAR_S, PEAK_BAR_MIB, WARM_BAR_MS, LOAD_BAR_MS, STATEMENTS_BAR_MS = 2.5, 600.0, 400.0, 300.0, 150.0
WARM_UP, ROUNDS = 20, 3
STATEMENTS = 40
REFUSED = 4  # exit status of an answer that is a refusal
COLD_QUESTIONS = (
    "What is pipe mode?",
    "What does a SageMaker endpoint do?",
    "Which instance types support managed spot training?",
    "How does automatic model tuning work?",
    "What is the maximum payload size of an endpoint?",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What answers take: warm ones, and processes of their own, each in seconds and MiB."""

    warm: Sequence[Taken]
    cold: Sequence[tuple[float, float]]

    @property
    def figures(self) -> list[float]:
        """Warm median, p95 and p95 of all cores in milliseconds, cold median in seconds, peak memory in MiB."""
        walls = [one.wall_ms for one in self.warm]
        seconds, peaks = zip(*self.cold, strict=True)
        return [percentile(walls, 50), *p95s(self.warm), median(seconds), max(peaks)]


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    library, embedder, plain = manual_library(bench)
    reading = plain.model_copy(update={"reader": SHIPPED})
    asked = heading_questions(bench.manuals, 30 + WARM_UP) + labelled_questions(30)
    if bench.quick:
        asked = asked[: WARM_UP + 10]
    with library:
        without, with_it = (_cost(library, embedder, settings, asked) for settings in (plain, reading))
        forty = _statements(reader_folder(reading), Assistant(library, embedder, plain), asked[WARM_UP:])
    loading = min(milliseconds(partial(_load, reader_folder(reading))) for _ in range(ROUNDS))
    _, p95, _, cold, peak = with_it.figures
    ratios = [after / before for before, after in zip(without.figures, with_it.figures, strict=True)]
    rows = [
        ["without a reader", *_shown(without.figures)],
        ["with the reader", *_shown(with_it.figures)],
        ["ratio", *(f"{one:.2f}" for one in ratios)],
    ]
    return "\n".join([
        f"{len(asked) - WARM_UP} different questions in {ROUNDS} rounds, the least of each; {len(COLD_QUESTIONS)} new "
        f"processes each. {STATEMENTS} statements of a question: median of {len(forty)} questions "
        f"{percentile([one.wall_ms for one in forty], 50):.0f} ms.\n",
        table(("", "warm median ms", "p95 ms", "p95 core ms", "new process, median s", "peak MiB"), rows) + "\n",
        bar("p95 of a warm answer with the reader", p95, WARM_BAR_MS, at_least=False, unit=" ms"),
        bar("median of a cold `openbook ask` with the reader", cold, COLD_BAR_S, at_least=False, unit=" s"),
        bar("peak memory of it", peak, PEAK_BAR_MIB, at_least=False, unit=" MiB"),
        bar("loading the reader", loading, LOAD_BAR_MS, at_least=False, unit=" ms"),
        bar(f"p95 of {STATEMENTS} statements", p95s(forty)[0], STATEMENTS_BAR_MS, at_least=False, unit=" ms"),
    ])  # fmt: skip


def _cost(library: Library, embedder: Embedder, settings: Settings, asked: Sequence[str]) -> Cost:
    rounds = []
    for _ in range(ROUNDS):
        assistant = Assistant(library, embedder, settings, _parts(settings))  # anew: it remembers what it has read
        for text in asked[:WARM_UP]:
            assistant.ask(text)
        rounds.append([Taken.by(partial(assistant.ask, text)) for text in asked[WARM_UP:]])
    setting = {"OPENBOOK_READER": settings.reader}
    cold = [run_openbook_watched(["ask", one], settings.home, (0, REFUSED), setting) for one in COLD_QUESTIONS]
    return Cost(least(rounds), cold)


def _parts(settings: Settings) -> Parts:
    if settings.reader == "none":
        return Parts()
    folder = reader_folder(settings)
    reader = OnnxReader(folder)
    return Parts(load_calibration(folder), reader, reranker=StatementReranker(reader))


def _statements(folder: Path, assistant: Assistant, asked: Sequence[str]) -> list[Taken]:
    """Time the reading of forty statements of each question that has as many."""
    texts = {}
    for question in asked:
        statements = statements_of(assistant.search(question))
        if len(statements) >= STATEMENTS:
            texts[question] = [in_full(one, statements) for one in statements[:STATEMENTS]]
    rounds = []
    for _ in range(ROUNDS):
        reader = _load(folder)
        rounds.append([Taken.by(partial(reader.relevance, *one)) for one in texts.items()])
    return least(rounds)


def _load(folder: Path) -> OnnxReader:
    """Open the reader anew, and read with it once: it loads when it is first used."""
    reader = OnnxReader(folder)
    reader.relevance("what is it", ["it"])
    return reader


def _shown(figures: Sequence[float]) -> list[str]:
    *warm, cold, peak = figures
    return [*(f"{one:.0f}" for one in warm), f"{cold:.2f}", f"{peak:.0f}"]
