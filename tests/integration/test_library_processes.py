"""The SQLite library among processes: writers, a reader, and writers that are killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from rag.adapters.sqlite_library import SqliteLibrary
from tests.fakes import HashEmbedder, sample_document, sample_source, stamp

SPAWN = multiprocessing.get_context("spawn")
EMBEDDER = HashEmbedder()
STAMP = stamp(EMBEDDER)
TURNS = 40


def put(library: SqliteLibrary, name: str, paragraphs: list[str]) -> str:
    document, chunks = sample_document(name, paragraphs)
    library.put(document, sample_source(name), chunks, EMBEDDER.embed([chunk.embed_text for chunk in chunks]))
    return document.id


def found(library: SqliteLibrary, term: str) -> set[str]:
    """Return the documents of the chunks that hold `term`, by both rankings."""
    vector = EMBEDDER.embed([term])[0]
    keys = [hit.key for hit in (*library.lexical([term], 1000), *library.dense(vector, 1000))]
    return {c.document_id for c in library.chunks(keys).values() if term in c.text.split()}


def write_and_remove(path: Path, number: int, pipe: Connection) -> None:
    """Put documents and remove every other; tell of each only once the call has returned."""
    with SqliteLibrary(path, STAMP) as library:
        for turn in range(TURNS):
            term = f"term{number}x{turn}"
            document_id = put(library, f"{number}-{turn}.md", [f"{term} one", f"{term} two", f"{term} three"])
            assert found(library, term) == {document_id}
            pipe.send(("put", term, document_id))
            if turn % 2 == 0:
                assert library.remove_document(document_id)
                assert found(library, term) == set()
                pipe.send(("removed", term, document_id))
    pipe.send(("done", "", ""))


def read_what_is_told(path: Path, tasks: Connection, answers: Connection) -> None:
    """Answer for each term told of with the documents that are found; an error ends the process."""
    with SqliteLibrary(path, STAMP) as library:
        while (term := tasks.recv()) is not None:
            answers.send((found(library, term), [info.chunks for info in library.documents()]))


def test_two_writers_and_a_reader_agree_and_what_was_removed_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "home" / "library.db"
    tasks, to_reader = SPAWN.Pipe(duplex=False)
    from_reader, answers = SPAWN.Pipe(duplex=False)
    reader = SPAWN.Process(target=read_what_is_told, args=(path, tasks, answers))
    told = [SPAWN.Pipe(duplex=False) for _ in range(2)]
    writers = [SPAWN.Process(target=write_and_remove, args=(path, n, pipe)) for n, (_, pipe) in enumerate(told)]
    for process in (reader, *writers):
        process.start()
    waiting = [receiver for receiver, _ in told]
    removed: set[str] = set()
    while waiting:
        for pipe in [pipe for pipe in waiting if pipe.poll(0.01)]:
            what, term, document_id = pipe.recv()
            if what == "done":
                waiting.remove(pipe)
                continue
            if what == "removed":
                removed.add(document_id)
            to_reader.send(term)
            documents, counts = from_reader.recv()
            assert documents <= {document_id} - removed
            assert document_id in documents or what == "removed" or int(term.split("x")[1]) % 2 == 0
            assert set(counts) <= {3}, "a document was seen in part"
    to_reader.send(None)
    for process in (reader, *writers):
        process.join(60)
        assert process.exitcode == 0
    with SqliteLibrary(path, STAMP) as library:
        assert len(library.documents()) == TURNS
        assert library.chunk_count == 3 * TURNS
        assert library.generation == 3 * TURNS
        assert library.health().is_sound


def write_until_killed(path: Path, seed: int, pipe: Connection) -> None:
    with SqliteLibrary(path, STAMP) as library:
        rng = random.Random(seed)
        while True:
            name = f"{rng.randrange(6)}.md"
            count = rng.randrange(1, 60)
            put(library, name, [f"{count} paragraphs, this is {n}, {rng.random()}" for n in range(count)])
            library.dense(EMBEDDER.embed(["paragraphs"])[0], 5)
            library.save_index()
            pipe.send(name)


def assert_every_document_is_whole(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        health = library.health()
        assert health.is_sound, health.problems
        for info in library.documents():
            chunks = library.document_chunks(info.id)
            expected = int(chunks[0].text.split()[0])
            assert info.chunks == len(chunks) == expected
            assert len(library.known_vectors([chunk.embed_text for chunk in chunks])) == expected
        hits = library.dense(EMBEDDER.embed(["paragraphs"])[0], 10_000)
        assert len({hit.key for hit in hits}) == library.chunk_count
        assert library.frequencies(["paragraphs"])["paragraphs"] == library.chunk_count


def kill(process: SpawnProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_documents_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "library.db"
    rng = random.Random(7)
    for seed in range(20):
        told, pipe = SPAWN.Pipe(duplex=False)
        process = SPAWN.Process(target=write_until_killed, args=(path, seed, pipe))
        process.start()
        pipe.close()
        assert told.poll(60)
        time.sleep(rng.uniform(0.0, 0.12))
        kill(process)
        committed = set()
        with suppress(EOFError):
            while told.poll():
                committed.add(told.recv())
        assert_every_document_is_whole(path)
        with SqliteLibrary(path, STAMP) as library:
            assert committed <= {info.name for info in library.documents()}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_writer_killed_while_it_makes_the_library_leaves_a_whole_one_or_none(tmp_path: Path) -> None:
    rng = random.Random(8)
    for seed in range(6):
        path = tmp_path / f"home{seed}" / "library.db"
        process = SPAWN.Process(target=write_until_killed, args=(path, seed, SPAWN.Pipe()[1]))
        process.start()
        while not path.exists():
            time.sleep(0.0005)
        time.sleep(rng.uniform(0.0, 0.01))
        kill(process)
        assert_every_document_is_whole(path)
        with SqliteLibrary(path, STAMP) as library:
            put(library, "next.md", ["1 paragraphs"])
        assert_every_document_is_whole(path)
