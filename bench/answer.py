"""How long an answer takes: warm, as a new process, and how long `openbook --help` takes."""

from __future__ import annotations

from functools import partial

from bench.frame import Bench, Taken, bar, least, median, p95s, percentile, run_openbook, table
from bench.manual_library import manual_library
from bench.questions import heading_questions, labelled_questions
from rag.answer import Assistant

WARM_BAR_MS, COLD_BAR_S, HELP_BAR_S = 200.0, 2.0, 0.5
WARM_UP = 20
ROUNDS = 3
REFUSED = 4  # exit status of an answer that is a refusal
COLD_QUESTIONS = (
    "What is pipe mode?",
    "What does a SageMaker endpoint do?",
    "Which instance types support managed spot training?",
    "How does automatic model tuning work?",
    "What is the maximum payload size of an endpoint?",
)


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    library, embedder, settings = manual_library(bench)
    asked = heading_questions(bench.manuals, 60 + WARM_UP) + labelled_questions(60)
    rounds = []
    with library:
        for _ in range(ROUNDS):
            assistant = Assistant(library, embedder, settings)  # anew: it remembers the vectors of words
            for text in asked[:WARM_UP]:
                assistant.ask(text)
            rounds.append([Taken.by(partial(assistant.ask, text)) for text in asked[WARM_UP:]])
        refused = sum(assistant.ask(text).refusal is not None for text in asked[WARM_UP:])
        chunks = library.chunk_count
    best = least(rounds)
    p95, core_p95 = p95s(best)
    cold = [run_openbook(["ask", question], settings.home, (0, REFUSED)).seconds for question in COLD_QUESTIONS]
    shown = [run_openbook(["--help"], bench.work).seconds for _ in COLD_QUESTIONS]
    warm = [percentile([one.wall_ms for one in best], 50), p95, max(one.wall_ms for one in best)]
    rows = [
        ["warm answer", *(f"{ms:.0f} ms" for ms in warm), f"{core_p95:.0f} ms"],
        ["`openbook ask`, new process", f"{median(cold):.2f} s", "", f"{max(cold):.2f} s", ""],
        ["`openbook --help`, new process", f"{median(shown):.2f} s", "", f"{max(shown):.2f} s", ""],
    ]
    return "\n".join([
        f"{chunks:,} chunks. Warm: {len(best)} different questions in {ROUNDS} rounds, the least of each; {refused} of "
        f"them are refused. New processes: {len(cold)} each.\n",
        table(("", "median", "p95", "slowest", "p95 core time"), rows) + "\n",
        bar("p95 of a warm answer", p95, WARM_BAR_MS, at_least=False, unit=" ms"),
        bar("median of a cold `openbook ask`", median(cold), COLD_BAR_S, at_least=False, unit=" s"),
        bar("median of `openbook --help`", median(shown), HELP_BAR_S, at_least=False, unit=" s"),
    ])  # fmt: skip
