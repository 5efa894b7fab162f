"""How long an answer takes: warm, as a new process, and how long `openbook --help` takes."""

from __future__ import annotations

from bench.frame import Bench, bar, median, milliseconds, percentile, run_openbook, table
from bench.manual_library import manual_library
from bench.questions import heading_questions, labelled_questions
from rag.answer import Assistant
from rag.types import Answer

WARM_BAR_MS, COLD_BAR_S, HELP_BAR_S = 200.0, 2.0, 0.5
WARM_UP = 20
COLD = 5
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
    asked = labelled_questions(60) + heading_questions(bench.manuals, 60 + WARM_UP)
    with library:
        assistant = Assistant(library, embedder, settings)
        for text in asked[-WARM_UP:]:
            assistant.ask(text)
        answers = [_timed(assistant, text) for text in asked[:-WARM_UP]]
        chunks = library.chunk_count
    times = [ms for _, ms in answers]
    refused = sum(answer.refusal is not None for answer, _ in answers)
    cold = [run_openbook(["ask", question], settings.home, (0, REFUSED)).seconds for question in COLD_QUESTIONS[:COLD]]
    shown = [run_openbook(["--help"], bench.work).seconds for _ in range(COLD)]
    rows = [
        ["warm answer", f"{percentile(times, 50):.0f} ms", f"{percentile(times, 95):.0f} ms", f"{max(times):.0f} ms"],
        ["`openbook ask`, new process", f"{median(cold):.2f} s", "", f"{max(cold):.2f} s"],
        ["`openbook --help`, new process", f"{median(shown):.2f} s", "", f"{max(shown):.2f} s"],
    ]
    return "\n".join([
        f"{chunks:,} chunks; {len(times)} different questions, each asked once, of which {refused} were refused; "
        f"{COLD} new processes each.\n",
        table(("", "median", "p95", "slowest"), rows) + "\n",
        bar("p95 of a warm answer", percentile(times, 95), WARM_BAR_MS, at_least=False, unit=" ms"),
        bar("median of a cold `openbook ask`", median(cold), COLD_BAR_S, at_least=False, unit=" s"),
        bar("median of `openbook --help`", median(shown), HELP_BAR_S, at_least=False, unit=" s"),
    ])  # fmt: skip


def _timed(assistant: Assistant, text: str) -> tuple[Answer, float]:
    answers: list[Answer] = []
    ms = milliseconds(lambda: answers.append(assistant.ask(text)))
    return answers[0], ms
