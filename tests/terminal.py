"""Runs `openbook`: in this process, or in a terminal of its own, where it streams."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
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
