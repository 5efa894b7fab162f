"""Reads the members of zip files, of which archives, office files and books are made.

What is read in one piece, as `ZipFile.read` and the libraries of the formats do, is expanded whole before it is cut to
the size that the member declares. So whatever is read here, or is to be read by a library, is expanded piece by piece.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from io import BytesIO

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # of the first member; of the end of an archive that has none
MOST_MEMBERS = 5_000
MOST_RATIO = 200  # texts shrink to a fifth; only what says the same again and again shrinks so far
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, IndexError, OSError)

_ENTRY = b"PK\x01\x02"  # of a member in the directory
_SMALL = 1_000_000  # bytes to which a member may expand at any ratio
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others take as much memory as the member asks for
_PIECE = 65_536


def has_too_many_members(raw: bytes, most: int = MOST_MEMBERS) -> bool:
    """Whether a zip file lists more members than `most`, seen without listing them."""
    return raw.count(_ENTRY) > most


def member_names(raw: bytes) -> set[str]:
    """Return the names in a zip file; empty where it is none, is damaged, or has too many members."""
    if not raw.startswith(MAGIC) or has_too_many_members(raw):
        return set()
    try:
        return set(zipfile.ZipFile(BytesIO(raw)).namelist())
    except DAMAGE:
        return set()


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether a member asks for a password."""
    return bool(member.flag_bits & 1)


def is_readable(member: zipfile.ZipInfo) -> bool:
    """Whether a member is stored in a way that is read."""
    return member.compress_type in _METHODS


def is_bomb(member: zipfile.ZipInfo) -> bool:
    """Whether a member declares that it expands further than texts do."""
    return member.file_size > max(_SMALL, MOST_RATIO * member.compress_size)


def pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member holds; little more of it is expanded than it declares as its size.

    Raises:
        BadZipFile: it holds more than it declares.
        DAMAGE: any of these errors: it is damaged in another way.
    """
    if not is_readable(member):
        raise zipfile.BadZipFile(f"{member.filename} is compressed in a way that is not read")
    whole = copy(member)
    whole.file_size += 2 * _PIECE  # zipfile would end in silence where the declared size ends
    size = 0
    with archive.open(whole) as content:
        while piece := content.read(_PIECE):
            size += len(piece)
            if size > member.file_size:
                raise zipfile.BadZipFile(f"{member.filename} expands further than the size that it declares")
            yield piece


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return what a member holds; raises as `pieces` does."""
    return b"".join(pieces(archive, member))
