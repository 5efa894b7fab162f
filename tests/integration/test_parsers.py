"""Children that parse: what a hostile file may do to them, and that nobody else notices."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.parse.frames import Job, Parsed
from ingest.parse.pool import Limits, Parsers
from ingest.readers import READERS, ReadOptions
from rag.errors import IngestError
from rag.types import PageStart
from tests.hostile_readers import named

LIMITS = Limits(memory_mb=150, timeout_s=20)


def job(reader: str = "") -> Job:
    readers = {**READERS, ".hostile": named(reader)} if reader else READERS
    return Job("a.hostile" if reader else "a.md", "", "id", 900, ReadOptions(), readers)


def parse(parsers: Parsers, reader: str = "", raw: bytes = b"# Light\n\nIt is fast.") -> Parsed:
    return parsers.submit(job(reader), raw).result(60)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    with Parsers(1, LIMITS) as pool:
        yield pool


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def hang(parsers: Parsers, tmp_path: Path) -> int:
    """Have a child hang; return its process."""
    told = tmp_path / "process"
    parsers.submit(job("hang"), str(told).encode())
    while not told.exists() or not told.read_text():
        time.sleep(0.01)
    return int(told.read_text())


def test_a_file_comes_back_as_it_was_parsed_in_the_child(parsers: Parsers) -> None:
    parsed = parse(parsers)
    assert parsed.document.text == "# Light\n\nIt is fast."
    (chunk,) = parsed.chunks
    assert (chunk.document_id, chunk.text, chunk.heading_path, chunk.line) == ("id", "It is fast.", ("Light",), 3)
    assert parsed.document.lines == (1, 2, 3)


def test_pages_boxes_and_warnings_come_back_and_what_cannot_be_stored_is_replaced(parsers: Parsers) -> None:
    parsed = parse(parsers, "pages")
    document = parsed.document
    assert "Half \ufffd and \ufffd zero." in document.text
    assert [page.label for page in document.pages] == ["", "ii"]
    assert document.pages[1] == PageStart(document.text.index("On the"), 2, "ii")
    assert [document.text[word.start : word.end] for word in document.layout] == ["Half", "On"]
    assert document.layout.boxes(0, 4)[0].bottom == 40
    assert [chunk.page_start for chunk in parsed.chunks] == [1]
    assert parsed.warnings == ("page 3 is a picture",)


@pytest.mark.parametrize(
    ("reader", "reason"),
    [("crash", "SIGSEGV"), ("leave", "exit code 7"), ("bloat", "more than 150 MB")],
)
def test_a_child_that_fails_is_told_with_its_reason_and_replaced(parsers: Parsers, reader: str, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        parse(parsers, reader)
    assert parse(parsers).chunks


@pytest.mark.parametrize("kind", ["RecursionError", "ValueError", "UnicodeError"])
def test_a_parser_that_raises_fails_its_file(parsers: Parsers, kind: str) -> None:
    with pytest.raises(IngestError, match="could not be parsed"):
        parse(parsers, "blow_up", kind.encode())


def test_a_child_that_hangs_is_ended_at_its_deadline(tmp_path: Path) -> None:
    with Parsers(1, Limits(timeout_s=3)) as parsers:
        began = time.monotonic()
        with pytest.raises(IngestError, match=r"longer than 3 s.*OPENBOOK_PARSE_TIMEOUT_S"):
            parse(parsers, "hang", str(tmp_path / "process").encode())
        assert time.monotonic() - began < 30
        assert not is_alive(int((tmp_path / "process").read_text()))


def test_a_file_is_not_blamed_for_what_files_before_it_left_behind(parsers: Parsers) -> None:
    assert [parse(parsers, "hoard").document.text for _ in range(4)] == ["# Light\n\nIt is fast."] * 4


def test_a_child_opens_no_connections(parsers: Parsers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        with pytest.raises(IngestError, match="may not open connections"):
            parse(parsers, "connect", str(server.getsockname()[1]).encode())
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_child_knows_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    with Parsers(1, LIMITS) as parsers:
        assert "hidden" not in parse(parsers, "tell_environment").document.text


def test_what_a_library_prints_is_not_taken_for_a_reply(parsers: Parsers) -> None:
    assert parse(parsers, "chatter").chunks


def test_closing_ends_children_in_the_middle_of_a_file(tmp_path: Path) -> None:
    with Parsers(1, LIMITS) as parsers:
        process = hang(parsers, tmp_path)
        waiting = parsers.submit(job(), b"text")
    assert not is_alive(process)
    assert waiting.cancelled()


def test_two_children_work_side_by_side(tmp_path: Path) -> None:
    with Parsers(2, LIMITS) as parsers:
        for future in [parsers.submit(job("meet"), str(tmp_path).encode()) for _ in range(2)]:
            future.result(60)
