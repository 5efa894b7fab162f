"""The file that caches a vector index: believed only when every byte of it agrees.

8 bytes   magic
32 bytes  SHA-256 of all that follows
4 bytes   length of the header, big-endian
header    JSON: the state of the library it was made from, and the keys that are dead
payload   `faiss.serialize_index`
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.adapters.library_database import LibraryState
from rag.adapters.vector_index import VectorIndex
from rag.types import EmbedderFingerprint, LibraryStamp

MAGIC = b"OPBKVEC1"
_DIGEST_END = len(MAGIC) + hashlib.sha256().digest_size
_HEADER_START = _DIGEST_END + 4
_LEFTOVER_AGE_S = 3600.0


class DamagedVectorFile(ValueError):
    """The file is torn, altered or something else."""


@dataclass(frozen=True, slots=True)
class VectorFileHeader:
    """What a vector file says of itself."""

    state: LibraryState
    approximate: bool
    max_key: int
    dead: tuple[int, ...]


def write_vector_file(path: Path, state: LibraryState, index: VectorIndex) -> None:
    """Write the file as a whole or not at all.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    max_key = int(index.keys.max(initial=0))
    header = asdict(VectorFileHeader(state, index.approximate, max_key, tuple(sorted(index.dead))))
    header_bytes = json.dumps(header).encode()
    payload = index.serialise()
    covered = (len(header_bytes).to_bytes(4, "big"), header_bytes, payload.data)
    digest = hashlib.sha256()
    for part in covered:
        digest.update(part)
    _remove_leftovers(path)
    _replace(path, (MAGIC, digest.digest(), *covered))


def read_vector_file(path: Path, exact_scope: int) -> tuple[VectorFileHeader, VectorIndex]:
    """Read the file and check every byte of it.

    Raises:
        FileNotFoundError: there is none.
        DamagedVectorFile: it is not as it was written.
    """
    content = path.read_bytes()
    if content[: len(MAGIC)] != MAGIC:
        raise DamagedVectorFile("it does not begin as a vector file does")
    covered = memoryview(content)[_DIGEST_END:]
    if hashlib.sha256(covered).digest() != content[len(MAGIC) : _DIGEST_END]:
        raise DamagedVectorFile("its checksum differs")
    try:
        header_end = _HEADER_START + int.from_bytes(content[_DIGEST_END:_HEADER_START], "big")
        header = _header(content[_HEADER_START:header_end])
        payload = np.frombuffer(content, dtype=np.uint8, offset=header_end)
        return header, VectorIndex.deserialise(payload, set(header.dead), exact_scope)
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedVectorFile(f"its content is not what this version writes ({error})") from error


def peek_header(path: Path) -> VectorFileHeader | None:
    """Return the header without checking the file: enough to tell whether it is worth writing anew."""
    try:
        with path.open("rb") as file:
            start = file.read(_HEADER_START)
            length = int.from_bytes(start[_DIGEST_END:], "big")
            return _header(file.read(min(length, path.stat().st_size))) if start[: len(MAGIC)] == MAGIC else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _header(raw: bytes) -> VectorFileHeader:
    fields: dict[str, Any] = json.loads(raw)
    state: dict[str, Any] = fields["state"]
    stamp = state["stamp"]
    return VectorFileHeader(
        LibraryState(
            state["library_id"],
            state["generation"],
            state["token"],
            LibraryStamp(EmbedderFingerprint(**stamp["embedder"]), stamp["chunker"]),
        ),
        fields["approximate"],
        fields["max_key"],
        tuple(fields["dead"]),
    )


def _replace(path: Path, parts: tuple[bytes | memoryview, ...]) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _remove_leftovers(path: Path) -> None:
    """Remove what processes that were killed while writing left behind."""
    for leftover in path.parent.glob(f"{path.name}.*.tmp"):
        with suppress(OSError):
            if time.time() - leftover.stat().st_mtime > _LEFTOVER_AGE_S:
                leftover.unlink()
