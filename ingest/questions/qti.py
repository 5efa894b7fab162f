"""Reads items of QTI 2.1 (and 2.2): choice, order, match, and text to be typed.

https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.questions.texts import tidy
from ingest.questions.xml import local
from rag.quiz.items import Cloze, ItemType
from rag.study.carried import carried
from rag.study.drafts import Choice, Draft

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LINES = frozenset(("p", "div", "prompt", "br", "li"))
_APART = frozenset(("simpleChoice", "simpleMatchSet", "feedbackInline", "feedbackBlock", "rubricBlock"))


def qti_question(place: str, root: Element, raw: bytes) -> Draft:
    """Return the question of an item; one of a kind that is not read has no key."""
    told = "\n".join(map(_text, _all(root, "modalFeedback")))
    item = next(carried(raw.decode("utf-8", "replace")), None)
    stem = "\n".join(map(_text, _all(root, "itemBody")))
    draft = Draft(place, ItemType.FLASHCARD, stem, told=told, item=item)
    for name, read in _KINDS.items():
        if (interaction := next(_all(root, name), None)) is not None:
            return read(draft, _declared(root, interaction), interaction)
    return draft


def _text(element: Element) -> str:
    """Return the text of an element, each gap as a blank, without what is chosen from and what is told later."""
    return tidy("".join(_pieces(element)))


def _pieces(element: Element) -> Iterator[str]:
    line = "\n" if local(element) in _LINES else ""
    yield line
    yield Cloze.BLANK if local(element) == "textEntryInteraction" else element.text or ""
    for child in element:
        if local(child) not in _APART:
            yield from _pieces(child)
        yield child.tail or ""
    yield line


def _choice(draft: Draft, declared: Element, interaction: Element) -> Draft:
    right = set(_right(declared))
    options = [
        Choice(_text(one), one.get("identifier") in right, " ".join(map(_text, _all(one, "feedbackInline"))))
        for one in _all(interaction, "simpleChoice")
    ]
    many = declared.get("cardinality") == "multiple"
    if not many and sorted(one.text.lower() for one in options) == ["false", "true"]:
        answers = tuple(one.text.lower() for one in options if one.right)
        return replace(draft, type=ItemType.TRUE_FALSE, answers=answers)
    return draft.chosen(options, many=many)


def _order(draft: Draft, declared: Element, interaction: Element) -> Draft:
    named = {one.get("identifier"): _text(one) for one in _all(interaction, "simpleChoice")}
    steps = tuple((named[name], "") for name in _right(declared) if name in named)
    return replace(draft, type=ItemType.ORDERING, pairs=steps)


def _match(draft: Draft, declared: Element, interaction: Element) -> Draft:
    named = {one.get("identifier"): _text(one) for one in _all(interaction, "simpleAssociableChoice")}
    given = [[*pair.split(), "", ""][:2] for pair in _right(declared)]
    pairs = [(named[prompt], named[match]) for prompt, match in given if {prompt, match} <= named.keys()]
    taken = {text for pair in pairs for text in pair}
    return draft.matched([*pairs, *(("", one) for one in named.values() if one not in taken)])


def _entry(draft: Draft, declared: Element, interaction: Element) -> Draft:  # noqa: ARG001
    mapped = (one.get("mapKey", "") for one in _all(declared, "mapEntry") if one.get("mappedValue") in ("1", "1.0"))
    stem = draft.stem.removesuffix(Cloze.BLANK).rstrip()  # what is to be typed after a question is no gap
    return replace(draft, stem=stem).filled((*_right(declared), *mapped))


def _essay(draft: Draft, declared: Element, interaction: Element) -> Draft:  # noqa: ARG001
    told = " ".join(_right(declared)) or draft.told
    return replace(draft, told=told).open_ended()


_KINDS: dict[str, Callable[[Draft, Element, Element], Draft]] = {
    "choiceInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "textEntryInteraction": _entry,
    "extendedTextInteraction": _essay,
}


def _declared(root: Element, interaction: Element) -> Element:
    """Return the declaration of what an interaction asks for; the interaction itself where there is none."""
    wanted = interaction.get("responseIdentifier")
    found = (one for one in _all(root, "responseDeclaration") if one.get("identifier") == wanted)
    return next(found, interaction)


def _right(declared: Element) -> Iterator[str]:
    """Yield the values of the right response, in order."""
    for correct in _all(declared, "correctResponse"):
        yield from (" ".join((one.text or "").split()) for one in _all(correct, "value"))


def _all(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if local(one) == name)
