"""Writes the blocks of PDF pages as Markdown, and notes where each word of it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.readers.pdf.blocks import Block
from ingest.readers.pdf.lines import Line, spaced
from ingest.readers.pdf.tables import Table, cell_text
from ingest.readers.pdf.words import Word
from rag.layout import Box, Layout, WordBox
from rag.types import PageStart

_BROKEN = re.compile(r"(?<=[^\W\d_])-$")
_PARTS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WORD_LENGTH = 4  # shorter parts, as "be" and "cause", are words by chance
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uff60]")
# First parts that stay apart from what follows: "self-locking" broken after its hyphen is no "selflocking".
_PREFIXES = frozenset("self well non all ex half cross high low long short two three one multi large small single "
                      "real state end first second third data user time low-".split())  # fmt: skip


class TextWriter:
    """The text of a document as it grows, page by page.

    Words are remembered, so that one broken at a line end is joined as it is written elsewhere.
    """

    def __init__(self) -> None:
        self.pages: list[PageStart] = []
        self._parts: list[str] = []
        self._length = 0
        self._words: list[WordBox] = []
        self._seen: set[str] = set()
        self._page = 0
        self._header: list[str] | None = None  # of the table that the text ends with

    @property
    def text(self) -> str:
        """What is written so far."""
        return "".join(self._parts)

    @property
    def layout(self) -> Layout:
        """Where its words stand."""
        return Layout(self._words)

    def page(self, number: int, label: str, blocks: Sequence[Block]) -> None:
        """Write a page; a table that goes on from the page before is continued."""
        self._page = number
        for block in blocks:
            self._seen.update(_whole_words(block.lines))
        for at, block in enumerate(blocks):
            table = block.lines[0].table
            continued = at == 0 and table is not None and _header(table) == self._header
            if self._length:
                both_items = at > 0 and blocks[at - 1].kind == block.kind == "item"
                self._add("\n" if continued or both_items else "\n\n")
            if at == 0:
                self.pages.append(PageStart(self._length, number, label))
            self._write(block, continued=continued)
            self._header = _header(table) if table else None

    def _write(self, block: Block, *, continued: bool) -> None:
        match block.kind:
            case "heading":
                self._add("#" * block.level + " ")
                self._lines(block.lines)
            case "item":
                self._item(block)
            case "code":
                self._code(block.lines)
            case "table":
                table = block.lines[0].table
                assert table is not None
                self._table(table, continued=continued)
            case _:
                for at, row in enumerate(block.rows):
                    self._add("\n" if at else "")
                    self._lines(row)

    def _item(self, block: Block) -> None:
        indent = "  " * block.level
        words = block.rows[0][0].words
        number = re.fullmatch(r"\(?(\d{1,3})[.)]", block.marker)
        self._add(indent + ("" if number else "- "))
        if number:  # the mark of Markdown's list, and where it is printed
            words = [replace(words[0], text=f"{number.group(1)}."), *words[1:]]
        elif not block.marker[0].isalnum() or len(block.marker) == 1:
            words = words[1:]
        for at, row in enumerate(block.rows):
            self._add(f"\n{indent}  " if at else "")
            self._lines(row, words if not at else None)

    def _lines(self, lines: Sequence[Line], first: Sequence[Word] | None = None) -> None:
        """Write lines as one; `first` are the words of the first line where not all count."""
        for at, line in enumerate(lines):
            words = list(first) if first is not None and not at else line.words
            following = lines[at + 1].words[0].text if at + 1 < len(lines) else ""
            joint = self._joint(words[-1].text, following) if following and words else ""
            self._run(words, last=words[-1].text.rstrip("-\xad") if joint == "" and following and words else None)
            self._add("" if joint == "-" else joint)

    def _joint(self, last: str, following: str) -> str:
        """Return what stands between lines: a space, nothing as the word is broken, or "-" as its hyphen is its own."""
        if last.endswith("\xad"):
            return ""
        if not _BROKEN.search(last):
            return "" if _CJK.match(last[-1]) and _CJK.match(following) else " "
        if not following[0].islower():
            return "-"
        parts = _PARTS.findall(last)
        begun, rest = parts[-1].lower(), (_PARTS.match(following) or [""])[0].lower()
        if begun + rest in self._seen:
            return ""
        both = min(len(begun), len(rest)) >= _WORD_LENGTH and begun in self._seen and rest in self._seen
        return "-" if both or f"{begun}-{rest}" in self._seen or begun in _PREFIXES or "-" in begun else ""

    def _run(self, words: Sequence[Word], last: str | None = None, pipe: str = "|") -> None:
        """Write the words of a line; `last` is written for the last one, where it is broken."""
        for text, word in spaced(words):
            if word is None:
                self._add(text)
                continue
            text = last if last is not None and word is words[-1] else text
            text = text.replace("\xad", "").replace("|", pipe)
            start = self._length
            self._add(text)
            if text:
                self._words.append(WordBox(start, self._length, Box(self._page, *word.box)))

    def _code(self, lines: Sequence[Line]) -> None:
        """Write code with its indentation, as wide as its type is."""
        width = max(_letter_width(lines), 1.0)
        left = min(line.left for line in lines)
        self._add("```")
        for former, line in pairwise([None, *lines]):
            assert line is not None
            blank = former is not None and line.base - former.base > 1.8 * line.size
            self._add(("\n" if blank else "") + "\n" + " " * round((line.left - left) / width))
            for at, word in enumerate(line.words):
                if at:
                    self._add(" " * max(round((word.left - line.words[at - 1].right) / width), 0))
                self._run([word])
        self._add("\n```")

    def _table(self, table: Table, *, continued: bool) -> None:
        width = max(map(len, table.rows))
        for at, row in enumerate(table.rows[1:] if continued else table.rows):
            self._add("\n| " if at else "| ")
            for column in range(width):
                self._add(" | " if column else "")
                self._run(row[column] if column < len(row) else [], pipe="/")
            self._add(" |")
            if not at and not continued:
                self._add("\n|" + " --- |" * width)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def _whole_words(lines: Sequence[Line]) -> Iterable[str]:
    """Return the words of lines without those that a line end may part."""
    for former, line in pairwise([None, *lines]):
        assert line is not None
        broken = former is not None and former.words[-1].text.endswith("-")
        end = -1 if line.words[-1].text.endswith("-") else None
        for word in line.words[1 if broken else 0 : end]:
            yield from (part.lower() for part in _PARTS.findall(word.text))


def _header(table: Table) -> list[str]:
    return [cell_text(cell) for cell in table.rows[0]]


def _letter_width(lines: Iterable[Line]) -> float:
    widths = sorted(
        (word.right - word.left) / len(word.text) for line in lines for word in line.words if len(word.text) > 2
    )
    return widths[len(widths) // 2] if widths else 5.0
