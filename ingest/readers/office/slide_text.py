"""The paragraphs of a slide: their text with equations, whether they are code, and the bullets they inherit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.readers.office.formulas import formula
from ingest.readers.office.numerals import numeral, superscript
from ingest.readers.office.package import LINE_BREAK, MONOSPACED, Element, attribute, found, local

_BULLETS = frozenset({"buNone", "buChar", "buAutoNum", "buBlip"})
_CHANGING = ("slidenum", "datetime")  # fields
_SCHEME = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)(Period|ParenR|ParenBoth|Plain)")
_KINDS = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}
_SIGNS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}."}


def paragraphs(body: Element | None) -> list[Element]:
    """Return the paragraphs of a text body."""
    return [] if body is None else [child for child in body if local(child) == "p"]


def paragraph_text(paragraph: Element) -> str:
    """Return the text of a paragraph with its equations and `LINE_BREAK`s, without slide numbers and dates."""
    parts: list[str] = []
    for child in paragraph:
        match local(child):
            case "r":
                parts.append(_run_text(child))
            case "fld" if not attribute(child, "type").startswith(_CHANGING):
                parts.append(_run_text(child))
            case "br":
                parts.append(LINE_BREAK)
            case "m":
                parts.append(" ".join(formula(math) for math in child))
    return "".join(parts)


def _run_text(run: Element) -> str:
    held = found(run, "t")
    text = "" if held is None else held.text or ""
    return superscript(text) if int(attribute(found(run, "rPr"), "baseline") or 0) > 0 else text


def is_code(paragraph: Element) -> bool:
    """Whether all words of a paragraph are set in a monospaced font."""
    runs = [run for run in paragraph if local(run) == "r" and _run_text(run).strip()]
    fonts = [attribute(found(run, "rPr", "latin"), "typeface") for run in runs]
    return bool(fonts) and all(map(MONOSPACED.search, fonts))


class Bullets:
    """The labels of the paragraphs of one text body, in order: what each says of its bullet, or inherits.

    Args:
        styles: where paragraphs inherit from, nearest first: elements that hold `a:lvl1pPr` to `a:lvl9pPr`.
    """

    def __init__(self, styles: Sequence[Element | None]) -> None:
        self._styles = [style for style in styles if style is not None]
        self._counts: dict[int, tuple[str, int]] = {}  # of each level: its scheme and its last number

    def label(self, paragraph: Element) -> tuple[int, str | None]:
        """Return the level of a paragraph, and its label: a number, empty for a bullet, None for neither."""
        properties = found(paragraph, "pPr")
        level = int(attribute(properties, "lvl") or 0)
        bullet = next(self._bullets(properties, level), None)
        numbered = bullet is not None and local(bullet) == "buAutoNum"
        self._counts = {at: count for at, count in self._counts.items() if at < level or (at == level and numbered)}
        if bullet is None or local(bullet) == "buNone":
            return level, None
        return level, self._number(bullet, level) if numbered else ""

    def _bullets(self, properties: Element | None, level: int) -> Iterator[Element]:
        for place in [properties, *(found(style, f"lvl{level + 1}pPr") for style in self._styles)]:
            if place is not None:
                yield from (child for child in place if local(child) in _BULLETS)

    def _number(self, bullet: Element, level: int) -> str:
        name = attribute(bullet, "type")
        former, count = self._counts.get(level, ("", 0))
        count = count + 1 if former == name else int(attribute(bullet, "startAt") or 1)
        self._counts[level] = (name, count)
        scheme = _SCHEME.fullmatch(name)
        kind, sign = scheme.groups() if scheme else ("arabic", "Period")
        return _SIGNS[sign].format(numeral(count, _KINDS.get(kind, "decimal")))
