"""Runs a suite in a process of its own, so that a test can kill it between two items.

Run as: python -m tests.integration.evals_driver HOME SUITE ITEMS. After so many items it prints "waiting" and stops.
"""

from __future__ import annotations

import sys
from pathlib import Path

from evals.record import Outcome, Run
from evals.runs.start import Plan, start_run
from rag.settings import Settings
from tests.fakes import HashEmbedder


class StopsAfter:
    """A progress that waits for standard input, which stays open, after a number of items."""

    def __init__(self, items: int) -> None:
        self._left = items

    def began(self, run: Run, done: int, items: int) -> None:
        pass

    def did(self, outcome: Outcome) -> None:
        self._left -= 1
        if self._left == 0:
            print("waiting", flush=True)
            sys.stdin.readline()


def main(home: str, suite: str, items: str) -> None:
    start_run(Plan(suite), Settings(home=Path(home)), StopsAfter(int(items)), embedder=HashEmbedder())


if __name__ == "__main__":
    main(*sys.argv[1:])
