"""Reading PDF, with the places of words and tables, beside programs that give the text alone.

Each runs on one core, so the bars are for core seconds: these are the same on a crowded machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pypdfium2

from bench.frame import FILES, WHOLE, Bench, Missing, bar, run_python, table

OURS = "openbook"
PROGRAMS = {
    OURS: "Openbook: text, layout, tables",
    "parsed": "Openbook: cleaned and in chunks too",
    "pypdf": "pypdf: text",
    "markitdown": "markitdown: text",
}
TEXT_ONLY = ("pypdf", "markitdown")
ROUNDS, TRIES = 2, 3  # of the small files; the book is read once
BAR = 1.0


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    missing = [name for name in TEXT_ONLY if find_spec(name) is None]
    if missing:
        raise Missing(f"these packages are not installed: {', '.join(missing)}")
    files = sorted((FILES / "pdf").glob("*.pdf"))
    if not files:
        raise Missing("the PDFs in ../shared/data/files are not here")
    others = [file for file in files if file.name != WHOLE]
    small = _compare(bench, others, 1 if bench.quick else ROUNDS, TRIES)
    whole = [file for file in files if file.name == WHOLE and not bench.quick]
    return "\n\n".join([*([_compare(bench, whole, 1, 1)] if whole else []), small])


def _compare(bench: Bench, files: Sequence[Path], count: int, tries: int) -> str:
    rounds: dict[str, list[dict[str, Any]]] = {program: [] for program in PROGRAMS}
    for _ in range(count):  # in turns, so that a busy machine slows all
        for program, found in rounds.items():
            done = run_python(["-m", "bench.pdf_child", program, str(tries), *map(str, files)], bench.work)
            found.append(done.figures)
    read = [file for file in files if all(one["files"].get(file.name) for found in rounds.values() for one in found)]
    pages = sum(_page_count(file) for file in read)
    seconds, core_seconds = (
        {
            program: sum(min(one["files"][file.name][kind] for one in found) for file in read)
            for program, found in rounds.items()
        }
        for kind in ("seconds", "core_seconds")
    )
    rows = []
    for program, found in rounds.items():
        first = [found[0]["files"][file.name] for file in read]
        taken, chunks = seconds[program], sum(one["chunks"] for one in first)
        rows.append([
            PROGRAMS[program], f"{taken:.2f}", f"{core_seconds[program]:.2f}", f"{pages / taken:.1f}",
            f"{core_seconds[program] / core_seconds[OURS]:.2f}", f"{chunks / taken:.0f}" if chunks else "",
            f"{sum(one['characters'] for one in first):,}", f"{max(one['peak_mib'] for one in found):.0f}",
        ])  # fmt: skip
    what = read[0].name if len(read) == 1 else f"{len(read)} of {len(files)} small files, which all can read"
    columns = ("", "s", "core s", "pages/s", "core s over ours", "chunks/s", "characters", "peak MiB")
    bars = [
        bar(f"pages per core second, over {program}'s", core_seconds[program] / core_seconds[OURS], BAR, at_least=True)
        for program in TEXT_ONLY
    ]
    return f"{what}, {pages} pages.\n\n{table(columns, rows)}\n\n" + "\n".join(bars)


def _page_count(file: Path) -> int:
    with pypdfium2.PdfDocument(file) as pdf:
        return len(pdf)
