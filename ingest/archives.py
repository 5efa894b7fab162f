"""Opens a `.zip` of course texts: its members are files named `texts.zip/week1/a.pdf`, read one at a time.

Nothing is unpacked to the disk.
"""

from __future__ import annotations

import stat
import zipfile
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath

from ingest.readers import ARCHIVE, READERS, supported
from ingest.sources import SourceFile, SourceList
from ingest.zips import (
    DAMAGE,
    MAGIC,
    MOST_MEMBERS,
    MOST_RATIO,
    has_too_many_members,
    is_bomb,
    is_encrypted,
    is_readable,
    member_names,
    read_member,
)
from rag.errors import IngestError

_MOST_EXPANDED = 1_000_000_000  # bytes of all members together


def is_archive(file: SourceFile, raw: bytes) -> bool:
    """Whether a file is an archive of files, and not one of the formats whose files are archives themselves."""
    named = PurePosixPath(file.name).suffix.lower() == ARCHIVE and raw.startswith(MAGIC)
    return named and member_names(raw).isdisjoint(("[Content_Types].xml", "META-INF/container.xml"))


def expand(file: SourceFile, raw: bytes) -> SourceList:
    """Return the course texts in an archive, and what is refused of it.

    As in folders, hidden files and files that no reader is registered for are skipped.

    Raises:
        IngestError: the archive is damaged, has too many members, expands too far, or holds no course texts.
    """
    archive = _opened(file, raw)
    files: dict[str, SourceFile] = {}
    failed: dict[str, str] = {}
    for member in archive.infolist():
        name = member.filename.replace("\\", "/")
        uri, place = f"{file.uri}/{name}", f"{file.place}/{name}"
        if reason := _refusal(member, name) or ("is in the archive twice; the first is read" if uri in files else ""):
            failed[place] = reason
        elif _is_text(name):
            content = partial(_read, archive, member, place)
            files[uri] = replace(
                file, place=place, uri=uri, name=f"{file.name}/{name}", content=content, size=member.file_size,
                version="", is_remote=False, title="", sha256="",
            )  # fmt: skip
    if not files and not failed:
        raise IngestError(f"no course texts in this archive; supported are {', '.join(supported())}", file.place)
    expanded = sum(one.size for one in files.values())
    if expanded > _MOST_EXPANDED:
        raise IngestError(f"its files come to {expanded // 1_000_000:,} MB; unpack it first", file.place)
    return SourceList(tuple(files.values()), tuple(failed.items()))


def _opened(file: SourceFile, raw: bytes) -> zipfile.ZipFile:
    if has_too_many_members(raw):
        raise IngestError(f"the archive has more than {MOST_MEMBERS:,} members; unpack it first", file.place)
    try:
        return zipfile.ZipFile(BytesIO(raw))
    except DAMAGE as error:
        raise IngestError(f"the archive is damaged ({error}); make it anew", file.place) from error


def _refusal(member: zipfile.ZipInfo, name: str) -> str:
    """Return why a member is not read; empty where it may be."""
    if member.is_dir():
        return ""
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in PurePosixPath(name).parts:
        return "its name leads out of the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a symbolic link, which is not followed"
    if PurePosixPath(name).suffix.lower() == ARCHIVE:
        return "is an archive within an archive, which is not opened; unpack it first"
    if not _is_text(name):
        return ""
    if is_encrypted(member):
        return "is password-protected; unpack the archive first"
    if not is_readable(member):
        return "is compressed in a way that is not read; make the archive anew"
    if is_bomb(member):
        return f"expands to {member.file_size // 1_000_000:,} MB, more than {MOST_RATIO} times its size"
    return ""


def _is_text(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and PurePosixPath(name).suffix.lower() in READERS and not name.endswith("/")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: str, size: int) -> bytes:
    try:
        return read_member(archive, member)[:size]
    except DAMAGE as error:
        raise IngestError(f"is damaged in the archive ({error}); make the archive anew", place) from error
