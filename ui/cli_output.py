"""How the terminal is written to: results to standard output, progress and errors to standard error.

Nothing is coloured, wrapped or cut when the output is not a terminal.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from rag.adapters.terminal import UNWRAPPED, err, out
from rag.types import Citation

READABLE = 100  # columns; longer lines of prose tire the eye


def show_error(message: str) -> None:
    """Print a message in red, as one line however narrow the terminal."""
    err().print(Text(" ".join(message.split()), style="red"), soft_wrap=True)


def show_json(value: Any) -> None:
    """Print dataclasses, and what they hold, as JSON; citations with their references."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n")


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {**fields, "reference": value.reference} if isinstance(value, Citation) else fields
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def show_hanging(text: Text | str, first: str = "", rest: str | None = None, style: str = "") -> None:
    """Print text wrapped to the terminal: `first` before its first line, `rest` (as wide, if None) before others."""
    console = out()
    rest = " " * len(first) if rest is None else rest
    words = Text(text, style) if isinstance(text, str) else text
    width = console.width if console.width == UNWRAPPED else min(console.width, READABLE)
    for number, line in enumerate(words.wrap(console, max(width - len(rest), 20))):
        line.rstrip()
        console.print(Text(first if number == 0 else rest) + line, soft_wrap=True)


def show_reworded(question: str) -> None:
    """Print how a follow-up was read, unless it was read as it was put ("")."""
    if question:
        show_hanging(question, "read as: ", style="dim")


def show_gap() -> None:
    """Print an empty line."""
    out().print()


def columns(*names: str, right: tuple[str, ...] = (), fold: tuple[str, ...] = ()) -> Table:
    """Return a table without lines; numbers stand `right`, and only columns in `fold` may be broken."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in names:
        folded = name in fold
        table.add_column(
            name, justify="right" if name in right else "left", overflow="fold" if folded else "ellipsis",
            no_wrap=not folded,
        )  # fmt: skip
    return table


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 file", "1,284 files".

    >>> count(1284, "file")
    '1,284 files'
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def relative(path: str) -> str:
    """Return a path as it is shortest to read from the working folder."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path
