"""Choosing what stands beside a key: cells of the same column that read alike and are certainly something else."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from rag.quiz.generators.siblings import nested
from rag.quiz.generators.table_cells import gives_away, is_poor, is_vague, overlap
from rag.quiz.generators.table_grids import Cell, Column
from rag.quiz.making import Maker

_SAME = 0.82  # cosine above which two cells may say the same in other words
_LENGTHS = 2.6  # times that the key may be longer than the shortest other option, or shorter than the longest
_MOST_PAIRS = 5
_SHORT = 25  # characters up to which lengths do not matter


def usable(cell: Cell) -> bool:
    """Whether a cell can be asked for, or be an option."""
    return not is_vague(cell.text) and not is_poor(cell.text)


def matchable(cells: Mapping[str, Cell]) -> list[str]:
    """Return things that can be matched to their cells: none of them given away by a word that both share."""
    left = {one: cell for one, cell in cells.items() if usable(cell)}
    while True:
        chosen: list[str] = []
        for one, cell in left.items():
            fits = all(of_a_kind(left[two], cell) and not overlap(left[two].text, cell.text) for two in chosen)
            if fits and not any(nested(one, two) for two in chosen) and len(chosen) < _MOST_PAIRS:
                chosen.append(one)
        told = [
            one for one in chosen if gives_away(one, left[one].text, [left[two].text for two in chosen if two != one])
        ]
        if not told:
            return chosen
        left.pop(told[0])


def options_for_cell(maker: Maker, column: Column, thing: str, stem: str, count: int = 3) -> list[str] | None:
    """Return the things whose cells stand beside the cell of one, or None where there are not enough."""
    key = column.cells[thing]
    fit = [one for one, cell in column.cells.items() if one != thing and usable(cell) and of_a_kind(key, cell)]
    fit = [one for one in fit if not overlap(key.text, column.cells[one].text)]
    texts = {one: column.cells[one].text for one in fit}
    near = _nearest(maker, key.text, texts, count, overlap)
    if near is None or gives_away(stem, key.text, [texts[one] for one in near]):
        return None
    return near


def options_for_thing(maker: Maker, column: Column, thing: str, stem: str, count: int = 3) -> list[str] | None:
    """Return the things that stand beside one that is asked for by its cell, or None where there are not enough."""
    key = column.cells[thing]
    if any(overlap(key.text, cell.text) for one, cell in column.cells.items() if one != thing):
        return None
    fit = {one: one for one, cell in column.cells.items() if one != thing and usable(cell)}
    near = _nearest(maker, thing, fit, count, nested)
    return None if near is None or gives_away(stem, thing, near) else near


def of_a_kind(key: Cell, other: Cell) -> bool:
    """Whether two cells read alike."""
    return key.read == other.read or {key.read, other.read} <= {"noun", "doing", ""}


def _nearest(
    maker: Maker, key: str, texts: dict[str, str], count: int, same: Callable[[str, str], bool]
) -> list[str] | None:
    """Return those texts that are nearest to the key in length and meaning, and no two the same."""
    fit = {one: text for one, text in texts.items() if _length_fits(key, text) and not same(key, text)}
    if len(fit) < count:
        return None
    maker.vectors([key, *texts.values()])  # all of a column at once
    vectors = maker.vectors([key, *fit.values()])
    likeness = dict(zip(fit, (float(one) for one in vectors[1:] @ vectors[0]), strict=True))
    order = sorted(fit, key=lambda one: (abs(math.log(len(fit[one]) / len(key))) - likeness[one], one))
    chosen: list[str] = []
    for one in order:
        if likeness[one] < _SAME and not any(same(fit[one], fit[other]) for other in chosen):
            chosen.append(one)
        if len(chosen) == count:
            return chosen
    return None


def _length_fits(key: str, text: str) -> bool:
    short, long = sorted((len(key), len(text)))
    return long <= _SHORT or long / max(short, 1) <= _LENGTHS
