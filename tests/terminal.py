"""Runs `openbook`: in this process, or in a terminal of its own, where it streams."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Done:
    """How a command ended in this process, and what it printed."""

    code: int
    out: str
    err: str


Openbook = Callable[..., Done]


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a process of its own, with no settings of Openbook but its home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBOOK_")}
    return {**kept, "OPENBOOK_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[1])}


class Terminal:
    """A command in a terminal of its own, which ends with it; what it shows is kept as it comes."""

    def __init__(self, home: Path, *arguments: str, **variables: str) -> None:
        self.shown = ""
        self.process, self._terminal = pty.fork()
        if self.process == 0:
            os.chdir(home)
            told = {**environment(home), "TERM": "xterm", "LINES": "30", "COLUMNS": "90", **variables}
            os.execve(sys.executable, [sys.executable, "-m", "ui.cli", *arguments], told)

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def wait_for(self, text: str, times: int = 1, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while self.shown.count(text) < times:
            readable, _, _ = select.select([self._terminal], [], [], max(deadline - time.monotonic(), 0))
            assert readable, self.shown
            try:
                self.shown += os.read(self._terminal, 4096).decode(errors="replace")
            except OSError:  # the other end was closed
                assert self.shown.count(text) >= times, self.shown

    def end(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._terminal)


def in_terminal(*arguments: str, cwd: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Return the exit code and what was shown, white space made single."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "ui.cli", *arguments]
    running = subprocess.Popen(command, cwd=cwd, env={**environment, "TERM": "dumb"}, stdout=slave)
    os.close(slave)
    shown = b""
    try:
        while piece := os.read(master, 4096):
            shown += piece
    except OSError:  # the other end was closed
        pass
    os.close(master)
    return running.wait(30), " ".join(shown.decode().split())
