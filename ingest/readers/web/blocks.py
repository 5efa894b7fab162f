"""HTML elements to the lines of a Markdown text: headings, lists, tables, code and paragraphs."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ingest.readers.markdown import fenced
from ingest.readers.web.mathml import math_text, tex_text
from ingest.readers.web.tables import header_and_rows, is_arrangement, is_keyed, rows_of
from ingest.tables import pipe_table

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form header hgroup hr html legend li main nav ol p section summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_RICH = ("ul", "ol", "dl", "table", "pre")
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight|highlight-source|brush:)[- ]?([\w+#]+)", re.IGNORECASE)
_NO_LANGUAGE = frozenset(("default", "none", "text", "plaintext", "notranslate"))
# A paragraph that Markdown would not read as one; pages show code so.
_MARKUP = re.compile(r"#{1,6}(?:\s|$)|`{3}|~{3}")
_MARKER = re.compile(r"^\s*(?:- |\d+\. )?")
_BARE_MARKER = re.compile(r"\s*(?:-|\d+\.) ")
_RULER_ROW = re.compile(r"^\s*\|(?: --- \|)+$")
_ORDINAL = re.compile(r"st|nd|rd|th|e|er", re.IGNORECASE)
_EXPONENT = re.compile(r"[-−+*(]?\w|[+−-]$")
_FORMULA_NAME = re.compile(r"math|latex|\btex\b|equation|formula", re.IGNORECASE)
_TEX = re.compile(r"\\[a-zA-Z]{2,}|[\^_]\{|^\$.*\$$", re.DOTALL)


def markdown_lines(root: Any) -> list[str]:
    """Return the text of an element and what is in it as lines of Markdown; nothing in it is escaped."""
    return _Writer().write(root)


class _Writer:
    """Writes elements in order: words gather until a block begins or ends, then they become a paragraph.

    Args:
        flat: write headings as paragraphs, for a cell of a table.
    """

    def __init__(self, *, flat: bool = False) -> None:
        self.flat = flat
        self.lines: list[str] = []
        self.words: list[str] = []
        self.indent = ""
        self.marker = ""  # of the list item that has begun and has no words yet, with its indentation
        self.lists = 0

    def write(self, root: Any) -> list[str]:
        self.children(root)
        self.paragraph()
        return self.lines

    def children(self, element: Any) -> None:
        self.text(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self.element(child)
            self.text(child.tail)

    def loose(self, element: Any, *parts: str) -> None:
        """Write what stands in an element outside of the `parts` that it should consist of."""
        self.text(element.text)
        for child in element:
            if isinstance(child.tag, str) and child.tag not in parts:
                self.element(child)
            self.text(child.tail)
        self.paragraph()

    def text(self, text: str | None) -> None:
        if text:
            self.words.append(_SPACE.sub(" ", text))

    def element(self, element: Any) -> None:
        tag = element.tag
        if tag in _SPECIAL:
            getattr(self, f"_{_SPECIAL[tag]}")(element)
        elif tag == "br":
            self.words.append("\n")
        elif tag in _BLOCKS:
            self.paragraph()
            self.children(element)
            self.paragraph()
        else:
            self.children(element)

    def paragraph(self, prefix: str = "") -> None:
        """Write the words that have gathered, one line for each forced line break."""
        lines = [" ".join(line.split()) for line in "".join(self.words).split("\n")]
        self.words.clear()
        lines = [prefix + line for line in lines if line]
        if not prefix and not self.flat and any(map(_MARKUP.match, lines)):
            self._fence(lines)
        elif lines:
            self._block(lines)

    def _block(self, lines: list[str]) -> None:
        marker, self.marker = self.marker, ""
        if not marker and self.lines:
            self.lines.append("")
        self.lines += ((self.indent if number or not marker else marker) + line for number, line in enumerate(lines))

    def _block_below(self, lines: list[str]) -> None:
        """Write lines that cannot stand beside the marker of a list."""
        self._give_up_marker()
        self._block(lines)

    def _give_up_marker(self) -> None:
        """Write the lead of an item that has no other words; what comes takes the place of an item without a lead."""
        if _BARE_MARKER.fullmatch(self.marker):
            self.indent = self.marker[: len(self.marker) - len(self.marker.lstrip())]
        elif self.marker:
            self.lines.append(self.marker.rstrip())
        self.marker = ""

    def _heading(self, element: Any) -> None:
        self.paragraph()
        self.text(flat_text(element))
        self.paragraph("" if self.flat or self.lists else "#" * _HEADINGS[element.tag] + " ")

    def _list(self, element: Any) -> None:
        self._begin_list()
        start = element.get("start") or "1"
        number = int(start) if start.isdecimal() and len(start) < 6 else 1
        outer, marker = self.indent, ""
        self.text(element.text)
        for child in element:
            if child.tag == "li":
                marker = f"{number}. " if element.tag == "ol" else "- "
                self._item(child, marker)
                number += 1
            elif isinstance(child.tag, str):  # a list here belongs to the item before it
                self.indent = outer + " " * len(marker)
                self.element(child)
                self.paragraph()
                self.indent = outer
            self.text(child.tail)
        self._end_list()

    def _begin_list(self) -> None:
        self.paragraph()
        self._give_up_marker()
        if not self.lists and self.lines:
            self.lines.append("")
        self.lists += 1

    def _end_list(self) -> None:
        self.paragraph()
        self.lists -= 1

    def _item(self, element: Any, marker: str = "- ", lead: str = "") -> None:
        """Write an item of a list, `lead` before its first words."""
        outer = self.indent
        self.paragraph()
        self.marker, self.indent = outer + marker + lead, outer + " " * len(marker)
        self.children(element)
        self.paragraph()
        self._give_up_marker()
        self.indent = outer

    def _definitions(self, element: Any) -> None:
        """Write each term with what it means as one list item; several meanings are items below it."""
        self._begin_list()
        self.loose(element, "dt", "dd", "div")
        for group in element.findall("div"):
            self.loose(group, "dt", "dd")
        for terms, meanings in _defined(element):
            lead = ", ".join(filter(None, (flat_text(term).rstrip(":") for term in terms)))
            if len(meanings) == 1:
                self._item(meanings[0], lead=f"{lead}: " if lead else "")
                continue
            outer = self.indent
            self.lines.append(f"{outer}- {lead}:" if meanings else f"{outer}- {lead}")
            self.indent = f"{outer}  "
            for meaning in meanings:
                self._item(meaning)
            self.indent = outer
        self._end_list()

    def _code(self, element: Any) -> None:
        self.paragraph()
        for line_break in element.iter("br"):
            line_break.text = "\n"
        raw = element.text_content().replace("\r\n", "\n").replace("\u00a0", " ").expandtabs(4)
        code = textwrap.dedent(raw).strip("\n").rstrip().split("\n")
        if any(code):
            self._fence(code, _language(element))

    def _fence(self, code: list[str], language: str = "") -> None:
        self._block_below(fenced("\n".join(code), language).split("\n"))

    def _table(self, element: Any) -> None:
        self.paragraph()
        for caption in element.findall("caption"):
            self.children(caption)
            self.paragraph()
        for part in (element, *element.xpath("./thead | ./tbody | ./tfoot | ./tr | ./*/tr")):
            self.loose(part, "thead", "tbody", "tfoot", "tr", "td", "th", "caption")
        rows = rows_of(element)
        if is_arrangement(element, rows):
            for _, cells in rows:
                for cell in cells:
                    self.children(cell)
                    self.paragraph()
        elif is_keyed(rows):
            self._keyed([cells for _, cells in rows])
        else:
            texts = header_and_rows(rows, flat_text)
            if len(texts) == 1:  # a box of text
                self._block(["; ".join(filter(None, texts[0]))])
            elif texts:
                self._block_below(pipe_table(texts))

    def _keyed(self, rows: list[list[Any]]) -> None:
        """Write a table of keys and values as a list; what stands over some of them leads their list."""
        for spans, run in groupby(rows, key=lambda cells: len(cells) == 1):
            if spans:
                for cells in run:
                    self.children(cells[0])
                    self.paragraph()
            else:
                self._begin_list()
                for key, value in run:
                    self._item(value, lead=f"{flat_text(key).rstrip(':')}: ")
                self._end_list()

    def _formula(self, element: Any) -> None:
        block = element.get("display") == "block" and not self.flat
        if block:
            self.paragraph()
        self.words.append(math_text(element))
        if block:
            self.paragraph()

    def _image(self, element: Any) -> None:
        """Write what a picture of a formula shows; other pictures say nothing that can be cited."""
        alt = element.get("alt") or ""
        names = f"{element.get('class') or ''} {element.get('src') or ''}"
        if _TEX.search(alt) or _FORMULA_NAME.search(names):
            self.words.append(tex_text(alt))

    def _raised(self, element: Any) -> None:
        text = flat_text(element)
        self._attach("" if _ORDINAL.fullmatch(text) else "^", text)

    def _lowered(self, element: Any) -> None:
        text = flat_text(element)
        self._attach("" if text.isdecimal() else "_", text)  # H2O

    def _attach(self, sign: str, text: str) -> None:
        """Write an exponent or an index; what is no such thing, as a trade mark, without a sign."""
        base = "".join(self.words[-1:])[-1:]
        if (base.isalnum() or base in (")", "]")) and _EXPONENT.match(text) and sign:
            text = f"{sign}{text}" if text.isalnum() else f"{sign}({text})"
        self.words.append(text)

    def _quotation(self, element: Any) -> None:
        self.words.append("“")
        self.children(element)
        self.words.append("”")


_SPECIAL = {
    **dict.fromkeys(_HEADINGS, "heading"),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), "list"),
    "li": "item", "dl": "definitions", "pre": "code", "table": "table",
    "math": "formula", "img": "image", "sup": "raised", "sub": "lowered", "q": "quotation",
}  # fmt: skip


def flat_text(element: Any) -> str:
    """Return the text of an element on one line; items of lists and rows of tables in it are parted by semicolons."""
    lines = _Writer(flat=True).write(element)
    if next(element.iter(_RICH), None) is None:
        return " ".join(filter(None, lines))
    parts = [_MARKER.sub("", line).strip("| ").replace(" | ", ", ") for line in lines if not _RULER_ROW.match(line)]
    return re.sub(r"(?<=[:;,]);", "", "; ".join(part for part in parts if part and not part.startswith("```")))


def _defined(element: Any) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield the terms and meanings that belong together; they may stand in a `<div>` of their own."""
    terms: list[Any] = []
    meanings: list[Any] = []
    for child in element.xpath("./dt | ./dd | ./div/dt | ./div/dd"):
        if child.tag == "dt" and meanings:
            yield terms, meanings
            terms, meanings = [], []
        (terms if child.tag == "dt" else meanings).append(child)
    if terms or meanings:
        yield terms, meanings


def _language(code: Any) -> str:
    """Return the language that the class of a block of code, or of what is around or in it, names."""
    around = [code, *code.iterchildren("code"), *list(code.iterancestors())[:2]]
    for element in around:
        found = _LANGUAGE.search(element.get("class") or "")
        if found and found.group(1).lower() not in _NO_LANGUAGE:
            return found.group(1).lower()
    return ""
