"""What paragraphs of a Word file are: headings, list items with their labels, code; from styles and numbering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.readers.office.numerals import numeral
from ingest.readers.office.package import MONOSPACED, Element, attribute, found, local

_HEADING = re.compile(r"heading (\d)", re.I)
_LIST_LEVEL = re.compile(r"list (?:bullet|number) (\d)", re.I)
_CODE_STYLE = re.compile(r"\bcode\b|preformatted|source code", re.I)
_CONTENTS = re.compile(r"toc \d|toc heading|table of figures|contents \d", re.I)
_OFF = ("0", "false", "off", "none")
_BODY_LEVEL = 9  # of an outline: no heading
_LEVELS = 9


def is_on(setting: Element | None) -> bool:
    """Whether a setting that is on or off is on; one that is there without a value is."""
    return setting is not None and attribute(setting, "val") not in _OFF


class Styles:
    """The styles of a file, each with those that it is based on."""

    def __init__(self, parts: Sequence[Element]) -> None:
        styles = [part for part in parts if local(part) == "style"]
        self._styles = {attribute(style, "styleId"): style for style in styles}
        default = (key for key, style in self._styles.items() if attribute(style, "default") == "1"
                   and attribute(style, "type") == "paragraph")  # fmt: skip
        self._default = next(default, "")

    def of(self, paragraph: Element) -> str:
        """Return the id of the style of a paragraph."""
        return attribute(found(paragraph, "pPr", "pStyle"), "val") or self._default

    def name(self, style: str) -> str:
        """Return the name that a person sees, empty for none."""
        return attribute(found(self._styles.get(style), "name"), "val")

    def setting(self, style: str, *names: str) -> Element | None:
        """Return a setting of a style, or of the nearest one that it is based on."""
        return next((told for one in self._chain(style) if (told := found(one, *names)) is not None), None)

    def heading_level(self, paragraph: Element) -> int:
        """Return the level of a heading from 1, 0 for a paragraph that is none."""
        style = self.of(paragraph)
        told = found(paragraph, "pPr", "outlineLvl")
        told = told if told is not None else self.setting(style, "pPr", "outlineLvl")
        if told is not None:
            level = int(attribute(told, "val") or _BODY_LEVEL)
            return level + 1 if level < _BODY_LEVEL else 0
        names = (_HEADING.fullmatch(attribute(found(one, "name"), "val")) for one in self._chain(style))
        return next((int(name.group(1)) for name in names if name), 0)

    def is_title(self, style: str) -> bool:
        """Whether a style is that of the title of the document."""
        return self.name(style).lower() == "title"

    def is_contents(self, style: str) -> bool:
        """Whether a style is that of entries of a table of contents or of figures."""
        return _CONTENTS.match(self.name(style)) is not None

    def list_level(self, style: str) -> int:
        """Return how much deeper a list style nests than its numbering says: 1 for "List Bullet 2"."""
        match = _LIST_LEVEL.fullmatch(self.name(style))
        return int(match.group(1)) - 1 if match else 0

    def is_code(self, paragraph: Element, runs: list[Element]) -> bool:
        """Whether a paragraph is of a style for code, or all its words are set in a monospaced font."""
        style = self.of(paragraph)
        inherited = attribute(self.setting(style, "rPr", "rFonts"), "ascii")
        fonts = [self._font(run) or inherited for run in runs]
        return _CODE_STYLE.search(self.name(style)) is not None or (bool(fonts) and all(map(MONOSPACED.search, fonts)))

    def _font(self, run: Element) -> str:
        own = attribute(found(run, "rPr", "rFonts"), "ascii")
        style = attribute(found(run, "rPr", "rStyle"), "val")
        return own or (attribute(self.setting(style, "rPr", "rFonts"), "ascii") if style else "")

    def _chain(self, style: str) -> Iterator[Element]:
        passed: set[str] = set()
        while style in self._styles and style not in passed:
            passed.add(style)
            yield self._styles[style]
            style = attribute(found(self._styles[style], "basedOn"), "val")


class Numbering:
    """The labels of the list items of a file, counted as Word counts them (ECMA-376, part 1, chapter 17.9)."""

    def __init__(self, parts: Sequence[Element]) -> None:
        self._abstract = {attribute(part, "abstractNumId"): part for part in parts if local(part) == "abstractNum"}
        self._nums = {attribute(part, "numId"): part for part in parts if local(part) == "num"}
        self._counts: dict[str, list[int]] = {}
        self._started: set[tuple[str, int]] = set()

    def label(self, number: str, level: int) -> str | None:
        """Count an item of the list `number`; return its label, empty for a bullet, None where it has neither."""
        place = self._list(number)
        shape = self._level(number, place, level)
        if shape is None:
            return None
        counts = self._counts.setdefault(place, [0] * _LEVELS)
        self._count(counts, number, place, level)
        kind, text = attribute(found(shape, "numFmt"), "val"), attribute(found(shape, "lvlText"), "val")
        if kind == "bullet":
            return ""
        legal = is_on(found(shape, "isLgl"))

        def printed(match: re.Match[str]) -> str:
            other = int(match.group(1)) - 1
            value = counts[other] or self._start(number, place, other)
            told = attribute(found(self._level(number, place, other), "numFmt"), "val")
            return numeral(value, "decimal" if legal else told)

        return re.sub(r"%([1-9])", printed, text).strip() or None

    def level_of_style(self, number: str, style: str) -> int:
        """Return the level of a list that a style stands for, 0 for none."""
        levels = self._abstract.get(self._list(number), ())
        return next((int(attribute(one, "ilvl") or 0) for one in levels
                     if local(one) == "lvl" and attribute(found(one, "pStyle"), "val") == style), 0)  # fmt: skip

    def _list(self, number: str) -> str:
        """Return the definition that a list follows, through the style that may stand between."""
        place = attribute(found(self._nums.get(number), "abstractNumId"), "val")
        link = attribute(found(self._abstract.get(place), "numStyleLink"), "val")
        linked = (key for key, one in self._abstract.items() if attribute(found(one, "styleLink"), "val") == link)
        return next(linked, place) if link else place

    def _override(self, number: str, level: int) -> Element | None:
        parts = self._nums.get(number, ())
        return next((part for part in parts if local(part) == "lvlOverride"
                     and attribute(part, "ilvl") == str(level)), None)  # fmt: skip

    def _level(self, number: str, place: str, level: int) -> Element | None:
        own = found(self._override(number, level), "lvl")
        if own is not None:
            return own
        parts = self._abstract.get(place, ())
        return next((part for part in parts if local(part) == "lvl" and attribute(part, "ilvl") == str(level)), None)

    def _start(self, number: str, place: str, level: int) -> int:
        own = found(self._override(number, level), "startOverride")
        told = own if own is not None else found(self._level(number, place, level), "start")
        return int(attribute(told, "val") or 1)

    def _count(self, counts: list[int], number: str, place: str, level: int) -> None:
        start = self._start(number, place, level)
        restarts = found(self._override(number, level), "startOverride") is not None
        if not counts[level] or (restarts and (number, level) not in self._started):
            counts[level] = start
        else:
            counts[level] += 1
        self._started.add((number, level))
        for deeper in range(level + 1, _LEVELS):
            again = found(self._level(number, place, deeper), "lvlRestart")
            if again is None or attribute(again, "val") != "0":
                counts[deeper] = 0
