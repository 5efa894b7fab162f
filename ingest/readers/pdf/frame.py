"""From the coordinates of a PDF page, as its content is written, to those of the page as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import pypdfium2

Sides: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """From the coordinates of a page to those of the page as it is shown."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @classmethod
    def of(cls, page: pypdfium2.PdfPage) -> Frame:
        """Return the frame of a page."""
        left, bottom, right, top = page.get_bbox()
        return cls(left, bottom, right, top, page.get_rotation())

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page as it is shown."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the page is shown."""
        match self.rotation:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y

    def box(self, x1: float, y1: float, x2: float, y2: float) -> Sides:
        """Return left, top, right, bottom of the rectangle between two points."""
        (a, b), (c, d) = self.shown(x1, y1), self.shown(x2, y2)
        return min(a, c), min(b, d), max(a, c), max(b, d)
