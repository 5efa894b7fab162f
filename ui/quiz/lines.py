"""Lines of text as they are shown, on a full screen or printed: wrapped here, coloured by what shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from rag.adapters.terminal import UNWRAPPED, err, out
from ui.cli_output import READABLE

_NARROW = 12  # columns that text gets at least, however narrow the terminal


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a screen.

    Attributes:
        style: a name in `STYLES`; "" for plain text.
        cursor: whether the cursor is on it.
    """

    text: str = ""
    style: str = ""
    cursor: bool = False


Say = Callable[[Iterable[Line]], None]  # shows lines

# What each style is called by rich and by prompt_toolkit. Nothing is told by colour alone.
STYLES = {
    "": ("", ""),
    "bold": ("bold", "bold"),
    "dim": ("dim", "#888888"),
    "right": ("green", "ansigreen"),
    "wrong": ("red", "ansired"),
    "note": ("yellow", "ansiyellow"),
    "at": ("bold", "bold"),
}


def wrapped(text: str, width: int, first: str = "", style: str = "", *, cursor: bool = False) -> Iterator[Line]:
    """Yield the lines of a text: `first` stands before its first, as much space before the others."""
    indent = cell_len(first)
    room = width if width >= UNWRAPPED else min(width, READABLE)
    for paragraph in text.splitlines() or [""]:
        for part in Text(paragraph).wrap(out(), max(room - indent, _NARROW)):
            yield Line(f"{first}{part.plain}".rstrip(), style, cursor)
            first = " " * indent


def show_lines(lines: Iterable[Line], *, to_error: bool = False) -> None:
    """Print lines, to standard output unless told otherwise."""
    console = err() if to_error else out()
    for line in lines:
        console.print(Text(line.text, STYLES[line.style][0]), soft_wrap=True)
