"""What a chat model reads of the passages: the paragraphs, lists and tables that seem to answer, as many as fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.extractive.answerer import Selection
from rag.types import Passage

_CHOSEN = 2.0  # above every score
_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*(?:\n\s*\n)?")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage and what is shown of it."""

    passage: Passage
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a passage: its span in the chunk, and the score of the best statement in it."""

    passage: int
    start: int
    end: int
    score: float


def evidence(
    selection: Selection, passages: Sequence[Passage], characters: int, *, only_chosen: bool = False
) -> list[Evidence]:
    """Return what to show: what the extractive answerer chose first, then, unless only that, what scores best.

    Args:
        selection: has what was chosen, and the scores of the statements.
        passages: what was retrieved.
        characters: how many are shown at most; the best part is shown however long it is.
        only_chosen: whether what was not chosen is left out, however much room there is.
    """
    chosen: list[_Part] = []
    left = characters
    for part in sorted(_parts(selection, passages), key=lambda one: -one.score):
        if only_chosen and part.score < _CHOSEN:
            break
        if not chosen or part.end - part.start <= left:
            chosen.append(part)
            left -= part.end - part.start
    return [
        Evidence(passages[index], _shown(passages[index], [part for part in chosen if part.passage == index]))
        for index in dict.fromkeys(part.passage for part in chosen)
    ]


def _parts(selection: Selection, passages: Sequence[Passage]) -> Iterator[_Part]:
    for index, passage in enumerate(passages):
        offset = passage.chunk.start
        scored = [
            (one.statement.start - offset, one.score) for one in selection.scored if one.statement.passage == index
        ]
        scored += [(one.start - offset, _CHOSEN) for one in selection.chosen if one.passage == index]
        for start, end in _spans(passage.chunk.text):
            yield _Part(index, start, end, max((score for at, score in scored if start <= at < end), default=0.0))


def _spans(text: str) -> list[tuple[int, int]]:
    """Return the spans between empty lines; what ends with a colon stays with what it introduces."""
    spans: list[tuple[int, int]] = []
    for match in _PARAGRAPH.finditer(text):
        introduced = spans and text[slice(*spans[-1])].rstrip().endswith(":")
        start = spans.pop()[0] if introduced else match.start()
        spans.append((start, match.end()))
    return spans


def _shown(passage: Passage, parts: Sequence[_Part]) -> str:
    spans = sorted((part.start, part.end) for part in parts)
    return "\n\n".join(passage.chunk.text[start:end].strip() for start, end in spans)
