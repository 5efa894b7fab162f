"""The database of conversations: made, upgraded, refused, and opened by many processes at once, on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from rag.adapters.sql_conversations import SqlConversations
from rag.adapters.state_database import open_state, writing
from rag.adapters.state_schema import VERSION_TABLE, metadata
from rag.bootstrap import make_conversations
from rag.errors import ConfigError, StateError
from rag.settings import Settings
from rag.types import LOCAL
from tests.contract.conversations_contract import NOON, asked
from tests.postgres import new_database, running_postgres

Where = Callable[[], "Path | str"]
OPENS_AND_ADDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from rag.adapters.sql_conversations import SqlConversations
from rag.adapters.state_database import open_state
where = sys.argv[1]
store = SqlConversations(open_state(where if "://" in where else Path(where)))
for _ in range(5):
    store.start("local", "of a process", datetime.now(UTC))
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Where]:
    """What makes a new place for a database, of one kind and the other."""
    if request.param == "sqlite":
        yield lambda: tmp_path_factory.mktemp("state") / "home" / "state.db"
    else:
        with running_postgres() as socket_folder:
            yield lambda: new_database(socket_folder)


@contextmanager
def opened(place: Path | str) -> Iterator[Engine]:
    engine = open_state(place)
    try:
        yield engine
    finally:
        engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_migrations_from_nothing_make_the_schema_that_the_code_uses(where: Where) -> None:
    with opened(where()) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_what_is_there_stays_when_it_is_opened_again(where: Where) -> None:
    place = where()
    with opened(place) as engine:
        begun = SqlConversations(engine).start(LOCAL, "", NOON)
        SqlConversations(engine).append(LOCAL, begun.id, asked())
    with opened(place) as engine:
        assert SqlConversations(engine).exchanges(LOCAL, begun.id) == [asked()]


def test_an_older_database_is_upgraded(where: Where) -> None:
    place = where()
    with opened(place) as engine, writing(engine) as connection:  # as it was before the first step
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        connection.execute(text(f"DELETE FROM {VERSION_TABLE}"))
    with opened(place) as engine:
        assert tables(engine) == {*metadata.tables, VERSION_TABLE}


def test_conversations_of_an_older_database_belong_to_the_local_learner(where: Where) -> None:
    place = where()
    with opened(place) as engine:
        begun = SqlConversations(engine).start(LOCAL, "physics", NOON)
        SqlConversations(engine).append(LOCAL, begun.id, asked())
        with writing(engine) as connection:  # as it was before the third step
            connection.execute(text("DROP TABLE api_keys"))
            connection.execute(text("DROP INDEX conversations_learner"))
            connection.execute(text("ALTER TABLE conversations DROP COLUMN learner"))
            connection.execute(text("CREATE INDEX conversations_updated ON conversations (updated_at)"))
            connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0002'"))
    with opened(place) as engine:
        assert [one.id for one in SqlConversations(engine).conversations(LOCAL)] == [begun.id]
        assert SqlConversations(engine).exchanges(LOCAL, begun.id) == [asked()]


def test_a_newer_database_is_refused_and_left_alone(where: Where) -> None:
    place = where()
    with opened(place) as engine:
        with writing(engine) as connection:
            connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
        with pytest.raises(StateError, match=r"newer version of Openbook \(schema 9999.*Upgrade Openbook"):
            open_state(place)
        with engine.connect() as connection:
            assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == "9999"


def test_a_migration_that_is_broken_off_changes_nothing(where: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    place = where()
    upgrade = command.upgrade

    def broken_off(*arguments: object) -> None:
        upgrade(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", broken_off)
        with pytest.raises(KeyboardInterrupt):
            open_state(place)
    engine = create_engine(f"sqlite:///{place}") if isinstance(place, Path) else create_engine(place)
    assert tables(engine) == set()
    engine.dispose()


def test_processes_that_open_it_first_at_the_same_time_all_succeed(where: Where) -> None:
    place = where()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS_AND_ADDS, str(place)], env=environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    told = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    with opened(place) as engine:
        assert len(SqlConversations(engine).conversations(LOCAL)) == 20


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "no database URL"),
        ("mysql://host/name", "'mysql://' cannot be used"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_that_cannot_be_used_is_a_wrong_setting(url: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"OPENBOOK_DATABASE_URL.*{told}"):
        make_conversations(Settings(home=tmp_path, database_url=url))


def test_without_the_driver_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r"pip install 'openbook\[postgres\]'"):
        open_state("postgresql://host/name")


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with pytest.raises(StateError, match="Check that the server runs") as caught:
        open_state("postgres://someone:secret@127.0.0.1:1/name")
    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1/name" in str(caught.value)


def test_the_setting_is_never_shown(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://someone:secret@host/name")
    assert "secret" not in repr(settings)
    assert settings.state == "postgresql://someone:secret@host/name"
    assert Settings(home=tmp_path).state == tmp_path / "state.db"


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"no database, but long enough to be taken for one" * 40)
    with pytest.raises(StateError, match=r"state\.db failed: file is not a database"):
        open_state(tmp_path / "state.db")
    assert (tmp_path / "state.db").read_bytes().startswith(b"no database")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="Set OPENBOOK_HOME"):
        open_state(tmp_path / "file" / "state.db")
