"""Questions that notes ask and answer themselves: "Q: ... A: ...", or a question with its answers listed below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.quiz.items import Bloom, Flashcard, Item, fact_id
from rag.quiz.language import sentence, stands_alone
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.text.statements import Statement

_QUESTION = re.compile(r"(?:\*\*)?(?:Q(?:uestion)?(?: ?\d+)?[.:)] ?)(?P<asked>.+?\?)(?:\*\*)?(?:\s+(?P<rest>.+))?")
_ANSWER = re.compile(r"(?:\*\*)?A(?:nswer)?[.:)] ?(?:\*\*)?\s*(?P<told>.+)")
_POINTS = re.compile(r"\b(?:one|it|they|them|its|their|you|your)\b", re.I)
_ARROWS = re.compile(r"->|=>|→")
_FEWEST, _MOST = 4, 30  # words of a question, and of an answer
_MOST_LISTED = 5


class Asked:
    """Asks what the notes ask, with the answer that they give."""

    name = "asked"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield a flashcard for each question that stands alone and is answered right after it."""
        for section in maker.sections:
            for at, one in enumerate(section.statements):
                asked, told, statements = _marked(section.statements, at) or _listed(section, one)
                citations = maker.cite(section, *statements)
                plain = len(told.split()) <= _MOST and not _ARROWS.search(told)
                if asked and citations and plain and _stands_alone(asked):
                    yield Flashcard(
                        stem=asked,
                        back=sentence(told),
                        rationale=f"The answer to “{asked}” is: {told}",
                        citations=citations,
                        facts=(fact_id(section.document.id, asked, "answer"),),
                        bloom=Bloom.UNDERSTAND,
                        generator=Asked.name,
                    )


def _marked(statements: Sequence[Statement], at: int) -> tuple[str, str, list[Statement]] | None:
    """Return question, answer and what says them, where both are marked: on one line or on two."""
    found = _QUESTION.fullmatch(statements[at].text)
    if found is None:
        return None
    then = statements[at + 1 : at + 2] if found["rest"] is None else []
    told = _ANSWER.fullmatch(then[0].text if then else found["rest"] or "")
    return (found["asked"], told["told"], [statements[at], *then]) if told else None


def _listed(section: Section, one: Statement) -> tuple[str, str, list[Statement]]:
    """Return a question with the items below it, where these have none of their own."""
    below = [section.statements[child] for child in one.children]
    plain = one.form == "item" and one.text.endswith("?") and 0 < len(below) <= _MOST_LISTED
    if not plain or any(item.children or item.former >= 0 for item in below):
        return "", "", []
    return one.text, "; ".join(item.text.rstrip(" .;,") for item in below), [one, *below]


def _stands_alone(asked: str) -> bool:
    return len(asked.split()) >= _FEWEST and stands_alone(asked.rstrip("?")) and not _POINTS.search(asked)
