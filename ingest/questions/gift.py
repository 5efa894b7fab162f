"""Reads Moodle's GIFT, by the rules of Moodle's own import.

https://docs.moodle.org/en/GIFT_format
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ingest.questions.texts import decoded, out_of_html
from rag.quiz.items import Cloze, Item, ItemType
from rag.study.carried import carried
from rag.study.drafts import Choice, Draft

_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_HIDDEN = 0x10FF00  # private characters that stand for escaped signs while a question is parted
_SHOWN = re.compile(f"[{chr(_HIDDEN)}-{chr(_HIDDEN + 0x7F)}]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_NAME = re.compile(r"::.*?::", re.DOTALL)
_FORMAT = re.compile(r"^\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_CHOICE = re.compile(r"([~=])([^~=]*)")
_TRUE, _FALSE = ("T", "TRUE"), ("F", "FALSE")
_DEFAULT = "moodle"
_UNCLOSED = "Its { is not closed by } before the next empty line."


def read_gift(path: Path, raw: bytes) -> Iterator[Draft]:
    """Yield the questions of a file; descriptions and categories are none.

    Raises:
        IngestError: it is no text in UTF-8.
    """
    number = 0
    for block in _BLANK_LINES.split(decoded(path, raw)):
        comments, body = _parted(block)
        if body.startswith("$CATEGORY:") or "{" not in body:
            continue
        number += 1
        if "}" not in body:
            yield Draft(f"question {number}", ItemType.FLASHCARD, _shown(body), unread=_UNCLOSED)
            continue
        item = next(carried("\n".join(comments)), None)
        yield _draft(f"question {number}", body, item)


def _parted(block: str) -> tuple[list[str], str]:
    """Return the comments of a block, and the rest with its escaped signs hidden."""
    lines = block.strip().split("\n")
    comments = [line for line in lines if line.lstrip().startswith("//")]
    body = "\n".join(line for line in lines if not line.lstrip().startswith("//"))
    return comments, _ESCAPED.sub(lambda found: chr(_HIDDEN + ord(found[1])), body).strip()


def _draft(place: str, body: str, item: Item | None) -> Draft:
    text = _NAME.sub("", body, count=1).strip() if body.startswith("::") else body
    head, _, rest = text.partition("{")
    inside, _, tail = rest.partition("}")
    kind = _format(head, _DEFAULT)
    key, _, told = inside.strip().partition("####")
    stem = f"{head}{Cloze.BLANK}{tail}" if tail.strip() else head
    draft = Draft(place, ItemType.FLASHCARD, _text(stem, kind), told=_text(told, kind), item=item)
    return _with_key(draft, key.strip(), kind)


def _with_key(draft: Draft, key: str, kind: str) -> Draft:
    """Return a question with what its braces hold."""
    if not key:
        return draft.open_ended()
    if "~" in key and not key.startswith("#"):
        return _choices(draft, key, kind)
    if "=" in key and "->" in key:
        return _matching(draft, key, kind)
    plain, *told = (_text(part, kind) for part in key.split("#"))
    if plain in _TRUE + _FALSE:
        why = draft.told or " ".join(told)
        return replace(draft, type=ItemType.TRUE_FALSE, answers=(str(plain in _TRUE).lower(),), told=why)
    return _accepted(draft, key)


def _choices(draft: Draft, key: str, kind: str) -> Draft:
    single = "=" in key
    options = []
    for sign, rest in _CHOICE.findall(key):
        weight, text = _weighed(rest.strip(), "0")
        own, _, told = text.partition("#")
        right = sign == "=" if single else float(weight) > 0
        options.append(Choice(_text(own, kind), right, _text(told, kind)))
    return draft.chosen(options, many=not single)


def _matching(draft: Draft, key: str, kind: str) -> Draft:
    parts = [part.partition("->") for part in key.split("=") if part.strip()]
    return draft.matched((_text(prompt, kind), _shown(match)) for prompt, _, match in parts)


def _accepted(draft: Draft, key: str) -> Draft:
    """Return a question that is answered by words or by a number, with the answers that are worth everything."""
    number = key.startswith("#")
    answers = []
    for part in key.removeprefix("#").split("="):
        weight, text = _weighed(part.strip(), "100")
        told = _shown(text.partition("#")[0]).replace("\\*", "*")
        if told and float(weight) >= 100:
            answers.append(told.partition(":")[0] if number else told)
    return draft.filled(answers)


def _weighed(text: str, weight: str) -> tuple[str, str]:
    """Return the weight before a text in percent, or the one given, and the text."""
    found = _WEIGHT.match(text)
    return (found[1], text[found.end() :]) if found else (weight, text)


def _format(text: str, default: str) -> str:
    found = _FORMAT.match(text.strip())
    return found[1] if found else default


def _text(text: str, default: str) -> str:
    """Return a text as it is read, out of the format that it names, or else the default one."""
    shown = _shown(_FORMAT.sub("", text.strip(), count=1))
    return shown if _format(text, default) in ("plain", "markdown") else out_of_html(shown)


def _shown(text: str) -> str:
    """Return a text with the signs that were escaped in it."""
    return _SHOWN.sub(lambda found: _sign(chr(ord(found[0]) - _HIDDEN)), text).strip()


def _sign(sign: str) -> str:
    return "\n" if sign == "n" else sign
