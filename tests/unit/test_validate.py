from __future__ import annotations

from pathlib import Path

import pytest

from evals.items import Evidence, Item, Kind, Split, Turn, write_items
from evals.suites import Course, Suite
from evals.validate import Fault, Filed, check_balance, check_gold, check_items, texts_of, word_overlap
from rag.errors import ConfigError

DOCUMENTS = {
    "optics": {
        "lens.md": "# Lenses\n\nA lens focuses light by refraction.\nA standard lens has a focal\nlength of 50 mm.\n",
        "mirror.md": "# Mirrors\n\nA standard lens has a focal length of 45 mm, others say.\n",
    },
    "biology": {"leaf.md": "# Leaves\n\nChlorophyll absorbs sunlight.\n"},
}
LENGTH = Evidence(document="lens.md", quote="a focal length of 50 mm")
REFRACTION = Evidence(document="lens.md", quote="focuses light by refraction")
OTHERS = Evidence(document="mirror.md", quote="a focal length of 45 mm, others say")
GOOD = Item(
    id="o1",
    kind=Kind.NUMBER,
    question="how far from an ordinary glass is its hot spot?",
    course="optics",
    reference="The focal length is 50 mm.",
    facts=(("50 mm", "5 cm"),),
    wrong=("45 mm",),
    evidence=(LENGTH,),
)
NEAR_MISS = Item(
    id="o2", kind=Kind.UNANSWERABLE, question="who ground the first lens?", course="optics", near=(REFRACTION,)
)


def changed(item: Item = GOOD, **fields: object) -> Item:
    return Item.model_validate(item.model_dump() | fields)


def faults(*items: Item) -> list[Fault]:
    return check_items([Filed("optics.jsonl", item) for item in items], DOCUMENTS)


def rules(*items: Item) -> list[str]:
    return [fault.rule for fault in faults(*items)]


def test_sound_items_have_no_faults() -> None:
    assert faults(GOOD, NEAR_MISS) == []


def test_a_fault_says_where_it_is_and_what_is_wrong() -> None:
    (fault,) = faults(changed(reference=""))
    assert str(fault) == "optics.jsonl, o1: reference: there is no reference answer"


@pytest.mark.parametrize(
    ("fields", "rule", "message"),
    [
        ({"course": "optica"}, "course", "no course 'optica'; valid are: optics, biology"),
        ({"evidence": [{"document": "prism.md", "quote": "50 mm"}]}, "quote", "no document 'prism.md' in optics"),
        ({"evidence": [{"document": "leaf.md", "quote": "50 mm"}]}, "quote", "no document 'leaf.md' in optics"),
        ({"evidence": [{"document": "lens.md", "quote": "is 50 mm"}]}, "quote", "does not hold the words: is 50 mm"),
        ({"evidence": []}, "evidence", "number needs 1 different evidence quotes, not 0"),
        ({"reference": " "}, "reference", "no reference answer"),
        ({"reference": "It is 450 mm."}, "reference", "holds none of ['50 mm', '5 cm']: It is 450 mm."),
        ({"reference": "It is 50 mm, not 45 mm."}, "reference", "holds the wrong words '45 mm'"),
        ({"facts": [["50 mm", "**"]]}, "wording", "nothing is left of the wording '**'"),
        ({"wrong": ["`"]}, "wording", "nothing is left of the wording '`'"),
        ({"facts": [["50 mm"], []]}, "wording", "a fact has no wording"),
        ({"evidence": [REFRACTION.model_dump()]}, "fact", "no evidence quote holds any of ['50 mm', '5 cm']"),
        ({"kind": "planted", "evidence": [REFRACTION.model_dump()]}, "fact", "no evidence quote holds any"),
        ({"kind": "multi-hop"}, "evidence", "multi-hop needs 2 different"),
        ({"kind": "multi-hop", "evidence": [LENGTH.model_dump()] * 2}, "evidence", "multi-hop needs 2 different"),
        ({"kind": "contradiction"}, "evidence", "contradiction needs 2 different"),
        ({"kind": "comparison", "evidence": []}, "evidence", "comparison needs 1 "),
        (
            {"kind": "contradiction", "evidence": [LENGTH.model_dump(), REFRACTION.model_dump()]},
            "evidence",
            "needs evidence from two documents",
        ),
    ],
)
def test_each_rule_fires(fields: dict[str, object], rule: str, message: str) -> None:
    told = [fault.message for fault in faults(changed(**fields)) if fault.rule == rule]
    assert any(message in one for one in told), told


@pytest.mark.parametrize(
    "fields",
    [
        {"course": ""},
        {"evidence": [{"document": "lens.md", "quote": "A standard  lens has a\nfocal length of 50 mm"}]},
        {"kind": "fact", "evidence": [REFRACTION.model_dump()]},
        {"kind": "multi-hop", "evidence": [LENGTH.model_dump(), REFRACTION.model_dump()]},
        {"kind": "contradiction", "evidence": [LENGTH.model_dump(), OTHERS.model_dump()]},
        {"kind": "comparison"},
    ],
)
def test_each_rule_lets_pass_what_is_sound(fields: dict[str, object]) -> None:
    assert faults(changed(**fields)) == []


def test_the_words_of_a_near_miss_stand_in_their_document_too() -> None:
    made_up = changed(NEAR_MISS, near=[{"document": "lens.md", "quote": "first ground in Delft"}])
    assert rules(made_up) == ["quote"]


def test_an_id_is_given_once_over_all_files() -> None:
    twice = [Filed("a.jsonl", GOOD), Filed("b.jsonl", changed(NEAR_MISS, id="o1"))]
    (fault,) = check_items(twice, DOCUMENTS)
    assert (fault.file, fault.rule, fault.message) == ("b.jsonl", "id", "stands in a.jsonl already")


def test_two_questions_of_the_same_words_for_the_same_are_one() -> None:
    again = changed(id="o9", question="How far is the hot spot from ordinary glasses")
    (fault,) = faults(GOOD, again)
    assert (fault.rule, fault.id) == ("duplicate", "o9")
    assert "asks what o1 asks" in fault.message
    assert rules(NEAR_MISS, changed(NEAR_MISS, id="o8", question="who was grinding the first lens")) == ["duplicate"]


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "what distance brings rays together?"},
        {"facts": [["refraction"]], "kind": "fact", "reference": "By refraction."},
        {"facts": [["50 mm"], ["lens"]], "kind": "fact", "reference": "A lens has 50 mm."},
        {"course": ""},
        {"kind": "follow-up", "history": (Turn(question="what is a lens?", answer="Glass."),)},
    ],
)
def test_questions_for_something_else_are_no_duplicates(fields: dict[str, object]) -> None:
    assert "duplicate" not in rules(GOOD, changed(id="o9", **fields))


def test_the_same_fact_of_the_same_passage_is_not_both_tuned_on_and_reported_on() -> None:
    other = changed(id="o9", question="what distance brings rays together?", split=Split.LOCKED)
    (fault,) = faults(GOOD, other)
    assert (fault.rule, fault.id) == ("leak", "o9")
    assert faults(GOOD, changed(other, split=Split.DEV)) == []
    assert faults(GOOD, changed(other, facts=[["lens"]], kind="fact", reference="A lens.")) == []


def balance(*items: Item) -> str:
    return "\n".join(fault.message for fault in check_balance(items))


def whole_set(reworded: int = 160, near: int = 30, kinds: tuple[Kind, ...] = tuple(Kind)) -> list[Item]:
    """320 items over all kinds and both splits, 60 of them unanswerable."""
    answerable = [kind for kind in kinds if kind not in (Kind.UNANSWERABLE, Kind.PUBLIC)]
    made = [
        changed(
            id=f"a{index}",
            kind=(kind := answerable[index // 2 % len(answerable)]),
            split=list(Split)[index % 2],
            question="hot spot?" if index < reworded else "focal length?",
            history=[{"question": "a", "answer": "b"}] if kind is Kind.FOLLOW_UP else [],
        )
        for index in range(260)
    ]
    unanswered = [
        changed(NEAR_MISS, id=f"u{index}", split=list(Split)[index % 2], near=NEAR_MISS.near if index < near else ())
        for index in range(60)
    ]
    return [*made, *unanswered]


def test_a_balanced_set_has_no_faults() -> None:
    assert balance(*whole_set()) == ""


def test_a_set_says_what_it_lacks() -> None:
    assert balance(*whole_set()[1:]) == "there are 319 items, 320 are needed"
    assert "59 items are unanswerable, 60 are needed" in balance(*whole_set()[:-1])
    assert balance(*whole_set(near=29)) == "29 of 60 unanswerable items are near misses, not half"
    assert balance(*whole_set(reworded=130)) == ""
    assert balance(*whole_set(reworded=129)) == (
        "129 of 260 answerable questions avoid the passage's own words, not half"
    )


def test_every_kind_is_in_both_splits() -> None:
    without = tuple(kind for kind in Kind if kind is not Kind.INJECTION)
    assert balance(*whole_set(kinds=without)) == "no item of kind injection is dev\nno item of kind injection is locked"
    locked = [item for item in whole_set() if (item.kind, item.split) != (Kind.CHOICE, Split.DEV)]
    assert "no item of kind choice is dev" in balance(*locked)


def test_a_kind_that_a_gold_set_may_do_without_may_be_missing_altogether() -> None:
    assert balance(*whole_set(kinds=tuple(kind for kind in Kind if kind is not Kind.CHOICE))) == ""


def test_overlap_is_the_share_of_the_questions_content_words_that_the_evidence_has() -> None:
    assert word_overlap(changed(question="what is the focal lengths of a lens?")) == pytest.approx(2 / 3)
    assert word_overlap(changed(question="why is it so?")) == 0.0


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    for course, documents in DOCUMENTS.items():
        for name, text in documents.items():
            path = tmp_path / course / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    courses = tuple(Course(name, tmp_path / name) for name in DOCUMENTS)
    return Suite("test", courses, (tmp_path / "gold" / "*.jsonl",))


def test_a_suite_is_checked_from_its_files_and_folders(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    write_items(tmp_path / "gold" / "a.jsonl", [GOOD, NEAR_MISS])
    assert {fault.rule for fault in check_gold(suite)} == {"balance"}
    write_items(tmp_path / "gold" / "b.jsonl", [changed(id="o3", reference="")])
    assert [(fault.file, fault.id, fault.rule) for fault in check_gold(suite) if fault.rule != "balance"] == [
        ("b.jsonl", "o3", "reference"),
        ("b.jsonl", "o3", "duplicate"),
    ]


def test_bad_lines_are_told_by_number_and_the_other_lines_are_still_checked(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    path = tmp_path / "gold" / "a.jsonl"
    write_items(path, [changed(reference="")])
    path.write_text("{}\n" + path.read_text("utf-8") + "not json\n", "utf-8")
    found = [fault for fault in check_gold(suite) if fault.rule != "balance"]
    assert [(fault.rule, fault.message.partition(":")[0]) for fault in found] == [
        ("line", "line 1"),
        ("line", "line 3"),
        ("reference", "there is no reference answer"),
    ]


def test_a_missing_course_is_an_error_that_names_its_folder(suite: Suite, tmp_path: Path) -> None:
    absent = Suite("test", (Course("physics", tmp_path / "physics"), *suite.texts), suite.items)
    with pytest.raises(ConfigError, match=f"course 'physics' in {tmp_path / 'physics'}"):
        check_gold(absent)


def test_sections_are_named_as_the_library_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "sections.jsonl"
    path.write_text('{"book": "b", "module": "m1", "title": "T", "text": "Words."}\n', "utf-8")
    assert texts_of(Course("book", path)) == {"b/m1.md": "Words."}
