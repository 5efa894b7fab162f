"""Readers that do what a hostile file may make a parser do; named in a registry, they run in parsing children."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time
from pathlib import Path

from ingest.readers import Reading, ReadOptions
from ingest.readers.text import read_text
from rag.layout import Box, Layout, WordBox
from rag.types import Document, PageStart

_HOARD: list[bytearray] = []


def named(function: str) -> str:
    return f"{__name__}:{function}"


def crash(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    ctypes.string_at(0)
    return read_text(path, raw, options)


def leave(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    os._exit(7)


def hang(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    """Hang, leaving the number of its process in the file that it was given."""
    Path(raw.decode()).write_text(str(os.getpid()))
    while True:
        pass


def bloat(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    _HOARD.extend(bytearray(10_000_000) for _ in range(1_000))
    return read_text(path, raw, options)


def hoard(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    """Leave something behind, and fail without a word where it is found."""
    _HOARD.append(bytearray())
    if len(_HOARD) > 1:
        os._exit(1)
    return read_text(path, raw, options)


def connect(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    socket.create_connection(("127.0.0.1", int(raw)))
    return read_text(path, raw, options)


def tell_environment(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    return read_text(path, " ".join(f"{name}={value}" for name, value in os.environ.items()).encode(), options)


def chatter(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    os.write(1, b"noise from a library")
    print("more of it", sys.stdin.read())
    return read_text(path, raw, options)


def blow_up(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    raise {"RecursionError": RecursionError, "ValueError": ValueError, "UnicodeError": UnicodeError}[raw.decode()]


def meet(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    """Wait in a folder until another process is there too."""
    folder = Path(raw.decode())
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < 2:
        time.sleep(0.01)
    return read_text(path, raw, options)


def touch(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    """Make the file that it was given the name of."""
    Path(raw.decode()).touch()
    return read_text(path, raw, options)


def pages(path: Path, raw: bytes, options: ReadOptions) -> Reading:
    text = "Half \ud800 and \0 zero.\n\nOn the second page."
    layout = Layout([WordBox(0, 4, Box(1, 10, 20, 30, 40)), WordBox(20, 22, Box(2, 1, 2, 3, 4))])
    starts = (PageStart(0, 1), PageStart(20, 2, "ii"))
    return Reading(
        Document("", path.stem, "application/pdf", text, starts, "page", (), layout), ("page 3 is a picture",)
    )
