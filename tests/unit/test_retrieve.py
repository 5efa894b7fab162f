from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers.text import read_text
from rag.adapters.sqlite_library import SqliteLibrary
from rag.question import parse_question
from rag.retrieve import RRF_K, Retriever, collapse_near_duplicates, lexical_terms, reciprocal_rank_fusion
from rag.types import Chunk, Document, DocumentInfo, Hit, Passage, Scope, Source
from tests.fakes import HashEmbedder, stamp

EMBEDDER = HashEmbedder()
LENSES = "# Lenses\n\nA convex lens focuses light to a point.\n\n# Mirrors\n\nA plane mirror sends light straight back."
SOUND = "# Sound\n\nA sound wave needs a medium such as air.\n\n# Echo\n\nAn echo is sound that a wall sends back."
COPY = "# Notes\n\nA convex lens focuses light to a point!"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(tmp_path / "library.db", stamp()) as opened:
        yield opened


def add(library: SqliteLibrary, name: str, text: str, course: str = "optics", tags: tuple[str, ...] = ()) -> str:
    document = clean(read_text(Path(name), text.encode()).document)
    chunks = chunk(document)
    library.put(
        document,
        Source(course, f"/{course}/{name}", name, tags),
        chunks,
        EMBEDDER.embed([c.embed_text for c in chunks]),
    )
    return document.id


def found(library: SqliteLibrary, question: str, top_k: int = 5, scope: Scope = Scope()) -> list[Passage]:
    return Retriever(library, EMBEDDER).retrieve(parse_question(question), top_k, scope)


def test_the_score_of_a_key_is_the_sum_of_its_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion([[Hit(7, 0.9), Hit(8, 0.8)], [Hit(8, 12.0)]])
    assert fused == pytest.approx({7: 1 / (RRF_K + 1), 8: 1 / (RRF_K + 2) + 1 / (RRF_K + 1)})
    assert reciprocal_rank_fusion([[], []]) == {}


@given(st.lists(st.lists(st.integers(0, 9), unique=True), max_size=3))
def test_what_both_rankings_put_higher_is_never_fused_lower(rankings: list[list[int]]) -> None:
    fused = reciprocal_rank_fusion([[Hit(key, 0.0) for key in ranking] for ranking in rankings])
    for one in fused:
        for two in fused:
            if all((one in r and (two not in r or r.index(one) < r.index(two))) for r in rankings):
                assert one == two or fused[one] > fused[two]


def test_neighbouring_terms_are_also_looked_for_as_one_word() -> None:
    assert lexical_terms(["sage", "maker", "ml"]) == ["sage", "maker", "ml", "sagemaker"]
    assert len(lexical_terms([f"word{n}" for n in range(500)])) == 48


def test_passages_come_best_first_with_both_ranks_and_scores(library: SqliteLibrary) -> None:
    add(library, "lenses.md", LENSES)
    add(library, "sound.md", SOUND)
    first, *others = found(library, "What does a convex lens do with light?")
    assert first.chunk.text == "A convex lens focuses light to a point."
    assert (first.dense_rank, first.lexical_rank) == (1, 1)
    assert first.document.name == "lenses.md"
    assert first.dense_score is not None
    assert first.score == pytest.approx(2 / (RRF_K + 1))
    assert [one.score for one in others] == sorted((one.score for one in others), reverse=True)
    assert all(one.lexical_score is None for one in others if one.lexical_rank is None)


def test_no_more_passages_come_than_were_asked_for(library: SqliteLibrary) -> None:
    add(library, "lenses.md", LENSES)
    add(library, "sound.md", SOUND)
    assert [len(found(library, "sound light", top_k)) for top_k in (1, 2, 4, 50)] == [1, 2, 4, 4]


def test_near_duplicates_are_collapsed_into_the_best_and_leave_room_for_others(library: SqliteLibrary) -> None:
    add(library, "lenses.md", LENSES)
    add(library, "copy.md", COPY)
    add(library, "sound.md", SOUND)
    best, other = found(library, "convex lens", 2)
    assert {best.document.name, *(twin.document.name for twin in best.also)} == {"lenses.md", "copy.md"}
    assert "convex" not in other.chunk.text
    assert other.also == ()


def test_a_scope_limits_courses_documents_and_tags(library: SqliteLibrary) -> None:
    add(library, "lenses.md", LENSES, tags=("exam",))
    sound = add(library, "sound.md", SOUND, course="acoustics")

    def names(scope: Scope) -> set[str]:
        return {one.document.name for one in found(library, "light sound back", scope=scope)}

    assert names(Scope()) == {"lenses.md", "sound.md"}
    assert names(Scope(course="acoustics")) == {"sound.md"}
    assert names(Scope(document_ids=(sound,))) == {"sound.md"}
    assert names(Scope(tags=("exam",))) == {"lenses.md"}
    assert names(Scope(course="acoustics", tags=("exam",))) == names(Scope(course="none")) == set()


def test_a_document_that_was_removed_is_not_found(library: SqliteLibrary) -> None:
    lenses = add(library, "lenses.md", LENSES)
    add(library, "sound.md", SOUND)
    assert found(library, "convex lens")[0].document.id == lenses
    library.remove_document(lenses)
    assert lenses not in {one.document.id for one in found(library, "convex lens")}


def test_an_empty_library_has_no_passages(library: SqliteLibrary) -> None:
    assert found(library, "What is a lens?") == []


def passage(text: str, position: int = 0) -> Passage:
    info = DocumentInfo("0" * 32, "Notes", "text/plain", "", 0, 1, "", ())
    return Passage(Chunk("0" * 32, position, text, (), 0, len(text), 1), info, 1.0)


@given(
    st.lists(
        st.sampled_from(["light bends in glass", "light bends in glass.", "sound is slow", "", "echo"]), max_size=8
    )
)
def test_collapsing_keeps_every_passage_once_and_the_first_of_each_kind_in_front(texts: list[str]) -> None:
    given_passages = [passage(text, position) for position, text in enumerate(texts)]
    kept = collapse_near_duplicates(given_passages)
    assert sorted(p.chunk.position for one in kept for p in (one, *one.also)) == list(range(len(texts)))
    assert [one.chunk.position for one in kept] == sorted(one.chunk.position for one in kept)
    assert len(kept) == len({text.rstrip(".") for text in texts})
    assert all(one.chunk.position < twin.chunk.position for one in kept for twin in one.also)


def test_what_shares_few_words_is_not_collapsed() -> None:
    texts = ["the limit is five records a second", "the limit is nine bytes a day"]
    assert len(collapse_near_duplicates([passage(text) for text in texts])) == 2


def test_documents_are_made_of_what_is_stored(library: SqliteLibrary) -> None:
    identity = add(library, "lenses.md", LENSES)
    stored: Document = library.document(identity)
    for one in found(library, "light"):
        assert one.chunk.text == stored.text[one.chunk.start : one.chunk.end]
