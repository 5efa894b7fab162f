"""Guesses keys from the options alone, as a candidate does who has not read the texts.

What gives keys away in badly written items (Haladyna, Downing and Rodriguez 2002): the key is the longest option,
shares words with the stem, is what the others vary, or is the one without absolute terms. Over a bank none of it may
help.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from rag.text.terms import stems

Cue: TypeAlias = Callable[[str, Sequence[str]], list[float]]

ABSOLUTE = re.compile(r"\b(?:always|never|all|only|none|every|must|cannot|completely|entirely|guarantee[sd]?)\b", re.I)
_SURE = 1.0  # ahead of the second by as much as a deviation of one cue


def length(_: str, options: Sequence[str]) -> list[float]:
    """Score options by their length."""
    return [float(len(one)) for one in options]


def echo(stem: str, options: Sequence[str]) -> list[float]:
    """Score options by the share of their words that the stem has."""
    asked = stems(stem)
    return [len(asked & held) / max(len(held), 1) for held in map(stems, options)]


def likeness(_: str, options: Sequence[str]) -> list[float]:
    """Score options by the words that they share with the others: distractors vary the key."""
    held = [stems(one) for one in options]
    return [
        float(sum(len(mine & other) / max(len(mine | other), 1) for at, other in enumerate(held) if at != index))
        for index, mine in enumerate(held)
    ]


def restraint(_: str, options: Sequence[str]) -> list[float]:
    """Score options without absolute terms above those with some."""
    return [-float(len(ABSOLUTE.findall(one))) for one in options]


CUES: dict[str, Cue] = {"length": length, "words of the stem": echo, "likeness": likeness, "restraint": restraint}


def guess(stem: str, options: Sequence[str]) -> list[float]:
    """Return how likely each option is the key by all cues together; higher is likelier."""
    cues = [_standard(cue(stem, options)) for cue in CUES.values()]
    return [sum(scores) for scores in zip(*cues, strict=True)]


def is_sure(scores: Sequence[float]) -> bool:
    """Whether the best guess is well ahead of the others."""
    first, second = sorted(scores, reverse=True)[:2]
    return first - second > _SURE


def chosen(scores: Sequence[float]) -> list[int]:
    """Return the indices of the best guesses; several where cues do not tell them apart."""
    best = max(scores)
    return [at for at, score in enumerate(scores) if best - score < 1e-9]


def _standard(scores: Sequence[float]) -> list[float]:
    mean = sum(scores) / len(scores)
    deviation = (sum((one - mean) ** 2 for one in scores) / len(scores)) ** 0.5
    return [(one - mean) / deviation if deviation else 0.0 for one in scores]
