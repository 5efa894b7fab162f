"""A QTI 2.1 package: a manifest, and a file for each question.

What is right is stated in the file, and so is how it is graded: all or nothing. Whatever was answered, the feedback
shows why the key is the key and where it stands, and beside each option that was chosen what is true of it.
https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rag.quiz.items import Cloze, Item, Matching, MultipleChoice, MultipleResponse, Ordering, TrueFalse
from rag.study.carried import remark
from rag.study.exports.entries import Entry, Exported, Written, accepted, feedback, matches, short_title
from rag.study.exports.files import printable, zipped
from rag.types import content_id

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_SCHEMAS = "http://www.w3.org/2001/XMLSchema-instance"
_FILES = "http://www.imsglobal.org/xsd/qti/qtiv2p1"
_WHY = "WHY"


def write_qti(exported: Exported) -> Written:
    """Return the package."""
    files = {f"items/{entry.item.id}.xml": _item(entry) for entry in exported.entries}
    return Written(zipped({"imsmanifest.xml": _manifest(exported.title, list(files)), **files}))


def _manifest(title: str, names: Sequence[str]) -> bytes:
    root = _root(
        PACKAGE, "manifest", f"{_FILES}/qtiv2p1_imscpv1p2_v1p0.xsd", identifier=f"M-{content_id(title, *names)}"
    )
    metadata = _under(root, "metadata")
    _under(metadata, "schema", "QTIv2.1 Package")
    _under(metadata, "schemaversion", "1.0.0")
    _under(root, "organizations")
    resources = _under(root, "resources")
    for at, name in enumerate(names, 1):
        resource = _under(resources, "resource", identifier=f"R-{at}", type="imsqti_item_xmlv2p1", href=name)
        _under(resource, "file", href=name)
    return _written(root)


def _item(entry: Entry) -> bytes:
    from lxml import etree

    item = entry.item
    root = _root(
        QTI, "assessmentItem", f"{_FILES}/imsqti_v2p1.xsd", identifier=f"I-{item.id}",
        title=printable(short_title(item)), adaptive="false", timeDependent="false", toolName="Openbook",
    )  # fmt: skip
    root.append(etree.Comment(f" {remark(entry.whole)} "))
    _response(root, item)
    outcome = _under(root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    _under(_under(outcome, "defaultValue"), "value", "0")
    _under(root, "outcomeDeclaration", identifier="FEEDBACK", cardinality="multiple", baseType="identifier")
    _body(_under(root, "itemBody"), item)
    _grading(_under(root, "responseProcessing"), item)
    modal = _under(root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=_WHY, showHide="show")
    _paragraphs(modal, feedback(item))
    return _written(root)


def _response(root: Any, item: Item) -> None:
    """Declare what is given, and which is right."""
    cardinality, base_type, right = _key(item)
    response = _under(
        root, "responseDeclaration", identifier="RESPONSE", cardinality=cardinality, baseType=base_type
    )  # fmt: skip
    if right:
        correct = _under(response, "correctResponse")
        for value in right:
            _under(correct, "value", value)
    if told := accepted(item):
        mapping = _under(response, "mapping", defaultValue="0")
        for value in dict.fromkeys(told):
            _under(mapping, "mapEntry", mapKey=printable(value), mappedValue="1", caseSensitive="false")


def _key(item: Item) -> tuple[str, str, list[str]]:
    """Return cardinality, base type and the right values of what is given to an item."""
    if isinstance(item, MultipleChoice | MultipleResponse):
        many = isinstance(item, MultipleResponse)
        return "multiple" if many else "single", "identifier", [_name(at) for at in item.key]
    if isinstance(item, TrueFalse):
        return "single", "identifier", [str(item.answer).lower()]
    if isinstance(item, Ordering):
        return "ordered", "identifier", [_name(at) for at in range(len(item.steps))]
    if isinstance(item, Matching):
        own = [matches(item).index(pair.match) for pair in item.pairs]
        return "multiple", "directedPair", [f"P{at} M{match}" for at, match in enumerate(own, 1)]
    return "single", "string", list(accepted(item)[:1])


def _body(body: Any, item: Item) -> None:
    """Put what is asked into the body of an item: text that stands before, and what is chosen or typed."""
    *before, prompt = [line for line in item.stem.splitlines() if line.strip()] or [item.stem]
    _paragraphs(body, before)
    if isinstance(item, Matching):
        _matching(body, item, prompt)
    elif isinstance(item, Ordering):
        _choices(body, "orderInteraction", prompt, {_name(at): (step, "") for at, step in enumerate(item.steps)})
    elif isinstance(item, TrueFalse):
        told = {"true": ("True", ""), "false": ("False", "")}
        _choices(body, "choiceInteraction", prompt, told, shuffle="false", maxChoices="1")
    elif isinstance(item, MultipleChoice | MultipleResponse):
        told = {_name(at): (one.text, one.rationale) for at, one in enumerate(item.options)}
        _choices(body, "choiceInteraction", prompt, told, maxChoices=str(len(item.key)))
    elif accepted(item):
        _gap(_under(body, "p"), prompt)
    else:
        _paragraphs(body, [prompt])
        _under(body, "extendedTextInteraction", responseIdentifier="RESPONSE")


def _choices(
    body: Any, kind: str, prompt: str, told: dict[str, tuple[str, str]], *, shuffle: str = "true", **attributes: str
) -> None:
    """Put things to choose or to order; `told` holds for each name its text, and what is said once it is chosen."""
    interaction = _under(body, kind, responseIdentifier="RESPONSE", shuffle=shuffle, **attributes)
    _under(interaction, "prompt", prompt)
    for name, (text, reason) in told.items():
        choice = _under(interaction, "simpleChoice", text, identifier=name)
        if reason:
            _under(choice, "feedbackInline", reason, outcomeIdentifier="FEEDBACK", identifier=name, showHide="show")


def _matching(body: Any, item: Matching, prompt: str) -> None:
    interaction = _under(
        body, "matchInteraction", responseIdentifier="RESPONSE", shuffle="true", maxAssociations=str(len(item.pairs))
    )  # fmt: skip
    _under(interaction, "prompt", prompt)
    sides = (("P", 1, [pair.prompt for pair in item.pairs], 1), ("M", 0, matches(item), len(item.pairs)))
    for letter, first, texts, most in sides:
        side = _under(interaction, "simpleMatchSet")
        for at, text in enumerate(texts, first):
            _under(side, "simpleAssociableChoice", text, identifier=f"{letter}{at}", matchMax=str(most))


def _gap(paragraph: Any, prompt: str) -> None:
    """Put a sentence with something to type in its gap, or after it where it has none."""
    before, gap, after = prompt.partition(Cloze.BLANK)
    paragraph.text = printable(before if gap else f"{before} ")
    entry = _under(paragraph, "textEntryInteraction", responseIdentifier="RESPONSE")
    entry.tail = printable(after)


def _grading(processing: Any, item: Item) -> None:
    if accepted(item):
        _under(_under(processing, "setOutcomeValue", identifier="SCORE"), "mapResponse", identifier="RESPONSE")
    elif _key(item)[2]:
        condition = _under(_under(processing, "responseCondition"), "responseIf")
        match = _under(condition, "match")
        _under(match, "variable", identifier="RESPONSE")
        _under(match, "correct", identifier="RESPONSE")
        _under(_under(condition, "setOutcomeValue", identifier="SCORE"), "baseValue", "1", baseType="float")
    shown = _under(_under(processing, "setOutcomeValue", identifier="FEEDBACK"), "multiple")
    if isinstance(item, MultipleChoice | MultipleResponse):
        _under(shown, "variable", identifier="RESPONSE")
    _under(shown, "baseValue", _WHY, baseType="identifier")


def _name(at: int) -> str:
    return f"C{at + 1}"


def _paragraphs(parent: Any, parts: Iterable[str]) -> None:
    for part in parts:
        _under(parent, "p", part)


def _root(namespace: str, name: str, schema: str, **attributes: str) -> Any:
    from lxml import etree

    root = etree.Element(f"{{{namespace}}}{name}", attributes, nsmap={None: namespace, "xsi": _SCHEMAS})
    root.set(f"{{{_SCHEMAS}}}schemaLocation", f"{namespace} {schema}")
    return root


def _under(parent: Any, name: str, content: str = "", **attributes: str) -> Any:
    from lxml import etree

    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)
    child.text = printable(content) or None
    return child


def _written(root: Any) -> bytes:
    from lxml import etree

    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content
