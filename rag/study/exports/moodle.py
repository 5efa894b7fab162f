"""Moodle's XML. Types map as they do in GIFT.

https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

from typing import Any

from rag.quiz.items import Item, Matching, MultipleChoice, MultipleResponse, Ordering, TrueFalse
from rag.study.carried import remark
from rag.study.exports.entries import Entry, Exported, Written, accepted, feedback, labels, matched, short_title
from rag.study.exports.files import html, printable
from rag.study.exports.gift import category_path, literal, share


def write_moodle(exported: Exported) -> Written:
    """Return the questions, in a category for each domain."""
    from lxml import etree

    quiz, category = etree.Element("quiz"), ""
    for entry in exported.entries:
        if category != (category := category_path(exported.title, entry.item)):
            _text(_under(_under(quiz, "question", type="category"), "category"), f"$course$/top/{category}")
        _question(quiz, entry)
    return Written(etree.tostring(quiz, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _question(quiz: Any, entry: Entry) -> None:
    from lxml import etree

    item = entry.item
    quiz.append(etree.Comment(f" {remark(entry.whole)} "))
    question = _under(quiz, "question", type=_type(item))
    _text(_under(question, "name"), short_title(item))
    _html(_under(question, "questiontext"), html(item.stem))
    _html(_under(question, "generalfeedback"), "".join(f"<p>{html(part)}</p>" for part in feedback(item)))
    _under(question, "defaultgrade").text = "1"
    _under(question, "penalty").text = "0"
    _under(question, "idnumber").text = item.id
    _key(question, item)
    tags = _under(question, "tags")
    for value in labels(item).values():
        _text(_under(tags, "tag"), value)


def _type(item: Item) -> str:
    if isinstance(item, MultipleChoice | MultipleResponse):
        return "multichoice"
    if isinstance(item, Ordering | Matching):
        return "matching"
    if isinstance(item, TrueFalse):
        return "truefalse"
    return "shortanswer" if accepted(item) else "essay"


def _key(question: Any, item: Item) -> None:
    if isinstance(item, MultipleChoice | MultipleResponse):
        _under(question, "single").text = str(isinstance(item, MultipleChoice)).lower()
        _under(question, "shuffleanswers").text = "true"
        _under(question, "answernumbering").text = "ABCD"
        for one in item.options:
            worth = share(item, one.right) if isinstance(item, MultipleResponse) else "100" if one.right else "0"
            _answer(question, worth, html(one.text), one.rationale)
    elif isinstance(item, TrueFalse):
        for value in (True, False):
            _text(_under(question, "answer", fraction="100" if value is item.answer else "0"), str(value).lower())
    elif isinstance(item, Ordering | Matching):
        _under(question, "shuffleanswers").text = "true"
        for prompt, match in matched(item):
            subquestion = _under(question, "subquestion", format="html")
            _html(subquestion, html(prompt) if prompt else "")
            _text(_under(subquestion, "answer"), match)
    elif told := accepted(item):
        _under(question, "usecase").text = "0"
        for word in told:
            _text(_under(question, "answer", fraction="100", format="plain_text"), literal(word))
    else:
        _under(question, "responseformat").text = "editor"


def _answer(question: Any, fraction: str, text: str, told: str) -> None:
    answer = _under(question, "answer", fraction=fraction, format="html")
    _html(answer, text)
    if told:
        _html(_under(answer, "feedback"), html(told))


def _under(parent: Any, name: str, **attributes: str) -> Any:
    from lxml import etree

    return etree.SubElement(parent, name, attributes)


def _text(parent: Any, text: str) -> None:
    _under(parent, "text").text = printable(text)


def _html(parent: Any, told: str) -> None:
    """Put HTML under an element; no ]]> can stand in it, since > is escaped."""
    from lxml import etree

    parent.set("format", "html")
    _under(parent, "text").text = etree.CDATA(told) if told else ""
