from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.chunk import chunk
from ingest.clean import clean
from ingest.readers.text import read_text
from rag.adapters.sqlite_library import SqliteLibrary
from rag.cite import Citer
from rag.extractive.compose import Selected
from rag.types import Document, PageStart, Passage, Scope, Source
from tests.fakes import HashEmbedder, stamp

EMBEDDER = HashEmbedder()
RAW = """# Lenses

The image shows a stylized blue lens on a beige background with a hand on the left.

<!-- Slide number: 1 -->
# Lenses

- A convex lens focuses light.
-
<!-- a note

of two lines -->

<!-- Slide number: 2 -->
# Lenses

- A concave lens spreads light.

<!-- Slide number: 4 -->
# Speeds

<table><tr><th>in</th><th>speed</th></tr>
<tr><td>glass</td><td>200</td></tr></table>

Light is slower in glass.
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(tmp_path / "library.db", stamp()) as opened:
        yield opened


@pytest.fixture
def passages(library: SqliteLibrary) -> list[Passage]:
    return add(library, "lenses.md", RAW)


def add(library: SqliteLibrary, name: str, text: str) -> list[Passage]:
    return store(library, name, clean(read_text(Path(name), text.encode()).document))


def store(library: SqliteLibrary, name: str, document: Document) -> list[Passage]:
    chunks = chunk(document)
    library.put(document, Source("optics", f"/{name}", name), chunks, EMBEDDER.embed([c.embed_text for c in chunks]))
    (info,) = library.documents(Scope(document_ids=(document.id,)))
    return [Passage(one, info, 1.0) for one in chunks]


def select(passages: list[Passage], words: str, also: tuple[tuple[int, int, int], ...] = ()) -> Selected:
    number, passage = next((n, p) for n, p in enumerate(passages) if words in p.chunk.text)
    start = passage.chunk.start + passage.chunk.text.index(words)
    return Selected(words, "", number, start, start + len(words), False, 0.9, also)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("A convex lens", (8, 1, 1, ("Lenses",))),
        ("focuses light.", (8, 1, 1, ("Lenses",))),
        ("A concave lens", (17, 2, 2, ("Lenses",))),
        ("| glass | 200 |", (22, 4, 4, ("Speeds",))),
        ("Light is slower", (25, 4, 4, ("Speeds",))),
        ("focuses light.\n\n- A concave", (8, 1, 2, ("Lenses",))),
    ],
)
def test_line_page_and_headings_are_right_across_dropped_lines_and_slides(
    library: SqliteLibrary, passages: list[Passage], words: str, place: tuple[object, ...]
) -> None:
    _, (cited,) = Citer(library).cite([select(passages, words)], passages)
    assert (cited.line, cited.page_start, cited.page_end, cited.heading_path) == place
    assert (cited.quote, cited.document, cited.page_unit) == (words, "lenses.md", "slide")
    assert library.document(cited.document_id).text[cited.start : cited.end] == words


def test_a_place_reads_as_document_headings_slide_and_line(library: SqliteLibrary, passages: list[Passage]) -> None:
    _, (one,) = Citer(library).cite([select(passages, "Light is slower")], passages)
    assert one.place == "lenses.md, Speeds, slide 4, line 25"
    _, (two,) = Citer(library).cite([select(passages, "focuses light.\n\n- A concave")], passages)
    assert two.place == "lenses.md, Lenses, slide 1-2, line 8"


def test_a_document_without_pages_is_cited_by_line(library: SqliteLibrary) -> None:
    passages = add(library, "plain.md", "one line\n\nanother line")
    _, (cited,) = Citer(library).cite([select(passages, "another")], passages)
    assert (cited.page_start, cited.page_end, cited.place) == (None, None, "plain.md, line 3")


def test_a_page_is_cited_with_what_is_printed_on_it_and_no_line(library: SqliteLibrary) -> None:
    text = "Preface words.\n\nFirst words.\n\nLast words."
    starts = [text.index(words) for words in ("Preface", "First", "Last")]
    pages = tuple(map(PageStart, starts, (4, 5, 6), ("iv", "1", "")))
    document = clean(Document("f" * 32, "Optics", "application/pdf", text, pages, "page"))
    passages = store(library, "optics.pdf", document)
    place = {
        "Preface": ("iv", "page 4 (printed iv)"),
        "First words": ("1", "page 5 (printed 1)"),
        "Last": ("", "page 6"),
        "Preface words.\n\nFirst": ("iv-1", "page 4-5 (printed iv-1)"),
    }
    for words, (label, told) in place.items():
        _, (cited,) = Citer(library).cite([select(passages, words)], passages)
        assert (cited.page_label, cited.line, cited.place) == (label, 0, f"optics.pdf, {told}")


def test_marks_are_numbered_in_order_of_mention_and_one_span_keeps_its_number(
    library: SqliteLibrary, passages: list[Passage]
) -> None:
    slower, convex = select(passages, "Light is slower"), select(passages, "A convex lens")
    confirmed = select(passages, "A concave lens", also=((slower.passage, slower.start, slower.end),))
    statements, citations = Citer(library).cite([slower, convex, slower, confirmed], passages)
    assert [one.citations for one in statements] == [(1,), (2,), (1,), (3, 1)]
    assert [one.number for one in citations] == [1, 2, 3]
    assert [one.quote for one in citations] == ["Light is slower", "A convex lens", "A concave lens"]
    assert str(statements[3]) == "A concave lens [3][1]"


def test_a_citation_of_a_deleted_document_is_dropped_and_the_others_are_numbered_without_gaps(
    library: SqliteLibrary, passages: list[Passage]
) -> None:
    passages += add(library, "plain.md", "Light is quick.")
    gone, kept = select(passages, "A convex lens"), select(passages, "Light is quick.")
    both = Selected("both", "", gone.passage, gone.start, gone.end, False, 0.9, ((kept.passage, kept.start, kept.end),))
    citer = Citer(library)
    assert len(citer.cite([gone, kept], passages)[1]) == 2  # the layout is remembered from here on
    library.remove_document(passages[0].chunk.document_id)
    statements, citations = citer.cite([gone, both, kept], passages)
    assert [(one.text, one.citations) for one in statements] == [("both", (1,)), ("Light is quick.", (1,))]
    assert [(one.number, one.document) for one in citations] == [(1, "plain.md")]


def test_a_quote_that_the_passage_does_not_hold_is_no_citation(library: SqliteLibrary, passages: list[Passage]) -> None:
    chunk_ = passages[0].chunk
    for start, end in (
        (chunk_.start, chunk_.start),
        (chunk_.end, chunk_.end + 5),
        (chunk_.end + 10**6, chunk_.end + 10**6 + 5),
    ):
        assert Citer(library).citation(passages[0], start, end, 1) is None


class VanishingLibrary(SqliteLibrary):
    """Loses each document as soon as its text was read, as if another process had removed it."""

    def text(self, document_id: str, start: int, end: int) -> str:
        read = super().text(document_id, start, end)
        self.remove_document(document_id)
        return read


def test_a_document_that_goes_while_it_is_cited_is_no_citation_and_no_error(tmp_path: Path) -> None:
    with VanishingLibrary(tmp_path / "vanishing.db", stamp()) as library:
        passages = add(library, "lenses.md", RAW)
        assert Citer(library).cite([select(passages, "A convex lens")], passages) == ((), ())


def test_where_nothing_can_be_cited_nothing_is_said(library: SqliteLibrary, passages: list[Passage]) -> None:
    assert Citer(library).cite([], passages) == ((), ())
    library.remove_document(passages[0].chunk.document_id)
    assert Citer(library).cite([select(passages, "A convex lens")], passages) == ((), ())
