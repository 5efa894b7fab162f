"""How far stated probabilities are kept: expected calibration error, and the reliability diagram as a picture.

Guo et al. 2017, https://arxiv.org/abs/1706.04599.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SIDE, _MARGIN = 320, 44


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same stated probability: the mean of it, the share that was right, how many they are."""

    stated: float
    right: float
    n: int


def bins_of(probabilities: Sequence[float], labels: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Part answers into bins of equal width; empty ones are left out."""
    found: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for probability, label in zip(probabilities, labels, strict=True):
        found[min(int(probability * bins), bins - 1)].append((probability, label))
    return [
        Bin(sum(one for one, _ in some) / len(some), sum(label for _, label in some) / len(some), len(some))
        for some in found
        if some
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of stated and kept, each answer counting alike."""
    return sum(abs(one.stated - one.right) * one.n for one in bins) / max(sum(one.n for one in bins), 1)


def diagram(bins: Sequence[Bin], title: str) -> str:
    """Return an SVG: what was stated from left to right, what was right upwards; on the diagonal both agree."""
    size = _SIDE + 2 * _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" font-family="sans-serif"'
            ' font-size="12">',
            f"<title>{title}</title>",
            f'<rect width="{size}" height="{size}" fill="#fff"/>',
            f'<path d="M{_at(0)} {_down(0)}L{_at(1)} {_down(1)}" stroke="#999" stroke-dasharray="4"/>',
            f'<rect x="{_at(0)}" y="{_down(1)}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#333"/>',
            *_marks(bins),
            f'<text x="{size / 2}" y="{size - 8}" text-anchor="middle">stated probability of being right</text>',
            f'<text text-anchor="middle" transform="translate(14 {size / 2}) rotate(-90)">share right</text>',
            f'<text x="{size / 2}" y="24" text-anchor="middle">{title}</text>',
            "</svg>\n",
        ]
    )


def _marks(bins: Sequence[Bin]) -> Iterator[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield f'<text x="{_at(share)}" y="{_down(0) + 16}" text-anchor="middle" fill="#333">{share:g}</text>'
        yield f'<text x="{_at(0) - 6}" y="{_down(share) + 4}" text-anchor="end" fill="#333">{share:g}</text>'
    largest = max((one.n for one in bins), default=1)
    for one in bins:
        radius = 3 + 9 * (one.n / largest) ** 0.5
        yield (
            f'<circle cx="{_at(one.stated)}" cy="{_down(one.right)}" r="{radius:.1f}" fill="#2a6fb0" opacity="0.75">'
            f"<title>{one.n} answers: stated {one.stated:.2f}, right {one.right:.2f}</title></circle>"
        )


def _at(share: float) -> float:
    return round(_MARGIN + share * _SIDE, 1)


def _down(share: float) -> float:
    return round(_MARGIN + (1 - share) * _SIDE, 1)
