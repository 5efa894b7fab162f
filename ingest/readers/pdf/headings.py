"""Tells the headings of a PDF: by its outline, and by how they are printed against the text around them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2

from ingest.readers.pdf.blocks import Block
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.words import Style

_LARGER = 1.13  # than the body, in parts of its size
_MOST_WORDS = {"large": 25, "bold": 15, "italic": 10}
_MOST_LINES = 3
_DEEPEST = 6
_CAPTION = re.compile(r"(?:fig(?:ure|\.)?|table|tab\.|listing|algorithm|source|note)s?\b[\s.:]*\d*", re.I)
_LETTER = re.compile(r"[^\W\d_]")
_NOT_KEY = re.compile(r"[\W_]+")
_NUMBERING = re.compile(r"^(?:chapter|section|part|appendix)?\s*(?:\d+(?:\.\d+)*|[A-Z]|[IVXLC]+)[.:)]?\s+(?=\S)", re.I)

Outline = dict[int, list[tuple[str, int]]]


def outline(pdf: pypdfium2.PdfDocument) -> Outline:
    """Return for each page index the titles that the bookmarks place on it, with their levels from 1."""
    titles: Outline = defaultdict(list)
    for bookmark in pdf.get_toc(max_depth=_DEEPEST + 2):
        place = bookmark.get_dest()
        page = place.get_index() if place else None
        if page is not None and (key := _key(bookmark.get_title())):
            titles[page].append((key, min(bookmark.level + 1, _DEEPEST)))
    return dict(titles)


def _key(title: str) -> str:
    return _NOT_KEY.sub("", _NUMBERING.sub("", title)).casefold() or _NOT_KEY.sub("", title).casefold()


@dataclass(slots=True)
class Headings:
    """What is known of a document's headings.

    Attributes:
        body: the style of most of the text.
        styles: the styles of headings, from the highest down, with their levels.
    """

    body: Style
    outline: Outline
    styles: dict[Style, int] = field(default_factory=dict)
    _level: int = 0

    @classmethod
    def of(cls, pages: Iterable[tuple[int, Sequence[Sequence[Block]]]], titles: Outline) -> Headings:
        """Return what some pages, each with its index and regions of blocks, tell of a document."""
        pages = list(pages)
        headings = cls(_body(region for _, regions in pages for region in regions), titles)
        known: dict[Style, Counter[int]] = defaultdict(Counter)
        found: set[Style] = set()
        for index, regions in pages:
            for region in regions:
                for block, following in pairwise([*region, None]):
                    assert block is not None
                    level = headings._told(index, block)
                    if level:
                        known[block.lines[0].style][level] += 1
                    elif headings._looks_like_one(block, following):
                        found.add(block.lines[0].style)
        headings._rank(known, found)
        return headings

    def _rank(self, known: dict[Style, Counter[int]], found: set[Style]) -> None:
        if known:
            self.styles = {style: levels.most_common(1)[0][0] for style, levels in known.items()}
        else:
            ranked = sorted({_rank(style) for style in found}, reverse=True)
            self.styles = {style: min(ranked.index(_rank(style)) + 1, _DEEPEST) for style in found}

    def mark(self, index: int, regions: Sequence[list[Block]]) -> None:
        """Make the blocks of a page that are headings headings, each with its level."""
        if not self.body.size:  # of a document of scans nothing was known
            self.body = _body(regions)
        for region in regions:
            for block, following in pairwise([*region, None]):
                assert block is not None
                told = self._told(index, block)
                if not told and not self._looks_like_one(block, following):
                    continue
                level = told or self._level_of(block.lines[0].style)
                block.kind, block.level = "heading", level
                if told:
                    self._level = told

    def _told(self, index: int, block: Block) -> int:
        """Return the level that the outline gives to a block on the page of that index; 0 if it names it not."""
        titles = self.outline.get(index)
        if not titles or block.kind not in ("paragraph", "item") or len(block.lines) > _MOST_LINES:
            return 0
        key = _key(block.text)
        return next((level for title, level in titles if title == key), 0)

    def _level_of(self, style: Style) -> int:
        if style in self.styles:
            return self.styles[style]
        if self.outline:
            return min(self._level + 1, _DEEPEST)
        return min(1 + len({_rank(one) for one in self.styles if _rank(one) > _rank(style)}), _DEEPEST)

    def _looks_like_one(self, block: Block, following: Block | None) -> bool:
        lines = block.lines
        text = block.text
        if block.kind not in ("paragraph", "item") or len(lines) > _MOST_LINES or not _LETTER.search(text):
            return False
        if block.kind == "item" and not block.marker[0].isalnum():
            return False
        if text[-1] in ".,;" or _CAPTION.match(text) or (not text[0].isalnum() and text[0] not in "¿¡«“\"'(["):
            return False
        words = sum(len(line.words) for line in lines)
        return words <= _MOST_WORDS.get(self._distinction(lines, following), 0)

    def _distinction(self, lines: Sequence[Line], following: Block | None) -> str:
        """Say by what a block stands out from the body: "large", "bold", "italic" or nothing."""
        body = self.body
        words = [word for line in lines for word in line.words if _LETTER.search(word.text)]
        if min(line.size for line in lines) >= _LARGER * body.size:
            return "large"
        if lines[0].size < 0.9 * body.size or following is None:
            return ""
        if not body.bold and all(word.style.bold for word in words):
            return "bold"
        plain = following.kind == "paragraph" and len(following.lines) > 1 and not following.lines[0].style.italic
        if not body.italic and all(word.style.italic for word in words) and plain and len(lines) == 1:
            return "italic" if lines[0].text[:1].isupper() and lines[0].text[-1:].isalnum() else ""
        return ""


def _body(regions: Iterable[Sequence[Block]]) -> Style:
    """Return the style of most of the text, that of tables apart."""
    sizes = Counter[Style]()
    for line in (line for region in regions for block in region for line in block.lines if not line.table):
        sizes[line.style] += sum(len(word.text) for word in line.words)
    return max(sizes, key=sizes.__getitem__, default=Style(0.0))


def _rank(style: Style) -> tuple[float, bool, bool]:
    return round(2 * style.size) / 2, style.bold, style.italic
