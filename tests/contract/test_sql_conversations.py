"""Stored conversations in SQLite and in PostgreSQL, and rows that a newer version wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from rag.adapters.sql_conversations import SqlConversations, body, exchange
from rag.adapters.state_database import open_state, writing
from rag.adapters.state_schema import exchanges
from rag.errors import StateError
from rag.ports import Conversations
from rag.types import Answer
from tests.contract.conversations_contract import ANSWER, NOON, ConversationsContract, asked
from tests.postgres import new_database, running_postgres

# Every field of an answer, those with defaults too.
_given = {
    "passages": st.just(()),
    "usage": st.dictionaries(st.text(), st.integers(), max_size=3),
    "timings_ms": st.dictionaries(st.text(), st.floats(), max_size=3),
}
answers = st.builds(Answer, **{**{field.name: ... for field in fields(Answer)}, **_given})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as socket_folder:
        yield socket_folder


class TestConversationsInSqlite(ConversationsContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Conversations]:
        opened = SqlConversations(open_state(tmp_path / "home" / "state.db"))
        yield opened
        opened.close()


class TestConversationsInPostgres(ConversationsContract):
    @pytest.fixture
    def store(self, postgres: str) -> Iterator[Conversations]:
        opened = SqlConversations(open_state(new_database(postgres)))
        yield opened
        opened.close()


@settings(max_examples=40, deadline=None)
@given(st.text(), answers)
def test_any_answer_comes_back_exactly(question: str, answer: Answer) -> None:
    said = asked(question, answer)
    # By repr, since "not a number" equals nothing.
    assert repr(exchange(body(said), said.asked_at)) == repr(said)


def test_an_answer_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    engine = open_state(tmp_path / "state.db")
    store = SqlConversations(engine)
    begun = store.start("", NOON)
    store.append(begun.id, asked())
    with writing(engine) as connection:
        connection.execute(update(exchanges).values(body='{"version": 2, "said": "in another way"}'))
    with pytest.raises(StateError, match="newer version of Openbook"):
        store.exchanges(begun.id)


def test_an_answer_of_an_older_version_gets_what_it_lacks(tmp_path: Path) -> None:
    stored = json.loads(body(asked()))
    del stored["answer"]["notes"], stored["answer"]["cost_usd"]
    stored["answer"]["forgotten"] = "a field that there is no more"
    read = exchange(json.dumps(stored), NOON)
    assert (read.answer.notes, read.answer.cost_usd) == ((), None)
    assert read.answer.citations == ANSWER.citations
