"""A sitting line by line: for pipes and scripts, and for terminals that cannot move a cursor."""

from __future__ import annotations

from collections.abc import Iterator

from ui.quiz.feedback import feedback_lines
from ui.quiz.lines import Line, Say
from ui.quiz.session import Session, clock_text, overview_lines
from ui.quiz.views import Unread, stem_lines

COMMANDS = (
    "An empty line skips a question. /go NUMBER goes to one, /back to the one before, /flag marks it, /list lists all, "
    "/leave stops here to go on later, /finish ends."
)


def take_lines(session: Session, lines: Iterator[str], say: Say, width: int) -> bool:
    """Ask item by item and read a line for each. Return whether it was finished, not left.

    Args:
        session: what is taken.
        lines: what is typed; where they end, the sitting is left.
        say: what shows lines.
        width: of what they are shown on.
    """
    say([Line(COMMANDS, "dim")])
    asking = bool(session.taking.open_places)
    while True:
        if not asking and not session.taking.at_end and not session.taking.open_places:
            break
        _ask(session, say, width) if asking else _ask_end(session, say)
        line = next(lines, None)
        if session.tick():
            say([Line("Time is up.", "wrong")])
            break
        _say_note(session, say)
        if line is None or line == "/leave":
            session.keep()
            return False
        if line == "/finish":
            break
        asking = _act(session, line, say, width, asking=asking)
        session.keep()
        _say_note(session, say)
    session.finish()
    return True


def _say_note(session: Session, say: Say) -> None:
    if session.note:
        say([Line(session.note, "note")])
        session.note = ""


def _ask(session: Session, say: Say, width: int) -> None:
    left = session.left_s
    clock = f"  {clock_text(left)} left" if left is not None else ""
    flag = "  flagged" if session.seat.flagged else ""
    say([Line(), Line(f"{session.number}/{session.total}{flag}{clock}", "dim")])
    say(stem_lines(session.seat, width))
    say(session.view.lines(width))
    say([Line(f"Type {session.view.typing}.", "dim")])


def _ask_end(session: Session, say: Say) -> None:
    numbers = [session.taking.places.index(one) + 1 for one in session.taking.open_places]
    still = f" Not answered: {', '.join(map(str, numbers))}." if numbers else " All are answered."
    say([Line(), Line(f"That was the last question.{still} /finish ends, a number goes back.", "bold")])


def _act(session: Session, line: str, say: Say, width: int, *, asking: bool) -> bool:
    """Do what a line says. Return whether a question is to be asked next, else it is the end."""
    command, _, rest = line.partition(" ")
    if command == "/list":
        say(overview_lines(session, width))
        return asking
    if command == "/flag" and asking:
        session.taking.flag(session.place)
        return asking
    if command == "/back":
        return _back(session, say) or asking
    if command == "/go" or (not asking and line.isdecimal()):
        return _go(session, rest or line, say) or asking
    if command.startswith("/") or not asking:
        say([Line(COMMANDS, "dim")])
        return asking
    return _answer(session, line, say, width)


def _back(session: Session, say: Say) -> bool:
    places = [one for one in session.taking.places if not session.taking.is_settled(one)]
    before = [one for one in places if one < session.place]
    if not before:
        say([Line("There is no question before this one that can still be answered.", "note")])
        return False
    session.go(before[-1])
    return True


def _go(session: Session, wanted: str, say: Say) -> bool:
    if not wanted.isdecimal() or not 0 < int(wanted) <= session.total:
        say([Line(f"There is no question '{wanted}'; they are 1 to {session.total}.", "note")])
        return False
    place = session.taking.places[int(wanted) - 1]
    if session.taking.is_settled(place):
        say([Line(f"Question {wanted} was answered and told of.", "note")])
        return False
    session.go(place)
    return True


def _answer(session: Session, line: str, say: Say, width: int) -> bool:
    """Take an answer, or skip. Return whether a question is to be asked next."""
    if not line and not session.view.takes_blank:
        return _next(session)
    try:
        session.view.read(line)
    except Unread as error:
        say([Line(str(error), "note")])
        return True
    if session.view.given is None:  # a card that was turned
        return True
    session.submit()
    if not session.taking.at_end:
        say(feedback_lines(session.seat, width))
        return session.next_open()
    return _next(session)


def _next(session: Session) -> bool:
    """Show the next item that is open in the order they are asked in; at the last, come to the end."""
    later = [one for one in session.taking.open_places if one > session.place]
    if later:
        session.go(later[0])
    return bool(later)
