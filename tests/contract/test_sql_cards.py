"""Review cards in SQLite and in PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, update

from rag.adapters.sql_cards import SqlCards
from rag.adapters.state_database import writing
from rag.adapters.state_schema import cards
from rag.errors import StateError
from tests.contract.cards_contract import CardsContract, card


class TestCardsInSqlite(CardsContract):
    @pytest.fixture
    def store(self, in_sqlite: Engine) -> SqlCards:
        return SqlCards(in_sqlite)


class TestCardsInPostgres(CardsContract):
    @pytest.fixture
    def store(self, in_postgres: Engine) -> SqlCards:
        return SqlCards(in_postgres)


def test_an_item_of_a_newer_version_is_refused(in_sqlite: Engine) -> None:
    store = SqlCards(in_sqlite)
    store.add(card())
    with writing(in_sqlite) as connection:
        connection.execute(update(cards).values(body='{"type": "flashcard", "schema_version": 2}'))
    with pytest.raises(StateError, match="Upgrade Openbook"):
        store.cards("ada")
