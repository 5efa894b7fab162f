"""Stored items and sittings in SQLite and in PostgreSQL, and rows that another version wrote."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, update

from rag.adapters.sql_quizzes import SqlQuizItems, SqlSittings
from rag.adapters.state_database import writing
from rag.adapters.state_schema import quiz_items
from rag.errors import StateError
from tests.contract.quizzes_contract import NOON, QuizItemsContract, SittingsContract, sitting
from tests.fake_sittings import MemorySittings
from tests.quiz_items import choice


class TestQuizItemsInSqlite(QuizItemsContract):
    @pytest.fixture
    def store(self, in_sqlite: Engine) -> SqlQuizItems:
        return SqlQuizItems(in_sqlite)


class TestQuizItemsInPostgres(QuizItemsContract):
    @pytest.fixture
    def store(self, in_postgres: Engine) -> SqlQuizItems:
        return SqlQuizItems(in_postgres)


class TestSittingsInSqlite(SittingsContract):
    @pytest.fixture
    def store(self, in_sqlite: Engine) -> SqlSittings:
        return SqlSittings(in_sqlite)


class TestSittingsInPostgres(SittingsContract):
    @pytest.fixture
    def store(self, in_postgres: Engine) -> SqlSittings:
        return SqlSittings(in_postgres)


class TestSittingsInMemory(SittingsContract):
    """The fake that other tests use."""

    @pytest.fixture
    def store(self) -> MemorySittings:
        return MemorySittings()


def test_an_item_that_this_version_cannot_read_is_refused(in_sqlite: Engine) -> None:
    store = SqlQuizItems(in_sqlite)
    store.put("d1", "1", [choice(1)], {}, NOON)
    with writing(in_sqlite) as connection:
        connection.execute(update(quiz_items).values(body='{"schema_version": 2, "type": "hologram"}'))
    with pytest.raises(StateError, match="another version of Openbook"):
        store.items(["d1"], "1")


def test_a_sitting_stays_as_it_was_when_its_items_are_written_anew(in_sqlite: Engine) -> None:
    items, sittings = SqlQuizItems(in_sqlite), SqlSittings(in_sqlite)
    items.put("d1", "1", [choice(1)], {}, NOON)
    sittings.begin(sitting())
    items.put("d1", "2", [], {}, NOON)
    assert sittings.sitting("ada", "s1") == sitting()
