"""Reads questions from files of other programs: each format is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from rag.errors import IngestError
from rag.study.drafts import Draft
from rag.study.exports import Exported, write_export

# how a file's name ends: module and function that read it
QUESTION_READERS: dict[str, tuple[str, str]] = {
    ".apkg": ("anki", "read_anki"),
    ".csv": ("sheet", "read_sheet"),
    ".gift": ("gift", "read_gift"),
    ".md": ("remarks", "read_remarks"),
    ".tsv": ("sheet", "read_sheet"),
    ".txt": ("plain", "read_plain"),
    ".xml": ("markup", "read_xml"),
    ".zip": ("package", "read_package"),
}

# how a file's name ends: the format in which ours of that kind are written, where they carry their items
_OURS = {".apkg": "anki", ".gift": "gift", ".md": "markdown", ".txt": "gift", ".xml": "moodle", ".zip": "qti"}
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def read_questions(path: Path, raw: bytes) -> list[Draft]:
    """Return the questions of a file, in order.

    A question of ours that somebody changed in the file, but for its remark, is read as it stands there.

    Raises:
        IngestError: it is of no known format, is damaged, or holds no question.
    """
    suffix = path.suffix.lower()
    if suffix not in QUESTION_READERS:
        valid = ", ".join(QUESTION_READERS)
        raise IngestError(f"questions are not read from '{suffix or path.name}' files; valid are {valid}", str(path))
    module, name = QUESTION_READERS[suffix]
    read: Callable[[Path, bytes], Iterator[Draft]] = getattr(import_module(f"ingest.questions.{module}"), name)
    if not (drafts := list(read(path, raw))):
        raise IngestError("the file holds no questions that are read", str(path))
    return _as_they_stand(drafts, path, read)


def _as_they_stand(drafts: Sequence[Draft], path: Path, read: Callable[[Path, bytes], Iterator[Draft]]) -> list[Draft]:
    """Return questions, without the carried item where it is not what the file would hold for it."""
    items = {one.item.id: one.item for one in drafts if one.item}
    if not items:
        return list(drafts)
    again = write_export(_OURS[path.suffix.lower()], Exported(tuple(items.values()), "", _ANY_DAY)).content
    unchanged = {replace(one, place="") for one in read(path, again)}
    return [one if replace(one, place="") in unchanged else replace(one, item=None) for one in drafts]
