"""What every adapter of the `Library` port does. Inherit `LibraryContract` and give it a `library`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.layout import Box, Layout, WordBox
from rag.ports import Library
from rag.types import Document, PageStart, Scope, Source
from tests.fakes import COURSE_TEXTS, HashEmbedder, sample_document, sample_source

EMBEDDER = HashEmbedder()


def put(library: Library, name: str, paragraphs: Sequence[str], source: Source | None = None) -> Document:
    document, chunks = sample_document(name, paragraphs)
    library.put(document, source or sample_source(name), chunks, EMBEDDER.embed([c.embed_text for c in chunks]))
    return document


def put_course(library: Library) -> dict[str, Document]:
    return {name: put(library, name, paragraphs) for name, paragraphs in COURSE_TEXTS.items()}


def dense_texts(library: Library, question: str, limit: int = 3, scope: Scope = Scope()) -> list[str]:
    hits = library.dense(EMBEDDER.embed([question])[0], limit, scope)
    return [chunk.text for chunk in library.chunks([hit.key for hit in hits]).values()]


def lexical_texts(library: Library, terms: Sequence[str], limit: int = 10, scope: Scope = Scope()) -> list[str]:
    return [c.text for c in library.chunks([hit.key for hit in library.lexical(terms, limit, scope)]).values()]


class LibraryContract:
    @pytest.fixture
    def library(self) -> Library:
        raise NotImplementedError

    def test_an_empty_library_answers_every_question_with_nothing(self, library: Library) -> None:
        assert library.generation == 0
        assert library.chunk_count == 0
        assert library.documents() == []
        assert library.chunks([1, 2]) == {}
        assert library.document_chunks("none") == []
        assert library.text("none", 0, 10) == ""
        assert list(library.layout("none")) == []
        assert library.original("none") is None
        assert library.source_document("course", "none") is None
        assert not library.has_document("none")
        assert not library.remove_document("none")
        assert not library.remove_source("course", "none")
        assert library.known_vectors(["text"]) == {}
        assert library.frequencies(["light"]) == {"light": 0}
        assert library.lexical(["light"], 5) == []
        assert library.dense(EMBEDDER.embed(["light"])[0], 5) == []
        assert library.generation == 0

    def test_a_document_is_read_back_as_it_was_put(self, library: Library) -> None:
        document, chunks = sample_document("optics.md", COURSE_TEXTS["optics.md"])
        put(library, "optics.md", COURSE_TEXTS["optics.md"])
        assert library.document(document.id) == document
        assert library.document_chunks(document.id) == chunks
        assert library.chunk_count == len(chunks)
        assert library.text(document.id, chunks[1].start, chunks[1].end) == chunks[1].text
        (info,) = library.documents()
        assert (info.id, info.title, info.chunks, info.characters) == (document.id, "Optics", 3, len(document.text))
        assert info.name == "optics.md"

    @pytest.mark.parametrize(
        "text", ["a\0b\nafter", "naïve \U0001f600 café e\u0301", "\u2028 \r\n\t", "'; DROP TABLE x"]
    )
    def test_any_unicode_text_is_read_back_unchanged(self, library: Library, text: str) -> None:
        document = put(library, "odd.md", [text, "next"])
        assert library.document(document.id) == document
        start = document.text.index(text)
        assert library.text(document.id, start, start + len(text)) == text

    def test_a_document_without_chunks_pages_or_lines_is_stored(self, library: Library) -> None:
        document = Document("0" * 32, "Empty", "text/plain", "")
        library.put(document, sample_source("empty.txt"), [], np.zeros((0, 64), dtype=np.float32))
        assert library.document(document.id) == document
        assert library.documents()[0].chunks == 0

    def test_pages_keep_their_labels_words_their_places_and_a_document_its_file(self, library: Library) -> None:
        plain, chunks = sample_document("optics.pdf", COURSE_TEXTS["optics.md"])
        layout = Layout([WordBox(0, 1, Box(1, 1.5, 2, 3, 4)), WordBox(2, 8, Box(2, 1, 2, 3.25, 4))])
        document = replace(plain, pages=(PageStart(0, 1, "iv"), PageStart(9, 2)), layout=layout)
        vectors = EMBEDDER.embed([chunk.embed_text for chunk in chunks])
        library.put(document, sample_source("optics.pdf"), chunks, vectors, b"%PDF\0")
        assert library.document(document.id) == document
        assert list(library.layout(document.id)) == list(layout)
        assert library.original(document.id) == b"%PDF\0"
        library.remove_document(document.id)
        assert len(library.layout(document.id)) == 0
        assert library.original(document.id) is None

    def test_a_document_put_without_its_file_has_none(self, library: Library) -> None:
        document = put(library, "a.md", ["text"])
        assert library.original(document.id) is None
        assert len(library.layout(document.id)) == 0

    def test_the_version_of_a_source_is_kept_and_another_is_a_change(self, library: Library) -> None:
        source = replace(sample_source("a.md"), version="etag-1")
        document = put(library, "a.md", ["text"], source)
        before = library.generation
        library.add_source(document.id, source)
        assert library.generation == before
        library.add_source(document.id, replace(source, version="etag-2"))
        assert [one.version for one in library.documents()[0].sources] == ["etag-2"]
        assert library.generation > before

    def test_documents_are_listed_by_name(self, library: Library) -> None:
        for name in ("b.md", "C.md", "a.md"):
            put(library, name, [f"text of {name}"])
        assert [info.name for info in library.documents()] == ["a.md", "b.md", "C.md"]

    def test_the_nearest_chunk_comes_first(self, library: Library) -> None:
        put_course(library)
        hits = library.dense(EMBEDDER.embed(["Biology Mitochondria release energy from glucose."])[0], 3)
        assert library.chunks([hits[0].key])[hits[0].key].text == "Mitochondria release energy from glucose."
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert hits[0].score == pytest.approx(1.0, abs=1e-4)
        assert len(hits) == 3

    def test_no_more_hits_are_returned_than_there_are_chunks_or_than_asked(self, library: Library) -> None:
        put_course(library)
        vector = EMBEDDER.embed(["light"])[0]
        assert len(library.dense(vector, 100)) == library.chunk_count
        assert library.dense(vector, 0) == []
        assert library.lexical(["light"], 0) == []
        assert len(library.lexical(["light"], 1)) == 1

    def test_a_vector_of_another_length_is_refused(self, library: Library) -> None:
        put_course(library)
        with pytest.raises(LibraryError, match="64"):
            library.dense(np.ones(3, dtype=np.float32), 5)

    def test_words_are_found_whatever_their_form_case_and_accents(self, library: Library) -> None:
        put_course(library)
        assert lexical_texts(library, ["FOCUSED"]) == ["A lens focuses light by refraction at its two surfaces."]
        assert lexical_texts(library, ["cafe"]) == ["Café prices rose in the naïve model."]
        assert library.frequencies(["focusing", "light", "nowhere"]) == {"focusing": 1, "light": 3, "nowhere": 0}

    def test_the_vocabulary_is_listed_by_prefix_as_it_was_stemmed(self, library: Library) -> None:
        assert library.vocabulary("l") == {}
        put_course(library)
        assert library.vocabulary("le") == {"leaf": 1, "len": 1}
        assert library.vocabulary("zz") == {}

    def test_a_term_of_several_words_is_a_phrase(self, library: Library) -> None:
        put_course(library)
        assert lexical_texts(library, ["interest rates"]) == ["A central bank raises interest rates against inflation."]
        assert lexical_texts(library, ["rates interest"]) == []

    def test_a_chunk_with_more_and_rarer_terms_ranks_higher_and_scores_are_positive(self, library: Library) -> None:
        put_course(library)
        hits = library.lexical(["inflation", "bank", "money"], 10)
        assert all(hit.score > 0 for hit in hits)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert lexical_texts(library, ["light", "lens"])[0] == "A lens focuses light by refraction at its two surfaces."

    def test_a_heading_is_searched_too(self, library: Library) -> None:
        put_course(library)
        assert set(lexical_texts(library, ["biology"])) == set(COURSE_TEXTS["biology.md"])

    def test_the_same_document_under_two_names_is_stored_once(self, library: Library) -> None:
        document = put(library, "a.md", ["one text"])
        library.put(document, sample_source("b.md", course="other"), [], np.zeros((0, 64), dtype=np.float32))
        assert library.chunk_count == 1
        assert [s.name for s in library.documents()[0].sources] == ["a.md", "b.md"]
        assert library.remove_source("course", "/texts/a.md")
        assert library.has_document(document.id)
        assert library.remove_source("other", "/texts/b.md")
        assert not library.has_document(document.id)
        assert library.chunk_count == 0

    def test_a_source_that_names_a_new_document_lets_go_of_the_former(self, library: Library) -> None:
        former = put(library, "a.md", ["first words"])
        later = put(library, "a.md", ["second sentence"])
        assert not library.has_document(former.id)
        assert library.source_document("course", "/texts/a.md") == later.id
        assert lexical_texts(library, ["first"]) == []
        assert dense_texts(library, "first words") == ["second sentence"]

    def test_the_former_document_stays_while_another_source_names_it(self, library: Library) -> None:
        former = put(library, "a.md", ["first words"])
        library.add_source(former.id, sample_source("b.md"))
        put(library, "a.md", ["second sentence"])
        assert library.has_document(former.id)

    def test_putting_a_source_again_replaces_its_tags(self, library: Library) -> None:
        document = put(library, "a.md", ["text"], sample_source("a.md", tags=("old",)))
        library.add_source(document.id, sample_source("a.md", tags=("new",)))
        assert library.documents(Scope(tags=("old",))) == []
        assert library.documents()[0].sources == (sample_source("a.md", tags=("new",)),)

    def test_a_source_of_no_document_is_refused(self, library: Library) -> None:
        put_course(library)
        with pytest.raises(LibraryError, match="no document"):
            library.add_source("none", sample_source("a.md"))
        with pytest.raises(LibraryError, match="no document"):
            library.document("none")

    def test_a_removed_document_never_answers(self, library: Library) -> None:
        documents = put_course(library)
        optics = documents["optics.md"]
        held = [hit.key for hit in library.lexical(["light"], 10)]
        dense_texts(library, "light")
        assert library.remove_document(optics.id)
        assert not library.remove_document(optics.id)
        assert library.chunks(held) == {}
        assert lexical_texts(library, ["light"]) == []
        assert not set(dense_texts(library, "light", 100)) & set(COURSE_TEXTS["optics.md"])
        assert library.frequencies(["light"]) == {"light": 0}
        assert library.known_vectors([f"Optics\n{COURSE_TEXTS['optics.md'][0]}"]) == {}
        assert library.text(optics.id, 0, 10) == ""
        assert library.source_document("course", "/texts/optics.md") is None
        assert len(library.documents()) == 2

    def test_the_vector_of_a_text_is_known_once_it_was_embedded(self, library: Library) -> None:
        _, chunks = sample_document("optics.md", COURSE_TEXTS["optics.md"])
        put_course(library)
        known = library.known_vectors([chunks[0].embed_text, "never embedded"])
        assert list(known) == [chunks[0].embed_text]
        assert np.array_equal(known[chunks[0].embed_text], EMBEDDER.embed([chunks[0].embed_text])[0])

    def test_every_change_is_a_new_generation_and_only_a_change(self, library: Library) -> None:
        seen = [library.generation]
        document = put(library, "a.md", ["text"])
        seen.append(library.generation)
        library.add_source(document.id, sample_source("b.md"))
        seen.append(library.generation)
        library.remove_source("course", "/texts/b.md")
        seen.append(library.generation)
        library.remove_document(document.id)
        seen.append(library.generation)
        assert seen == sorted(set(seen))
        library.remove_document(document.id)
        assert library.generation == seen[-1]
        put(library, "a.md", ["text"])
        again = library.generation
        put(library, "a.md", ["text"])
        assert library.generation == again

    @pytest.mark.parametrize(
        ("scope", "expected"),
        [
            (Scope(), {"a", "b", "c"}),
            (Scope(course="one"), {"a", "b"}),
            (Scope(tags=("week1",)), {"a", "c"}),
            (Scope(tags=("week1", "exam")), {"a"}),
            (Scope(course="two", tags=("week1",)), {"c"}),
            (Scope(course="two", tags=("exam",)), set()),
            (Scope(course="none"), set()),
            (Scope(document_ids=("b",)), {"b"}),
            (Scope(course="two", document_ids=("b",)), set()),
            (Scope(document_ids=("none",)), set()),
        ],
    )
    def test_a_scope_holds_for_every_way_of_searching(self, library: Library, scope: Scope, expected: set[str]) -> None:
        # `a` is also in course two, but not with its tags: course and tags have to hold for the same source.
        ids = {
            name: put(library, f"{name}.md", [f"{name} shared words"], sample_source(f"{name}.md", course, tags)).id
            for name, course, tags in (
                ("a", "one", ("week1", "exam")),
                ("b", "one", ("week2", "exam")),
                ("c", "two", ("week1",)),
            )
        }
        library.add_source(ids["a"], sample_source("a2.md", "two", ("week3",)))
        scope = Scope(scope.course, tuple(ids.get(i, i) for i in scope.document_ids), scope.tags)
        texts = {f"{name} shared words" for name in expected}
        assert set(lexical_texts(library, ["shared"], 10, scope)) == texts
        assert set(dense_texts(library, "shared words", 10, scope)) == texts
        assert {info.id for info in library.documents(scope)} == {ids[name] for name in expected}

    @pytest.mark.parametrize(
        "term",
        [
            *(
                '"',
                '""',
                "'",
                "a AND",
                "NOT light",
                "NEAR(a b)",
                "light*",
                "text:light",
                "(",
                "^a",
                "-",
                "\0",
                "li\0ght",
            ),
            *("", " ", "???", "\ud800", "light OR 1=1", "w " * 50_000, "x" * 100_000),
        ],
        ids=lambda term: ascii(term[:12]),
    )
    def test_no_term_is_read_as_syntax(self, library: Library, term: str) -> None:
        put_course(library)
        library.lexical([term], 5)
        assert len(library.lexical([term, "glucose"], 5)) >= 1
        assert library.frequencies([term]).keys() == {term}

    def test_thousands_of_terms_are_searched(self, library: Library) -> None:
        put_course(library)
        assert len(library.lexical([f"word{n}" for n in range(3000)] + ["glucose"], 5)) == 1

    @pytest.mark.parametrize("count", [2, 4])
    def test_vectors_that_do_not_belong_to_the_chunks_are_refused(self, library: Library, count: int) -> None:
        document, chunks = sample_document("optics.md", COURSE_TEXTS["optics.md"])
        with pytest.raises(LibraryError, match="vectors"):
            library.put(document, sample_source("optics.md"), chunks, np.ones((count, 64), dtype=np.float32))
        assert library.documents() == []

    def test_vectors_that_are_not_finite_are_refused(self, library: Library) -> None:
        document, chunks = sample_document("optics.md", COURSE_TEXTS["optics.md"])
        with pytest.raises(LibraryError, match="finite"):
            library.put(document, sample_source("a"), chunks, np.full((3, 64), np.nan, dtype=np.float32))
        assert not library.has_document(document.id)

    def test_a_chunk_that_is_no_span_of_its_document_is_refused(self, library: Library) -> None:
        document, _ = sample_document("optics.md", COURSE_TEXTS["optics.md"])
        _, others = sample_document("biology.md", COURSE_TEXTS["biology.md"])
        with pytest.raises(LibraryError, match="no span"):
            library.put(document, sample_source("a"), others, EMBEDDER.embed([c.text for c in others]))
