"""Bad input, and what may happen to an ingest while it runs."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.readers import READERS
from ingest.report import IngestProgress
from ingest.sources import find_sources
from rag.bootstrap import open_library
from rag.errors import IndexMismatch
from rag.types import Scope
from tests.fakes import HashEmbedder
from tests.hostile_readers import named
from tests.integration.course_folder import (
    check_whole,
    course_text,
    expected_chunks,
    ingest,
    let_go,
    opened,
    settings_at,
    start_driver,
    write_course,
)

KILLS = 50


def broken_device(path: Path) -> None:
    """A file that opens but cannot be read, also for root, where the system has one."""
    if Path("/proc/self/mem").exists():
        path.symlink_to("/proc/self/mem")
    else:
        path.write_text("text")
        path.chmod(0)


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "blank": (lambda path: path.write_text(" \n\t\n"), "empty"),
    "binary": (lambda path: path.write_bytes(bytes(range(256)) * 40), "binary"),
    "only headings": (lambda path: path.write_text("# One\n\n## Two\n"), "nothing to learn"),
    "too large": (lambda path: path.write_bytes(b"word " * 10_000_000), "larger than 32 MB"),
    "unreadable": (broken_device, "cannot be read"),
}


def test_words_quoted_a_hundred_thousand_times_are_read(tmp_path: Path) -> None:
    (tmp_path / "deep.md").write_text("> " * 100_000 + "deep")
    report = ingest(tmp_path / "home", tmp_path / "deep.md")
    assert (report.added, report.failed) == (1, ())


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_reported_with_its_reason_and_the_others_go_on(tmp_path: Path, kind: str) -> None:
    make, reason = BAD_FILES[kind]
    write_course(tmp_path / "texts", 2)
    bad = tmp_path / "0-bad.md"
    make(bad)
    report = ingest(tmp_path / "home", bad, tmp_path / "texts")
    assert report.added == 2
    ((path, told),) = report.failed
    assert Path(path) == bad
    assert reason in told


@pytest.mark.parametrize(("reader", "reason"), [("blow_up", "could not be parsed"), ("crash", "SIGSEGV")])
def test_a_parser_that_blows_up_fails_its_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str, reason: str
) -> None:
    monkeypatch.setitem(READERS, ".hostile", named(reader))
    write_course(tmp_path / "texts", 2)
    (tmp_path / "texts" / "0000.hostile").write_text("ValueError")
    report = ingest(tmp_path / "home", tmp_path / "texts")
    assert report.added == 2
    ((path, told),) = report.failed
    assert path.endswith("0000.hostile")
    assert reason in told


def test_a_file_of_an_unknown_format_is_reported_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "slides.key").write_text("text")
    ((_, reason),) = ingest(tmp_path / "home", tmp_path / "slides.key").failed
    assert ".md" in reason


def test_a_file_that_vanishes_after_it_was_found_is_reported(tmp_path: Path) -> None:
    write_course(tmp_path / "texts", 3)
    sources = find_sources([tmp_path / "texts"])
    (tmp_path / "texts" / "0001.md").unlink()
    embedder = HashEmbedder()
    with opened(tmp_path / "home", embedder) as library:
        report = Ingestor(library, embedder, settings_at(tmp_path / "home")).ingest(sources)
    assert report.added == 2
    assert "gone" in report.failed[0][1]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8-sig"])
def test_texts_in_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = "# Café\n\n" + "La façade naïve du café était très élégante, même à Noël. " * 20
    (tmp_path / "a.md").write_bytes(text.encode(encoding))
    assert ingest(tmp_path / "home", tmp_path / "a.md").added == 1
    with opened(tmp_path / "home") as library:
        (info,) = library.documents()
        assert "façade naïve" in library.document(info.id).text


HOSTILE = {
    "one long line": "word " * 300_000,
    "a line without a space": "x" * 1_000_000,
    "a list of 100,000 levels on one line": "- " * 100_000 + "deep",
    "a list of 1,000 indented levels": "\n".join("  " * level + "- level" for level in range(1_000)),
    "200,000 headings": "\n".join(f"# heading {number}" for number in range(200_000)) + "\n\ntext",
    "50,000 items": "\n".join(f"- item {number}" for number in range(50_000)),
    "50,000 numbered items": "\n".join(f"{number}. item" for number in range(50_000)),
    "100,000 open brackets": "[" * 100_000,
    "100,000 open comments": "text\n" + "<!--" * 100_000,
    "30,000 table rows": "\n".join(["|a|b|", "|-|-|", *["|c|d|"] * 30_000]),
    "30,000 open fences": "```\n" * 30_001,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_but_readable_files_are_read_in_reasonable_time(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.md").write_text(HOSTILE[kind])
    began = time.process_time()
    report = ingest(tmp_path / "home", tmp_path / "a.md")
    assert report.added + len(report.failed) == 1
    assert "could not be parsed" not in str(report.failed)
    assert time.process_time() - began < 40  # the slowest takes 8 s


def test_of_a_thousand_files_the_ten_bad_ones_are_reported(tmp_path: Path) -> None:
    write_course(tmp_path / "texts", 1_000, sections=1)
    for number in range(0, 1_000, 100):
        (tmp_path / "texts" / f"{number:04}.md").write_bytes(b"" if number % 200 else b"\x00\x01")
    report = ingest(tmp_path / "home", tmp_path / "texts")
    assert (report.added, len(report.failed)) == (990, 10)
    assert {Path(path).name for path, _ in report.failed} == {f"{number:04}.md" for number in range(0, 1_000, 100)}
    again = ingest(tmp_path / "home", tmp_path / "texts")
    assert (again.unchanged, len(again.failed), again.embedded) == (990, 10, 0)


def test_a_full_disk_stops_the_run_and_keeps_what_was_committed(tmp_path: Path) -> None:
    write_course(tmp_path / "texts", 400)
    driver = start_driver(tmp_path / "home", tmp_path / "texts", "800000")
    let_go(driver)
    told, _ = driver.communicate(timeout=60)
    assert driver.returncode == 1
    assert told.startswith("LibraryError")
    assert "disk" in told
    assert "are kept" in told
    expected = expected_chunks(tmp_path / "texts")
    kept = check_whole(tmp_path / "home", expected)
    assert 0 < kept < 400
    report = ingest(tmp_path / "home", tmp_path / "texts")
    assert (report.unchanged, report.added) == (kept, 400 - kept)
    assert check_whole(tmp_path / "home", expected) == 400


def test_another_embedder_is_refused_until_the_library_is_indexed_anew(tmp_path: Path) -> None:
    write_course(tmp_path / "texts", 20)
    ingest(tmp_path / "home", tmp_path / "texts")
    other = HashEmbedder(32, "other")
    with pytest.raises(IndexMismatch, match="openbook reindex"):
        opened(tmp_path / "home", other)
    with opened(tmp_path / "home") as library:
        before = [(info.id, info.sources, library.document(info.id)) for info in library.documents()]
    settings = settings_at(tmp_path / "home")
    steps: list[IngestProgress] = []
    with open_library(settings, other, check=False) as library:
        report = Ingestor(library, other, settings).reindex(steps.append)
    assert (report.changed, report.embedded + report.reused) == (20, report.chunks)
    assert steps[-1].done == 20
    with opened(tmp_path / "home", other) as library:
        assert [(info.id, info.sources, library.document(info.id)) for info in library.documents()] == before
        (hit,) = library.dense(other.embed(["topic7 part 2"])[0], 1)
        assert library.chunks([hit.key])
        assert library.health().problems == ()
    with pytest.raises(IndexMismatch):
        opened(tmp_path / "home")


def test_another_chunk_size_is_refused_until_the_library_is_indexed_anew(tmp_path: Path) -> None:
    write_course(tmp_path / "texts", 5)
    ingest(tmp_path / "home", tmp_path / "texts")
    with pytest.raises(IndexMismatch, match="openbook reindex"):
        opened(tmp_path / "home", chunk_characters=300)
    settings, embedder = settings_at(tmp_path / "home", chunk_characters=300), HashEmbedder()
    with open_library(settings, embedder, check=False) as library:
        Ingestor(library, embedder, settings).reindex()
        assert all(len(c.text) <= 300 for info in library.documents() for c in library.document_chunks(info.id))


@pytest.mark.slow
def test_an_ingest_that_is_killed_at_any_moment_leaves_whole_documents_and_the_next_run_finishes(
    tmp_path: Path,
) -> None:
    folder, number = tmp_path / "texts", 300
    write_course(folder, number)
    expected = expected_chunks(folder)
    began = time.perf_counter()
    driver = start_driver(tmp_path / "home-0", folder)
    let_go(driver)
    driver.communicate(timeout=60)
    lasted = time.perf_counter() - began - 0.3
    moments = random.Random(20_26)
    found, home = [], tmp_path / "home-1"
    for kill in range(KILLS):
        driver = start_driver(home, folder)
        let_go(driver)
        time.sleep(moments.uniform(0, lasted))
        os.kill(driver.pid, signal.SIGKILL)
        driver.communicate(timeout=60)
        found.append(check_whole(home, expected))
        if found[-1] == number or kill % 3 == 2:
            ingest(home, folder)
            assert check_whole(home, expected) == number
            home = tmp_path / f"home-{kill + 2}"
    assert sum(0 < documents < number for documents in found) >= 5, f"kills came too early or too late: {found}"
    ingest(home, folder)
    assert check_whole(home, expected) == number


def test_two_processes_ingest_the_same_folder_while_a_third_searches(tmp_path: Path) -> None:
    folder, home = tmp_path / "texts", tmp_path / "home"
    write_course(folder, 200)
    drivers = [start_driver(home, folder) for _ in range(2)]
    for driver in drivers:
        let_go(driver)
    embedder, seen = HashEmbedder(), 0
    with opened(home, embedder) as library:
        while any(driver.poll() is None for driver in drivers):
            hits = library.dense(embedder.embed(["topic7 part 1"])[0], 5) + library.lexical(["topic7"], 5)
            chunks = library.chunks([hit.key for hit in hits])
            assert set(chunks) == {hit.key for hit in hits}
            seen = max(seen, library.chunk_count)
        assert all(driver.wait() == 0 for driver in drivers)
        assert library.chunk_count == sum(map(len, expected_chunks(folder).values())) >= seen
        gone = next(info for info in library.documents() if info.name == "0007.md")
        with opened(home) as other:
            other.remove_document(gone.id)
        keys = [hit.key for hit in library.dense(embedder.embed(["topic7 part 1"])[0], 50)]
        assert all(chunk.document_id != gone.id for chunk in library.chunks(keys).values())
        assert library.lexical(["topic7"], 5) == []
    for driver in drivers:
        driver.communicate()
    assert check_whole(home, expected_chunks(folder)) == 199


def test_a_changed_file_replaces_what_it_held_and_only_changed_chunks_are_embedded(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(course_text(1, 8))
    first = ingest(tmp_path / "home", file)
    file.write_text(course_text(1, 8).replace("topic1 part 5 is", "topic1 part 5 became"))
    second = ingest(tmp_path / "home", file)
    assert (second.added, second.changed, second.embedded) == (0, 1, 1)
    assert second.reused == first.chunks - 1
    with opened(tmp_path / "home") as library:
        (info,) = library.documents()
        assert "part 5 became" in library.document(info.id).text
        assert library.chunk_count == first.chunks


def test_the_same_bytes_under_two_names_are_one_document_and_one_name_can_go(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(course_text(1))
    report = ingest(tmp_path / "home", tmp_path / "a.md", tmp_path / "b.md")
    assert (report.added, report.duplicates) == (1, 1)
    with opened(tmp_path / "home") as library:
        (info,) = library.documents()
        assert [source.name for source in info.sources] == ["a.md", "b.md"]
        library.remove_source("course", str(tmp_path / "a.md"))
        assert [source.name for source in library.documents()[0].sources] == ["b.md"]
        assert library.lexical(["topic1"], 1)
    assert ingest(tmp_path / "home", tmp_path / "a.md").duplicates == 1


def test_sync_makes_the_library_match_a_folder(tmp_path: Path) -> None:
    folder, home, embedder = tmp_path / "texts", tmp_path / "home", HashEmbedder()
    write_course(folder, 4)
    (tmp_path / "elsewhere.md").write_text(course_text(99))
    ingest(home, tmp_path / "elsewhere.md")
    with opened(home, embedder) as library:
        ingestor = Ingestor(library, embedder, settings_at(home))
        assert ingestor.sync(folder).added == 4
        (folder / "0000.md").rename(folder / "renamed.md")
        (folder / "0001.md").unlink()
        (folder / "0002.md").write_text(course_text(50))
        (folder / "0003.md").write_bytes(b"")
        embedder.embedded.clear()
        report = ingestor.sync(folder)
        assert (report.duplicates, report.changed, report.removed, len(report.failed)) == (1, 1, 2, 1)
        assert not any("Topic 0 " in text for text in embedder.embedded), "a renamed file is not embedded again"
        names = {source.name for info in library.documents() for source in info.sources}
        assert names == {"elsewhere.md", "renamed.md", "0002.md", "0003.md"}


def test_tags_are_replaced_when_given_and_kept_when_not(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(course_text(1))
    embedder = HashEmbedder()
    with opened(tmp_path / "home", embedder) as library:
        ingestor = Ingestor(library, embedder, settings_at(tmp_path / "home"))
        sources = find_sources([tmp_path / "a.md"])
        ingestor.ingest(sources, tags=("exam",))
        assert ingestor.ingest(sources).unchanged == 1
        (tmp_path / "a.md").write_text(course_text(2))
        ingestor.ingest(sources)
        assert library.documents(Scope(tags=("exam",)))
        assert ingestor.ingest(sources, tags=("week-2",)).changed == 1
        assert not library.documents(Scope(tags=("exam",)))


def test_a_checksum_that_differs_from_the_manifest_is_a_warning_and_titles_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(course_text(1))
    module = '{"path": "a.md", "title": "Rays", "sha256": "00"}'
    (tmp_path / "manifest.json").write_text(f'{{"course": "optics", "modules": [{module}]}}')
    report = ingest(tmp_path / "home", tmp_path)
    assert report.added == 1
    assert "checksum" in report.warnings[0]
    with opened(tmp_path / "home") as library:
        (info,) = library.documents(Scope(course="optics"))
        assert info.title == "Rays"
