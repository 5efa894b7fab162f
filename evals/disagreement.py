"""How often are texts that disagree said to, and texts that agree? On planted pairs, and on texts that agree.

Texts that agree must be compared to be taken for texts that do not: our course is held against a copy of itself in
other words, and the share is given also of the questions for which a text and its copy both reached the answerer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from evals.items import Item, Kind
from evals.pages import markdown_table
from evals.perturb import reworded
from evals.rows import read_rows
from evals.statistics import wilson
from evals.suites import SUITES, Course, Section, Suite, assistant_over, items_of
from rag.answer import Assistant
from rag.text.sentences import sentence_spans
from rag.types import Scope

PLANTED = Path(__file__).parent / "peers" / "disagreements.jsonl"
_OLDER, _NEWER, _REWORDED = "handout-2023", "handout-2025", "reworded"
_HEADER = ("asked of", "said to disagree", "", "95 % interval")
# Dev questions about the course texts whose answer really differs between them.
_DIFFER = frozenset({"c003", "c025"})
_KEPT = re.compile(r"^\s*(?:\||#|```|[-*]\s*$)")  # tables and headings have no other words


@dataclass(frozen=True, slots=True)
class Asked:
    """A question put to texts: what the answer noted, and whether a text and its copy were both among the passages."""

    id: str
    question: str
    note: str
    both: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The questions that were answered from one library."""

    name: str
    differ: bool
    asked: tuple[Asked, ...]

    @property
    def alarms(self) -> tuple[Asked, ...]:
        """Those with a note that the sources disagree."""
        return tuple(one for one in self.asked if one.note)

    @property
    def wrong(self) -> tuple[Asked, ...]:
        """Those whose note is missing or too much."""
        return tuple(one for one in self.asked if bool(one.note) != self.differ)


def measure() -> Iterator[Figures]:
    """Ask questions of texts that disagree, and of texts that agree, as far as the texts are here."""
    yield from _planted()
    gold = SUITES["gold"]
    items = items_of(gold, "dev")
    agreeing = [one for one in items if one.answerable and one.kind is not Kind.CONTRADICTION]
    contrary = [one for one in items if one.kind is Kind.CONTRADICTION]
    with assistant_over(gold) as assistant:
        yield _figures("contradictions course, dev", assistant, contrary, differ=True)
        yield _figures("gold courses, each alone, dev", assistant, agreeing)
    two = replace(gold, texts=tuple(one for one in gold.texts if one.name in ("aws-ml", "fiction")))
    asked = [one for one in agreeing if one.course in ("aws-ml", "fiction")]
    with assistant_over(two) as assistant:
        yield _figures("starter and fiction in one library, dev", assistant, asked, everywhere=True)
    starter = [one for one in asked if one.course == "aws-ml"]
    yield _twice("starter twice, once in other words, dev", gold, starter)
    texts = SUITES["course-texts"]
    if texts.available:
        others = [one for one in items_of(texts, "dev") if one.answerable and one.id not in _DIFFER]
        with assistant_over(texts) as assistant:
            yield _figures("course texts, dev", assistant, others)


def table(figures: Iterable[Figures]) -> str:
    """Return the figures as a Markdown table, with sums of what should be noted and what should not."""
    found = list(figures)
    rows = [_row(one.name, one.asked) for one in found]
    for name, differ in (("all that disagree", True), ("all that agree", False)):
        rows.append(_row(f"**{name}**", [each for one in found if one.differ is differ for each in one.asked]))
    both = [each for one in found if not one.differ for each in one.asked if each.both]
    rows.append(_row("of these, with a text and its copy at hand", both))
    return markdown_table(_HEADER, rows)


def _row(name: str, asked: Sequence[Asked]) -> tuple[str, ...]:
    n, noted = len(asked), sum(bool(one.note) for one in asked)
    low, high = wilson(noted, n) if n else (0.0, 1.0)
    return name, f"{noted} of {n}", f"{noted / n:.1%}" if n else "", f"{low:.1%} to {high:.1%}"


def _figures(
    name: str, assistant: Assistant, items: Sequence[Item], *, differ: bool = False, everywhere: bool = False
) -> Figures:
    asked = [
        _ask(assistant, one.id, one.question, Scope() if everywhere else Scope(course=one.course))
        for one in items
        if not one.history
    ]
    return Figures(name, differ, tuple(filter(None, asked)))


def _ask(assistant: Assistant, name: str, question: str, scope: Scope, *, refusals: bool = False) -> Asked | None:
    """Ask; a refusal is no case, for it claims nothing."""
    answer = assistant.ask(question, scope)
    if answer.refusal and not refusals:
        return None
    note = next((one for one in answer.notes if one.startswith("The sources disagree")), "")
    names = {one.document.name for one in answer.passages}
    return Asked(name, question, note, len({Path(one).name for one in names}) < len(names))


def _planted() -> Iterator[Figures]:
    rows = read_rows(PLANTED)
    courses = tuple(Course(str(at), PLANTED, partial(_pair, at)) for at in range(len(rows)))
    with assistant_over(Suite("planted", courses)) as assistant:
        for differ in (True, False):
            asked = [
                _ask(assistant, f"{row['kind']} {at}", row["question"], Scope(course=str(at)), refusals=True)
                for at, row in enumerate(rows)
                if row["differ"] is differ
            ]
            yield Figures(f"planted pairs that {'dis' * differ}agree", differ, tuple(filter(None, asked)))


def _pair(at: int, path: Path) -> list[Section]:
    row = read_rows(path)[at]
    return [
        {"book": str(at), "module": name, "title": "Handout", "text": row[key]}
        for name, key in ((_OLDER, "one"), (_NEWER, "two"))
    ]


def _twice(name: str, suite: Suite, items: Sequence[Item]) -> Figures:
    course = suite.texts[0]
    copy = Course(_REWORDED, course.texts / "manifest.json", partial(_in_other_words, course.texts))
    with assistant_over(replace(suite, texts=(course, copy))) as assistant:
        return _figures(name, assistant, items, everywhere=True)


def _in_other_words(folder: Path, _: Path) -> list[Section]:
    return [
        {"book": _REWORDED, "module": path.stem, "title": title.lstrip("# "), "text": "\n".join(map(_line, lines))}
        for path in sorted(folder.glob("*.md"))
        for title, *lines in [path.read_text("utf-8").splitlines()]
    ]


def _line(line: str) -> str:
    if _KEPT.match(line):
        return line
    return " ".join(reworded(line[start:end]) for start, end in sentence_spans(line))
