"""Reads the items that one of our own Markdown files carries; questions of other texts are not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.questions.texts import decoded
from rag.study.carried import carried
from rag.study.drafts import Draft


def read_remarks(path: Path, raw: bytes) -> Iterator[Draft]:
    """Yield a question for each item.

    Raises:
        IngestError: it is no text in UTF-8.
    """
    for number, item in enumerate(carried(decoded(path, raw)), 1):
        yield Draft(f"question {number}", item.type, item.stem, item=item)
