"""What every adapter of the `Conversations` port does. Inherit `ConversationsContract` and give it a `store`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest

from rag.conversation.exchanges import Conversation, Exchange
from rag.errors import StateError
from rag.ports import Conversations
from rag.types import Answer, AnswerStatement, Citation, DocumentInfo, Passage, Refusal
from tests.fakes import sample_document

LEARNER = "anna"
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, UTC)
MINUTE = timedelta(minutes=1)
CITATION = Citation(1, "d1", "optics.md", "Optics", ("Light",), "light bends", 3, 14, 7, "page", 2, 3)
ANSWER = Answer(
    question="What bends light?",
    statements=(AnswerStatement("Light bends.", (1,), "Optics", is_item=True, score=0.7),),
    citations=(CITATION,),
    passages=(),
    answerer="openai:stub",
    confidence=0.75,
    usage=MappingProxyType({"input_tokens": 12}),
    timings_ms={"retrieve": 1.25},
    cost_usd=0.5,
    dropped=(("Made up.", "no quote"),),
    notes=("A note.",),
)
ODD_TEXTS = ("a\0b", "\ud800 alone", "naïve \U0001f600 e\u0301", "\u2028 \r\n\t", "'; DROP TABLE x")


def asked(question: str = "What bends light?", answer: Answer = ANSWER, at: datetime = NOON) -> Exchange:
    return Exchange(question, answer, at)


class ConversationsContract:
    @pytest.fixture
    def store(self) -> Conversations:
        raise NotImplementedError

    def test_without_conversations_there_is_nothing_to_find(self, store: Conversations) -> None:
        assert store.conversations(LEARNER) == []
        assert store.conversation(LEARNER, "none") is None
        assert store.exchanges(LEARNER, "none") == []
        assert not store.delete(LEARNER, "none")

    def test_a_conversation_is_found_as_it_was_begun(self, store: Conversations) -> None:
        begun = store.start(LEARNER, "physics", NOON)
        assert begun == Conversation(begun.id, "", "physics", NOON, NOON)
        assert store.conversation(LEARNER, begun.id) == begun
        assert store.conversations(LEARNER) == [begun]

    def test_the_first_question_gives_the_title_and_each_the_time(self, store: Conversations) -> None:
        begun = store.start(LEARNER, "", NOON)
        store.append(LEARNER, begun.id, asked("What is \0 a\n lens?", at=NOON + MINUTE))
        store.append(LEARNER, begun.id, asked("and why?", at=NOON + 2 * MINUTE))
        assert store.conversation(LEARNER, begun.id) == replace(
            begun, title="What is a lens?", updated_at=NOON + 2 * MINUTE
        )

    def test_what_was_said_comes_back_in_its_order(self, store: Conversations) -> None:
        begun, other = store.start(LEARNER, "", NOON), store.start(LEARNER, "", NOON)
        for number in range(4):
            store.append(LEARNER, begun.id, asked(f"question {number}"))
            store.append(LEARNER, other.id, asked(f"other {number}"))
        assert [one.question for one in store.exchanges(LEARNER, begun.id)] == [
            f"question {number}" for number in range(4)
        ]
        assert [one.question for one in store.exchanges(LEARNER, begun.id, last=2)] == ["question 2", "question 3"]

    def test_an_answer_comes_back_whole_but_for_its_passages(self, store: Conversations) -> None:
        _, (chunk, *_) = sample_document("optics.md", ["Light bends."])
        info = DocumentInfo("d1", "Optics", "text/markdown", "page", 20, 1, "2026-11-20", ())
        begun = store.start(LEARNER, "", NOON)
        store.append(LEARNER, begun.id, asked(answer=replace(ANSWER, passages=(Passage(chunk, info, 1.0),))))
        refused = replace(ANSWER, statements=(), citations=(), refusal=Refusal("They do not say.", (CITATION,)))
        store.append(LEARNER, begun.id, asked(answer=refused))
        assert store.exchanges(LEARNER, begun.id) == [asked(), asked(answer=refused)]

    @pytest.mark.parametrize("text", ODD_TEXTS)
    def test_any_text_comes_back_unchanged(self, store: Conversations, text: str) -> None:
        odd = replace(ANSWER, question=text, citations=(replace(CITATION, quote=text),), notes=(text,), usage={text: 1})
        begun = store.start(LEARNER, "", NOON)
        store.append(LEARNER, begun.id, asked(text, odd))
        assert store.exchanges(LEARNER, begun.id) == [asked(text, odd)]

    def test_times_of_any_zone_are_the_same_instants(self, store: Conversations) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
        begun = store.start(LEARNER, "", there)
        store.append(LEARNER, begun.id, asked(at=there))
        found, (said,) = store.conversations(LEARNER)[0], store.exchanges(LEARNER, begun.id)
        assert found.created_at == found.updated_at == said.asked_at == NOON
        assert found.created_at.tzinfo is UTC

    def test_the_latest_comes_first_and_a_course_can_be_named(self, store: Conversations) -> None:
        first, second, third = (store.start(LEARNER, course, NOON) for course in ("physics", "biology", "physics"))
        store.append(LEARNER, third.id, asked(at=NOON + MINUTE))
        store.append(LEARNER, first.id, asked(at=NOON + 2 * MINUTE))
        assert [one.id for one in store.conversations(LEARNER)] == [first.id, third.id, second.id]
        assert [one.id for one in store.conversations(LEARNER, ["physics"])] == [first.id, third.id]
        assert [one.id for one in store.conversations(LEARNER, ["physics"], limit=1)] == [first.id]
        assert store.conversations(LEARNER, ["chemistry"]) == []

    def test_a_deleted_conversation_is_gone_with_what_was_said(self, store: Conversations) -> None:
        begun, other = store.start(LEARNER, "", NOON), store.start(LEARNER, "", NOON)
        for one in (begun, other):
            store.append(LEARNER, one.id, asked())
        assert store.delete(LEARNER, begun.id)
        assert not store.delete(LEARNER, begun.id)
        assert store.conversation(LEARNER, begun.id) is None
        assert store.exchanges(LEARNER, begun.id) == []
        assert store.exchanges(LEARNER, other.id) == [asked()]

    def test_nothing_is_added_to_a_conversation_that_is_not_there(self, store: Conversations) -> None:
        with pytest.raises(StateError, match="no conversation"):
            store.append(LEARNER, "none", asked())
        assert store.exchanges(LEARNER, "none") == []

    def test_many_threads_add_to_one_conversation(self, store: Conversations) -> None:
        begun = store.start(LEARNER, "", NOON)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: store.append(LEARNER, begun.id, asked(f"question {n}")), range(24)))
        assert sorted(one.question for one in store.exchanges(LEARNER, begun.id)) == sorted(
            f"question {n}" for n in range(24)
        )

    def test_another_learners_are_as_if_they_were_not_there(self, store: Conversations) -> None:
        begun = store.start(LEARNER, "", NOON)
        store.append(LEARNER, begun.id, asked())
        assert store.conversations("ben") == []
        assert store.conversation("ben", begun.id) is None
        assert store.exchanges("ben", begun.id) == []
        assert not store.rename("ben", begun.id, "mine")
        assert not store.delete("ben", begun.id)
        with pytest.raises(StateError, match="no conversation"):
            store.append("ben", begun.id, asked("and why?"))
        assert store.exchanges(LEARNER, begun.id) == [asked()]
        assert [one.title for one in store.conversations(LEARNER)] == ["What bends light?"]

    def test_a_title_that_was_given_stays(self, store: Conversations) -> None:
        begun = store.start(LEARNER, "", NOON)
        assert store.rename(LEARNER, begun.id, " All\0 about\n light ")
        store.append(LEARNER, begun.id, asked())
        found = store.conversation(LEARNER, begun.id)
        assert found
        assert found.title == "All about light"
        assert not store.rename(LEARNER, "none", "x")

    def test_a_list_goes_on_where_it_ended(self, store: Conversations) -> None:
        for number in range(7):  # of which several have the same times
            store.start(LEARNER, "physics" if number % 2 else "", NOON + (number // 3) * MINUTE)
        whole, pages, after = store.conversations(LEARNER), [], None
        while page := store.conversations(LEARNER, limit=2, after=after):
            pages.extend(page)
            after = page[-1].position
        assert pages == whole
        physics = [one for one in whole if one.course == "physics"]
        assert store.conversations(LEARNER, ["physics"], after=physics[0].position) == physics[1:]
        assert store.conversations(LEARNER, ["", "physics"]) == whole
