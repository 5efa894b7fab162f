"""Fixtures of the tests of single parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.adapters.sql_cards import SqlCards
from rag.adapters.state_database import open_state


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[SqlCards]:
    """A store of review cards, with none in it."""
    opened = SqlCards(open_state(tmp_path / "state.db"))
    yield opened
    opened.close()
