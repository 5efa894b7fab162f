"""One program that reads PDFs, in a process of its own: `python -m bench.pdf_child PROGRAM TRIES FILE...`.

Prints one line of JSON: the least seconds, characters and chunks of each file, null where it cannot be read, and the
peak of memory. What a program loads at its first file is not timed. Scanned pages are not recognised.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from bench.frame import FILES, peak_mib

FIRST = FILES / "pdf" / "multi_page.pdf"
Reader: TypeAlias = Callable[[Path], tuple[str, int]]


def openbook() -> Reader:
    """Return our reader."""
    from ingest.readers import ReadOptions
    from ingest.readers.pdf.read import read_pdf

    options = ReadOptions(ocr_language="")
    return lambda path: (read_pdf(path, path.read_bytes(), options).document.text, 0)


def parsed() -> Reader:
    """Return all that an ingest does with a file before it is embedded."""
    from ingest.parse.frames import Job
    from ingest.parse.parse import parse
    from ingest.readers import READERS, ReadOptions
    from rag.settings import Settings

    size, options = Settings.model_construct().chunk_characters, ReadOptions(ocr_language="")

    def read(path: Path) -> tuple[str, int]:
        done = parse(Job(path.name, "", "0" * 32, size, options, READERS), path.read_bytes())
        return done.document.text, len(done.chunks)

    return read


def pypdf() -> Reader:
    """Return pypdf's plain text."""
    from pypdf import PdfReader

    return lambda path: ("\n".join(page.extract_text() for page in PdfReader(path).pages), 0)


def markitdown() -> Reader:
    """Return markitdown's Markdown."""
    from markitdown import MarkItDown

    converter = MarkItDown(enable_plugins=False)
    return lambda path: (converter.convert_local(path).text_content, 0)


PROGRAMS = {make.__name__: make for make in (openbook, parsed, pypdf, markitdown)}


def _timed(read: Reader, path: Path, tries: int) -> dict[str, Any] | None:
    seconds, core_seconds = [], []
    for _ in range(tries):
        began, busy = time.perf_counter(), time.process_time()
        try:
            text, chunks = read(path)
        except Exception:  # noqa: BLE001 (each program fails in its own ways on damaged files)
            return None
        seconds.append(time.perf_counter() - began)
        core_seconds.append(time.process_time() - busy)
    if not text.strip():
        return None
    least = {"seconds": min(seconds), "core_seconds": min(core_seconds)}
    return {**least, "characters": len(text), "chunks": chunks}


def main() -> None:
    """Run one of them."""
    program, tries, *files = sys.argv[1:]
    read = PROGRAMS[program]()
    read(FIRST)
    figures = {Path(file).name: _timed(read, Path(file), int(tries)) for file in files}
    print(json.dumps({"files": figures, "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main()
