"""Every citation that is shown names the page, or slide, on which its quote stands.

Asked of a PDF, slides and a Word document of our own. Where a quote stands is looked up in the files with other eyes
than those of our readers: pypdf, and the shapes and paragraphs as python-pptx and python-docx give them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from pptx import Presentation
from pptx.slide import Slide

from evals.items import Item, Split
from evals.suites import SUITES, assistant_over, items_of
from evals.validate import Filed, check_items
from ingest.clean import clean
from ingest.readers import read
from rag.adapters.weights import MINILM_INT8, locate
from rag.errors import ModelError
from rag.types import Answer, Citation, Scope

SUITE = SUITES["files"]
FOLDER = SUITE.texts[0].texts
ITEMS = items_of(SUITE)
PDF = "serving-handbook.pdf"


def pdf_pages(path: Path) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def slide_pages(path: Path) -> list[str]:
    return [" ".join(_slide(slide)) for slide in Presentation(str(path)).slides]


def _slide(slide: Slide) -> Iterator[str]:
    shape: Any
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)
    notes = slide.notes_slide.notes_text_frame
    yield notes.text if notes else ""


def word_pages(path: Path) -> list[str]:
    pages = [""]
    for element in docx.Document(str(path)).element.body.iter(qn("w:t"), qn("w:br")):
        if element.tag == qn("w:t"):
            pages[-1] += element.text or ""
        elif element.get(qn("w:type")) == "page":
            pages.append("")
    return pages


EYES: dict[str, Callable[[Path], list[str]]] = {".pdf": pdf_pages, ".pptx": slide_pages, ".docx": word_pages}


@cache
def printed(name: str) -> list[str]:
    """Letters and digits of each page of a file."""
    return [letters(page) for page in EYES[Path(name).suffix](FOLDER / name)]


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def pages_of(document: str, quote: str) -> list[int]:
    """The pages of a file that hold a quote."""
    return [number for number, page in enumerate(printed(document), 1) if letters(quote) in page]


@pytest.fixture(scope="module")
def answers() -> list[tuple[Item, Answer]]:
    try:
        locate(MINILM_INT8)
    except ModelError as error:
        pytest.skip(str(error))
    with assistant_over(SUITE) as assistant:
        return [(item, assistant.ask(item.question, Scope(course=item.course))) for item in ITEMS]


def shown(answer: Answer) -> tuple[Citation, ...]:
    return answer.refusal.closest if answer.refusal else answer.citations


def test_each_citation_that_is_shown_names_the_page_on_which_its_quote_stands(
    answers: list[tuple[Item, Answer]],
) -> None:
    citations = [one for _, answer in answers for one in shown(answer)]
    assert len(citations) >= len(ITEMS)
    wrong = [
        (one.place, one.quote)
        for one in citations
        if one.page_start != one.page_end or one.page_start not in pages_of(one.document, one.quote)
    ]
    assert wrong == []


def test_the_printed_label_of_a_page_is_cited_beside_its_number(answers: list[tuple[Item, Answer]]) -> None:
    labels = pypdf.PdfReader(FOLDER / PDF).page_labels
    cited = [one for _, answer in answers for one in shown(answer) if one.document == PDF]
    assert {one.page_label for one in cited} >= {"ii", "1", "8"}
    assert [one.place for one in cited if one.page_label != labels[(one.page_start or 0) - 1]] == []


def test_answers_cite_the_page_of_the_evidence(answers: list[tuple[Item, Answer]]) -> None:
    answerable = [(item, answer) for item, answer in answers if item.answerable]
    missed = [item.question for item, answer in answerable if not _cites_evidence(item, answer)]
    assert len(missed) <= 0.15 * len(answerable), missed


def _cites_evidence(item: Item, answer: Answer) -> bool:
    places = {(one.document, one.page) for one in item.evidence}
    return any((one.document, one.page_start) in places for one in answer.citations)


def test_most_questions_that_the_files_do_not_answer_are_refused(answers: list[tuple[Item, Answer]]) -> None:
    unanswerable = [(item, answer) for item, answer in answers if not item.answerable]
    answered = [item.question for item, answer in unanswerable if answer.refusal is None]
    assert len(answered) <= 0.25 * len(unanswerable), answered


def test_the_evidence_of_the_items_stands_on_the_page_that_they_name() -> None:
    for item in ITEMS:
        for one in (*item.evidence, *item.near):
            assert one.page in pages_of(one.document, one.quote), f"{item.id}: {one}"


def test_the_items_are_sound() -> None:
    texts = {name: clean(read(FOLDER / name, (FOLDER / name).read_bytes()).document).text for name in sorted(
        path.name for path in FOLDER.iterdir() if path.suffix in EYES)}  # fmt: skip
    faults = check_items([Filed("course-files.jsonl", item) for item in ITEMS], {"files": texts})
    assert [str(fault) for fault in faults] == []
    assert {item.split for item in ITEMS} == {Split.DEV}
    assert len(ITEMS) >= 36
    assert sum(not item.answerable for item in ITEMS) >= 8
    assert {one.document for item in ITEMS for one in item.evidence} == set(texts)
