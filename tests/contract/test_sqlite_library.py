"""The SQLite library: the contract, its cache of vectors at every kind of damage, and files that are not ours."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from rag.adapters import library_database, library_lexical, library_vectors, sqlite_library
from rag.adapters.sqlite_library import SqliteLibrary
from rag.errors import IndexMismatch, LibraryError
from rag.ports import Library, Vectors
from rag.types import Chunk, Document, Hit, Scope
from tests.contract.library_contract import EMBEDDER, LibraryContract, dense_texts, lexical_texts, put, put_course
from tests.contract.library_v1 import write_version_1
from tests.fakes import COURSE_TEXTS, HashEmbedder, sample_document, sample_source, stamp

STAMP = stamp(EMBEDDER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "library.db"


@pytest.fixture
def library(path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(path, STAMP) as opened:
        yield opened


class TestSqliteLibrary(LibraryContract):
    @pytest.fixture
    def library(self, path: Path) -> Iterator[Library]:
        with SqliteLibrary(path, STAMP) as opened:
            yield opened


class GraphLibrary(SqliteLibrary):
    """Searches through a graph: otherwise one is built only when the cache is written."""

    def dense(self, vector: Vectors, limit: int, scope: Scope = Scope()) -> list[Hit]:
        self.save_index()
        return super().dense(vector, limit, scope)


class TestSqliteLibraryWithAGraph(LibraryContract):
    """The same through the approximate index."""

    @pytest.fixture
    def library(self, path: Path) -> Iterator[Library]:
        with GraphLibrary(path, STAMP, exact_search_limit=0) as opened:
            yield opened
            assert opened._vectors._held is None or opened._vectors._held.index.approximate


class TestSqliteLibraryWithFewScoredRows(LibraryContract):
    """The same with the bound on scored rows that large libraries meet."""

    @pytest.fixture
    def library(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
        monkeypatch.setattr(library_lexical, "SCORED_ROWS", 1)
        monkeypatch.setattr(library_lexical, "SMALL_SCOPE", 0)
        with SqliteLibrary(path, STAMP) as opened:
            yield opened


# Making and opening


def test_reading_a_missing_library_makes_no_file(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        library.documents()
        library.remove_document("none")
        assert library.health().is_sound
    assert not path.parent.exists()


def test_a_library_opened_before_it_was_made_sees_what_another_puts(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as reader, SqliteLibrary(path, STAMP) as writer:
        assert dense_texts(reader, "light") == []
        put_course(writer)
        assert reader.chunk_count == writer.chunk_count
        assert dense_texts(reader, "light") == dense_texts(writer, "light") != []


def test_an_empty_file_becomes_a_library(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with SqliteLibrary(path, STAMP) as library:
        assert library.documents() == []
        put_course(library)
        assert len(library.documents()) == 3


def test_what_was_put_is_there_after_closing(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
        before = library.documents()
    with SqliteLibrary(path, STAMP) as library:
        assert library.documents() == before
        assert library.health().is_sound


def test_a_library_of_another_embedder_or_chunker_is_refused_with_both_named(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
    for other in (stamp(HashEmbedder(name="other")), stamp(EMBEDDER, chunker="sentences-9")):
        with pytest.raises(IndexMismatch) as caught:
            SqliteLibrary(path, other)
        assert all(text in str(caught.value) for text in (str(STAMP), str(other), "openbook reindex"))
        with SqliteLibrary(path, other, check_stamp=False) as library:
            assert len(library.documents()) == 3
            with pytest.raises(IndexMismatch):
                put(library, "new.md", ["text"])
            with pytest.raises(IndexMismatch):
                dense_texts(library, "light")


def test_without_a_stamp_a_library_can_be_listed_and_emptied_but_not_searched_or_filled(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        documents = put_course(library)
    with SqliteLibrary(path) as library:
        assert library.stored_stamp == STAMP
        assert len(library.documents()) == 3
        assert library.health().stamp == STAMP
        for refused in (lambda: put(library, "new.md", ["text"]), lambda: dense_texts(library, "light")):
            with pytest.raises(LibraryError, match="without a stamp"):
                refused()
        assert library.remove_document(documents["optics.md"].id)
        assert library.remove_source("course", "/texts/biology.md")
        assert len(library.documents()) == 1


def _foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()


def _library_of_a_newer_version(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def _text_file(path: Path) -> None:
    path.write_text("not a database, " * 1000)


def _torn_library(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
    path.write_bytes(path.read_bytes()[:5000])


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.fixture
def version_1(path: Path, tmp_path: Path) -> Path:
    with SqliteLibrary(tmp_path / "newer.db", STAMP) as library:
        put_course(library)
    path.parent.mkdir()
    write_version_1(path, tmp_path / "newer.db")
    return path


def _columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: list(connection.execute(f"PRAGMA table_info({table})")) for table in tables}


def test_a_library_of_version_1_is_upgraded_when_it_is_opened(version_1: Path, tmp_path: Path) -> None:
    with SqliteLibrary(version_1, STAMP) as library, SqliteLibrary(tmp_path / "newer.db", STAMP) as newer:
        assert library.documents() == newer.documents()
        assert library.generation == newer.generation
        (optics,) = (info for info in library.documents() if info.name == "optics.md")
        assert library.document(optics.id) == newer.document(optics.id)
        assert len(library.layout(optics.id)) == 0
        assert dense_texts(library, "light") == dense_texts(newer, "light")
        assert lexical_texts(library, ["glucose"]) == ["Mitochondria release energy from glucose."]
        document, chunks = sample_document("new.pdf", ["text"])
        vectors = EMBEDDER.embed([one.embed_text for one in chunks])
        library.put(document, sample_source("new.pdf"), chunks, vectors, b"%PDF")
        assert library.original(document.id) == b"%PDF"
        assert library.health().is_sound
    assert _columns(version_1) == _columns(tmp_path / "newer.db")


def test_an_upgrade_that_fails_leaves_a_library_of_version_1(version_1: Path) -> None:
    with closing(sqlite3.connect(version_1)) as connection:
        connection.execute("CREATE TABLE originals (x)")
    before = _columns(version_1)
    with pytest.raises(LibraryError, match="originals"):
        SqliteLibrary(version_1, STAMP)
    assert _columns(version_1) == before
    with closing(sqlite3.connect(version_1)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_library_is_upgraded_once_by_many_that_open_it(version_1: Path) -> None:
    def documents(_: int) -> int:
        with SqliteLibrary(version_1, STAMP) as library:
            return len(library.documents())

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(documents, range(16))) == {3}


def test_a_listing_reads_no_large_column(library: SqliteLibrary) -> None:
    document = put_course(library)["optics.md"]
    read: set[str] = set()

    def note(_: int, table: str | None, column: str | None, *rest: object) -> int:
        read.add(f"{table}.{column}")
        return sqlite3.SQLITE_OK

    with library._database.read() as connection:
        connection.set_authorizer(note)
    large = {"documents.text", "documents.lines", "documents.pages", "documents.layout", "originals.content"}
    library.documents(Scope(course="course"))
    library.has_document(document.id)
    assert "documents.title" in read
    assert not read & large
    library.document(document.id)
    assert read & large == {"documents.text", "documents.lines", "documents.pages"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_foreign_database, "no Openbook library"),
        (_library_of_a_newer_version, "schema 999"),
        (_garbage, "damaged"),
        (_text_file, "damaged"),
        (_torn_library, "damaged"),
        (_folder, "cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_left_as_it_was(
    path: Path, make: Callable[[Path], None], message: str
) -> None:
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else b""

    def use() -> None:
        with SqliteLibrary(path, STAMP) as library:
            library.documents()
            put_course(library)

    with pytest.raises(LibraryError, match=message) as caught:
        use()
    assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_pages_overwritten_in_the_middle_raise_or_are_reported_by_health(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 12] = b"\xff" * (4096 * 9)
    path.write_bytes(content)
    try:
        with SqliteLibrary(path, STAMP) as library:
            assert not library.health().is_sound
    except LibraryError as error:
        assert "damaged" in str(error)  # noqa: PT017 (either is right: it depends on which pages are hit)


def test_health_finds_a_lexical_index_that_does_not_agree(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
        assert library.health().is_sound
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO chunk_search (chunk_search, rowid, headings, text) VALUES ('delete', 1, 'x', 'y')")
    connection.commit()
    connection.close()
    with SqliteLibrary(path, STAMP) as library:
        assert any("lexical index" in problem for problem in library.health().problems)


def test_health_finds_orphans_and_vectors_of_wrong_length(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER chunk_changed")
    connection.execute("UPDATE chunks SET vector = x'00' WHERE key = 1")
    connection.execute("DELETE FROM documents WHERE title = 'Economy'")  # without foreign keys
    connection.commit()
    connection.close()
    with SqliteLibrary(path, STAMP) as library:
        health = library.health()
        assert health.orphans == 4
        assert any("64 dimensions" in problem for problem in health.problems)
        with pytest.raises(LibraryError, match="openbook reindex"):
            dense_texts(library, "light")


def test_a_closed_library_says_so(library: SqliteLibrary) -> None:
    library.close()
    library.close()
    with pytest.raises(LibraryError, match="closed"):
        library.documents()


# Errors of the disk


def test_a_full_disk_changes_nothing_and_says_what_to_do(library: SqliteLibrary) -> None:
    put_course(library)
    before = library.documents(), library.generation
    with library._database.read() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(LibraryError, match=r"disk is full.*Free some space"):
        put(library, "large.md", [f"paragraph {n} " + "words " * 50 for n in range(500)])
    assert (library.documents(), library.generation) == before
    assert library.health().is_sound
    connection.execute("PRAGMA max_page_count = 1000000")
    put(library, "large.md", [f"paragraph {n}" for n in range(500)])
    assert library.chunk_count == 508


def test_a_lock_that_is_not_released_says_what_to_do(library: SqliteLibrary, path: Path) -> None:
    put_course(library)
    with library._database.read() as connection:
        pass
    connection.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError, match=r"locked.*Try again"):
        put(library, "new.md", ["text"])
    assert len(library.documents()) == 3
    other.close()
    put(library, "new.md", ["text"])


def test_text_that_is_no_unicode_is_refused(library: SqliteLibrary) -> None:
    with pytest.raises(LibraryError, match="surrogates"):
        put(library, "bad\udcff.md", ["text"])
    assert library.documents() == []


def search_without_the_right_to_write(path: Path) -> None:
    """Run in a process of its own, which gives up root's right to write everything."""
    if os.getuid() == 0:
        os.setuid(65534)
    with SqliteLibrary(path, STAMP) as library:
        assert lexical_texts(library, ["glucose"])
        assert dense_texts(library, "light")
        with pytest.raises(LibraryError, match=r"cannot be (written|opened)"):
            put(library, "new.md", ["text"])
        health = library.health()
        assert health.is_sound
        assert "lexical index" in health.unchecked[0]


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs another user")
@pytest.mark.parametrize("writer_is_open", [False, True])
def test_a_library_on_a_read_only_folder_answers(writer_is_open: bool) -> None:
    folder = Path(tempfile.mkdtemp())  # not tmp_path, whose parents only its owner may enter
    path = folder / "library.db"
    try:
        with SqliteLibrary(path, STAMP) as library:
            put_course(library)
            if not writer_is_open:
                library.close()
            for file in folder.iterdir():
                file.chmod(0o444)
            folder.chmod(0o555)
            process = multiprocessing.get_context("spawn").Process(
                target=search_without_the_right_to_write, args=(path,)
            )
            process.start()
            process.join()
            assert process.exitcode == 0
            folder.chmod(0o755)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


# The cache of vectors


def saved(path: Path, limit: int = 200_000) -> Path:
    with SqliteLibrary(path, STAMP, exact_search_limit=limit) as library:
        put_course(library)
        library.save_index()
        assert library.health().cache == "current"
    return path.with_name(sqlite_library.VECTOR_FILE)


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def rewritten(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def rewrite(file: Path) -> None:
        file.write_bytes(change(file.read_bytes()))

    return rewrite


DAMAGE: dict[str, Callable[[Path], None]] = {
    "empty": rewritten(lambda content: b""),
    "a few bytes": rewritten(lambda content: content[:9]),
    "cut in the header": rewritten(lambda content: content[:60]),
    "cut in the payload": rewritten(lambda content: content[:-1]),
    "longer": rewritten(lambda content: content + b"\0"),
    "something else": rewritten(lambda content: os.urandom(4000)),
    "flipped magic": lambda f: flip(f, 0),
    "flipped checksum": lambda f: flip(f, 12),
    "flipped header length": lambda f: flip(f, 42),
    "flipped header": lambda f: flip(f, 90),
    "flipped last byte": lambda f: flip(f, -1),
    "flipped vector": lambda f: flip(f, -300),
    "a pickle": rewritten(lambda content: b"\x80\x04cos\nsystem\n(S'false'\ntR."),
}


@pytest.mark.parametrize("limit", [0, 200_000], ids=["graph", "exact"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_never_believed_and_answers_are_as_before(path: Path, damage: str, limit: int) -> None:
    file = saved(path, limit)
    with SqliteLibrary(path, STAMP) as library:
        expected = library.dense(EMBEDDER.embed(["light lens"])[0], 10)
    DAMAGE[damage](file)
    with SqliteLibrary(path, STAMP) as library:
        assert library.health().cache == "damaged"
        assert library.dense(EMBEDDER.embed(["light lens"])[0], 10) == expected
        library.save_index()
        assert library.health().cache == "current"


def test_every_byte_of_the_cache_is_checked(path: Path) -> None:
    file = saved(path)
    content = file.read_bytes()
    with SqliteLibrary(path, STAMP) as library:
        for place in range(0, len(content), 7):
            flip(file, place)
            assert library.health().cache == "damaged", place
            file.write_bytes(content)
        assert library.health().cache == "current"


def test_the_cache_of_another_library_is_not_used(path: Path, tmp_path: Path) -> None:
    file = saved(path)
    other = tmp_path / "other" / "library.db"
    with SqliteLibrary(other, STAMP) as library:
        put(library, "other.md", ["words of the other library"])
        shutil.copy(file, other.with_name(file.name))
        assert library.health().cache == "stale"
        assert dense_texts(library, "light") == ["words of the other library"]


def test_the_cache_of_a_copy_that_went_on_differently_is_not_used(path: Path, tmp_path: Path) -> None:
    """Restored from a backup, a library reaches the same generation number with other chunks under the same keys."""
    with SqliteLibrary(path, STAMP) as library:
        put(library, "a.md", ["first"])
    backup = tmp_path / "backup.db"
    shutil.copy(path, backup)
    with SqliteLibrary(path, STAMP) as library:
        put(library, "b.md", ["went one way"])
        library.save_index()
    shutil.copy(backup, path)
    with SqliteLibrary(path, STAMP) as library:
        put(library, "c.md", ["turned another way"])
        put(library, "d.md", ["and on"])
        (hit,) = library.dense(EMBEDDER.embed(["C turned another way"])[0], 1)
        assert library.chunks([hit.key])[hit.key].text == "turned another way"
        assert hit.score == pytest.approx(1.0, abs=1e-4)


def read_anew(caplog: pytest.LogCaptureFixture) -> bool:
    return any("read from the library" in record.message for record in caplog.records)


@pytest.mark.parametrize("limit", [0, 200_000], ids=["graph", "exact"])
def test_a_stale_cache_is_followed_by_what_changed_and_not_read_anew(
    path: Path, limit: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SqliteLibrary(path, STAMP, exact_search_limit=limit) as library:
        documents = put_course(library)
        library.save_index()
    with SqliteLibrary(path, STAMP, exact_search_limit=limit) as library:
        library.remove_source("course", "/texts/economy.md")
        put(library, "economy.md", ["New money", *COURSE_TEXTS["economy.md"]])
        put(library, "gone.md", ["was here for a moment"])
        library.remove_source("course", "/texts/gone.md")
        library.remove_document(documents["biology.md"].id)
        put(library, "biology.md", COURSE_TEXTS["biology.md"])
    monkeypatch.setattr(library_vectors, "MAX_DEAD_SHARE", 1.0)
    with caplog.at_level("INFO"), SqliteLibrary(path, STAMP, exact_search_limit=limit) as library:
        assert library.health().cache == "stale"
        texts = dense_texts(library, "light money", 100)
        assert sorted(texts) == sorted(["New money", *(p for ps in COURSE_TEXTS.values() for p in ps)])
        assert not read_anew(caplog)


def test_a_graph_with_too_many_dead_is_read_anew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SqliteLibrary(path, STAMP, exact_search_limit=0) as library:
        documents = put_course(library)
        library.save_index()
        library.remove_document(documents["optics.md"].id)
        with caplog.at_level("INFO"):
            assert len(dense_texts(library, "light", 100)) == 5
        assert read_anew(caplog)


def test_a_graph_finds_nearly_what_exact_search_finds_and_never_the_removed(path: Path) -> None:
    rng = np.random.default_rng(1)
    paragraphs = [f"passage {n} of many" for n in range(3000)]
    vectors = rng.standard_normal((3000, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    questions = rng.standard_normal((50, 64)).astype(np.float32)
    found: dict[int, list[set[str]]] = {}
    for limit in (100_000, 100):
        where = path.with_name(f"{limit}") / "library.db"
        with SqliteLibrary(where, STAMP, exact_search_limit=limit) as library:
            removed = ""
            for part in range(10):
                document, chunks = sample_document(f"{part}.md", paragraphs[part * 300 : part * 300 + 300])
                library.put(document, sample_source(f"{part}.md"), chunks, vectors[part * 300 : part * 300 + 300])
                removed = removed or document.id
            library.save_index()
            library.remove_document(removed)
            hits = [library.dense(question, 20) for question in questions]
            assert library._vectors._held is not None
            assert library._vectors._held.index.approximate == (limit == 100)
            found[limit] = [{c.text for c in library.chunks([h.key for h in hs]).values()} for hs in hits]
            assert all(len(texts) == 20 for texts in found[limit])
    shared = [len(a & b) / 20 for a, b in zip(found[100_000], found[100], strict=True)]
    assert np.mean(shared) > 0.97


def test_the_cache_is_written_on_closing_when_it_is_worth_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_vectors, "WORTH_CACHING", 8)
    file = path.with_name(sqlite_library.VECTOR_FILE)
    with SqliteLibrary(path, STAMP) as library:
        put(library, "a.md", ["too", "few"])
    assert not file.exists()
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
    assert file.exists()
    written = file.stat().st_mtime_ns
    with SqliteLibrary(path, STAMP) as library:
        dense_texts(library, "light")
        assert library.health().cache == "current"
    assert file.stat().st_mtime_ns == written
    file.write_bytes(b"damaged")
    with SqliteLibrary(path, STAMP) as library:
        library.documents()
    assert file.read_bytes() == b"damaged"
    with SqliteLibrary(path, STAMP) as library:
        dense_texts(library, "light")
    with SqliteLibrary(path, STAMP) as library:
        assert library.health().cache == "current"


def test_a_cache_that_cannot_be_written_is_only_a_warning(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
        path.with_name(sqlite_library.VECTOR_FILE).mkdir()
        assert dense_texts(library, "light")
        library.save_index()
        assert "was not written" in caplog.text
        assert [entry.name for entry in path.parent.glob("*.tmp")] == []


# Searching large libraries


def test_common_terms_rank_with_rare_ones_but_do_not_find_by_themselves_when_rows_are_bounded(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, "a.md", [*(f"common filler {n}" for n in range(40)), "common rare", "rare", "rare second common"])
    monkeypatch.setattr(library_lexical, "SCORED_ROWS", 5)
    assert set(lexical_texts(library, ["common", "rare"], 100)) == {"common rare", "rare", "rare second common"}
    assert lexical_texts(library, ["rare", "second", "filler"], 1) == ["rare second common"]
    assert len(lexical_texts(library, ["common"], 100)) == 42


def test_above_the_bound_a_rare_term_is_required_and_a_middling_one_still_scores(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    fillers = [f"{'middling ' if n < 15 else ''}filler {n}" for n in range(40)]
    put(library, "a.md", [*fillers, "rare", "rare middling"])
    monkeypatch.setattr(library_lexical, "SCORED_ROWS", 5)
    assert lexical_texts(library, ["middling", "rare"], 100) == ["rare middling", "rare"]


@pytest.mark.parametrize("small", [0, 10_000])
def test_a_scope_gives_the_same_hits_however_it_is_applied(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    put_course(library)
    put(library, "z.md", ["light light", "a lens of light"], sample_source("z.md", "second"))
    monkeypatch.setattr(library_lexical, "SMALL_SCOPE", small)
    assert lexical_texts(library, ["light"], 10, Scope(course="second")) == ["light light", "a lens of light"]


# Indexing anew


def reindexed(library: SqliteLibrary, embedder: HashEmbedder) -> Iterator[tuple[Document, list[Chunk], Vectors]]:
    for info in library.documents():
        document = library.document(info.id)
        start = document.text.index("\n\n") + 2
        text = document.text[start:]
        chunk = Chunk(document.id, 0, text, (document.title,), start, len(document.text), 1)
        yield document, [chunk], embedder.embed([chunk.embed_text])


def test_indexing_anew_changes_chunks_and_stamp_and_keeps_texts_and_sources(path: Path) -> None:
    other = HashEmbedder(dimension=32, name="other")
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
        library.save_index()
        before = {info.id: (info.sources, info.added_at, library.document(info.id)) for info in library.documents()}
        with SqliteLibrary(path) as reindexer, SqliteLibrary(path, STAMP) as reader:

            def watched() -> Iterator[tuple[Document, list[Chunk], Vectors]]:
                for entry in reindexed(reindexer, other):
                    with ThreadPoolExecutor(1) as pool:  # the old answers until the commit
                        assert pool.submit(dense_texts, reader, "light", 100).result()
                        assert pool.submit(lambda: reader.chunk_count).result() == 8
                    yield entry

            reindexer.replace_all(stamp(other, "whole-1"), watched())
            assert reindexer.chunk_count == 3
            hits = reindexer.dense(other.embed(["light"])[0], 10)
            assert len(hits) == 3
            assert reindexer.health().is_sound
            (found,) = lexical_texts(reindexer, ["glucose"])
            assert all(paragraph in found for paragraph in COURSE_TEXTS["biology.md"])
            after = {
                info.id: (info.sources, info.added_at, reindexer.document(info.id)) for info in reindexer.documents()
            }
            assert after == before
            with pytest.raises(IndexMismatch):
                dense_texts(reader, "light")


def test_indexing_anew_is_all_or_nothing(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
        before = library.generation, dense_texts(library, "light", 10)

        def broken() -> Iterator[tuple[Document, list[Chunk], Vectors]]:
            yield next(reindexed(library, EMBEDDER))
            raise RuntimeError("the embedder failed")

        with pytest.raises(RuntimeError):
            library.replace_all(stamp(EMBEDDER, "whole-1"), broken())
        with pytest.raises(LibraryError, match="2 stored documents"):
            library.replace_all(stamp(EMBEDDER, "whole-1"), [next(reindexed(library, EMBEDDER))])
        foreign, chunks = sample_document("foreign.md", ["text"])
        with pytest.raises(LibraryError, match="not stored"):
            library.replace_all(STAMP, [(foreign, chunks, np.zeros((1, 64), dtype=np.float32))])
        assert library.stored_stamp == STAMP
        assert (library.generation, dense_texts(library, "light", 10)) == before


def test_while_indexing_anew_vectors_are_known_only_of_the_same_embedder(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        put_course(library)
        texts = [chunk.embed_text for info in library.documents() for chunk in library.document_chunks(info.id)]
    for name, known in (("hash", 8), ("other", 0)):
        with SqliteLibrary(path, stamp(HashEmbedder(name=name), "new-1"), check_stamp=False) as library:
            assert len(library.known_vectors(texts)) == known


def test_a_library_is_not_searched_by_the_thread_that_changes_it(library: SqliteLibrary) -> None:
    put_course(library)

    def searching() -> Iterator[tuple[Document, list[Chunk], Vectors]]:
        dense_texts(library, "light")
        yield from reindexed(library, EMBEDDER)

    with pytest.raises(LibraryError, match="cannot be searched"):
        library.replace_all(STAMP, searching())


def test_an_index_in_memory_follows_past_what_the_library_still_remembers(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library, SqliteLibrary(path, STAMP) as other:
        documents = put_course(library)
        dense_texts(library, "light")
        other.remove_document(documents["optics.md"].id)
        with other._database.write(STAMP, forget_history=True) as connection:
            connection.execute("UPDATE documents SET title = title")
        assert len(dense_texts(library, "light", 100)) == 5


def test_what_a_library_keeps_of_its_past_is_bounded(library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    def past() -> tuple[int, int]:
        with library._database.read() as connection:
            counts = [
                connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("generations", "tombstones")
            ]
            return counts[0], counts[1]

    monkeypatch.setattr(library_database, "KEPT_GENERATIONS", 4)
    for turn in range(10):
        put(library, "a.md", [f"text {turn}", "another"])
    assert past() == (5, 8)
    monkeypatch.setattr(library_database, "KEPT_TOMBSTONES", 8)
    put(library, "a.md", ["last", "another"])
    assert past() == (1, 0)
    library.remove_document(library.documents()[0].id)
    library.replace_all(STAMP, [])
    assert past() == (1, 0)
    assert library.generation == 13


# Threads


def test_threads_put_remove_and_search_at_once(path: Path) -> None:
    with SqliteLibrary(path, STAMP) as library:
        failures: list[BaseException] = []
        stop = threading.Event()

        def write(number: int) -> None:
            for turn in range(12):
                put(library, f"{number}-{turn}.md", [f"kept {number} {turn}", f"words {turn}"])
                document = put(library, f"gone-{number}.md", [f"gone {number} {turn}"])
                library.remove_document(document.id)
                assert f"gone {number} {turn}" not in dense_texts(library, f"gone {number} {turn}", 100)
                assert lexical_texts(library, ["gone", str(number)], 100).count(f"gone {number} {turn}") == 0

        def search() -> None:
            while not stop.is_set():
                dense_texts(library, "kept words", 10)
                lexical_texts(library, ["words"])
                library.documents(Scope(course="course"))

        def guarded(work: Callable[[], None]) -> Callable[[], None]:
            def run() -> None:
                try:
                    work()
                except Exception as error:  # noqa: BLE001 (asserted on below)
                    failures.append(error)

            return run

        writers = [threading.Thread(target=guarded(partial(write, number))) for number in range(3)]
        readers = [threading.Thread(target=guarded(search)) for _ in range(3)]
        for thread in writers + readers:
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        for thread in readers:
            thread.join()
        assert failures == []
        assert library.chunk_count == 3 * 12 * 2
        assert len(dense_texts(library, "kept", 1000)) == library.chunk_count
        assert library.health().is_sound


def test_connections_of_threads_that_ended_are_closed(library: SqliteLibrary) -> None:
    put_course(library)
    for _ in range(20):
        thread = threading.Thread(target=library.documents)
        thread.start()
        thread.join()
    assert len(library._database._opened) <= 3


# Against a simple model

WORDS = ("light", "lens", "glucose", "money", "bank", "rates")
paragraphs = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4)
names = st.sampled_from(("a.md", "b.md", "c.md"))
courses = st.sampled_from(("one", "two"))
tag_sets = st.sets(st.sampled_from(("x", "y"))).map(lambda tags: tuple(sorted(tags)))


class LibraryMachine(RuleBasedStateMachine):
    """Puts and removes at random; what is found must be what a dictionary of documents would find."""

    limit = 200_000

    @initialize()
    def make(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "library.db"
        self.library = SqliteLibrary(self.path, STAMP, exact_search_limit=self.limit)
        self.other = SqliteLibrary(self.path, STAMP, exact_search_limit=self.limit)
        self.sources: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
        self.stored: dict[str, list[Chunk]] = {}

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.library.close()
            self.other.close()
            shutil.rmtree(self.folder)

    def _forget_unnamed(self) -> None:
        named = {document_id for document_id, _ in self.sources.values()}
        self.stored = {i: chunks for i, chunks in self.stored.items() if i in named}

    @rule(name=names, course=courses, tags=tag_sets, texts=paragraphs)
    def put(self, name: str, course: str, tags: tuple[str, ...], texts: list[str]) -> None:
        document, chunks = sample_document("same.md", texts)
        source = sample_source(name, course, tags)
        self.library.put(document, source, chunks, EMBEDDER.embed([c.embed_text for c in chunks]))
        self.stored.setdefault(document.id, chunks)
        self.sources[course, source.uri] = document.id, tags
        self._forget_unnamed()

    @rule(name=names, course=courses)
    def remove_source(self, name: str, course: str) -> None:
        uri = sample_source(name).uri
        assert self.library.remove_source(course, uri) == ((course, uri) in self.sources)
        self.sources.pop((course, uri), None)
        self._forget_unnamed()

    @rule(choice=st.integers(0, 5))
    def remove_document(self, choice: int) -> None:
        if self.stored:
            document_id = sorted(self.stored)[choice % len(self.stored)]
            assert self.library.remove_document(document_id)
            self.sources = {k: v for k, v in self.sources.items() if v[0] != document_id}
            self._forget_unnamed()

    @rule()
    def save_and_open_again(self) -> None:
        self.library.save_index()
        self.library.close()
        self.library = SqliteLibrary(self.path, STAMP, exact_search_limit=self.limit)

    @rule(texts=paragraphs, course=st.sampled_from(("", "one", "two")), tags=tag_sets, swap=st.booleans())
    def search(self, texts: list[str], course: str, tags: tuple[str, ...], swap: bool) -> None:
        library = self.other if swap else self.library
        scope = Scope(course, (), tags)
        inside = {
            document_id
            for (source_course, _), (document_id, source_tags) in self.sources.items()
            if course in ("", source_course) and set(tags) <= set(source_tags)
        }
        chunks = [chunk for i, held in self.stored.items() if i in inside for chunk in held]
        vector = EMBEDDER.embed(texts[:1])[0]
        expected = sorted((float(v @ vector) for v in EMBEDDER.embed([c.embed_text for c in chunks])), reverse=True)
        assert [h.score for h in library.dense(vector, 5, scope)] == pytest.approx(expected[:5], abs=1e-5)
        words = set(texts[0].split())
        matching = {chunk.id for chunk in chunks if words & set(chunk.text.split())}
        hits = library.lexical(sorted(words), 1000, scope)
        assert {chunk.id for chunk in library.chunks([h.key for h in hits]).values()} == matching

    @invariant()
    def holds_what_was_put(self) -> None:
        if hasattr(self, "library"):
            assert {i.id for i in self.other.documents()} == set(self.stored)
            assert self.library.chunk_count == sum(len(chunks) for chunks in self.stored.values())
            assert all(self.library.document_chunks(i) == chunks for i, chunks in self.stored.items())


class LibraryMachineWithGraph(LibraryMachine):
    limit = 1


@pytest.mark.parametrize("machine", [LibraryMachine, LibraryMachineWithGraph])
def test_a_library_finds_what_a_dictionary_of_documents_would(machine: type[LibraryMachine]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=15, deadline=None))
