"""Chooses, among true facts about other things, those that make the best wrong options."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from rag.quiz.making import Maker

T = TypeVar("T")
_TOO_NEAR = 0.93  # cosine similarity above which two texts may say the same


def nearest(maker: Maker, key: str, others: Sequence[T], text: Callable[[T], str], most: int) -> list[T]:
    """Return the `most` others nearest in meaning to a key, without any that may say the same as it or one another."""
    if not others:
        return []
    rows = maker.vectors([key, *(text(one) for one in others)])
    order = sorted(range(len(others)), key=lambda at: (-float(rows[0] @ rows[at + 1]), at))
    texts, chosen = [key, *(text(one) for one in others)], [0]
    for at in (one + 1 for one in order):
        same = (float(rows[at] @ rows[other]) > _TOO_NEAR or _nested(texts[at], texts[other]) for other in chosen)
        if not any(same):
            chosen.append(at)
    return [others[at - 1] for at in sorted(chosen[1 : most + 1])]


def _nested(one: str, other: str) -> bool:
    """Whether the words of one text are among those of the other: "Kafka" and "Kafka Connect"."""
    mine, theirs = (frozenset(re.findall(r"\w+", text.lower())) for text in (one, other))
    return mine <= theirs or theirs <= mine
