"""Fetches files from afar while those before them are worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias, TypeVar

from ingest.sources.source_file import SourceFile

_AT_ONCE = 4  # files that are fetched, or wait in memory, at a time

_Result = TypeVar("_Result")
Pending: TypeAlias = tuple[SourceFile, Callable[[], _Result]]


def read_ahead(
    files: Iterable[SourceFile], read: Callable[[SourceFile], _Result], at_once: int = _AT_ONCE
) -> Generator[Pending[_Result], None, None]:
    """Yield each file, in order, with what returns or raises what `read` made of it.

    Remote files are read by threads, at most `at_once` of them ahead of the one that was yielded; all others are
    read when they are asked for. `files` is iterated by the caller's thread. Close the iterator to start no more.
    """
    waiting: deque[Pending[_Result]] = deque()
    pool = ThreadPoolExecutor(at_once, "fetch")
    try:
        for file in files:
            waiting.append((file, pool.submit(read, file).result if file.is_remote else partial(read, file)))
            if len(waiting) > at_once:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
