"""Moodle's GIFT.

What it has no type for becomes what is nearest: an ordering a matching of steps and numbers; a flashcard, and an answer
with several key facts, an essay whose feedback holds the answer.
https://docs.moodle.org/en/GIFT_format
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.quiz.items import Item, Matching, MultipleChoice, MultipleResponse, Ordering, TrueFalse
from rag.study.carried import remark
from rag.study.exports.entries import Entry, Exported, Written, accepted, feedback, labels, matched, short_title
from rag.study.exports.files import html, printable

_CONTROL = re.compile(r"[\\~=#{}:]")


def write_gift(exported: Exported) -> Written:
    """Return the questions, in a category for each domain."""
    return Written("\n\n".join(_blocks(exported)).encode() + b"\n")


def _blocks(exported: Exported) -> Iterator[str]:
    category = ""
    for entry in exported.entries:
        if category != (category := category_path(exported.title, entry.item)):
            yield f"$CATEGORY: {category}"
        yield _question(entry)


def category_path(title: str, item: Item) -> str:
    """Return where Moodle files a question: under the title, and its domain."""
    parts = (title, item.placement.domain)
    return "/".join(_line(part.replace("/", "//")) for part in parts if part)


def _question(entry: Entry) -> str:
    item = entry.item
    tags = "".join(f" [tag:{value.replace(']', ')')}]" for value in labels(item).values())
    head = f"// [id:{item.id}]{tags}\n// {remark(entry.whole)}\n"
    name = _escaped(_line(short_title(item)))
    key = "\n".join((*_key(item), f"####{_html(*feedback(item))}"))
    return f"{head}::{name}::[html]{_html(item.stem)}{{\n{key}\n}}"


def literal(told: str) -> str:
    """Return an accepted answer such that Moodle takes its asterisks for asterisks, not for any text."""
    return printable(told).replace("*", r"\*")


def share(item: MultipleResponse, right: bool) -> str:
    """Return what a choice is worth in percent: a wrong one takes all, since the real exam gives all or nothing."""
    return f"{100 / len(item.key):.5f}".rstrip("0").rstrip(".") if right else "-100"


def _key(item: Item) -> Iterator[str]:
    if isinstance(item, TrueFalse):
        yield "TRUE" if item.answer else "FALSE"
    elif isinstance(item, Ordering | Matching):
        yield from (f"={_html(prompt)} -> {_escaped(_line(match))}" for prompt, match in matched(item))
    elif isinstance(item, MultipleChoice | MultipleResponse):
        for one in item.options:
            told = f"#{_html(one.rationale)}" if one.rationale else ""
            worth = f"~%{share(item, one.right)}%" if isinstance(item, MultipleResponse) else "=" if one.right else "~"
            yield f"{worth}{_html(one.text)}{told}"
    else:
        yield from (f"={_escaped(_line(literal(told)))}" for told in accepted(item))


def _html(*lines: str) -> str:
    """Return lines as HTML in GIFT; a percent sign at the beginning would begin a weight."""
    told = html(*lines)
    return _escaped(f"&#37;{told[1:]}" if told.startswith("%") else told)


def _escaped(text: str) -> str:
    return _CONTROL.sub(r"\\\g<0>", text)


def _line(text: str) -> str:
    return " ".join(printable(text).split())
