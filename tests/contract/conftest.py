"""Databases of what is stored beside the library: one in SQLite, one in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from rag.adapters.state_database import open_state
from tests.postgres import new_database, running_postgres


@pytest.fixture(scope="session")
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
