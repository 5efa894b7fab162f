"""Drafts held against a passage with a list and a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.adapters.sqlite_library import SqliteLibrary
from rag.chat.reply import Draft
from rag.chat.verify import Verifier
from rag.cite import Citer
from rag.types import Grounding, Passage
from tests.fakes import HashEmbedder, sample_document, sample_source, stamp

TEXT = """The relay delivers to these harbours:

- Anchor Bay
- Gull Point

| Boat | Crew | Speed |
|---|---|---|
| Barge | 11 | 6 knots |
| Skiff | 2 | 18 knots |

A tug is small. It has a crew of 3."""


class Remembering:
    """Supports everything, and remembers what it was shown."""

    name = "remembering"

    def __init__(self) -> None:
        self.sources: list[str] = []

    def score(self, claim: str, sources: list[str]) -> Grounding:
        self.sources += sources
        return Grounding(0.8, supported=True)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(tmp_path / "library.db", stamp()) as opened:
        document, chunks = sample_document("boats.md", [TEXT])
        opened.put(document, sample_source("boats.md"), chunks, HashEmbedder().embed([chunks[0].embed_text]))
        yield opened


def verifier(library: SqliteLibrary, scorer: Remembering, *, as_items: bool = False) -> Verifier:
    [info] = library.documents()
    passages = [Passage(one, info, 1.0) for one in library.document_chunks(info.id)]
    return Verifier(passages, Citer(library), scorer, as_items=as_items)


@pytest.mark.parametrize(
    ("quote", "cited", "source"),
    [
        ("gull point", "- Gull Point", "these harbours: Gull Point"),
        ("Barge | 11", "| Barge | 11 | 6 knots |", "Barge — Crew: 11; Speed: 6 knots"),
        ("crew of 3", "It has a crew of 3.", "A tug is small. It has a crew of 3."),
    ],
)
def test_a_fragment_is_cited_whole_and_held_against_what_gives_it_meaning(
    library: SqliteLibrary, quote: str, cited: str, source: str
) -> None:
    scorer = Remembering()
    checked = verifier(library, scorer)
    statement = checked.take(Draft(source=1, quote=quote, text="So it is."))
    assert statement is not None
    assert statement.score == 0.8
    assert [one.quote for one in checked.citations] == [cited.removeprefix("- ")]
    assert any(source in one for one in scorer.sources)


def test_two_statements_of_one_place_share_its_citation(library: SqliteLibrary) -> None:
    checked = verifier(library, Remembering(), as_items=True)
    for text in ("Anchor Bay", "The bay"):
        checked.take(Draft(source=1, quote="Anchor Bay", text=text))
    assert [(one.text, one.citations, one.is_item) for one in checked.statements] == [
        ("Anchor Bay", (1,), True),
        ("The bay", (1,), True),
    ]
    assert len(checked.citations) == 1


def test_what_was_deleted_meanwhile_is_not_cited(library: SqliteLibrary) -> None:
    checked = verifier(library, Remembering())
    library.remove_document(library.documents()[0].id)
    assert checked.take(Draft(source=1, quote="A tug is small.", text="It is small.")) is None
    assert checked.dropped == [("It is small.", "its source was deleted a moment ago")]
    assert checked.statements == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [("items[0] is first [1].", "items[0] is first."), ("[2] So it is [1][3]", "[2] So it is"), (" [1] ", None)],
)
def test_marks_are_taken_off_and_an_index_stays(library: SqliteLibrary, text: str, shown: str | None) -> None:
    statement = verifier(library, Remembering()).take(Draft(source=1, quote="A tug is small.", text=text))
    assert (statement and statement.text) == shown
