"""Reads the items of a QTI 2.1 package."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from ingest.questions.qti import qti_question
from ingest.questions.xml import local, parsed
from ingest.zips import DAMAGE, has_too_many_members, is_bomb, is_encrypted, read_member
from rag.errors import IngestError
from rag.study.drafts import Draft

MOST_EXPANDED = 200_000_000  # bytes, of all members that are read


def read_package(path: Path, raw: bytes) -> Iterator[Draft]:
    """Yield the question of each item in the archive, in its order.

    Raises:
        IngestError: the archive is damaged, encrypted or a bomb, or one of its files is no XML.
    """
    number = 0
    for name, content in members(path, raw, ".xml"):
        root = parsed(Path(f"{path}/{name}"), content)
        if local(root) == "assessmentItem":
            number += 1
            yield qti_question(f"question {number} ({name})", root, content)


def members(path: Path, raw: bytes, *endings: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the members whose names end so, each within the limits of archives.

    Raises:
        IngestError: as `read_package`.
    """
    if has_too_many_members(raw):
        raise IngestError("the archive has too many members; split it", str(path))
    try:
        archive, left = zipfile.ZipFile(BytesIO(raw)), MOST_EXPANDED
        for one in archive.infolist():
            if not one.filename.lower().endswith(endings):
                continue
            left -= one.file_size
            if is_encrypted(one):
                raise IngestError("the archive is encrypted; export it without a password", str(path))
            if is_bomb(one) or left < 0:
                raise IngestError(f"{one.filename} expands to {one.file_size // 1_000_000:,} MB; refused", str(path))
            yield one.filename, read_member(archive, one)
    except DAMAGE as error:
        raise IngestError(f"the archive is damaged ({error})", str(path)) from error
