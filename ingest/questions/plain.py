"""Reads a text file: questions in GIFT, as Moodle exports it, or cards with a tab between their sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.questions.gift import read_gift
from ingest.questions.sheet import read_sheet
from rag.study.drafts import Draft


def read_plain(path: Path, raw: bytes) -> Iterator[Draft]:
    """Yield the questions of a file. Raises as `read_gift` and `read_sheet`."""
    yield from read_sheet(path, raw) if b"\t" in raw.partition(b"\n")[0] else read_gift(path, raw)
