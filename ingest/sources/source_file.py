"""What every source is to those who read it: a file with a name, and a list of such files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rag.errors import IngestError

_MB = 1_000_000

# Returns up to so many bytes of a file, all where it has fewer. Raises OSError or IngestError.
Content: TypeAlias = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to ingest, wherever it lies.

    Attributes:
        place: where it lies, as errors name it: a path or an address.
        uri: by which the library knows the file again: the absolute path with symbolic links resolved, or the address.
        name: what people call it: the path within the folder or prefix that was named, or the file name.
        content: gives its bytes; see `read`.
        size: in bytes where it is known before the file is read, else 0.
        version: changes whenever the content does, where that is known before the file is read, else "".
        is_remote: it comes over a network, so it is worth fetching ahead.
        course, title, sha256: what a manifest says of it; empty where none does.
    """

    place: str
    uri: str
    name: str
    content: Content
    size: int = 0
    version: str = ""
    is_remote: bool = False
    course: str = ""
    title: str = ""
    sha256: str = ""

    def read(self, max_mb: float) -> bytes:
        """Return the bytes of the file.

        Raises:
            IngestError: it is gone, may not be read, is no regular file, or is larger than `max_mb`.
        """
        limit = int(max_mb * _MB)
        try:
            raw = b"" if self.size > limit else self.content(limit + 1)
        except FileNotFoundError as error:
            raise IngestError("the file is gone; it was there when the folder was listed", self.place) from error
        except OSError as error:
            raise IngestError(f"the file cannot be read: {error.strerror or error}", self.place) from error
        if max(self.size, len(raw)) > limit:
            raise IngestError(
                f"the file is larger than {max_mb:g} MB; split it, or set OPENBOOK_MAX_FILE_MB higher", self.place
            )
        return raw


@dataclass(frozen=True, slots=True)
class SourceList:
    """What arguments name: files by uri, without duplicates, and (place, reason) of what cannot be had.

    Where one folder or prefix was asked for, `course` is what its manifest says, and all that lies in it has a uri
    that begins with `root`.
    """

    files: tuple[SourceFile, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    course: str = ""
    root: str = ""

    def covers(self, uri: str) -> bool:
        """Whether a file of that uri lay in the folder or prefix, and in nothing that could not be listed or read."""
        lay_in_it = bool(self.root) and uri.startswith(self.root)
        return lay_in_it and not any(_holds(place, uri) for place, _ in self.failed)


def _holds(place: str, uri: str) -> bool:
    """Whether a place is that of the file, or of the folder or archive that it lies in."""
    return f"{uri}/".startswith(f"{place}/") or Path(uri).is_relative_to(Path(place).resolve())
