"""A question as it is put, and what was found for it: what passes from one step of the chain to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.question import Question
from rag.types import Passage, Scope, Turn


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put: after which turns (oldest first), where to look, how many passages to read."""

    text: str
    scope: Scope = Scope()
    top_k: int | None = None
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A question that was read, and the passages found for it; `usage` holds tokens spent on reading it."""

    question: Question
    scope: Scope
    passages: tuple[Passage, ...]
    timings_ms: Mapping[str, float]
    usage: Mapping[str, int] = field(default_factory=dict)
