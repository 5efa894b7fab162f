"""How often honest texts are said to give orders: each sentence, and each passage, of course texts that give none."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.rows import read_rows
from evals.suites import SUITES, Course
from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers import read
from rag.text.orders import order_spans, speaks_to_assistant
from rag.types import Document

_MANUAL_PAGES = 200
_NAMED = ("gold", "course-texts", "manuals", "textbook")
POISONED = "injections"  # a course that gives orders already


@dataclass(frozen=True, slots=True)
class Flags:
    """The passages of a course, and of those that are flagged document and words."""

    course: str
    documents: int
    passages: int
    flagged: tuple[tuple[str, str], ...]


def honest_courses() -> list[Course]:
    """Return the courses that are here and give no orders."""
    return [one for name in _NAMED for one in SUITES[name].courses if one.name != POISONED]


def false_flags(course: Course, seed: int = 0) -> Flags:
    """Look for orders in the passages of a course; of many manual pages in as many as are quickly read."""
    documents = [clean(one) for one in _documents(course, seed)]
    passages = [(document.title, part) for document in documents for part in chunk(document)]
    flagged = [
        (title, words)
        for title, part in passages
        if (words := _orders(part.text, part.heading_path))
    ]  # fmt: skip
    return Flags(course.name, len(documents), len(passages), tuple(flagged))


def _orders(text: str, headings: Sequence[str]) -> str:
    return " / ".join([*(text[slice(*span)] for span in order_spans(text)), *filter(speaks_to_assistant, headings)])


def _documents(course: Course, seed: int) -> Iterator[Document]:
    if course.texts.is_dir():
        files: list[Path] = sorted(course.texts.glob("*.md"))
        if len(files) > _MANUAL_PAGES:
            files = random.Random(seed).sample(files, _MANUAL_PAGES)
        yield from (read(file, file.read_bytes()).document for file in files)
    else:
        for row in read_rows(course.texts):
            yield Document(row["module"], row["title"], "text/markdown", f"# {row['title']}\n\n{row['text']}\n")
