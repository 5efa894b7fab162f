"""The measurement of follow-ups: what it counts as harm, and the conversations that it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.followups import Case, Seen, paired, read_conversations
from evals.items import Evidence, Item, Kind
from evals.suites import ROOT, Course, Suite, assistant_over
from rag.settings import Settings
from tests.fakes import COURSE_TEXTS, HashEmbedder

GOOD = Seen("what is a dpu", right=True, hit=True)


@pytest.mark.parametrize(
    ("after", "polluted", "harmed"),
    [
        (GOOD, False, False),
        (Seen("what is a dpu (smote)", right=True, hit=True), True, False),
        (Seen("what is a dpu (smote)", right=False, hit=True), True, True),
        (Seen("what is a dpu (smote)", right=True, hit=False), True, True),
    ],
)
def test_old_turns_do_harm_where_they_cost_the_evidence_or_the_right_answer(
    after: Seen, polluted: bool, harmed: bool
) -> None:
    case = Case("what is a dpu", after, GOOD)
    assert (case.polluted, case.harmed) == (polluted, harmed)


def test_what_was_not_found_without_old_turns_cannot_be_lost_by_them() -> None:
    bad = Seen("what is a dpu", right=False, hit=False)
    assert not Case("what is a dpu", Seen("what is a dpu (smote)", right=False, hit=False), bad).harmed


def _item(document: str, question: str, quote: str) -> Item:
    evidence = (Evidence(document=document, quote=quote),)
    return Item(id=document, kind=Kind.PUBLIC, question=question, course="main", evidence=evidence)


def test_pairs_are_questions_about_different_documents_the_second_of_which_is_asked_both_ways(tmp_path: Path) -> None:
    for name, sentences in COURSE_TEXTS.items():
        (tmp_path / "texts").mkdir(exist_ok=True)
        (tmp_path / "texts" / name).write_text("\n\n".join((f"# {name}", *sentences)) + "\n", "utf-8")
    items = [
        _item("optics.md", "What bends light at the boundary of two media?", "Refraction bends light"),
        _item("biology.md", "What absorbs sunlight in the leaf of a plant?", "Chlorophyll absorbs sunlight"),
    ]
    settings = Settings.model_construct(home=tmp_path / "home")
    suite = Suite("test", (Course("main", tmp_path / "texts"),))
    with assistant_over(suite, HashEmbedder(), settings) as assistant:
        cases = paired(assistant, items, 20)
    assert {case.question for case in cases} == {item.question for item in items}
    assert len(cases) < 20
    assert all(case.without.hit and not case.polluted for case in cases)


def test_the_evidence_of_every_conversation_stands_in_the_course() -> None:
    for told in read_conversations():
        for place in told.evidence:
            text = " ".join((ROOT / "corpus" / place.document).read_text("utf-8").split())
            assert " ".join(place.quote.split()) in text, told.id


def test_half_of_the_conversations_are_locked() -> None:
    splits = [told.split for told in read_conversations()]
    assert splits.count("dev") == splits.count("locked")
