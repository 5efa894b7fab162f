"""Review cards in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from rag.adapters.sql_cards import SqlCards
from rag.adapters.state_database import open_state, writing
from rag.adapters.state_schema import cards
from rag.errors import StateError
from rag.study.ports import Cards
from tests.contract.cards_contract import CardsContract, card
from tests.postgres import new_database, running_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as socket_folder:
        yield socket_folder


class TestCardsInSqlite(CardsContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Cards]:
        opened = SqlCards(open_state(tmp_path / "state.db"))
        yield opened
        opened.close()


class TestCardsInPostgres(CardsContract):
    @pytest.fixture
    def store(self, postgres: str) -> Iterator[Cards]:
        opened = SqlCards(open_state(new_database(postgres)))
        yield opened
        opened.close()


def test_an_item_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    engine = open_state(tmp_path / "state.db")
    store = SqlCards(engine)
    store.add(card())
    with writing(engine) as connection:
        connection.execute(update(cards).values(body='{"type": "flashcard", "schema_version": 2}'))
    with pytest.raises(StateError, match="Upgrade Openbook"):
        store.cards("ada")
