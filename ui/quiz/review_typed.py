"""A review line by line: for pipes and scripts, and for terminals that cannot move a cursor."""

from __future__ import annotations

from collections.abc import Iterator

from ui.quiz.lines import Line, Say
from ui.quiz.reviewing import Reviewing
from ui.quiz.views import Unread
from ui.quiz.writing import read_rating

COMMANDS = "An empty line: you do not know. /undo takes the last rating back, /leave stops here."


def review_lines(going: Reviewing, lines: Iterator[str], say: Say, width: int) -> None:
    """Ask card by card and read a line for each answer and each rating, until they end or no card is left.

    Args:
        going: what is reviewed.
        lines: what is typed.
        say: what shows lines.
        width: of what they are shown on.
    """
    say([Line(COMMANDS, "dim")])
    shown = None
    while going.card:
        if shown != (going.card, going.turned):
            shown = (going.card, going.turned)
            say([Line(), *(going.key_lines(width) if going.turned else _asked(going, width))])
        say([Line(_wanted(going), "dim")])
        line = next(lines, "/leave")
        if line == "/leave":
            return
        try:
            _take(going, line, say)
        except Unread as error:
            say([Line(str(error), "note")])


def _asked(going: Reviewing, width: int) -> Iterator[Line]:
    yield Line(going.head, "dim")
    yield from going.lines(width)


def _wanted(going: Reviewing) -> str:
    if not going.turned:
        return f"Type {going.view.typing}."
    nothing = f" An empty line: {going.suggested.value}." if going.suggested else ""
    return f"How well did you know it? {going.ratings}.{nothing}"


def _take(going: Reviewing, line: str, say: Say) -> None:
    if line == "/undo":
        say([Line("Taken back." if going.undo() else "Nothing was rated yet.", "note")])
    elif line.startswith("/"):
        say([Line(COMMANDS, "dim")])
    elif going.turned:
        going.rate(going.suggested if not line and going.suggested else read_rating(line))
    else:
        if line:
            going.view.read(line)
        going.turn()
