"""The questions written for training: over manuals and textbooks, in students' words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz

from evals.items import Item, load_items
from evals.suites import Suite, items_of
from rag.text.terms import stems

QUESTIONS = Path(__file__).resolve().parent / "questions"
LEARNED = ("manuals", "textbook")  # suites whose texts they are about; the others judge the reader
_HELD = 8  # one document in so many is learned nothing of: its questions calibrate and judge
_SAME = 90  # similarity of their sorted stems, 0 to 100, from which two questions are the same


def written_for(suite: str) -> list[Item]:
    """Return the questions that were written for training, over the texts of a suite."""
    return [item for path in sorted(QUESTIONS.glob(f"{suite}-*.jsonl")) for item in load_items(path)]


def is_held(item: Item) -> bool:
    """Whether the document that a question is about is kept from the reader."""
    return int(hashlib.sha256(item.group.encode()).hexdigest(), 16) % _HELD == 0


def judging(suite: Suite) -> list[Item]:
    """Return the dev questions of a suite, or, where the reader learns from its texts, those over held documents."""
    if suite.name not in LEARNED:
        return items_of(suite, "dev")
    return [item for item in [*items_of(suite, "dev"), *written_for(suite.name)] if is_held(item)]


def without_near_duplicates(items: Sequence[Item], judging: Sequence[Item]) -> list[Item]:
    """Return the items whose question is not nearly that of an item that judges."""
    known = [_key(item) for item in judging]
    keyed = ((item, _key(item)) for item in items)
    return [item for item, key in keyed if not any(fuzz.ratio(key, one, score_cutoff=_SAME) for one in known)]


def _key(item: Item) -> str:
    return " ".join(sorted(stems(item.question)))
