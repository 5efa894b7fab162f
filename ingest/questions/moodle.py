"""Reads Moodle's XML.

https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.questions.texts import out_of_html
from rag.quiz.items import Item, ItemType
from rag.study.carried import carried
from rag.study.drafts import Choice, Draft
from rag.study.exports.entries import entries

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def moodle_questions(root: Element, raw: bytes) -> Iterator[Draft]:
    """Yield the questions under the root of a file; what only describes is none."""
    own = {entry.item.id: entry.whole for entry in entries(carried(raw.decode("utf-8", "replace")))}
    questions = [one for one in root.iter("question") if one.get("type") not in _NO_QUESTIONS]
    for number, question in enumerate(questions, 1):
        draft = _draft(f"question {number}", question, own.get((question.findtext("idnumber") or "").strip()))
        yield _KINDS.get(question.get("type", ""), _unread)(draft, question)


def _draft(place: str, question: Element, item: Item | None) -> Draft:
    stem, told = _html(question.find("questiontext")), _html(question.find("generalfeedback"))
    return Draft(place, ItemType.FLASHCARD, stem, told=told, item=item)


def _multichoice(draft: Draft, question: Element) -> Draft:
    single = (question.findtext("single") or "true").strip().lower() in ("true", "1")
    options = (
        Choice(_html(one), _worth(one) >= 100 if single else _worth(one) > 0, _html(one.find("feedback")))
        for one in question.iterfind("answer")
    )
    return draft.chosen(options, many=not single)


def _truefalse(draft: Draft, question: Element) -> Draft:
    right = [one for one in question.iterfind("answer") if _worth(one) >= 100]
    told = " ".join(_html(one.find("feedback")) for one in right)
    answers = tuple(_plain(one).lower() for one in right)
    return replace(draft, type=ItemType.TRUE_FALSE, answers=answers, told=draft.told or told)


def _matching(draft: Draft, question: Element) -> Draft:
    return draft.matched((_html(one), _plain(one.find("answer"))) for one in question.iterfind("subquestion"))


def _ordering(draft: Draft, question: Element) -> Draft:
    steps = tuple((_html(one), "") for one in question.iterfind("answer"))
    return replace(draft, type=ItemType.ORDERING, pairs=steps)


def _shortanswer(draft: Draft, question: Element) -> Draft:
    told = (_plain(one).replace(r"\*", "*") for one in question.iterfind("answer") if _worth(one) >= 100)
    return draft.filled(filter(None, told))


def _essay(draft: Draft, question: Element) -> Draft:
    told = _html(question.find("graderinfo")) or draft.told
    return replace(draft, told=told).open_ended()


def _unread(draft: Draft, question: Element) -> Draft:
    return replace(draft, unread=f"Questions of the type '{question.get('type', '')}' are not read.")


_NO_QUESTIONS = ("category", "description")
_KINDS: dict[str, Callable[[Draft, Element], Draft]] = {
    "essay": _essay,
    "matching": _matching,
    "multichoice": _multichoice,
    "numerical": _shortanswer,
    "ordering": _ordering,
    "shortanswer": _shortanswer,
    "truefalse": _truefalse,
}


def _worth(answer: Element) -> float:
    try:
        return float(answer.get("fraction", "0"))
    except ValueError:
        return 0.0


def _plain(element: Element | None) -> str:
    return " ".join((element.findtext("text") or "").split()) if element is not None else ""


def _html(element: Element | None) -> str:
    if element is None:
        return ""
    told = element.findtext("text") or ""
    return told.strip() if element.get("format") == "plain_text" else out_of_html(told)
