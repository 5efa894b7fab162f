"""Writes Markdown block by block: nested lists, tables, fences, and where pages begin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.tables import pipe_table
from rag.types import PageStart

PAGE_BREAK = "\f"
_NUMBER = re.compile(r"(\d{1,9})[.)]")
# What Markdown would not read as the paragraph that it is; slides and Word have it where they show code.
_MARKUP = re.compile(r"#{1,6}(?:\s|$)|`{3}|~{3}|<[?!/a-zA-Z]")
_MOST_LEVELS = 6
_MIN_ROWS = _MIN_COLUMNS = 2


def fenced(code: str, language: str = "") -> str:
    """Return code in a fence that nothing in it ends."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", code))])
    return f"{fence}{language}\n{code}\n{fence}"


class MarkdownText:
    """A Markdown text that grows by blocks; a `PAGE_BREAK` within what is added begins the next page."""

    def __init__(self) -> None:
        self.pages: list[PageStart] = []
        self._lines: list[str] = []
        self._size = 0
        self._items: list[tuple[int, int, bool]] = []  # of the open items: level, indent of their children, numbered
        self._code: list[str] = []

    @property
    def text(self) -> str:
        """What was written so far."""
        self.close()
        return "\n".join(self._lines)

    def close(self) -> None:
        """End the list or the code that is open."""
        self._items = []
        code, self._code = "\n".join(self._code).strip("\n"), []
        if code:
            self._gap()
            for line in fenced(code).split("\n"):
                self._line(line)

    def heading(self, level: int, text: str) -> None:
        """Add a heading; none where it has no text."""
        self.close()
        marks = "#" * min(level, _MOST_LEVELS)
        self._begun(f"{marks} ", text)

    def paragraph(self, text: str) -> None:
        """Add a paragraph as one line; an empty one ends a list and is a blank line of code."""
        if _MARKUP.match(text.strip()) or (self._code and not text.strip()):
            self.code(text)
        else:
            self.close()
            self._begun("", text)

    def item(self, level: int, label: str, text: str) -> None:
        """Add an item of a list below the last one of a lower level; `label` is its number, empty for a bullet."""
        if _MARKUP.match(text.strip()):
            self.code(text)
            return
        if self._code:
            self.close()
        numbered = _NUMBER.fullmatch(label)
        goes_on, sibling = bool(self._items), False
        while self._items and self._items[-1][0] >= level:
            sibling = self._items.pop()[2] == bool(numbered)
        indent = self._items[-1][1] if self._items else 0
        marker = " " * indent + (f"{label} " if numbered else "- ")
        # Markdown reads a number other than 1 as the rest of the paragraph above, unless its list goes on.
        apart = not goes_on or (numbered is not None and not sibling and numbered.group(1) != "1")
        if self._begun(marker, text if numbered else f"{label} {text}", apart=apart):
            self._items.append((level, len(marker), bool(numbered)))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Add a table, its first row the names of its columns; a page that begins in a row begins with it.

        A single row or column is no table but boxes of text: paragraphs.
        """
        self.close()
        rows = [row for row in rows if any(cell.strip(f" {PAGE_BREAK}") for cell in row)]
        plain = [[cell.replace(PAGE_BREAK, " ") for cell in row] for row in rows]
        if len(rows) < _MIN_ROWS or max(map(len, rows)) < _MIN_COLUMNS:
            for row, cells in zip(rows, plain, strict=True):
                self._turn(self._size, max(cell.count(PAGE_BREAK) for cell in row))
                for cell in cells:
                    self.paragraph(cell)
            self.close()
            return
        if len(rows) > _MIN_ROWS and len(rows[0]) > 1 and len(set(plain[0])) == 1:  # a title over the whole table
            self.paragraph(rows[0][0])
            self.close()
            rows, plain = rows[1:], plain[1:]
        self._gap()
        lines = pipe_table(plain)
        for line, row in zip([lines[0], *lines[2:]], rows, strict=True):
            before = max(len(cell) - len(cell.lstrip(PAGE_BREAK)) for cell in row)
            self._turn(self._size, before)
            self._line(line)
            if row is rows[0]:
                self._line(lines[1])
            self._turn(self._size, max(cell.count(PAGE_BREAK) for cell in row) - before)

    def code(self, text: str) -> None:
        """Add lines of code; those that follow each other on a page stand in one fence."""
        if not self._code or PAGE_BREAK in text:
            self.close()
            self._turn(self._size, text.count(PAGE_BREAK))
        self._code += text.replace(PAGE_BREAK, "").expandtabs(4).split("\n")

    def _begun(self, mark: str, text: str, *, apart: bool = True) -> bool:
        """Write `text`, if any, as one line behind `mark`, with the pages that begin in it; `apart` by a blank line."""
        first, *others = (" ".join(part.split()) for part in text.split(PAGE_BREAK))
        if apart and (first or any(others)):
            self._gap()
        line = first
        for part in others:
            line += " " if line and part else ""
            self._turn(self._size + (len(mark) + len(line) if line else 0))
            line += part
        if line:
            self._line(mark + line)
        return bool(line)

    def _turn(self, offset: int, pages: int = 1) -> None:
        """Begin the next pages, their numbers following those before; what comes before the first is page 1."""
        for _ in range(pages):
            self.pages.append(PageStart(offset, self.pages[-1].number + 1 if self.pages else 2))

    def _gap(self) -> None:
        if self._lines and self._lines[-1]:
            self._line("")

    def _line(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line) + 1
