"""What a learner got wrong when asked last."""

from __future__ import annotations

from collections.abc import Sequence

from rag.quiz.items import Item
from rag.quiz.sittings import Sitting
from rag.study.remember import alone


def mistakes(sittings: Sequence[Sitting]) -> list[Item]:
    """Return the items whose latest answer was wrong, the latest first, as each can be asked by itself."""
    answered = [(seat.response, alone(seat)) for sitting in sittings for seat in sitting.seats if seat.response]
    latest: dict[str, tuple[Item, bool]] = {}
    for response, item in sorted(answered, key=lambda one: one[0].at, reverse=True):
        latest.setdefault(item.id, (item, response.grade.right))
    return [item for item, right in latest.values() if not right]
