"""What a response is worth: all or nothing as the real exam grades, with partial credit told beside it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from rag.quiz.items import (
    Cloze,
    Flashcard,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from rag.quiz.key_facts import fills, missing_facts
from rag.quiz.sittings import Given, Grade

_REMEMBERED = 2  # the rating from which on a flashcard was remembered: "hard"


def grade(item: Item, given: Given) -> Grade:
    """Grade what was given to an item; see `Response.given` for its form.

    Raises:
        TypeError, ValueError: `given` is of another item, or the item is a case study, whose questions are graded one
            by one.
    """
    if isinstance(item, ShortAnswer):
        return _short_answer(item, _text(given))
    if isinstance(item, Cloze):
        return _whole(fills(_text(given), item.answers, item.stem), f"The gap holds “{item.answers[0]}”.")
    places = _places(given)
    if isinstance(item, MultipleChoice | MultipleResponse):
        return _options(item, places)
    if isinstance(item, Ordering):
        return _ordering(item, places)
    if isinstance(item, Matching):
        return _matching(item, places)
    if isinstance(item, TrueFalse):
        return _whole(places == (int(item.answer),), f"The statement is {str(item.answer).lower()}.")
    if isinstance(item, Flashcard):
        return _whole(bool(places) and places[0] >= _REMEMBERED, "Not remembered.")
    raise ValueError("a case study is graded question by question")


def _whole(right: bool, reason: str) -> Grade:
    """Grade what is right or wrong as a whole; the reason is why it is wrong."""
    return Grade(right, float(right), "" if right else reason)


def _text(given: Given) -> str:
    if not isinstance(given, str):
        raise TypeError("this item is answered by a text")
    return given


def _places(given: Given) -> tuple[int, ...]:
    if isinstance(given, str):
        raise TypeError("this item is answered by places, not by a text")
    return given


def _options(item: MultipleChoice | MultipleResponse, chosen: tuple[int, ...]) -> Grade:
    """Grade options: what is chosen beyond the number asked for is taken off what is right of it."""
    key = set(item.key)
    hits = len(key & set(chosen))
    if key == set(chosen):
        return Grade(True, 1.0)
    surplus = max(len(set(chosen)) - len(key), 0)
    told = f"{hits} of {len(key)} right." if len(key) > 1 else ""
    return Grade(False, max(hits - surplus, 0) / len(key), told)


def _ordering(item: Ordering, order: tuple[int, ...]) -> Grade:
    """Grade an order by the most steps that stand rightly to one another, whatever stands between them."""
    if sorted(order) != list(range(len(item.steps))):
        raise ValueError("an order names every step once")
    if [item.steps[at] for at in order] == list(item.steps):
        return Grade(True, 1.0)
    rightly = _longest_rising(order)
    credit = (rightly - 1) / (len(order) - 1)
    return Grade(False, credit, f"{rightly} of {len(order)} steps follow one another rightly." if credit else "")


def _longest_rising(order: Sequence[int]) -> int:
    """Return the length of the longest rising subsequence (patience sorting)."""
    tops: list[int] = []
    for one in order:
        at = bisect_left(tops, one)
        tops[at : at + 1] = [one]
    return len(tops)


def _matching(item: Matching, matched: tuple[int, ...]) -> Grade:
    """Grade pairs; matches that read the same are the same."""
    matches = item.matches
    if len(matched) != len(item.pairs) or any(not -1 <= one < len(matches) for one in matched):
        raise ValueError("a matching gives one match, or -1, for each prompt")
    hits = sum(one >= 0 and matches[one] == pair.match for one, pair in zip(matched, item.pairs, strict=True))
    right = hits == len(item.pairs)
    return Grade(right, hits / len(item.pairs), "" if right else f"{hits} of {len(item.pairs)} right.")


def _short_answer(item: ShortAnswer, text: str) -> Grade:
    missing = missing_facts(text, item.key_facts, item.stem)
    credit = 1 - len(missing) / len(item.key_facts)
    told = ", ".join(f"“{fact}”" for fact in missing)
    return Grade(not missing, credit, f"Not said: {told}." if missing else "")
