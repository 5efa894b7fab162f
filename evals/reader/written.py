"""The questions written for training: over manuals and textbooks, in students' words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from evals.items import Item, load_items
from evals.suites import Suite, items_of
from rag.text.terms import stems

QUESTIONS = Path(__file__).resolve().parent / "questions"
LEARNED = ("manuals", "textbook")  # suites whose texts they are about; the others judge the reader
_HELD = 8  # one document in so many is learned nothing of: its questions calibrate and judge
_SAME = 90  # similarity of their sorted stems, 0 to 100, from which two texts are the same


def written_for(suite: str) -> list[Item]:
    """Return the questions that were written for training, over the texts of a suite."""
    return [item for path in sorted(QUESTIONS.glob(f"{suite}-*.jsonl")) for item in load_items(path)]


def is_held(item: Item) -> bool:
    """Whether the document that a question is about is kept from the reader."""
    return is_held_document(item.group)


def is_held_document(name: str) -> bool:
    """Whether a document is kept from the reader."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % _HELD == 0


def judging(suite: Suite) -> list[Item]:
    """Return the dev questions of a suite, or, where the reader learns from its texts, those over held documents."""
    if suite.name not in LEARNED:
        return items_of(suite, "dev")
    return [item for item in [*items_of(suite, "dev"), *written_for(suite.name)] if is_held(item)]


def without_near_duplicates(items: Sequence[Item], judging: Sequence[Item]) -> list[Item]:
    """Return the items whose question is not nearly that of an item that judges."""
    new = are_new([item.question for item in items], [item.question for item in judging])
    return [item for item, is_new in zip(items, new, strict=True) if is_new]


def are_new(texts: Sequence[str], known: Sequence[str]) -> list[bool]:
    """Return for each text whether it is not nearly one of those that are known."""
    if not texts or not known:
        return [True] * len(texts)
    keys, others = list(map(_key, texts)), list(map(_key, known))
    found = process.cdist(keys, others, scorer=fuzz.ratio, score_cutoff=_SAME)
    return [not row.any() for row in found]


def _key(text: str) -> str:
    return " ".join(sorted(stems(text)))
