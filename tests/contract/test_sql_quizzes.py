"""Stored items and sittings in SQLite and in PostgreSQL, and rows that another version wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from rag.adapters.sql_quizzes import SqlQuizItems, SqlSittings
from rag.adapters.state_database import open_state, writing
from rag.adapters.state_schema import quiz_items
from rag.errors import StateError
from tests.contract.quizzes_contract import NOON, QuizItemsContract, SittingsContract, sitting
from tests.fake_sittings import MemorySittings
from tests.postgres import new_database, running_postgres
from tests.quiz_items import choice


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as socket_folder:
        yield socket_folder


@pytest.fixture
def in_postgres(postgres: str) -> Iterator[Engine]:
    engine = open_state(new_database(postgres))
    yield engine
    engine.dispose()


@pytest.fixture
def in_sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = open_state(tmp_path / "home" / "state.db")
    yield engine
    engine.dispose()


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
    items.forget(["d1"])
    assert sittings.sitting("ada", "s1") == sitting()
