"""Markdown (CommonMark): the questions first, then the answers with their reasons and sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.study.carried import remark
from rag.study.exports.entries import Entry, Exported, Written, answered, asked, labels, reasons, sources
from rag.study.exports.files import printable

_SIGNS = re.compile(r"[\\`*_\[\]<>#|~&$!]")
_AT_START = re.compile(r"^(\s*)([-+=:]|\d+(?=[.)]))")


def write_markdown(exported: Exported) -> Written:
    """Return the text; the items stand in comments beside their answers."""
    parts = [f"# {_plain(exported.title)}", "## Questions"]
    questions = exported.entries
    for at, entry in enumerate(questions, 1):
        parts += [f"### Question {at}", *_question(entry)]
    parts.append("## Answers")
    for at, entry in enumerate(questions, 1):
        parts += [f"### Answer {at}", *_answer(entry)]
    return Written("\n\n".join(parts).encode() + b"\n")


def _question(entry: Entry) -> Iterator[str]:
    yield _lines(entry.item.stem)
    if lines := asked(entry.item):
        yield _lines("\n".join(lines))


def _answer(entry: Entry) -> Iterator[str]:
    yield "\n".join(f"- **{_plain(line)}**" for line in answered(entry.item))
    yield from map(_lines, reasons(entry.item))
    yield "\n>\n".join(f"> {_plain(one)}" for one in sources(entry.item))
    told = labels(entry.item)
    if filed := [told[kind] for kind in ("domain", "objective") if kind in told]:
        yield f"Domain: {_plain(', '.join(filed))}"
    yield f"<!-- {remark(entry.whole)} -->"


def _lines(text: str) -> str:
    """Return lines that stay lines, without the empty ones."""
    return "\\\n".join(_plain(line) for line in text.splitlines() if line.strip()) or _plain(text)


def _plain(text: str) -> str:
    """Return a text as one line of which no sign means anything."""
    told = _SIGNS.sub(r"\\\g<0>", " ".join(printable(text).split()))
    return _AT_START.sub(lambda found: f"{found[1]}{_guarded(found[2])}", told)


def _guarded(sign: str) -> str:
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"
