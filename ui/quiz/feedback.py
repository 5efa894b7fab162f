"""What is told after an item: whether it was right, the key, why, and where that stands in the texts."""

from __future__ import annotations

from collections.abc import Iterator

from rag.quiz.items import Cloze, Flashcard, Item, Matching, Ordering, ShortAnswer, TrueFalse, options_of
from rag.quiz.sittings import Given, Response, Seat
from rag.types import Citation
from ui.quiz.lines import Line, wrapped
from ui.quiz.views import LETTERS, shown


def feedback_lines(seat: Seat, width: int) -> Iterator[Line]:
    """Yield what was right of what was given, the key with reasons, and the passages."""
    yield from verdict_lines(seat.response, width)
    yield Line()
    yield from key_lines(seat, width)
    yield from reason_lines(seat, width)


def reason_lines(seat: Seat, width: int) -> Iterator[Line]:
    """Yield why the key is the key, and the passages that say so."""
    yield Line()
    yield from wrapped(seat.item.rationale, width)
    for citation in seat.item.citations:
        yield Line()
        yield from citation_lines(citation, width)


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
    """Yield the key of an item, marked "+"; what was given wrongly is marked "x"."""
    item, given = seat.item, seat.response.given if seat.response else ()
    if options_of(item):
        yield from _options(seat, given, width)
    elif isinstance(item, Matching):
        yield from _pairs(item, given, width)
    else:
        yield from _plain_key(item, width)


def _options(seat: Seat, given: Given, width: int) -> Iterator[Line]:
    options = options_of(seat.item)
    for row, at in enumerate(shown(seat, len(options))):
        one = options[at]
        mark = "+" if one.right else "x" if at in given else " "
        style = {"+": "right", "x": "wrong"}.get(mark, "")
        yield from wrapped(one.text, width, f"{mark} {LETTERS[row].upper()}. ", style)
        if one.rationale and one.rationale != seat.item.rationale:
            yield from wrapped(one.rationale, width, "     ", "dim")


def _pairs(item: Matching, given: Given, width: int) -> Iterator[Line]:
    matches = [*(one.match for one in item.pairs), *item.decoys]
    for at, one in enumerate(item.pairs):
        chosen = given[at] if at < len(given) else -1
        got = matches[chosen] if isinstance(chosen, int) and chosen >= 0 else ""
        mark = "x" if got and got != one.match else "+"
        said = f"; not {got}" if mark == "x" else ""
        yield from wrapped(f"{one.prompt} = {one.match}{said}", width, f"{mark} ", "wrong" if said else "right")
        if one.rationale:
            yield from wrapped(one.rationale, width, "     ", "dim")


def _plain_key(item: Item, width: int) -> Iterator[Line]:
    if isinstance(item, Ordering):
        for number, step in enumerate(item.steps, 1):
            yield from wrapped(step, width, f"+ {number}. ", "right")
    elif isinstance(item, TrueFalse):
        yield Line(f"+ {item.answer}", "right")
    elif isinstance(item, Cloze):
        yield from wrapped(" or ".join(item.answers), width, "+ ", "right")
    elif isinstance(item, ShortAnswer):
        yield from wrapped(item.answer, width, "+ ", "right")
    elif isinstance(item, Flashcard):
        yield from wrapped(item.back, width, "+ ", "right")


def citation_lines(citation: Citation, width: int) -> Iterator[Line]:
    """Yield where a quote stands, the command that shows it there, and the quote."""
    yield from wrapped(citation.place, width, style="bold")
    yield from wrapped(f"openbook show {citation.reference}", width, style="dim")
    yield from wrapped(f"“{' '.join(citation.quote.split())}”", width, "  ")
