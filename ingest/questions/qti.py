"""Reads items of QTI 2.1 (and 2.2): choice, order, match, and text to be typed.

https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.questions.xml import local, texts
from rag.quiz.items import Cloze, ItemType
from rag.study.carried import carried
from rag.study.drafts import Choice, Draft

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def qti_question(place: str, root: Element, raw: bytes) -> Draft:
    """Return the question of an item; one of a kind that is not read has no key."""
    told = "\n".join(texts(one) for one in _all(root, "modalFeedback"))
    item = next(carried(raw.decode("utf-8", "replace")), None)
    draft = Draft(place, ItemType.FLASHCARD, _stem(root), told=told, item=item)
    for name, read in _KINDS.items():
        if (interaction := next(_all(root, name), None)) is not None:
            return read(draft, _declared(root, interaction), interaction)
    return draft


def _stem(root: Element) -> str:
    """Return the body without what is chosen from, each gap as a blank."""
    body = next(_all(root, "itemBody"), None)
    parts: list[str] = []
    if body is not None:
        _seen(body, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(filter(None, lines))


def _seen(element: Element, parts: list[str]) -> None:
    name = local(element)
    if name in ("simpleChoice", "simpleMatchSet", "feedbackInline", "feedbackBlock", "rubricBlock"):
        return
    line = "\n" if name in ("p", "div", "prompt", "br", "li") else ""
    parts.append(f"{line}{Cloze.BLANK if name == 'textEntryInteraction' else element.text or ''}")
    for child in element:
        _seen(child, parts)
        parts.append(child.tail or "")
    parts.append(line)


def _choice(draft: Draft, declared: Element, interaction: Element) -> Draft:
    right = set(_right(declared))
    options = tuple(
        Choice(_own(one), one.get("identifier") in right, " ".join(map(texts, _all(one, "feedbackInline"))))
        for one in _all(interaction, "simpleChoice")
    )
    many = declared.get("cardinality") == "multiple"
    if not many and sorted(one.text.lower() for one in options) == ["false", "true"]:
        answers = tuple(one.text.lower() for one in options if one.right)
        return replace(draft, type=ItemType.TRUE_FALSE, answers=answers)
    kept = ItemType.MULTIPLE_RESPONSE if many else ItemType.MULTIPLE_CHOICE
    return replace(draft, type=kept, options=options)


def _order(draft: Draft, declared: Element, interaction: Element) -> Draft:
    named = {one.get("identifier"): _own(one) for one in _all(interaction, "simpleChoice")}
    steps = tuple((named[name], "") for name in _right(declared) if name in named)
    return replace(draft, type=ItemType.ORDERING, pairs=steps)


def _match(draft: Draft, declared: Element, interaction: Element) -> Draft:
    named = {one.get("identifier"): texts(one) for one in _all(interaction, "simpleAssociableChoice")}
    given = [[*pair.split(), "", ""][:2] for pair in _right(declared)]
    pairs = tuple((named[prompt], named[match]) for prompt, match in given if {prompt, match} <= named.keys())
    taken = {text for pair in pairs for text in pair}
    return replace(
        draft, type=ItemType.MATCHING, pairs=pairs, decoys=tuple(one for one in named.values() if one not in taken)
    )


def _entry(draft: Draft, declared: Element, interaction: Element) -> Draft:
    mapped = (one.get("mapKey", "") for one in _all(declared, "mapEntry") if one.get("mappedValue") in ("1", "1.0"))
    answers = tuple(dict.fromkeys((*_right(declared), *mapped)))
    at_end = draft.stem.endswith(Cloze.BLANK)
    if at_end or interaction is None:
        stem = draft.stem.removesuffix(Cloze.BLANK).rstrip()
        return replace(draft, type=ItemType.SHORT_ANSWER, stem=stem, answers=answers)
    return replace(draft, type=ItemType.CLOZE, answers=answers)


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


def _own(choice: Element) -> str:
    """Return the text of a choice without its feedback."""
    parts = [choice.text or ""]
    for child in choice:
        parts += ["" if local(child).startswith("feedback") else texts(child), child.tail or ""]
    return " ".join(" ".join(parts).split())


def _all(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if local(one) == name)
