"""The words of what is drawn in office files: charts as tables, SmartArt as lists, what pictures are said to show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.readers.office.package import Element, attribute, found, local

_MOST_POINTS = 1000  # of a series; a chart of more is measured data, not what a student reads off it
_SAYS_NOTHING = re.compile(
    r"automatically generated|\.(?:png|jpe?g|gif|svg|bmp|emf|wmf|tiff?)\b|https?://"
    r"|^(?:picture|image|bild|grafik|graphic|photo|logo|icon|shape|object|diagram|chart)\s*\d*$",
    re.IGNORECASE,
)
_FEW_WORDS = 3


def described(text: str) -> str:
    """Return the alternative text of a picture if a person wrote it to say something, else nothing."""
    text = " ".join(text.split())
    return "" if _SAYS_NOTHING.search(text) or len(text.split()) < _FEW_WORDS else text


def chart(space: Element) -> tuple[str, list[list[str]]]:
    """Return the title of a chart (`c:chartSpace`) and its table: a row for each category, a column for each series."""
    title = " ".join(_texts(found(space, "chart", "title")))
    axes = [" ".join(_texts(found(axis, "title"))) for axis in space.iter() if local(axis) in ("catAx", "valAx")]
    columns: list[tuple[str, dict[int, str]]] = []
    names: dict[int, str] = {}
    for series in (element for element in space.iter() if local(element) == "ser"):
        names |= _points(found(series, "cat")) or _points(found(series, "xVal"))
        name = " ".join(_points(found(series, "tx")).values()) or f"Series {len(columns) + 1}"
        columns.append((name, _points(found(series, "val")) or _points(found(series, "yVal"))))
    header = [axes[0] if axes else "", *(name for name, _ in columns)]
    places = sorted(names.keys() | {at for _, points in columns for at in points})[:_MOST_POINTS]
    rows = [[names.get(at, str(at + 1)), *(points.get(at, "") for _, points in columns)] for at in places]
    return title, [header, *rows] if rows else []


def _parts(element: Element, name: str) -> list[Element]:
    holder = found(element, name)
    return [] if holder is None else list(holder)


def _texts(element: Element | None) -> list[str]:
    return [] if element is None else [child.text for child in element.iter() if local(child) == "t" and child.text]


def _points(element: Element | None) -> dict[int, str]:
    """Return the saved values of a series by their places; those of several levels joined, the outermost first."""
    points: dict[int, str] = {}
    if element is None:
        return points
    levels = [child for child in element.iter() if local(child) in ("lvl", "strCache", "numCache", "strLit", "numLit")]
    for level in levels:
        for point in (child for child in level if local(child) == "pt"):
            at, value = int(attribute(point, "idx")), found(point, "v")
            text = _number(" ".join((value.text or "").split())) if value is not None else ""
            points[at] = f"{text} {points[at]}" if at in points else text
    return points


def _number(text: str) -> str:
    """Return a number without the noise of its binary form: 0.1 for 0.10000000000000001."""
    return f"{float(text):.12g}" if re.fullmatch(r"-?\d+\.\d{12,}", text) else text


def smart_art(model: Element) -> Iterator[tuple[int, str]]:
    """Yield the level and the text of each node of a SmartArt (`dgm:dataModel`), parents before children."""
    texts: dict[str, str] = {}
    children: dict[str, list[tuple[int, str]]] = {}
    root = ""
    for point in _parts(model, "ptLst"):
        kind, identity = attribute(point, "type") or "node", attribute(point, "modelId")
        if kind == "doc":
            root = identity
        elif kind in ("node", "asst"):
            texts[identity] = " ".join(_texts(point))
    for link in _parts(model, "cxnLst"):
        if attribute(link, "type") in ("", "parOf"):
            order = int(attribute(link, "srcOrd") or 0)
            children.setdefault(attribute(link, "srcId"), []).append((order, attribute(link, "destId")))
    waiting = [(0, identity) for _, identity in sorted(children.pop(root, []), reverse=True)]
    while waiting:
        level, identity = waiting.pop()
        if text := texts.pop(identity, ""):  # popped: links that go round end
            yield level, text
        below = sorted(children.pop(identity, []), reverse=True)
        waiting += ((level + bool(text), child) for _, child in below)
