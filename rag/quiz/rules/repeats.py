"""Items that ask what another asks already."""

from __future__ import annotations

from collections.abc import Sequence

from rag.quiz.items import Item
from rag.quiz.reading import plain


def without_repeats(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Return the items that ask something new, and those that ask again; the first of several stays.

    An item asks again what another of its type asks: one of the same facts, or the same stem but for small words. The
    same fact in another form is no repeat, since a quiz draws it once.
    """
    asked: set[tuple[str, str]] = set()
    kept: list[Item] = []
    again: list[Item] = []
    for item in items:
        keys = {(item.type.value, key) for key in (*item.facts, plain(item.stem))}
        if keys & asked:
            again.append(item)
        else:
            kept.append(item)
            asked |= keys
    return kept, again
