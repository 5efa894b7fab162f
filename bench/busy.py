"""How much an ingest slows the answers from the library that it adds to."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.frame import FILES, Bench, bar, milliseconds, openbook_beside, percentile, settings_at, table
from bench.manual_library import manual_library
from bench.mixed import capitals
from bench.questions import heading_questions, labelled_questions
from rag.answer import Assistant
from rag.bootstrap import open_library
from rag.ports import Embedder

RATIO_BAR = 2.0
ROUNDS = 3
WARM_UP = 20
PDF, PDF_EVERY = FILES / "pdf" / "multicolumn.pdf", 20  # texts
START_S = 60.0


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    made, embedder, settings = manual_library(bench)
    made.close()
    home = bench.work / "busy"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(settings.home, home)
    texts = _texts(bench)
    asked = heading_questions(bench.manuals, 60 + WARM_UP) + labelled_questions(60)
    if bench.quick:
        asked = asked[:40]

    def ask_all() -> list[float]:
        with open_library(settings_at(home), embedder) as library:  # anew: it remembers words and their counts
            assistant = Assistant(library, embedder, settings)
            for text in asked[:WARM_UP]:
                assistant.ask(text)
            return [milliseconds(partial(assistant.ask, text)) for text in asked[WARM_UP:]]

    chunks = _chunk_count(home, embedder)
    with openbook_beside(["ingest", str(texts)], home) as ingest:
        _await_more(partial(_chunk_count, home, embedder), chunks)
        idle, busy = _rounds(ingest, ask_all)
    added = _chunk_count(home, embedder) - chunks
    rows = [
        [name, *(f"{percentile(taken, share):.0f} ms" for share in (50, 95, 100))]
        for name, taken in (("ingest paused", idle), ("ingest running", busy))
    ]
    bars = [
        bar(f"p{share} while an ingest runs, over p{share} else", percentile(busy, share) / percentile(idle, share),
            RATIO_BAR, at_least=False)
        for share in (50, 95)
    ]  # fmt: skip
    return "\n".join([
        f"{len(asked) - WARM_UP} different questions in {ROUNDS} rounds of each; {chunks:,} chunks, and {added:,} that "
        "were added meanwhile.\n",
        table(("", "median", "p95", "slowest"), rows) + "\n",
        *bars,
    ])  # fmt: skip


def _texts(bench: Bench) -> Path:
    """Return a folder of texts that the library does not hold, with PDFs among them."""
    everything = Bench(bench.work, quick=False).manuals
    folder = capitals(everything, bench.work / "texts-busy")
    if PDF.is_file():
        raw = PDF.read_bytes()
        for file in everything[::PDF_EVERY]:
            (folder / f"capitals-{file.stem}.pdf").write_bytes(raw + f"%{file.stem}\n".encode())
    return folder


def _chunk_count(home: Path, embedder: Embedder) -> int:
    with open_library(settings_at(home), embedder) as library:
        return library.chunk_count


def _await_more(count: Callable[[], int], chunks: int) -> None:
    """Wait until the ingest has committed what it did first.

    Raises:
        RuntimeError: it does not within a minute.
    """
    began = time.monotonic()
    while count() == chunks:
        if time.monotonic() - began > START_S:
            raise RuntimeError(f"the ingest committed nothing within {START_S:g} s")
        time.sleep(0.2)


def _rounds(ingest: subprocess.Popen[bytes], ask_all: Callable[[], list[float]]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of questions while the ingest stands still, and while it runs.

    In turns, so that other work on the machine slows both, and so that the library is about as large for both.

    Raises:
        RuntimeError: the ingest ended before the questions did.
    """
    import psutil  # type: ignore[import-untyped]

    idle: list[float] = []
    busy: list[float] = []
    process = psutil.Process(ingest.pid)
    for _ in range(ROUNDS):
        busy += ask_all()
        if ingest.poll() is not None:
            raise RuntimeError("the ingest ended before the questions did")
        paused = [process, *process.children(recursive=True)]
        for one in paused:
            one.suspend()
        idle += ask_all()
        for one in paused:
            one.resume()
    return idle, busy
