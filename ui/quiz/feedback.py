"""What is told after an item: whether it was right, the key, why, and where that stands in the texts."""

from __future__ import annotations

from collections.abc import Iterator

from rag.quiz.items import Item, Matching, Ordering, TrueFalse, options_of
from rag.quiz.sittings import Given, Response, Seat
from rag.study.exports.entries import answer
from ui.quiz.lines import Line, wrapped
from ui.quiz.views import LETTERS, shown


def feedback_lines(seat: Seat, width: int) -> Iterator[Line]:
    """Yield what was right of what was given, the key with reasons, and the passages."""
    yield from verdict_lines(seat.response, width)
    yield Line()
    yield from key_lines(seat, width)
    yield from reason_lines(seat, width)


def reason_lines(seat: Seat, width: int) -> Iterator[Line]:
    """Yield why the key is the key, and each quote with where it stands and the command that shows it there."""
    yield Line()
    yield from wrapped(seat.item.rationale, width)
    for citation in seat.item.citations:
        yield Line()
        yield from wrapped(citation.place, width, style="bold")
        yield from wrapped(f"openbook show {citation.reference}", width, style="dim")
        yield from wrapped(f"“{' '.join(citation.quote.split())}”", width, "  ")


def verdict_lines(response: Response | None, width: int) -> Iterator[Line]:
    """Yield whether a response is right, with what it lacks and what it is worth in part."""
    if response is None:
        yield Line("Not answered.", "wrong")
        return
    grade = response.grade
    if grade.right:
        yield Line("Right.", "right")
        return
    part = f" Partial credit: {grade.credit:.0%}." if 0 < grade.credit < 1 else ""
    yield from wrapped(" ".join(filter(None, ("Not right.", grade.reason))) + part, width, style="wrong")


def key_lines(seat: Seat, width: int) -> Iterator[Line]:
    """Yield the key of an item, marked "+"; what was given wrongly is marked "x", other words for the key ">"."""
    item, given = seat.item, seat.response.given if seat.response else ()
    if options_of(item):
        yield from _options(seat, given, width)
    elif isinstance(item, Matching):
        yield from _pairs(item, given, width)
    elif isinstance(item, Ordering):
        yield from _steps(item, given, width)
    else:
        yield from _words(item, seat.response, width)


def _options(seat: Seat, given: Given, width: int) -> Iterator[Line]:
    options = options_of(seat.item)
    for row, at in enumerate(shown(seat, len(options))):
        one = options[at]
        mark = "+" if one.right else "x" if at in given else " "
        style = {"+": "right", "x": "wrong"}.get(mark, "")
        yield from wrapped(one.text, width, f"{mark} {LETTERS[row].upper()}. ", style)
        if one.rationale and one.rationale != seat.item.rationale:
            yield from wrapped(one.rationale, width, "     ", "dim")


def _steps(item: Ordering, given: Given, width: int) -> Iterator[Line]:
    for at, step in enumerate(item.steps):
        is_there = not given or item.steps[int(given[at])] == step
        mark, style = ("+", "right") if is_there else ("x", "wrong")
        said = "" if is_there else f" (you put it in place {[*given].index(at) + 1})"
        yield from wrapped(f"{step}{said}", width, f"{mark} {at + 1}. ", style)


def _words(item: Item, response: Response | None, width: int) -> Iterator[Line]:
    """Yield what was written, or said to be true or false, where it is not the key, and then the key."""
    key = answer(item)
    given = response.given if response else ""
    if isinstance(item, TrueFalse) and given:
        given = "True" if given[0] else "False"
    if response and isinstance(given, str) and given not in ("", key):
        mark, style = (">", "") if response.grade.right else ("x", "wrong")
        yield from wrapped(given, width, f"{mark} ", style)
    yield from wrapped(key, width, "+ ", "right")


def _pairs(item: Matching, given: Given, width: int) -> Iterator[Line]:
    for at, one in enumerate(item.pairs):
        chosen = given[at] if at < len(given) else -1
        got = item.matches[chosen] if isinstance(chosen, int) and chosen >= 0 else ""
        mark = "x" if got and got != one.match else "+"
        said = f"; not {got}" if mark == "x" else ""
        yield from wrapped(f"{one.prompt} = {one.match}{said}", width, f"{mark} ", "wrong" if said else "right")
        if one.rationale:
            yield from wrapped(one.rationale, width, "     ", "dim")
