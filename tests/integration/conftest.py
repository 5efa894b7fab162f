"""Fixtures of the tests that run commands."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.terminal import Done, Openbook
from ui.cli import main


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
