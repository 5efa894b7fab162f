"""Chooses, among true facts about other things, those that make the best wrong options, and asks with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from rag.quiz.items import Matching, MultipleChoice, Option, Pair
from rag.quiz.making import Maker, numbered
from rag.quiz.material import Section
from rag.text.statements import Statement
from rag.text.terms import words


class Fact(NamedTuple):
    """An option or a match: what it says, what is true of it, and where that stands."""

    text: str
    told: str
    section: Section
    statement: Statement


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
        same = (float(rows[at] @ rows[other]) > _TOO_NEAR or nested(texts[at], texts[other]) for other in chosen)
        if not any(same):
            chosen.append(at)
    return [others[at - 1] for at in sorted(chosen[1 : most + 1])]


def choice_of(maker: Maker, options: Sequence[Fact], **asked: Any) -> MultipleChoice | None:
    """Return a question of which the first option is the key; None where they are too few or cannot all be cited.

    Args:
        maker: what items are made with.
        options: what can be chosen.
        asked: the other fields of the item.
    """
    cited = [found for one in options if (found := maker.cite_one(one.section, one.statement))]
    if len(cited) != MultipleChoice.SIZE:
        return None
    shown = [
        Option(text=one.text, right=one is options[0], rationale=one.told, citation=found)
        for one, found in zip(options, cited, strict=True)
    ]
    return MultipleChoice(options=tuple(shown), rationale=options[0].told, citations=(cited[0],), **asked)


def matching_of(maker: Maker, pairs: Sequence[tuple[str, Fact]], **asked: Any) -> Matching | None:
    """Return an item to match each prompt with what belongs to it; None where not all can be cited.

    Args:
        maker: what items are made with.
        pairs: prompts with what belongs to them.
        asked: the other fields of the item.
    """
    cited = [found for _, one in pairs if (found := maker.cite_one(one.section, one.statement))]
    if len(cited) < len(pairs):
        return None
    shown = [
        Pair(prompt=prompt, match=one.text, rationale=one.told, citation=found)
        for (prompt, one), found in zip(pairs, cited, strict=True)
    ]
    told = {"rationale": " ".join(one.told for _, one in pairs)} | asked
    return Matching(pairs=tuple(shown), citations=numbered(cited), **told)


def nested(one: str, other: str) -> bool:
    """Whether the words of one text are among those of the other: "Kafka" and "Kafka Connect"."""
    mine, theirs = set(words(one)), set(words(other))
    return mine <= theirs or theirs <= mine
