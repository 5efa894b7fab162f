from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.items import Evidence, Item, Kind
from evals.record import Verdict
from evals.verdict import held_facts, holds, judge, letters, normal, said, shown_evidence, shows, wrong_found
from rag.types import Answer, AnswerStatement, Refusal

ITEM = Item(
    id="q1",
    kind=Kind.NUMBER,
    question="write limit of a shard?",
    facts=(("1 mb", "1 megabyte"), ("1,000 records",)),
    wrong=("2 mb",),
    evidence=(
        Evidence(document="kinesis.md", quote="| Write | 1 MB per second or 1,000 records per second |"),
        Evidence(document="limits.md", quote="Each shard takes 1 MB per second of writes"),
    ),
)
UNANSWERABLE = Item(id="q2", kind=Kind.UNANSWERABLE, question="what does a shard cost?")


def answer(*statements: AnswerStatement, refusal: Refusal | None = None) -> Answer:
    return Answer("?", statements, (), (), "test", refusal)


def says(*texts: str) -> Answer:
    return answer(*(AnswerStatement(text, (1,)) for text in texts))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It takes 5 MB.", "5 mb"),
        ("**5** `MB`", "5 mb"),
        ("up to 5\u00a0MB", "5 mb"),
        ("5\n  MB", "5 MB"),
        ("1,000 records", "1000 records"),
        ("1000000 rows", "1,000,000"),
        ("12\u202f500 rows", "12500"),
        ("70 % of them", "70%"),
        ("70 percent", "70%"),
        ("70 per cent", "70 percent"),
        ("10–20 ms", "10-20 ms"),
        ("It doesn’t", "doesn't"),
        ("kept for 30 days", "30 day"),
        ("two job bookmarks", "bookmark"),
        ("(5 MB)", "5 mb"),
        ("1.5.", "1.5"),
        ("listens on /ping.", "/ping"),
        ("No, it is not.", "no,"),
        ("ranges over 1-5 minutes", "5 minutes"),
        ("sin(2πh/24)", "sin"),
        ("S\u00adMOTE", "smote"),
    ],
)
def test_words_are_held_however_they_are_set(text: str, words: str) -> None:
    assert holds(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("15 MB", "5 mb"),
        ("1.5 MB", "5 mb"),
        ("5 Mbps", "5 mb"),
        ("11.5", "1.5"),
        ("1.55", "1.5"),
        ("1.5", "1"),
        ("2.1.5", "1.5"),
        ("1,000,000 rows", "1,000"),
        ("a node", "no"),
        ("5 ms", "5 m"),
        ("duplication", "duplicate"),
        ("one day", "days"),
        ("minus: -5 degrees", "5 degrees"),
        ("-5", "5"),
        ("a percentile", "percent"),
        ("70 percentage points", "70%"),
        ("the 2 of 50", "2.50"),
        ("the axb", "a.b"),
    ],
)
def test_parts_of_words_and_of_numbers_are_not_held(text: str, words: str) -> None:
    assert not holds(text, words)


def test_commas_of_a_list_are_not_thousands_separators() -> None:
    assert normal("1,20 and (3, 220) and 1,2345") == "1,20 and (3, 220) and 1,2345"


@given(st.text(), st.text(alphabet="abc 01.,", min_size=1), st.text())
def test_words_set_apart_by_lines_are_always_held(before: str, words: str, after: str) -> None:
    assert holds(f"{before}.\n | {words} | \n{after}", words) or not normal(words)


def test_all_facts_and_no_wrong_words_make_an_answer_right() -> None:
    assert judge(ITEM, says("A shard takes 1 MB a second.", "It also takes 1000 records.")) is Verdict.RIGHT


def test_a_missing_fact_makes_an_answer_wrong() -> None:
    assert held_facts(ITEM, "1 megabyte") == (True, False)
    assert judge(ITEM, says("A shard takes 1 MB a second.")) is Verdict.WRONG


def test_wrong_words_make_an_answer_wrong_though_it_holds_all_facts() -> None:
    assert wrong_found(ITEM, "1 MB or 2 MB, 1,000 records") == ("2 mb",)
    assert judge(ITEM, says("1 MB or 2 MB, 1,000 records")) is Verdict.WRONG


def test_a_refusal_is_a_refusal_whatever_was_asked() -> None:
    refused = answer(refusal=Refusal("The texts do not say."))
    assert judge(ITEM, refused) is judge(UNANSWERABLE, refused) is Verdict.REFUSED


def test_an_answer_to_what_the_texts_do_not_say_is_wrong() -> None:
    assert judge(UNANSWERABLE, says("0.015 dollars")) is Verdict.WRONG


def test_what_stands_above_a_statement_is_said_too() -> None:
    assert said([AnswerStatement("1 MB", (1,), lead="Write"), AnswerStatement("2 MB", (1,))]) == "Write: 1 MB\n2 MB"
    assert judge(ITEM, answer(AnswerStatement("1 MB", (1,), lead="Write, 1,000 records"))) is Verdict.RIGHT


def test_a_quote_shows_the_evidence_that_it_holds_in_that_document_only() -> None:
    row = "Limits | write | 1 MB  per second or 1,000 records per second | read"
    assert shown_evidence(ITEM, "kinesis.md", row) == (0,)
    assert shown_evidence(ITEM, "limits.md", row) == ()
    assert shown_evidence(ITEM, "limits.md", "x. Each **shard** takes 1 MB per second of writes. y") == (1,)


def test_a_part_of_the_evidence_shows_it_if_it_is_long_enough_to_tell() -> None:
    assert shown_evidence(ITEM, "limits.md", "Each shard takes 1 MB") == (1,)
    assert shown_evidence(ITEM, "limits.md", "Each shard") == ()


def test_a_fragment_without_letters_is_shown_by_nothing() -> None:
    assert not shows(letters("| -- |"), letters("anything at all, at length"))
    assert shown_evidence(ITEM, "limits.md", "***") == ()
