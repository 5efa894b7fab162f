"""Are follow-ups understood, and are changes of topic left alone?

Asked are the follow-ups of the gold set, the conversations of `followups.jsonl`, which we wrote, and pairs of gold
questions about different documents, one after the other: there, what the first leaves in the second does harm.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from evals.items import Evidence, Item, Kind, Split
from evals.pages import markdown_table
from evals.record import Verdict
from evals.rows import read_rows
from evals.runs.ask import asked_of
from evals.runs.start import asked_items, home_of
from evals.suites import SUITES, assistant_over
from evals.verdict import judge, shown_evidence
from rag.answer import Assistant
from rag.asked import Asked
from rag.chat.answerer import Chat
from rag.chat.models import make_chat
from rag.ports import Answerer, Embedder
from rag.respond import Responder
from rag.settings import EXTRACTIVE, Settings
from rag.text.terms import content_words, question_words
from rag.types import Passage, Scope, Turn

WRITTEN = Path(__file__).with_name("followups.jsonl")
COURSE = "aws-ml"
_SUITE, _SEED, _READ = "gold", 4, 5
_FEW = 4  # content words up to which a question is counted as short


class Conversation(BaseModel):
    """Questions one after the other, the last of which is measured.

    Attributes:
        before: the earlier questions, oldest first; what the assistant says to them is the history.
        alone: the last question as it would be put without them; empty where it changes the topic.
        evidence: words that answer it, in each of the places that do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    split: Split
    before: tuple[str, ...]
    question: str
    alone: str = ""
    evidence: tuple[Evidence, ...]

    @property
    def item(self) -> Item:
        """The last question with the places that answer it: an answer is right that cites one of them."""
        return Item(id=self.id, kind=Kind.PUBLIC, question=self.question, course=COURSE, evidence=self.evidence)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a question: how it was read, whether the answer is right, whether its evidence was retrieved."""

    asked: str
    right: bool
    hit: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A question after earlier turns, and what came of it with and without them, and as a person put it alone."""

    question: str
    after: Seen
    without: Seen
    alone: Seen | None = None

    @property
    def polluted(self) -> bool:
        """Whether the earlier turns changed how the question was read."""
        return self.after.asked != self.without.asked

    @property
    def harmed(self) -> bool:
        """Whether they cost it the evidence or the right answer."""
        return (self.without.hit and not self.after.hit) or (self.without.right and not self.after.right)


Groups: TypeAlias = dict[str, list[Case]]


class Rewording(Chat):
    """A chat model that makes follow-ups standalone and leaves answering to the extractive answerer."""

    @classmethod
    def of(cls, chat: Chat) -> Rewording:
        """Return `chat` as one that only rewords."""
        return replace(cls(**{field.name: getattr(chat, field.name) for field in fields(chat)}), guided=False)

    def answerer(self, responder: Responder) -> Answerer:
        """Return the extractive answerer."""
        return responder


def report_followups(
    split: str, pairs: int, settings: Settings, embedder: Embedder | None = None, chat_model: str = EXTRACTIVE
) -> str:
    """Ask conversations of a split ("dev", "locked" or "all") and return the figures as Markdown tables.

    Args:
        split: of the questions.
        pairs: how many pairs of questions about different documents are asked.
        settings: where the library is kept, and what the chat model needs.
        embedder: that of the settings where none is given.
        chat_model: what makes follow-ups standalone; by default rules do.

    Raises:
        ConfigError: texts of the gold suite are not here, or there is no such chat model.
    """
    suite = SUITES[_SUITE]
    items = asked_items(suite, split, None)
    written = [one for one in read_conversations() if split in ("all", one.split)]
    with assistant_over(suite, embedder, settings, home_of(settings) / "libraries" / _SUITE) as assistant:
        if chat := make_chat(settings, assistant.embedder, chat_model):
            assistant = assistant.answering_by(Rewording.of(chat))
        follow_ups = {
            "gold": [_case(assistant, item, asked_of(item).history) for item in items if item.history],
            "written": [_conversed(assistant, one) for one in written if one.alone],
        }
        changes = {
            "pairs of gold questions": paired(assistant, items, pairs),
            "written": [_conversed(assistant, one) for one in written if not one.alone],
        }
    return f"{_follow_up_table(follow_ups)}\n\n{_change_table(changes)}"


def read_conversations() -> list[Conversation]:
    """Return the conversations that we wrote."""
    return [Conversation.model_validate(row) for row in read_rows(WRITTEN)]


def paired(assistant: Assistant, items: Sequence[Item], most: int) -> list[Case]:
    """Ask sampled pairs of items about different documents, the second right after the first with its answer."""
    alone = {item.id: item for item in items if item.evidence and not item.history}
    answered = cache(lambda id: _turn(assistant, alone[id].question, alone[id].course))
    seen = cache(lambda id: _seen(assistant, alone[id]))
    chosen = random.Random(_SEED).choices(sorted(alone), k=2 * most)
    pairs = [(one, two) for one, two in zip(chosen[::2], chosen[1::2], strict=True) if _apart(alone[one], alone[two])]
    return [_case(assistant, alone[two], (answered(one),), seen(two)) for one, two in pairs]


def _apart(one: Item, two: Item) -> bool:
    return not {place.document for place in one.evidence} & {place.document for place in two.evidence}


def _conversed(assistant: Assistant, told: Conversation) -> Case:
    history: tuple[Turn, ...] = ()
    for question in told.before:
        history = (*history, _turn(assistant, question, COURSE, history))
    alone = _seen(assistant, told.item.model_copy(update={"question": told.alone})) if told.alone else None
    return _case(assistant, told.item, history, alone=alone)


def _turn(assistant: Assistant, question: str, course: str, history: tuple[Turn, ...] = ()) -> Turn:
    return Turn(question, assistant.ask(question, Scope(course=course), history=history).text)


def _case(
    assistant: Assistant, item: Item, history: tuple[Turn, ...], without: Seen | None = None, alone: Seen | None = None
) -> Case:
    return Case(item.question, _seen(assistant, item, history), without or _seen(assistant, item), alone)


def _seen(assistant: Assistant, item: Item, history: tuple[Turn, ...] = ()) -> Seen:
    retrieved = assistant.retrieve(Asked(item.question, Scope(course=item.course), None, history))
    right = judge(item, assistant.answer(retrieved)) is Verdict.RIGHT
    return Seen(retrieved.question.text, right, any(_shows(item, one) for one in retrieved.passages[:_READ]))


def _shows(item: Item, passage: Passage) -> bool:
    return any(shown_evidence(item, one.document.name, one.chunk.text) for one in (passage, *passage.also))


def _follow_up_table(groups: Groups) -> str:
    header = ("follow-ups", "n", "asked", "right", f"hit@{_READ}")
    return markdown_table(header, [row for name, cases in groups.items() for row in _follow_up_rows(name, cases)])


def _follow_up_rows(name: str, cases: Sequence[Case]) -> Iterator[list[str]]:
    ways = {
        "after the earlier turns": [one.after for one in cases],
        "without them": [one.without for one in cases],
        "put alone by hand": [one.alone for one in cases if one.alone],
    }
    for way, seen in ways.items():
        if seen:
            yield [name, str(len(seen)), way, _share(one.right for one in seen), _share(one.hit for one in seen)]


def _change_table(groups: Groups) -> str:
    header = ("changes of topic", "content words", "n", "changed by old turns", "harmed", "right", "right without them")
    return markdown_table(header, [row for name, cases in groups.items() for row in _change_rows(name, cases)])


def _change_rows(name: str, cases: Sequence[Case]) -> Iterator[list[str]]:
    yield _change_row(name, "any", cases)
    for length, some in groupby(sorted(cases, key=_length), key=_length):
        yield _change_row(name, f"{length} or more" if length > _FEW else str(length), list(some))


def _change_row(name: str, length: str, cases: Sequence[Case]) -> list[str]:
    shares: tuple[Callable[[Case], bool], ...] = (
        lambda one: one.polluted, lambda one: one.harmed, lambda one: one.after.right, lambda one: one.without.right,
    )  # fmt: skip
    return [name, length, str(len(cases)), *(_share(map(share, cases)) for share in shares)]


def _length(case: Case) -> int:
    return min(len(content_words(question_words(case.question))), _FEW + 1)


def _share(values: Iterable[bool]) -> str:
    found = list(values)
    return f"{sum(found) / len(found):.3f}" if found else "-"
