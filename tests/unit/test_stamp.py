from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evals.items import Item, Kind
from evals.record import Stamp
from evals.runs.stamp import checkout, stamp_of
from rag.adapters.sqlite_library import SqliteLibrary
from rag.extractive.answerer import load_calibration
from rag.settings import Settings
from tests.fakes import COURSE_TEXTS, HashEmbedder, sample_document, sample_source
from tests.fakes import stamp as library_stamp

ITEMS = [
    Item(id="a", kind=Kind.FACT, question="What bends light?", facts=(("refraction",),)),
    Item(id="b", kind=Kind.UNANSWERABLE, question="What is the capital of Australia?"),
]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(tmp_path / "library.db", library_stamp()) as library:
        put(library, "optics.md", *COURSE_TEXTS["optics.md"])
        yield library


def put(library: SqliteLibrary, name: str, *paragraphs: str) -> None:
    document, chunks = sample_document(name, paragraphs)
    library.put(document, sample_source(name), chunks, HashEmbedder().embed([chunk.embed_text for chunk in chunks]))


def stamped(library: SqliteLibrary, **values: object) -> Stamp:
    return stamp_of(
        library,
        HashEmbedder(name=str(values.pop("embedder", "hash"))).fingerprint,
        Settings.model_validate({"home": "/nowhere", **values}),
        ITEMS,
        answerer="extractive",
    )


def changed(one: Stamp, two: Stamp) -> set[str]:
    return {part for part, value in one if value != getattr(two, part)}


def test_the_same_texts_items_and_settings_have_the_same_stamp_in_whatever_order(library: SqliteLibrary) -> None:
    settings = Settings(home=Path("/nowhere"))
    again = stamp_of(library, HashEmbedder().fingerprint, settings, ITEMS[::-1], answerer="extractive")
    assert again == stamped(library, threads=3, course="other", home="/elsewhere")


def test_each_part_of_a_stamp_changes_with_what_it_stands_for_and_with_nothing_else(library: SqliteLibrary) -> None:
    first, settings = stamped(library), Settings(home=Path("/nowhere"))
    for name in ("top_k", "candidates", "chunk_characters"):
        assert changed(first, stamped(library, **{name: getattr(settings, name) + 1})) == {"settings"}
    assert changed(first, stamped(library, reranker="bedrock:some")) == {"settings"}
    assert not changed(first, stamped(library, grounding="bedrock"))  # no model is prompted
    assert changed(first, stamped(library, embedder="other")) == {"embedder"}
    fingerprint = HashEmbedder().fingerprint
    asked = stamp_of(library, fingerprint, settings, ITEMS[:1], answerer="extractive")
    assert changed(first, asked) == {"gold"}
    assert changed(first, stamp_of(library, fingerprint, settings, ITEMS, answerer="first-passage")) == {"model"}
    surer = replace(load_calibration(), threshold=0.99)
    other = stamp_of(library, fingerprint, settings, ITEMS, answerer="extractive", calibration=surer)
    assert changed(first, other) == {"calibration"}
    put(library, "biology.md", *COURSE_TEXTS["biology.md"])
    assert changed(first, stamped(library)) == {"corpus"}


def test_a_text_under_another_name_is_another_corpus(library: SqliteLibrary, tmp_path: Path) -> None:
    with SqliteLibrary(tmp_path / "other.db", library_stamp()) as other:
        document, chunks = sample_document("optics.md", COURSE_TEXTS["optics.md"])
        vectors = HashEmbedder().embed([chunk.embed_text for chunk in chunks])
        other.put(document, sample_source("light.md"), chunks, vectors)
        assert changed(stamped(library), stamped(other)) == {"corpus"}


def test_a_checkout_is_known_by_its_commit_and_by_what_differs_from_it(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
        done = subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    assert checkout(tmp_path) == ("", False)
    git("init", "-q")
    assert checkout(tmp_path) == ("", False)
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-qm", "first")
    assert checkout(tmp_path) == (git("rev-parse", "HEAD"), False)
    (tmp_path / "a").write_text("2")
    assert checkout(tmp_path)[1]


def test_a_machine_without_git_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert checkout(Path(__file__).parent) == ("", False)
