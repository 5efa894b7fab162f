"""`openbook show`: passages and pages of a library that holds a text and a PDF."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.bootstrap import make_conversations, open_library
from rag.conversation.exchanges import Exchange
from rag.layout import Box, Layout, WordBox
from rag.settings import Settings
from rag.types import LOCAL, Answer, AnswerStatement, Citation, Document, PageStart
from tests.fakes import COURSE_TEXTS, HashEmbedder, sample_document, sample_source
from tests.terminal import Openbook
from tests.unit.test_page_pictures import BLACK, WHITE, YELLOW, drawn, pdf
from ui.cli_answer import show_answer

BENDS = "Refraction bends light at the boundary of two media."
HALVES = "The first half ends a page. The second half begins one."


def optics() -> Document:
    return sample_document("optics.md", COURSE_TEXTS["optics.md"])[0]


def paper() -> Document:
    """A PDF of three pages, the last of which is empty; its words stand in boxes of 10 by 10 points, one a word."""
    document, _ = sample_document("paper.pdf", [HALVES, BENDS])
    middle, end = document.text.index("The second"), len(document.text)
    words = [
        WordBox(one.start(), one.end(), Box(1 + (one.start() >= middle), 20 + 2 * at, 30, 30 + 2 * at, 40))
        for at, one in enumerate(re.finditer(r"\w+", document.text))
        if one.start() < document.text.index(BENDS)
    ]
    pages = (PageStart(0, 1, "iv"), PageStart(middle, 2, "v"), PageStart(end, 3, "vi"))
    return replace(document, media_type="application/pdf", pages=pages, lines=(0,) * 99, layout=Layout(words))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    embedder = HashEmbedder()
    with open_library(Settings(home=tmp_path), embedder) as library:
        for document, name, original in ((optics(), "optics.md", None), (paper(), "paper.pdf", pdf(pages=3))):
            _, chunks = sample_document(name, COURSE_TEXTS.get(name, (HALVES, BENDS)))
            vectors = embedder.embed([one.embed_text for one in chunks])
            library.put(document, sample_source(name), chunks, vectors, original)
    return tmp_path


def cited(document: Document, quote: str, number: int = 1) -> Citation:
    start = document.text.index(quote)
    return Citation(number, document.id, document.title, "", (), quote, start, start + len(quote), 0)


def answered(*citations: Citation) -> Answer:
    return Answer("What bends light?", (AnswerStatement("It bends.", (1,)),), citations, (), "extractive")


def keep(home: Path, *citations: Citation) -> str:
    conversations = make_conversations(Settings(home=home))
    now = datetime.now(UTC)
    begun = conversations.start(LOCAL, "course", now)
    conversations.append(LOCAL, begun.id, Exchange("What bends light?", answered(*citations), now))
    conversations.close()
    return begun.id


def test_the_reference_that_an_answer_prints_shows_its_quote_between_what_stands_around_it(
    openbook: Openbook, capsys: pytest.CaptureFixture[str]
) -> None:
    show_answer(answered(cited(optics(), BENDS)))
    (reference,) = re.findall(r"[0-9a-f]{12}:\d+-\d+", capsys.readouterr().out)
    done = openbook("show", reference)
    assert done.code == 0, done.err
    before, _, after = COURSE_TEXTS["optics.md"]
    assert f"optics.md  Optics, page 1, line 5 · {reference}" in done.out
    assert f"{before}\n\n»{BENDS}«\n" in done.out
    assert f"— page 2 —\n{after}\n" in done.out


def test_a_passage_leaves_as_json_with_its_citation(openbook: Openbook) -> None:
    told = cited(optics(), "bends light")
    shown = json.loads(openbook("show", told.reference, "--json").out)
    assert (shown["citation"]["quote"], shown["citation"]["reference"]) == ("bends light", told.reference)
    assert shown["before"] + "bends light" + shown["after"] == "\n\n".join(COURSE_TEXTS["optics.md"])


def test_a_number_is_a_source_of_the_last_answer_of_the_latest_conversation_or_of_the_one_named(
    openbook: Openbook, home: Path
) -> None:
    former = keep(home, cited(paper(), HALVES))
    keep(home, cited(paper(), HALVES), cited(optics(), BENDS, 2))
    assert "From the answer to: What bends light?" in openbook("show", "2").out
    assert f"»{BENDS}«" in openbook("show", "[2]").out
    named = openbook("show", "1", "--conversation", former[:8])
    assert "»The first half" in named.out
    assert "has no source 2" in openbook("show", "2", "--conversation", former[:8]).err


def test_a_source_whose_document_was_removed_since_is_told(openbook: Openbook, home: Path) -> None:
    keep(home, cited(optics(), BENDS))
    openbook("documents", "remove", "optics.md")
    done = openbook("show", "1")
    assert (done.code, done.out) == (2, "")
    assert "no longer holds" in done.err


def test_a_page_is_shown_by_its_number_or_by_what_is_printed_on_it(openbook: Openbook) -> None:
    by_number, by_label = openbook("show", "paper.pdf", "page", "2"), openbook("show", "paper.pdf page V")
    assert by_number == by_label
    assert by_number.code == 0, by_number.err
    assert "paper.pdf  page 2 (printed v) · " in by_number.out
    assert f"The second half begins one.\n\n{BENDS}\n" in by_number.out
    assert "first half" not in by_number.out
    assert "page 3: it has no text of its own" in openbook("show", "paper.pdf page 3").out


def test_a_page_is_drawn_with_the_quote_marked(openbook: Openbook, home: Path) -> None:
    reference = cited(paper(), "first half").reference
    assert openbook("show", reference, "--page").out.endswith("Page 1 is drawn in paper-page-1.png.\n")
    image = drawn((home / "paper-page-1.png").read_bytes())
    assert image.size == (400, 200)
    assert image.getpixel((70, 70)) == YELLOW
    assert image.getpixel((50, 70)) == BLACK
    assert image.getpixel((100, 70)) == WHITE


def test_a_quote_that_goes_on_over_a_page_is_drawn_on_both(openbook: Openbook, home: Path) -> None:
    reference = cited(paper(), HALVES).reference
    pictures = json.loads(openbook("show", reference, "--page", "-o", "half.png", "--dpi", "72", "--json").out)
    assert pictures["pictures"] == [
        {"page": 1, "file": "half.png", "marked": True}, {"page": 2, "file": "half-2.png", "marked": True},
    ]  # fmt: skip
    assert drawn((home / "half-2.png").read_bytes()).size == (200, 100)


def test_a_whole_page_is_drawn_without_a_mark_and_a_quote_whose_place_is_not_known_says_so(
    openbook: Openbook, home: Path
) -> None:
    whole = openbook("show", "paper.pdf page 1", "--page")
    assert "is not known" not in whole.out
    image = drawn((home / "paper-page-1.png").read_bytes())
    assert YELLOW not in {colour for _, colour in image.getcolors(1 << 16) or ()}
    assert "is not known" in openbook("show", cited(paper(), BENDS).reference, "--page").out


@pytest.mark.parametrize("page", [2, 4])
def test_a_page_whose_text_is_left_out_is_drawn_by_its_number(openbook: Openbook, home: Path, page: int) -> None:
    document, chunks = sample_document("twice.pdf", [HALVES, BENDS])
    kept = replace(document, media_type="application/pdf", pages=(PageStart(0, 1), PageStart(len(HALVES) + 2, 3)))
    embedder = HashEmbedder()
    with open_library(Settings(home=home), embedder) as library:
        vectors = embedder.embed([one.embed_text for one in chunks])
        library.put(kept, sample_source("twice.pdf"), chunks, vectors, pdf(pages=4))
    done = openbook("show", f"twice.pdf page {page}", "--page")
    assert (done.code, done.err) == (0, "")
    assert drawn((home / f"twice-page-{page}.png").read_bytes()).size == (400, 200)
    assert "page 2: it has no text of its own" in openbook("show", "twice.pdf page 2").out
    assert "holds no text of page 4; its pages are 1 to 3. --page draws" in openbook("show", "twice.pdf page 4").err
    assert "There is no page 5" in openbook("show", "twice.pdf page 5", "--page").err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("refraction",), "names no passage"),
        (("3",), "No conversation is kept"),
        (("nothing.md page 1",), "openbook documents"),
        (("optics.md page 7",), "holds no text of page 7; its pages are 1 to 2"),
        (("optics.md:10-900",), "it ends at"),
        (("optics.md:10-10",), "no text at 10-10"),
        (("optics.md page 1", "--page"), "has no pages to draw"),
        (("paper.pdf page 1", "--page", "-o", "nowhere/page.png"), "cannot be written"),
        (("paper.pdf page 1", "-o", "page.png"), "--page"),
    ],
)
def test_what_cannot_be_shown_is_told(openbook: Openbook, arguments: tuple[str, ...], told: str) -> None:
    done = openbook("show", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
