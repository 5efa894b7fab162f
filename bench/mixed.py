"""Ingest of files of all formats at once, and whether memory stays flat over many files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.frame import FILES, WHOLE, Bench, Finished, Missing, bar, run_python, table

EVERY = 4  # page of the manual that is in the mixed folder
MANY_CHUNKS, MOST_MIB = 20_000, 1144.0  # 1.2 GB
AGAIN_SHARE = 0.7  # of the manual that is there twice, so that all are more than `MANY_CHUNKS`


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    files = [file for file in sorted(FILES.glob("*/*")) if file.is_file() and not (bench.quick and file.name == WHOLE)]
    if not files:
        raise Missing("the files in ../shared/data/files are not here")
    mixed = _measured(bench, "mixed", _folder(bench, "mixed", [*bench.manuals[::EVERY], *files]))
    many = _measured(bench, "many", many_files(bench))
    columns = ("", "files", "refused", "s", "chunks", "chunks/s", "peak MiB", "of a child", "all together")
    rows = [_row("all formats", mixed.figures), _row("the manual and copies", many.figures)]
    chunks = many.figures["chunks"]
    if chunks < MANY_CHUNKS and not bench.quick:
        raise RuntimeError(f"there are only {chunks:,} chunks, not {MANY_CHUNKS:,}")
    peak = max(done.figures["together_mib"] for done in (mixed, many))
    limit = bar(f"peak memory, all processes, up to {chunks:,} chunks", peak, MOST_MIB, at_least=False, unit=" MiB")
    return f"{table(columns, rows)}\n\n{limit}"


def many_files(bench: Bench) -> Path:
    """Return a folder of the manual, and much of it again in capital letters: other bytes and texts, as long."""
    manuals = bench.manuals
    folder = _folder(bench, "many", manuals)
    return capitals(manuals[: int(AGAIN_SHARE * len(manuals))], folder)


def capitals(files: Sequence[Path], folder: Path) -> Path:
    """Put texts into a folder in capital letters."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / f"capitals-{file.name}").write_text(file.read_text("utf-8").upper(), "utf-8")
    return folder


def _folder(bench: Bench, name: str, files: Sequence[Path]) -> Path:
    folder = bench.work / f"texts-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def _measured(bench: Bench, name: str, folder: Path) -> Finished:
    home = bench.work / f"home-{name}"
    shutil.rmtree(home, ignore_errors=True)
    return run_python(["-m", "bench.child", "openbook", str(folder), str(home)], bench.work)


def _row(name: str, found: dict[str, Any]) -> list[str]:
    return [
        name, f"{found['added'] + found['failed']:,}", f"{found['failed']}", f"{found['work_s']:.1f}",
        f"{found['chunks']:,}", f"{found['chunks'] / found['work_s']:.1f}",
        *(f"{found[memory]:.0f}" for memory in ("peak_mib", "children_mib", "together_mib")),
    ]  # fmt: skip
