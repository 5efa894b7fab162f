from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest.sources import SourceFile, read_ahead
from rag.errors import IngestError


def file(name: str, *, is_remote: bool = True) -> SourceFile:
    return SourceFile(name, name, name, lambda size: name.encode()[:size], is_remote=is_remote)


def test_files_come_in_order_whichever_is_fetched_first() -> None:
    last_is_read = threading.Event()

    def read(one: SourceFile) -> bytes:
        last_is_read.set() if one.name == "c" else last_is_read.wait(5)
        return one.read(1)

    contents = [(one.name, get()) for one, get in read_ahead(map(file, "abc"), read)]
    assert contents == [("a", b"a"), ("b", b"b"), ("c", b"c")]


def test_no_more_files_are_fetched_than_may_wait() -> None:
    begun: list[str] = []

    def files() -> Iterator[SourceFile]:
        for name in "abcdefgh":
            begun.append(name)
            yield file(name)

    with closing(read_ahead(files(), lambda one: one.read(1), at_once=2)) as found:
        next(found)
        assert begun == ["a", "b", "c"]
        next(found)
    assert begun == ["a", "b", "c", "d"], "closing starts no more"


def test_a_file_of_this_machine_is_read_when_it_is_asked_for_by_who_asks() -> None:
    reading: list[str] = []
    names = (file(name, is_remote=False) for name in "ab")
    for one, get in read_ahead(names, lambda one: reading.append(threading.current_thread().name)):
        assert len(reading) == "ab".index(one.name)
        get()
    assert set(reading) == {threading.current_thread().name}


def test_a_file_that_cannot_be_fetched_says_so_when_it_is_asked_for_and_the_others_come() -> None:
    def read(one: SourceFile) -> str:
        if one.name == "b":
            raise IngestError("gone", one.place)
        return one.name

    (_, first), (_, second), (_, third) = read_ahead(map(file, "abc"), read)
    assert (first(), third()) == ("a", "c")
    with pytest.raises(IngestError, match="gone"):
        second()
