"""Finds the straight rules that are drawn on a PDF page: the lines of tables, and the sides of boxes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.readers.pdf.frame import Frame

_THIN = 2.5  # points: a filled rectangle so thin is a rule
_SHORTEST = 6.0  # points
_MOST_OBJECTS = 4000  # a page with more is a drawing
_MOST_SEGMENTS = 40  # so is a path with more
_DEEPEST = 5


class Rule(NamedTuple):
    """A horizontal or vertical rule: from `start` to `end` at `at`, in points of the page as it is shown."""

    vertical: bool
    at: float
    start: float
    end: float

    def mirrored(self) -> Rule:
        """Return the rule as it is where words run from right to left."""
        if self.vertical:
            return self._replace(at=-self.at)
        return self._replace(start=-self.end, end=-self.start)


def page_rules(page: pypdfium2.PdfPage) -> list[Rule]:
    """Return the rules of a page; none where it draws too much to be read."""
    frame = Frame.of(page)
    width, height = frame.size
    rules: list[Rule] = []
    for at, points in enumerate(_paths(page.raw, _IDENTITY, 0)):
        if at > _MOST_OBJECTS:
            return []
        shown = [frame.shown(x, y) for x, y in points]
        xs, ys = [x for x, _ in shown], [y for _, y in shown]
        if max(xs) - min(xs) > 0.95 * width and max(ys) - min(ys) > 0.9 * height:
            continue  # the ground of the page
        if len(shown) > 2 and (max(xs) - min(xs) < _THIN or max(ys) - min(ys) < _THIN):
            x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
            upright = max(xs) - min(xs) < max(ys) - min(ys)
            shown = [(x, min(ys)), (x, max(ys))] if upright else [(min(xs), y), (max(xs), y)]
        rules += _sides(shown)
    return rules


def _sides(points: list[tuple[float, float]]) -> Iterator[Rule]:
    for (x1, y1), (x2, y2) in pairwise(points):
        if abs(x1 - x2) < 1 and abs(y1 - y2) >= _SHORTEST:
            yield Rule(True, (x1 + x2) / 2, min(y1, y2), max(y1, y2))
        elif abs(y1 - y2) < 1 and abs(x1 - x2) >= _SHORTEST:
            yield Rule(False, (y1 + y2) / 2, min(x1, x2), max(x1, x2))


_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1, 0, 0, 1, 0, 0)


def _paths(holder: object, matrix: _Matrix, depth: int) -> Iterator[list[tuple[float, float]]]:
    """Yield the corners of each path that is drawn, those inside forms too, in the coordinates of the page."""
    form = depth > 0
    count = (pdfium.FPDFFormObj_CountObjects if form else pdfium.FPDFPage_CountObjects)(holder)
    get = pdfium.FPDFFormObj_GetObject if form else pdfium.FPDFPage_GetObject
    for at in range(min(count, _MOST_OBJECTS + 1)):
        one = get(holder, at)
        kind = pdfium.FPDFPageObj_GetType(one)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            for points in _corners(one):
                own = _joined(_matrix(one), matrix)
                yield [_moved(x, y, own) for x, y in points]
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            yield from _paths(one, _joined(_matrix(one), matrix), depth + 1)


def _corners(path: object) -> Iterable[list[tuple[float, float]]]:
    """Return the runs of straight segments of a path, closed where it is closed; none of a path not drawn."""
    count = pdfium.FPDFPath_CountSegments(path)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    if not 2 <= count <= _MOST_SEGMENTS or not (fill.value or stroke.value):
        return []
    runs: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            return []
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not runs:
            runs.append([])
        runs[-1].append((x.value, y.value))
        if pdfium.FPDFPathSegment_GetClose(segment):
            runs[-1].append(runs[-1][0])
    return runs


def _matrix(one: object) -> _Matrix:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(one, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _joined(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    (x1, y1), (x2, y2), (x3, y3) = _moved(a, b, outer), _moved(c, d, outer), _moved(e, f, outer)
    return x1 - outer[4], y1 - outer[5], x2 - outer[4], y2 - outer[5], x3, y3


def _moved(x: float, y: float, by: _Matrix) -> tuple[float, float]:
    return by[0] * x + by[2] * y + by[4], by[1] * x + by[3] * y + by[5]
