"""Stored conversations in SQLite and in PostgreSQL, and rows that a newer version wrote."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from rag.adapters.sql_conversations import SqlConversations, body, exchange
from rag.adapters.state_database import writing
from rag.adapters.state_schema import exchanges
from rag.errors import StateError
from rag.types import Answer
from tests.contract.conversations_contract import ANSWER, LEARNER, NOON, ConversationsContract, asked

# Every field of an answer, those with defaults too.
_given = {
    "passages": st.just(()),
    "usage": st.dictionaries(st.text(), st.integers(), max_size=3),
    "timings_ms": st.dictionaries(st.text(), st.floats(), max_size=3),
}
answers = st.builds(Answer, **{**{field.name: ... for field in fields(Answer)}, **_given})  # type: ignore[arg-type]


class TestConversationsInSqlite(ConversationsContract):
    @pytest.fixture
    def store(self, in_sqlite: Engine) -> SqlConversations:
        return SqlConversations(in_sqlite)


class TestConversationsInPostgres(ConversationsContract):
    @pytest.fixture
    def store(self, in_postgres: Engine) -> SqlConversations:
        return SqlConversations(in_postgres)


@settings(max_examples=40, deadline=None)
@given(st.text(), answers)
def test_any_answer_comes_back_exactly(question: str, answer: Answer) -> None:
    said = asked(question, answer)
    # By repr, since "not a number" equals nothing.
    assert repr(exchange(body(said), said.asked_at)) == repr(said)


def test_an_answer_of_a_newer_version_is_refused(in_sqlite: Engine) -> None:
    store = SqlConversations(in_sqlite)
    begun = store.start(LEARNER, "", NOON)
    store.append(LEARNER, begun.id, asked())
    with writing(in_sqlite) as connection:
        connection.execute(update(exchanges).values(body='{"version": 2, "said": "in another way"}'))
    with pytest.raises(StateError, match="newer version of Openbook"):
        store.exchanges(LEARNER, begun.id)


def test_an_answer_of_an_older_version_gets_what_it_lacks() -> None:
    stored = json.loads(body(asked()))
    del stored["answer"]["notes"], stored["answer"]["cost_usd"]
    stored["answer"]["forgotten"] = "a field that there is no more"
    read = exchange(json.dumps(stored), NOON)
    assert (read.answer.notes, read.answer.cost_usd) == ((), None)
    assert read.answer.citations == ANSWER.citations
