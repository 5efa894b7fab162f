"""Moodle's XML and QTI 2.1, read with lxml and held against what their specifications ask for."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ingest.questions import read_questions
from rag.quiz.items import Item, ItemType, Option, Placement, options_of
from rag.study.exports.entries import entries
from tests.quiz_items import ALL_TYPES, case_study, choice, cloze, matching, ordering, response, short_answer
from tests.unit.test_exports import NASTY, NASTY_ITEMS, exported

# Elements of QTI 2.1 that we write, each with what may stand in it, in this order (information model, 2012).
QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
SET = "setOutcomeValue"
MODEL = {
    "assessmentItem": "(responseDeclaration )(outcomeDeclaration )*(itemBody )(responseProcessing )(modalFeedback )*",
    "responseDeclaration": "(correctResponse )?(mapping )?",
    "outcomeDeclaration": "(defaultValue )?",
    "defaultValue": "(value )+",
    "correctResponse": "(value )+",
    "mapping": "(mapEntry )+",
    "itemBody": "((p|choiceInteraction|orderInteraction|matchInteraction|extendedTextInteraction) )+",
    "choiceInteraction": "(prompt )?(simpleChoice )+",
    "orderInteraction": "(prompt )?(simpleChoice )+",
    "matchInteraction": "(prompt )?(simpleMatchSet ){2}",
    "simpleMatchSet": "(simpleAssociableChoice )*",
    "simpleChoice": "(feedbackInline )?",
    "p": "(textEntryInteraction )?",
    "responseProcessing": f"((responseCondition|{SET}) )*",
    "responseCondition": "(responseIf )",
    "responseIf": f"(match )({SET} )*",
    "match": "(variable )(correct )",
    SET: "((baseValue|mapResponse|multiple) )",
    "multiple": "((variable|baseValue) )*",
    "modalFeedback": "(p )*",
}
NEEDS = {
    "assessmentItem": {"identifier", "title", "adaptive", "timeDependent"},
    "responseDeclaration": {"identifier", "cardinality", "baseType"},
    "outcomeDeclaration": {"identifier", "cardinality", "baseType"},
    "mapEntry": {"mapKey", "mappedValue"},
    "choiceInteraction": {"responseIdentifier", "shuffle", "maxChoices"},
    "orderInteraction": {"responseIdentifier", "shuffle"},
    "matchInteraction": {"responseIdentifier", "shuffle", "maxAssociations"},
    "textEntryInteraction": {"responseIdentifier"},
    "extendedTextInteraction": {"responseIdentifier"},
    "simpleChoice": {"identifier"},
    "simpleAssociableChoice": {"identifier", "matchMax"},
    "feedbackInline": {"outcomeIdentifier", "identifier", "showHide"},
    "modalFeedback": {"outcomeIdentifier", "identifier", "showHide"},
    "baseValue": {"baseType"},
    SET: {"identifier"},
    "variable": {"identifier"},
    "correct": {"identifier"},
    "mapResponse": {"identifier"},
}
NAME = re.compile(r"[A-Za-z_][\w.-]*")  # NCName, as far as ASCII goes


def moodle(*items: Item) -> Any:
    return etree.fromstring(exported("moodle", items or ALL_TYPES))


def told(element: Any) -> str:
    """Return what Moodle shows of an HTML text."""
    return unescape(re.sub(r"<br>|</?p>", "\n", element.findtext("text") or "")).strip()


def test_every_item_is_a_moodle_question_of_a_type_that_it_knows() -> None:
    questions = [one for one in moodle().iter("question") if one.get("type") != "category"]
    assert [one.get("type") for one in questions] == [
        "multichoice", "multichoice", "truefalse", "matching", "matching", "essay", "shortanswer", "essay",
        "multichoice", "multichoice",
    ]  # fmt: skip
    for question, part in zip(questions, entries(ALL_TYPES), strict=True):
        assert question.findtext("idnumber") == part.item.id
        assert 0 < len(question.findtext("name/text")) <= 255
        assert told(question.find("questiontext")) == part.item.stem
        assert part.item.citations[0].reference in told(question.find("generalfeedback"))
        assert {one.findtext("text") for one in question.iterfind("tags/tag")} >= {"optics.md", part.item.type.value}


def test_moodle_choices_have_their_worth_and_their_reasons() -> None:
    one, several = (list(question.iterfind("answer")) for question in moodle(choice(1), response(2)).iter("question")
                    if question.get("type") == "multichoice")  # fmt: skip
    assert [answer.get("fraction") for answer in one] == ["100", "0", "0", "0"]
    assert [answer.get("fraction") for answer in several] == ["50", "50", "-100", "-100", "-100"]
    assert told(one[1].find("feedback")) == choice(1).options[1].rationale


def test_a_third_is_written_as_moodle_has_it() -> None:
    options = tuple(Option(text=str(at), right=at < 3) for at in range(6))
    (question,) = moodle(response(1, options=options)).iterfind("question[@type='multichoice']")
    assert question.find("answer").get("fraction") == "33.33333"


def test_a_true_or_false_question_says_which_it_is() -> None:
    answers = {one.findtext("text"): one.get("fraction") for one in moodle(ALL_TYPES[2]).iter("answer")}
    assert answers == {"true": "0", "false": "100"}


def test_steps_are_matched_to_their_numbers_and_decoys_to_nothing() -> None:
    ordered, matched = moodle(ordering(1), matching(2)).iterfind("question[@type='matching']")
    assert [one.findtext("answer/text") for one in ordered.iterfind("subquestion")] == ["1", "2", "3", "4"]
    assert [(told(one), one.findtext("answer/text")) for one in matched.iterfind("subquestion")][-1] == ("", "heats")


def test_an_answer_with_one_fact_is_graded_by_its_words_and_one_with_several_by_a_person() -> None:
    by_words, by_person = moodle(NASTY_ITEMS[3], short_answer(1)).xpath("question[@type!='category']")
    assert by_words.get("type") == "shortanswer"
    assert [one.findtext("text") for one in by_words.iterfind("answer")] == ["24 hours", "24 h"]
    assert by_person.get("type") == "essay"
    assert told(by_person.find("generalfeedback")).startswith("It keeps for 60 days in a dark room.")


def test_moodle_categories_follow_the_domains() -> None:
    quiz = moodle(*(choice(at, placement=Placement(domain=name)) for at, name in enumerate(("A/B", "A/B", "C"))))
    assert [one.text for one in quiz.iterfind("question/category/text")] == [
        "$course$/top/Optics/A//B",
        "$course$/top/Optics/C",
    ]


def test_signs_of_xml_and_html_are_text_in_moodle() -> None:
    (question, *_) = moodle(*NASTY_ITEMS).iterfind("question[@type='multichoice']")
    assert told(question.find("questiontext")) == NASTY.replace("\x07", "\ufffd")


def package(*items: Item) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(exported("qti", items or ALL_TYPES))) as archive:
        assert archive.testzip() is None
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}


def qti(item: Item) -> Any:
    manifest, *found = package(item).values()
    assert manifest is not None
    return found[0]


def test_the_manifest_names_every_file_of_the_package_once() -> None:
    files = package()
    manifest = files.pop("imsmanifest.xml")
    space = {"cp": "http://www.imsglobal.org/xsd/imscp_v1p1"}
    assert manifest.xpath("string(cp:metadata/cp:schema)", namespaces=space) == "QTIv2.1 Package"
    assert [one.tag.rpartition("}")[2] for one in manifest] == ["metadata", "organizations", "resources"]
    resources = manifest.xpath("cp:resources/cp:resource", namespaces=space)
    assert {one.get("type") for one in resources} == {"imsqti_item_xmlv2p1"}
    assert [one.get("href") for one in resources] == list(files)
    assert [one[0].get("href") for one in resources] == list(files)
    identifiers = [manifest.get("identifier"), *(one.get("identifier") for one in resources)]
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize("items", [ALL_TYPES, NASTY_ITEMS], ids=["plain", "nasty"])
def test_every_element_stands_where_the_model_of_qti_has_it_with_what_it_needs(items: tuple[Item, ...]) -> None:
    for name, root in package(*items).items():
        if name == "imsmanifest.xml":
            continue
        for element in root.iter(etree.Element):
            tag = element.tag.removeprefix(QTI)
            inside = "".join(f"{child.tag.removeprefix(QTI)} " for child in element.iterchildren(etree.Element))
            assert re.fullmatch(MODEL.get(tag, ""), inside), f"{tag}: {inside}"
            assert NEEDS.get(tag, set()) <= set(element.keys()), tag
            assert NAME.fullmatch(element.get("identifier", "x")), element.get("identifier")


def test_what_is_declared_right_is_among_what_can_be_chosen() -> None:
    for item in (choice(1), response(2), ordering(3), ALL_TYPES[2]):
        root = qti(item)
        offered = [one.get("identifier") for one in root.iter(f"{QTI}simpleChoice")]
        right = [one.text for one in root.iterfind(f".//{QTI}correctResponse/{QTI}value")]
        assert set(right) <= set(offered)
        assert len(set(offered)) == len(offered)
    pairs = [one.text.split() for one in qti(matching(4)).iterfind(f".//{QTI}correctResponse/{QTI}value")]
    sides = [[one.get("identifier") for one in side] for side in qti(matching(4)).iter(f"{QTI}simpleMatchSet")]
    assert [prompt for prompt, _ in pairs] == sides[0]
    assert {match for _, match in pairs} < set(sides[1])


@pytest.mark.parametrize(
    ("item", "cardinality", "base_type"),
    [
        (choice(1), "single", "identifier"),
        (response(1), "multiple", "identifier"),
        (ordering(1), "ordered", "identifier"),
        (matching(1), "multiple", "directedPair"),
        (cloze(1), "single", "string"),
    ],
)
def test_a_response_has_the_form_of_its_interaction(item: Item, cardinality: str, base_type: str) -> None:
    declared = qti(item).find(f"{QTI}responseDeclaration")
    assert (declared.get("cardinality"), declared.get("baseType")) == (cardinality, base_type)


class Grader:
    """Carries out the response processing of an item, as the specification of QTI says."""

    def __init__(self, item: Item) -> None:
        self.root = qti(item)
        self.multiple = self.root.find(f"{QTI}responseDeclaration").get("cardinality") == "multiple"
        self.right = [one.text for one in self.root.iterfind(f".//{QTI}correctResponse/{QTI}value")]

    def __call__(self, *given: str) -> tuple[float, set[str]]:
        """Return the score, and the texts of feedback that are shown."""
        outcomes: dict[str, Any] = {"SCORE": 0.0, "FEEDBACK": []}
        for rule in self.root.find(f"{QTI}responseProcessing"):
            if rule.tag == f"{QTI}responseCondition":
                same = sorted(given) == sorted(self.right) if self.multiple else list(given) == self.right
                if same:
                    outcomes["SCORE"] = float(rule[0][1][0].text)
            elif rule[0].tag == f"{QTI}mapResponse":
                entries = self.root.iter(f"{QTI}mapEntry")
                outcomes["SCORE"] = sum(
                    float(one.get("mappedValue")) for one in entries if one.get("mapKey").lower() == given[0].lower()
                )
            else:
                parts = [given if one.tag == f"{QTI}variable" else (one.text,) for one in rule[0]]
                outcomes[rule.get("identifier")] = [value for part in parts for value in part]
        shown = {
            "".join(one.itertext())
            for name in ("feedbackInline", "modalFeedback")
            for one in self.root.iter(QTI + name)
            if one.get("identifier") in outcomes["FEEDBACK"]
        }
        return outcomes["SCORE"], shown


def test_qti_grades_all_or_nothing_and_tells_why_whatever_was_answered() -> None:
    grade = Grader(response(1))
    assert grade("C2", "C1")[0] == 1
    assert grade("C1")[0] == 0
    assert grade("C1", "C2", "C3")[0] == 0
    grade = Grader(choice(1))
    score, shown = grade("C2")
    assert score == 0
    assert choice(1).options[1].rationale in shown
    assert choice(1).options[2].rationale not in shown
    assert any(choice(1).rationale in one and "openbook show" in one for one in shown)
    assert Grader(ordering(1))("C1", "C2", "C3", "C4")[0] == 1
    assert Grader(ordering(1))("C2", "C1", "C3", "C4")[0] == 0
    assert Grader(cloze(1))("Dispersion")[0] == 1
    assert Grader(cloze(1))("reflection")[0] == 0


def test_the_gap_stands_within_its_sentence() -> None:
    (entry,) = qti(cloze(1)).iter(f"{QTI}textEntryInteraction")
    assert entry.getparent().text == "White light is split into mirrors 1 by "
    assert entry.tail == "."


def test_a_question_of_a_case_study_shows_its_scenario_before_it() -> None:
    case = case_study(1)
    root = qti(case)
    assert root.find(f"{QTI}itemBody/{QTI}p").text == case.stem
    assert len(package(case)) == 3


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
@pytest.mark.parametrize("name", ["moodle", "qti"])
def test_any_text_comes_back(name: str, stem: str, text: str) -> None:
    item = choice(1, stem=stem, options=(Option(text=text, right=True), Option(text="no", right=False)))
    (draft,) = read_questions(Path("x.xml" if name == "moodle" else "x.zip"), exported(name, [item]))
    assert draft.item == item
    assert [one.right for one in draft.options] == [one.right for one in options_of(item)]


MOODLE = b"""<?xml version="1.0"?>
<quiz>
<question type="category"><category><text>top</text></category></question>
<question type="description"><questiontext format="html"><text>Read this.</text></questiontext></question>
<question type="multichoice"><name><text>n</text></name>
  <questiontext format="html">
    <text><![CDATA[<p>What <b>bends</b>&nbsp;light?</p><script>x()</script>]]></text></questiontext>
  <generalfeedback format="html"><text>Lenses do.</text></generalfeedback><single>true</single>
  <answer fraction="100" format="html"><text>A lens</text><feedback><text>Yes.</text></feedback></answer>
  <answer fraction="0"><text>A bell</text></answer></question>
<question type="ordering"><questiontext><text>Order.</text></questiontext>
  <answer fraction="1"><text>one</text></answer><answer fraction="2"><text>two</text></answer></question>
<question type="numerical"><questiontext><text>How many?</text></questiontext>
  <answer fraction="100"><text>7</text></answer><answer fraction="0"><text>8</text></answer></question>
<question type="truefalse"><questiontext><text>So?</text></questiontext>
  <answer fraction="0"><text>true</text></answer>
  <answer fraction="100"><text>false</text><feedback><text>No.</text></feedback></answer></question>
</quiz>"""


def test_moodle_questions_of_others_are_read() -> None:
    bends, order, number, so = read_questions(Path("x.xml"), MOODLE)
    assert (bends.stem, bends.told) == ("What bends light?", "Lenses do.")
    assert [(one.text, one.right, one.told) for one in bends.options] == [
        ("A lens", True, "Yes."),
        ("A bell", False, ""),
    ]
    assert (order.type, [step for step, _ in order.pairs]) == (ItemType.ORDERING, ["one", "two"])
    assert number.answers == ("7",)
    assert (so.answers, so.told) == (("false",), "No.")


def test_a_qti_item_of_others_is_read_by_the_interaction_that_its_response_belongs_to() -> None:
    content = b"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="x" title="t">
      <responseDeclaration identifier="R2" cardinality="single" baseType="identifier">
        <correctResponse><value>A</value></correctResponse></responseDeclaration>
      <responseDeclaration identifier="R1" cardinality="single" baseType="identifier">
        <correctResponse><value> B </value></correctResponse></responseDeclaration>
      <itemBody><p>Light is <b>bent</b>.</p><choiceInteraction responseIdentifier="R1" maxChoices="1">
        <prompt>By what?</prompt><simpleChoice identifier="A"><p>A bell</p></simpleChoice>
        <simpleChoice identifier="B">A lens<feedbackInline identifier="B">Yes.</feedbackInline></simpleChoice>
      </choiceInteraction></itemBody></assessmentItem>"""
    (draft,) = read_questions(Path("x.xml"), content)
    assert draft.stem == "Light is bent.\nBy what?"
    assert [(one.text, one.right, one.told) for one in draft.options] == [
        ("A bell", False, ""),
        ("A lens", True, "Yes."),
    ]
