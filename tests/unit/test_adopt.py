"""Questions of other programs are held against the texts; the rules are stood in for, but for the last test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.sqlite_library import SqliteLibrary
from rag.cite import Citer
from rag.grounding.ground import PlainGrounding
from rag.quiz.items import Cloze, Item, ItemType, Matching, MultipleChoice, MultipleResponse, Ordering
from rag.quiz.material import sections
from rag.quiz.rules import Finding, findings
from rag.study.adopt import Adopter, Refused
from rag.study.drafts import Choice, Draft
from rag.types import Scope, Source
from tests.fakes import COURSE_TEXTS, HashEmbedder, sample_document, stamp
from tests.quiz_items import choice

LENS = "A lens focuses light by refraction at its two surfaces."
EMBEDDER = HashEmbedder()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(tmp_path / "library.db", stamp(EMBEDDER)) as opened:
        for name, paragraphs in COURSE_TEXTS.items():
            document, chunks = sample_document(name, paragraphs)
            vectors = EMBEDDER.embed([chunk.embed_text for chunk in chunks])
            opened.put(document, Source("course", f"/{name}", name), chunks, vectors)
        yield opened


def adopt(library: SqliteLibrary, draft: Draft, scope: Scope = Scope(), wrong: str = "") -> Item | Refused:
    found = [Finding("a rule", True, wrong)] if wrong else [Finding("a soft one", False, "may be better")]
    adopter = Adopter(library, EMBEDDER, PlainGrounding(EMBEDDER), scope, check=lambda *_: found)
    return adopter.adopt(draft)


def focuses(**given: object) -> Draft:
    options = (Choice("a lens", True), Choice("a mirror", False, "A mirror reflects."), Choice("a leaf", False, "No."))
    made = Draft("question 1", ItemType.MULTIPLE_CHOICE, "What focuses light at two surfaces?", options)
    return replace(made, **given)  # type: ignore[arg-type]


def own(library: SqliteLibrary, **given: object) -> MultipleChoice:
    """Return an item of ours about the library."""
    (info,) = (one for one in library.documents() if one.name == "optics.md")
    (section, *_) = sections(library, info)
    statement = section.statements[-1]
    citation = Citer(library).citation(section.passage, statement.start, statement.end, 1)
    return choice(1, **{"citations": (citation,), **given})


def test_a_question_gets_the_statement_that_holds_its_key_as_its_citation(library: SqliteLibrary) -> None:
    item = adopt(library, focuses())
    assert isinstance(item, MultipleChoice)
    (citation,) = item.citations
    assert (citation.document, citation.quote) == ("optics.md", LENS)
    assert library.text(citation.document_id, citation.start, citation.end) == LENS
    assert LENS in item.rationale
    assert item.generator == "import"


def test_what_is_told_of_a_wrong_option_names_it(library: SqliteLibrary) -> None:
    item = adopt(library, focuses())
    assert isinstance(item, MultipleChoice)
    assert [one.rationale for one in item.options if not one.right] == ["A mirror reflects.", "“a leaf”: No."]
    silent = adopt(library, focuses(options=(Choice("a lens", True), Choice("a leaf", False))))
    assert isinstance(silent, MultipleChoice)
    assert silent.options[1].rationale == "“a leaf”: The texts do not give it in answer to this."


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (focuses(stem="Who painted the Sistine Chapel?", options=(Choice("Michelangelo", True),)), "say nothing"),
        (focuses(options=(Choice("Mitochondria", True), Choice("a lens", False))), "say nothing"),
        (focuses(options=(Choice("a lens", False), Choice("a leaf", False))), "no key"),
        (focuses(type=ItemType.FLASHCARD, options=()), "no key"),
        (focuses(stem="", options=(Choice(LENS, True),)), "not whole"),
        (Draft("question 1", ItemType.FLASHCARD, "?", answers=("!",)), "say nothing"),
    ],
)
def test_a_question_whose_key_is_not_in_the_texts_is_refused(library: SqliteLibrary, draft: Draft, why: str) -> None:
    refused = adopt(library, draft)
    assert isinstance(refused, Refused)
    assert why in refused.why
    assert refused.place == "question 1"


@pytest.mark.parametrize("stem", ["Chlorophyll absorbs sunlight.", "A lens focuses light by refraction."])
def test_what_the_texts_say_is_taken_but_not_what_turns_it_round(library: SqliteLibrary, stem: str) -> None:
    said = Draft("q", ItemType.TRUE_FALSE, stem, answers=("true",))
    assert not isinstance(adopt(library, said), Refused)
    one, verb, other, *_ = stem.removeprefix("A ").rstrip(".").split()
    assert isinstance(adopt(library, replace(said, stem=f"{other} {verb} {one}.")), Refused)


@pytest.mark.parametrize(
    ("back", "taken"),
    [("focuses light by refraction", True), ("Definition", False), ("A part of a camera that focuses", False)],
)
def test_the_back_of_a_card_must_stand_in_its_quote(library: SqliteLibrary, back: str, taken: bool) -> None:
    found = adopt(library, Draft("q", ItemType.FLASHCARD, "What does a lens do?", answers=(back,)))
    assert isinstance(found, Refused) is not taken


def test_a_question_that_was_not_read_is_refused_with_the_reason(library: SqliteLibrary) -> None:
    refused = adopt(library, Draft("q", ItemType.FLASHCARD, "How far?", unread="It has no end."))
    assert isinstance(refused, Refused)
    assert refused.why == "It has no end."


def test_texts_out_of_scope_support_nothing(library: SqliteLibrary) -> None:
    (biology,) = (one.id for one in library.documents() if one.name == "biology.md")
    assert isinstance(adopt(library, focuses(), Scope(document_ids=(biology,))), Refused)


def test_a_hard_finding_of_the_rules_refuses_and_a_soft_one_does_not(library: SqliteLibrary) -> None:
    refused = adopt(library, focuses(), wrong="the text may say “a leaf” too")
    assert isinstance(refused, Refused)
    assert refused.why == "the text may say “a leaf” too"


def test_each_right_option_step_and_pair_is_cited_and_their_number_stated(library: SqliteLibrary) -> None:
    several = focuses(
        type=ItemType.MULTIPLE_RESPONSE,
        stem="What bends or focuses light at a boundary or at surfaces?",
        options=(Choice("Refraction of two media", True), Choice("A lens", True), Choice("Money", False)),
    )
    item = adopt(library, several)
    assert isinstance(item, MultipleResponse)
    assert item.stem == f"{several.stem} Choose TWO."
    speaks = adopt(library, replace(several, stem="What bends or focuses light between two media or surfaces?"))
    assert isinstance(speaks, MultipleResponse)
    assert speaks.stem.endswith("Choose TWO.")
    states = adopt(library, replace(several, stem="Which two of these bend or focus light at a boundary or surface?"))
    assert isinstance(states, MultipleResponse)
    assert states.stem.endswith("surface?")
    assert len(item.citations) == 2
    ordered = adopt(
        library, Draft("q", ItemType.ORDERING, "Order.", pairs=((LENS, ""), (COURSE_TEXTS["optics.md"][1], "")))
    )
    assert isinstance(ordered, Ordering)
    assert [one.quote for one in ordered.citations] == list(ordered.steps)
    pairs = (("Inflation", "lowers what money buys"), ("Chlorophyll", "absorbs sunlight"))
    matched = adopt(library, Draft("q", ItemType.MATCHING, "Match.", pairs=pairs, decoys=("sings",)))
    assert isinstance(matched, Matching)
    assert [one.document for one in matched.citations] == ["economy.md", "biology.md"]
    assert matched.decoys == ("sings",)


def test_a_gap_is_looked_for_with_what_fills_it(library: SqliteLibrary) -> None:
    gap = Draft(
        "q", ItemType.CLOZE, "A lens focuses light by _____ at its two surfaces.", answers=("refraction", "bending")
    )
    item = adopt(library, gap)
    assert isinstance(item, Cloze)
    assert (item.answers, item.citations[0].quote) == (("refraction", "bending"), LENS)


def test_an_item_of_ours_that_is_still_quoted_rightly_comes_back_as_it_is(library: SqliteLibrary) -> None:
    item = own(library)
    assert adopt(library, focuses(item=item)) == item


def test_an_item_of_ours_whose_quote_is_gone_is_taken_as_any_other_question(library: SqliteLibrary) -> None:
    (quoted,) = own(library).citations
    item = own(library, citations=(replace(quoted, quote="Light is heavy."),))
    taken = adopt(library, focuses(item=item))
    assert isinstance(taken, MultipleChoice)
    assert taken.citations[0].quote == LENS
    assert isinstance(adopt(library, Draft("q", ItemType.FLASHCARD, item.stem, item=item)), Refused)


def test_the_rules_of_our_own_items_hold_for_those_of_others(library: SqliteLibrary) -> None:
    adopter = Adopter(library, EMBEDDER, PlainGrounding(EMBEDDER))
    assert adopter._check is findings
    refused = adopter.adopt(focuses())
    assert isinstance(refused, Refused)
    assert refused.why.startswith("3 options with 1 right, not 4 with one right")
