"""Keys in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.access.ports import ApiKeys
from rag.adapters.sql_keys import SqlApiKeys
from rag.adapters.state_database import open_state
from tests.contract.keys_contract import ApiKeysContract
from tests.postgres import new_database, running_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as socket_folder:
        yield socket_folder


class TestKeysInSqlite(ApiKeysContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[ApiKeys]:
        opened = SqlApiKeys(open_state(tmp_path / "state.db"))
        yield opened
        opened.close()


class TestKeysInPostgres(ApiKeysContract):
    @pytest.fixture
    def store(self, postgres: str) -> Iterator[ApiKeys]:
        opened = SqlApiKeys(open_state(new_database(postgres)))
        yield opened
        opened.close()
