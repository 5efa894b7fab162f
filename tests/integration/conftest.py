"""Fixtures of the tests that run commands."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest

from tests.integration.test_cli import OPTICS
from tests.integration.test_cli import openbook as openbook_process
from tests.terminal import Done, Openbook
from ui.cli import main


@pytest.fixture(scope="session")
def physics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library of one text, in the course physics."""
    folder: Path = tmp_path_factory.mktemp("physics")
    (folder / "optics.md").write_text(OPTICS)
    done = openbook_process(folder, "ingest", "optics.md", "--course", "physics")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def home(physics: Path, tmp_path: Path) -> Path:
    """A copy of that folder, in which nothing was asked yet."""
    return shutil.copytree(physics, tmp_path / "home")


@pytest.fixture
def openbook(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Openbook:
    """What runs a command in this process, in `home`, which is quicker than one for each."""
    monkeypatch.setenv("OPENBOOK_HOME", str(home))
    monkeypatch.chdir(home)

    def run(*arguments: str, typed: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["openbook", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Done(int(ended.value.code or 0), told.out, told.err)

    return run
