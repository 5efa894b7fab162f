"""The block structure of a Markdown-like text, with spans: what is a part of what.

CommonMark blocks come from markdown-it-py. On top of them this module restores the structure that
slides and notes lose when they are converted to text: a short line that introduces a list owns the
list, and a short bullet set apart by a blank line owns the bullets that follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table as table_rule
from markdown_it.token import Token

Kind = Literal["heading", "paragraph", "item", "table", "row", "code"]

# Version of the rules here and in ingest.chunk. Raise it when the chunks of a text come out differently.
CHUNKER = "blocks-1"
LEAD_WORDS = 15
LABEL_WORDS = 4

COUNT_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT = re.compile(rf"\b(?:{'|'.join(COUNT_WORDS)}|[2-9]|1[0-2])\b", re.IGNORECASE)
_CONTAINERS = ("bullet_list_open", "ordered_list_open", "blockquote_open")
_SENTENCE_END = re.compile(r"[.!][\"')\]]*$")


def chunker_name(chunk_characters: int) -> str:
    """Return what a library is stamped with: chunks of another name must be made again."""
    return f"{CHUNKER}/{chunk_characters}"


@dataclass(slots=True)
class Block:
    """A block and what it owns.

    Attributes:
        start, end: span of the block's own words, without list markers and heading marks.
        outer_start, outer_end: span of whole lines that the block and its children take.
        level: of a heading 1 to 6, otherwise 0.
        children: of an item, a leading paragraph, a label or a table (its rows, the header first).
    """

    kind: Kind
    start: int
    end: int
    outer_start: int
    outer_end: int
    level: int = 0
    children: list[Block] = field(default_factory=list)

    def walk(self) -> Iterator[Block]:
        """Yield the block and everything it owns, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # Indented code is off: in converted slides and notes deep indentation means a nested list. Link definitions
    # are off: a line that looks like one ("[Note]: overfitting") is text.
    parser = MarkdownIt("commonmark").enable("table").disable(["code", "reference"])
    parser.block.ruler.at("table", _table_of_rows, {"alt": ["paragraph"]})
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _table_of_rows(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Read a table as markdown-it does, without its nine tokens for each cell: rows are all we need."""
    if not table_rule(state, first, end, True):
        return False
    if silent:
        return True
    terminators = state.md.block.ruler.getRules("blockquote")
    state.parentType, former = "table", state.parentType
    opening = state.push("table_open", "table", 1)
    state.push("tr_open", "tr", 0).map = [first, first + 1]
    line = first + 2
    while line < end and state.sCount[line] >= state.blkIndent and not state.isEmpty(line):
        if any(rule(state, line, end, True) for rule in terminators):
            break
        state.push("tr_open", "tr", 0).map = [line, line + 1]
        line += 1
    state.push("table_close", "table", -1)
    opening.map, state.line, state.parentType = [first, line], line, former
    return True


def parse_blocks(text: str) -> list[Block]:
    """Parse `text` into its top-level blocks; headings are flat, everything else owns its children."""
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        # markdown-it counts lines as CommonMark does: only \n, \r\n and \r end a line.
        self.line_starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
        # NUL becomes U+FFFD in markdown-it, one for one, so offsets hold.
        self.tokens = _markdown().parse(text)
        self.at = 0

    def parse(self) -> list[Block]:
        return self._siblings(until=None)

    def _siblings(self, until: str | None) -> list[Block]:
        """Read the blocks up to the closing token `until`."""
        blocks: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == until:
                break
            if token.type in _CONTAINERS:
                inner = self._siblings(token.type.replace("_open", "_close")) or self._unread(token)
                is_list = token.type != "blockquote_open"
                items = self._own_labels(inner) if is_list else inner
                self._append_list(blocks, items) if is_list else blocks.extend(items)
            else:
                block = self._block(token)
                if block is not None and block.kind == "table" and blocks and self._announces(blocks[-1]):
                    self._append_list(blocks, [block])
                elif block is not None:
                    blocks.append(block)
        return blocks

    def _unread(self, token: Token) -> list[Block]:
        """Return the lines of a container as one paragraph where it is nested too deeply for markdown-it to read."""
        start, end = self._line_span(*token.map) if token.map else (0, 0)
        at, end = self._trim("", start, end)
        return [Block("paragraph", at, end, start, end)] if self.text[at:end].strip("> \t\n*+-") else []

    def _block(self, token: Token) -> Block | None:
        if token.map is None:
            return None
        first, last = token.map
        start, end = self._line_span(first, last)
        match token.type:
            case "list_item_open":
                return self._item(start, end)
            case "table_open":
                rows = self._rows()
                return Block("table", start, end, start, end, children=rows) if rows else None
            case "heading_open" | "paragraph_open":
                inline = self.tokens[self.at]
                own = self._trim(inline.content, start, end)
                kind: Kind = "heading" if token.type == "heading_open" else "paragraph"
                level = int(token.tag[1]) if kind == "heading" else 0
                return Block(kind, *own, start, end, level=level) if own[0] < own[1] else None
            case "fence" | "html_block":
                kind = "code" if token.type == "fence" else "paragraph"
                return Block(kind, *self._trim("", start, end), start, end)
        return None

    def _item(self, start: int, end: int) -> Block:
        children = self._siblings("list_item_close")
        own = (start, start)
        if children and children[0].kind == "paragraph":
            head = children[0]
            own = (head.start, head.end)
            children = head.children + children[1:]
        return Block("item", *own, start, end, children=children)

    def _rows(self) -> list[Block]:
        rows = []
        while self.at < len(self.tokens) and self.tokens[self.at].type != "table_close":
            token = self.tokens[self.at]
            self.at += 1
            if token.type == "tr_open" and token.map is not None:
                start, end = self._line_span(*token.map)
                rows.append(Block("row", *self._trim("", start, end), start, end))
        return rows

    def _append_list(self, blocks: list[Block], items: list[Block]) -> None:
        """Give the items to the paragraph before them if it introduces them."""
        if items and blocks and blocks[-1].kind == "paragraph" and self.introduces(blocks[-1]):
            blocks[-1].children.extend(items)
            blocks[-1].outer_end = items[-1].outer_end
        else:
            blocks.extend(items)

    def _announces(self, block: Block) -> bool:
        return block.kind == "paragraph" and self.text[block.start : block.end].rstrip().endswith(":")

    def introduces(self, block: Block) -> bool:
        """Whether a paragraph reads as the introduction of the list that follows it."""
        own = self.text[block.start : block.end].rstrip()
        return own.endswith(":") or (len(own.split()) <= LEAD_WORDS and not _SENTENCE_END.search(own))

    def _own_labels(self, items: list[Block]) -> list[Block]:
        """Give each label the run of items, not parted by blank lines, that follows it."""
        result: list[Block] = []
        run_ends = self._run_ends(items)
        at = 0
        while at < len(items):
            label = items[at]
            at += 1
            result.append(label)
            promised = self._promised(label)
            end = min(at + promised, len(items)) if promised else run_ends[at]
            if end > at and self._is_label(label, items[at], end - at):
                label.children = items[at:end]
                label.outer_end = items[end - 1].outer_end
                at = end
        return result

    def _run_ends(self, items: list[Block]) -> list[int]:
        """Return where the run that begins at each item ends: at a blank line or at the next item that ends in a colon.

        A label that says how many follow ("four methods:") also owns what a slide break set apart, up to that number.
        """
        ends = [len(items)] * (len(items) + 1)
        for at in range(len(items) - 1, 0, -1):
            ends[at - 1] = at if self._parted(items[at - 1], items[at]) or self._ends_in_colon(items[at]) else ends[at]
        return ends

    def _promised(self, label: Block) -> int:
        match = _COUNT.search(self.text[label.start : label.end]) if self._ends_in_colon(label) else None
        if match is None:
            return 0
        word = match.group().lower()
        return int(word) if word.isdigit() else COUNT_WORDS.index(word) + 2

    def _ends_in_colon(self, block: Block) -> bool:
        own = self.text[block.start : block.end].rstrip()
        return own.endswith(":") and len(own.split()) <= LEAD_WORDS and not block.children

    def _is_label(self, label: Block, first: Block, following: int) -> bool:
        if label.kind != "item" or label.children:
            return False
        if self._ends_in_colon(label):
            return not self._ends_in_colon(first)
        own = self.text[label.start : label.end].strip()
        if (
            not self._parted(label, first)
            or not own
            or len(own.split()) > LABEL_WORDS
            or ":" in own
            or _SENTENCE_END.search(own)
        ):
            return False
        return following > 1 or len(self.text[first.start : first.end].split()) > LABEL_WORDS

    def _parted(self, before: Block, after: Block) -> bool:
        return "\n\n" in re.sub(r"[ \t]+", "", self.text[before.end : after.start])

    def _line_span(self, first: int, last: int) -> tuple[int, int]:
        start = self.line_starts[first]
        end = self.line_starts[last] if last < len(self.line_starts) else len(self.text)
        return start, start + len(self.text[start:end].rstrip())

    def _trim(self, content: str, start: int, end: int) -> tuple[int, int]:
        """Find where the words of a block begin within its lines; they end where its lines end."""
        head = content.split("\n", 1)[0].strip()
        at = self.text.find(head, start, end) if head else -1
        if at < 0:
            at = start + len(self.text[start:end]) - len(self.text[start:end].lstrip())
        stop = at + len(content) if content and "\n" not in content else end
        return at, max(at, min(stop, end))
