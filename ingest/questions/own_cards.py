"""Reads cards that `openbook export` wrote as two columns: each is a question again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.quiz.items import Cloze, ItemType
from rag.study.drafts import Choice, Draft

_REFERENCE = re.compile(r" \(openbook show \S+:\d+-\d+\)$")
_LETTER = re.compile(r" [A-Z]\) ")
_TRUE_OR_FALSE = " True or false?"
_MOST = 26  # options: as many as there are letters


def own_card(draft: Draft) -> Draft:
    """Return the question of a card of ours, and any other card as it is.

    Its item does not come back: neither the reasons of wrong options nor all quotes stand in two columns.
    """
    back = draft.answers[0] if draft.answers else ""
    stem, *options = _LETTER.split(draft.stem)
    if not _REFERENCE.search(back) or len(options) > _MOST:
        return draft
    key, _, told = back.partition(" — ")
    card = replace(draft, stem=stem, answers=(key,), told=told.rpartition(" Source: ")[0])
    if stem.endswith(_TRUE_OR_FALSE):
        said = (key.lower(),)
        return replace(card, type=ItemType.TRUE_FALSE, stem=stem.removesuffix(_TRUE_OR_FALSE), answers=said)
    if Cloze.BLANK in stem:
        first, _, others = key.removesuffix(")").partition(" (or: ")
        return card.filled((first, *others.split(", ")) if others else (key,))
    return _with_options(card, options, key) if options else card


def _with_options(card: Draft, options: list[str], key: str) -> Draft:
    """Return a question with what there is to choose, to order, or to match."""
    steps = key.split(" → ")
    if sorted(steps) == sorted(options):
        return replace(card, type=ItemType.ORDERING, answers=(), pairs=tuple((step, "") for step in steps))
    right = [one for one in options if f"; {one};" in f"; {key};"]
    if right:
        return replace(card, answers=()).chosen((Choice(one, one in right) for one in options), many=len(right) > 1)
    stem, *_ = card.stem.partition(" 1. ")
    return replace(card, stem=stem, answers=()).matched(_pairs(options, key))


def _pairs(options: list[str], key: str) -> Iterator[tuple[str, str]]:
    pairs = [part.partition(" = ") for part in key.split("; ")]
    yield from ((prompt, match) for prompt, _, match in pairs)
    yield from (("", one) for one in options if one not in {match for _, _, match in pairs})
