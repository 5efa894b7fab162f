"""Items in the seats of a sitting, each with the order in which it is shown."""

from __future__ import annotations

import random
from collections.abc import Sequence

from rag.quiz.arrange import amounts
from rag.quiz.items import Item, Matching, MultipleChoice, MultipleResponse, Ordering, questions_of
from rag.quiz.sittings import Seat


def seats(items: Sequence[Item], seed: int) -> tuple[Seat, ...]:
    """Return seats of items, a case study's questions one after the other, each with an order to be shown in."""
    chooser = random.Random(seed)
    made = []
    for item in items:
        for one in questions_of(item):
            placed = one.model_copy(update={"placement": item.placement}) if one is not item else one
            scenario = item.stem if one is not item else ""
            made.append(Seat(placed, _shown(placed, chooser), scenario=scenario))
    return tuple(made)


def _shown(item: Item, chooser: random.Random) -> tuple[int, ...]:
    if isinstance(item, MultipleChoice | MultipleResponse):
        found = amounts([one.text for one in item.options])
        is_rising = found and found == sorted(found)
        return tuple(range(len(item.options))) if is_rising else _mixed(len(item.options), chooser)
    if isinstance(item, Matching):
        return _mixed(len(item.matches), chooser)
    if isinstance(item, Ordering):
        order = tuple(range(len(item.steps)))
        while [item.steps[at] for at in order] == list(item.steps) and len(set(item.steps)) > 1:
            order = _mixed(len(order), chooser)
        return order
    return ()


def _mixed(number: int, chooser: random.Random) -> tuple[int, ...]:
    return tuple(chooser.sample(range(number), number))
