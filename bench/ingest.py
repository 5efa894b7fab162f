"""Ingest against the plain LangChain pipeline, and against itself when nothing has changed."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.frame import Bench, Finished, Missing, bar, median, milliseconds, run_openbook, run_python, table
from rag.adapters.weights import MINILM, locate
from rag.errors import ModelError

NEEDED = ("torch", "sentence_transformers", "langchain_huggingface", "langchain_text_splitters")
THROUGHPUT_BAR, UNCHANGED_BAR = 1.5, 100.0
AGAIN = 5


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    folder, rounds = bench.manuals_folder(), 2 if bench.quick else 1
    _check_packages()
    ours, theirs = [], []
    for _ in range(rounds):  # taken in turns, so that a busy machine slows both
        shutil.rmtree(bench.manuals_home, ignore_errors=True)
        ours.append(_openbook(bench, folder))
        theirs.append(run_python(["-m", "bench.child", "langchain", str(folder)], bench.work))
    return _report(bench, ours, theirs) + "\n\n" + _again(bench, folder, ours)


def _openbook(bench: Bench, folder: Path) -> Finished:
    done = run_python(["-m", "bench.child", "openbook", str(folder), str(bench.manuals_home)], bench.work)
    if done.figures["failed"]:
        raise RuntimeError(f"{done.figures['failed']} files of {folder} were not ingested")
    return done


def _check_packages() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise Missing(f"these packages are not installed: {', '.join(missing)}")
    try:
        locate(MINILM)
    except ModelError as error:
        raise Missing(str(error)) from error


def _report(bench: Bench, ours: list[Finished], theirs: list[Finished]) -> str:
    size_mb = sum(file.stat().st_size for file in bench.manuals) / 1e6
    rows = []
    for name, runs in (("Openbook", ours), ("LangChain", theirs)):
        figures = [run.figures for run in runs]
        seconds = median([one["work_s"] for one in figures])
        rows.append([
            name, f"{seconds:.1f}", f"{median([run.seconds for run in runs]):.1f}",
            f"{median([one['cpu_s'] for one in figures]):.0f}", f"{len(bench.manuals) / seconds:.1f}",
            f"{1000 * size_mb / seconds:.1f}", f"{figures[0]['chunks'] / seconds:.1f}", f"{figures[0]['chunks']:,}",
            f"{median([_memory(one) for one in figures]):.0f}",
        ])  # fmt: skip
    columns = ("", "s", "s with start and load", "core s", "files/s", "kB/s", "chunks/s", "chunks", "peak MiB")
    # The least favourable of all pairs: for speed, for memory.
    inside = min(b.figures["work_s"] for b in theirs) / max(a.figures["work_s"] for a in ours)
    whole = min(b.seconds for b in theirs) / max(a.seconds for a in ours)
    memory = max(_memory(a.figures) for a in ours) / min(_memory(b.figures) for b in theirs)
    return "\n".join([
        f"{len(bench.manuals):,} files, {size_mb:.2f} MB.\n",
        table(columns, rows) + "\n",
        bar("throughput by bytes, over LangChain's", min(inside, whole), THROUGHPUT_BAR, at_least=True),
        bar("peak memory, over LangChain's", memory, 1.0, at_least=False),
    ])  # fmt: skip


def _memory(figures: dict[str, Any]) -> float:
    """Return the peak of a process with its children, in MiB."""
    return float(figures.get("together_mib") or figures["peak_mib"])


def _again(bench: Bench, folder: Path, ours: list[Finished]) -> str:
    home = bench.manuals_home
    again = [_openbook(bench, folder) for _ in range(AGAIN)]
    if any(run.figures["unchanged"] != len(bench.manuals) for run in again):
        raise RuntimeError("a second ingest did not find every file unchanged")
    command = [milliseconds(lambda: run_openbook(["ingest", str(folder)], home)) / 1000 for _ in range(AGAIN)]
    first_inside, first_whole = min(run.figures["work_s"] for run in ours), min(run.seconds for run in ours)
    inside, whole = median([run.figures["work_s"] for run in again]), median(command)
    lines = [
        f"Again with nothing changed: {inside:.3f} s for the ingest itself, {whole:.2f} s for the whole command "
        f"`openbook ingest` (medians of {AGAIN}).\n",
        bar("first over unchanged, the ingest itself", first_inside / inside, UNCHANGED_BAR, at_least=True),
    ]
    if not bench.quick:  # the start of a process is most of it: nothing to compare with a few files
        lines.append(bar("first over unchanged, whole processes", first_whole / whole, UNCHANGED_BAR, at_least=True))
    return "\n".join(lines)
