"""Conversations as they are kept, and what a later question may make of them.

What was said stays as it was said. A quote is shown only while the library can show where it stands: once a
document is removed, answers that cited it lose the quotes from it and say so, and follow-ups are no longer read
in the light of such an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from rag.types import Answer, Citation, Turn

Position: TypeAlias = tuple[datetime, datetime, str]  # times and id of a conversation, by which lists are ordered

REMEMBERED_TURNS = 10
_TITLE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions that were asked one after the other; times are aware.

    Attributes:
        title: the first question, shortened; empty before it was asked.
        course: the course it is about; empty means all.
    """

    id: str
    title: str
    course: str
    created_at: datetime
    updated_at: datetime

    @property
    def position(self) -> Position:
        """Where it stands in a list of which the latest comes first."""
        return self.updated_at, self.created_at, self.id


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was put, with its answer; `asked_at` is aware."""

    question: str
    answer: Answer
    asked_at: datetime

    @property
    def reworded(self) -> str:
        """The question as it was answered where a follow-up had to be made to stand alone; else ""."""
        return reworded(self.question, self.answer.question)


def reworded(question: str, answered: str) -> str:
    """Return the question that was answered unless it is the one that was put, spaces aside; else ""."""
    return "" if answered == " ".join(question.split()) else answered


def title_of(question: str) -> str:
    """Return a question as the title of the conversation that it opens: one line that any database stores."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in question).split())
    return line if len(line) <= _TITLE_CHARACTERS else f"{line[: _TITLE_CHARACTERS - 1].rstrip()}…"


def as_of_now(exchange: Exchange, has_document: Callable[[str], bool]) -> Exchange:
    """Return an exchange without the quotes of documents that the library no longer holds, and a note of them."""
    answer = exchange.answer
    cited = [*answer.citations, *(answer.refusal.closest if answer.refusal else ())]
    gone = {one.document_id: one.document for one in cited if not has_document(one.document_id)}
    if not gone:
        return exchange
    names = ", ".join(sorted(set(gone.values())))
    note = f"The library no longer holds {names} as it was when this was answered, so it is not quoted here."
    refusal = answer.refusal and replace(answer.refusal, closest=_unquoted(answer.refusal.closest, gone))
    now = replace(
        answer, citations=_unquoted(answer.citations, gone), refusal=refusal, notes=(*answer.notes, note)
    )  # fmt: skip
    return replace(exchange, answer=now)


def _unquoted(citations: Iterable[Citation], gone: Iterable[str]) -> tuple[Citation, ...]:
    return tuple(replace(one, quote="") if one.document_id in gone else one for one in citations)


def turns(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return what a question that follows these (oldest first, as of now) is read in the light of.

    The oldest question that is remembered stands alone, since what it followed is not there to read.
    """
    kept = exchanges[-REMEMBERED_TURNS:]
    return tuple(
        Turn(one.answer.question if at == 0 else one.question, _remembered(one.answer)) for at, one in enumerate(kept)
    )


def _remembered(answer: Answer) -> str:
    """Return the text of an answer that still stands: not of a refusal, nor of one that lost a quote."""
    stands = answer.refusal is None and all(one.quote for one in answer.citations)
    return answer.text if stands else ""
