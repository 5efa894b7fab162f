from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.adapters.sqlite_library import SqliteLibrary
from rag.chat.evidence import Evidence, evidence
from rag.extractive.answerer import ExtractiveAnswerer
from rag.question import parse_question
from rag.types import Passage
from tests.fakes import HashEmbedder, sample_document, sample_source, stamp

FERRIES = "The ferry leaves at noon.\n\nA ferry carries these:\n\n- cars\n- horses\n\nHarbours are cold in winter."
COAL = "Coal is heavy.\n\nA barge carries coal on the canal at six knots."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(tmp_path / "library.db", stamp()) as opened:
        for name, text in (("ferries.md", FERRIES), ("coal.md", COAL)):
            document, chunks = sample_document(name, [text])
            opened.put(document, sample_source(name), chunks, HashEmbedder().embed([one.embed_text for one in chunks]))
        yield opened


def shown(library: SqliteLibrary, question: str, characters: int) -> list[Evidence]:
    infos = {info.name: info for info in library.documents()}
    names = ("ferries.md", "coal.md")
    passages = [Passage(one, infos[name], 1.0) for name in names for one in library.document_chunks(infos[name].id)]
    selection = ExtractiveAnswerer(library, HashEmbedder()).select(parse_question(question), passages)
    return evidence(selection, passages, characters)


def test_all_passages_are_shown_whole_where_they_fit_the_best_one_first(library: SqliteLibrary) -> None:
    found = shown(library, "What does a barge carry on the canal?", 10_000)
    assert [one.text for one in found] == [COAL, FERRIES]
    assert [one.passage.document.name for one in found] == ["coal.md", "ferries.md"]


def test_where_little_fits_only_the_parts_that_seem_to_answer_are_shown(library: SqliteLibrary) -> None:
    [found] = shown(library, "What does a barge carry on the canal?", 60)
    assert found.text == "A barge carries coal on the canal at six knots."


def test_a_list_is_shown_with_what_introduces_it(library: SqliteLibrary) -> None:
    [found] = shown(library, "Which things does a ferry carry?", 45)
    assert found.text == "A ferry carries these:\n\n- cars\n- horses"


def test_the_best_part_is_shown_however_long_it_is(library: SqliteLibrary) -> None:
    [found] = shown(library, "What does a barge carry on the canal?", 1)
    assert found.text == "A barge carries coal on the canal at six knots."
