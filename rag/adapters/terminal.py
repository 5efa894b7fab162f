"""The terminal: one console for results and one for everything else, made when they are first used."""

from __future__ import annotations

import sys
from functools import cache

from rich.console import Console

UNWRAPPED = 100_000  # columns


@cache
def out() -> Console:
    """Return the console of results."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else UNWRAPPED)


@cache
def err() -> Console:
    """Return the console of progress and errors."""
    return Console(stderr=True, highlight=False)
