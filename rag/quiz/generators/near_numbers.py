"""Numbers that could be taken for another: those that a document gives of other things, else those of its scale."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Numbers that are given where a thing is counted or measured in these, in ascending order.
_TIMES = {
    "second": (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600),
    "minute": (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180),
    "hour": (1, 2, 3, 4, 6, 8, 12, 24, 36, 48, 72, 96),
    "day": (1, 2, 3, 5, 7, 10, 14, 15, 21, 30, 45, 60, 90, 120, 180, 270, 365, 730),
    "month": (1, 2, 3, 6, 9, 12, 15, 18, 24, 36),
}
_STEPS = (1.0, 2.0, 2.5, 5.0)
_CLOSEST, _FARTHEST = 1.3, 10  # times larger or smaller


def near(digits: str, counted: str, taken: Iterable[float], below: int, above: int) -> list[str]:
    """Return numbers of the scale of a number, in ascending order, written as it is; fewer where there are not so many.

    Args:
        digits: the number as it is written: "1,000".
        counted: what it counts; numbers of days go by other steps than numbers of records.
        taken: numbers that must not come.
        below: how many are to be smaller.
        above: how many are to be larger.
    """
    amount = value(digits)
    scale = sorted(_scale(amount, counted) - {*taken, amount})
    smaller = [one for one in scale if amount / _FARTHEST <= one < amount / _CLOSEST]
    larger = [one for one in scale if amount * _CLOSEST < one <= amount * _FARTHEST]
    return [written(one, digits) for one in (*smaller[max(0, len(smaller) - below) :], *larger[:above])]


def _scale(amount: float, counted: str) -> set[float]:
    unit = counted.split()[0].lower().rstrip("s") if counted else ""
    if unit in _TIMES and amount in _TIMES[unit]:
        return {float(one) for one in _TIMES[unit]}
    if amount.is_integer() and amount > 4 and int(amount) & (int(amount) - 1) == 0:
        return {float(amount * 2**power) for power in range(-3, 4)}
    size = 10.0 ** (len(str(int(amount))) - 1)
    steps = {round(step * scale, 6) for scale in (size / 10, size, size * 10) for step in _STEPS}
    return {one for one in steps if one.is_integer() or not amount.is_integer()}


def value(digits: str) -> float:
    """Return the number that digits stand for."""
    return float(digits.replace(",", ""))


def written(amount: float, like: str) -> str:
    """Return a number written as another: with or without commas and decimals."""
    decimals = len(like.partition(".")[2])
    commas = "," if "," in like or not re.search(r"\d{4}", like) else ""
    return f"{amount:{commas}.{decimals}f}"
