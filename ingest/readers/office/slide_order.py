"""The order in which the parts of a slide are read: it is cut where the gap is widest, then each half again.

The recursive XY-cut of Nagy and Seth, "Hierarchical representation of optically scanned documents" (1984), on boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

_INSET = 45_720  # English Metric Units (0.05 inch) between a frame and its text: frames may touch or overlap by it


class Frame(NamedTuple):
    """Where something stands on a slide; `place` says what it is."""

    top: int
    left: int
    bottom: int
    right: int
    place: int


def reading_order(frames: Sequence[Frame]) -> list[int]:
    """Return the places of `frames` from top to bottom and left to right, columns one after the other.

    Where rows and columns are as far apart, rows come first.
    """
    waiting = [sorted(frames)]
    order: list[int] = []
    while waiting:
        group = waiting.pop()
        rows, columns = _cut(group, "top", "bottom"), _cut(group, "left", "right")
        gap, first, second = rows if rows[0] >= columns[0] else columns
        if gap > 0:
            waiting += [second, first]
        else:
            order += [frame.place for frame in sorted(group)]
    return order


def _cut(frames: list[Frame], near: str, far: str) -> tuple[int, list[Frame], list[Frame]]:
    """Return the widest gap between frames from one side to the other, 0 for none, and those on either side of it."""
    begin, end = attrgetter(near), attrgetter(far)
    ordered = sorted(frames, key=begin)
    widest, at, reach = 0, 0, 0
    for index, frame in enumerate(ordered):
        gap = begin(frame) - reach + 2 * _INSET
        if index and gap > widest:
            widest, at = gap, index
        reach = max(reach, end(frame)) if index else end(frame)
    return widest, ordered[:at], ordered[at:]
