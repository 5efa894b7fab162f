"""Parts passages into statements: the smallest pieces of a text that can answer, with what gives them meaning.

A statement is a sentence, a list item, a table row or one cell of it with the names of row and
column. Its `lead` is what a reader must know to understand it: the items above it, the line that
introduces its list, the headings of its section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rag.text.blocks import Block, parse_blocks
from rag.text.orders import honest_headings, speaks_to_assistant, without_orders
from rag.text.sentences import sentence_spans
from rag.types import Passage

Form = Literal["sentence", "item", "row", "cell", "code", "heading"]

_UNDER = 500  # characters of what stands under a statement that are read with it
_MAX_CELLS = 150  # in larger tables only whole rows are statements
_NUMBERED = re.compile(r"[ \t]*\d{1,2}[.)]\s")
_ROW_RULE = re.compile(r"^[\s|:-]+$")
_PRONOUN = re.compile(
    r"^(?:it|its|they|their|this|that|these|those|he|she|such|both|here|there|however|therefore|thus|also|then"
    r"|for example|for instance|in this case|instead|moreover|furthermore|additionally|otherwise|as a result"
    r"|but|and|so)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a passage.

    Attributes:
        passage: index of the passage it stands in.
        text: how it reads; for a table row, cells with their column names.
        start, end: span of its own words in the stored text of the document.
        form: what it is.
        path: headings and parents above it, outermost first.
        parent: index of the statement that owns it, or -1.
        children: indices of the statements it owns.
        dangling: begins with a word that points back to the sentence before it.
        former: index of the sentence before it in its paragraph, or -1.
        cells: of a row, (column name, cell) pairs.
        step: whether it is an item of a numbered list.
    """

    passage: int
    text: str
    start: int
    end: int
    form: Form
    path: tuple[str, ...]
    parent: int = -1
    children: tuple[int, ...] = ()
    dangling: bool = False
    former: int = -1
    cells: tuple[tuple[str, str], ...] = ()
    step: bool = False

    @property
    def lead(self) -> str:
        """The innermost thing that gives the statement its meaning."""
        return self.path[-1] if self.path else ""

    @property
    def in_context(self) -> str:
        """The statement with its headings and parents, for scoring."""
        return ": ".join((*self.path[-3:], self.text))

    @property
    def whole(self) -> str:
        """The statement with everything above it."""
        return " ".join((*self.path, self.text))


def statements_of(passages: Sequence[Passage]) -> list[Statement]:
    """Return the statements of `passages`, in order, each once even where passages overlap."""
    result: list[Statement] = []
    for index, passage in enumerate(passages):
        result.extend(_shifted(_parse(passage.chunk.text, passage.chunk.heading_path), index, passage, len(result)))
    return result


def _shifted(parsed: Sequence[Statement], index: int, passage: Passage, base: int) -> Iterator[Statement]:
    """Move statements from their place in a chunk to their place in the document and among all statements."""
    offset = passage.chunk.start
    for one in parsed:
        yield replace(
            one,
            passage=index,
            start=one.start + offset,
            end=one.end + offset,
            parent=one.parent + base if one.parent >= 0 else -1,
            children=tuple(child + base for child in one.children),
            former=one.former + base if one.former >= 0 else -1,
        )


@lru_cache(maxsize=2048)
def _parse(text: str, path: tuple[str, ...]) -> tuple[Statement, ...]:
    return tuple(_Reader(without_orders(text, path), honest_headings(path, text)).read())


class _Reader:
    def __init__(self, text: str, path: tuple[str, ...]) -> None:
        self.text, self.path = text, path
        self.found: list[Statement] = []
        self.children: dict[int, list[int]] = {}

    def read(self) -> Iterator[Statement]:
        blocks = parse_blocks(self.text)
        heading = self._heading(blocks)
        for block in blocks:
            self._block(block, self.path, heading if block.kind in ("item", "table") else -1)
        for index, one in enumerate(self.found):
            yield replace(one, children=tuple(self.children.get(index, ())))

    def _heading(self, blocks: Sequence[Block]) -> int:
        """Add the heading of the passage as owner of its items or rows, if it has several; return its index or -1."""
        listed = [block for block in blocks if block.kind in ("item", "table")]
        count = sum(len(block.children) - 1 if block.kind == "table" else 1 for block in listed)
        if not self.path or count < 2:
            return -1
        span = Block("heading", listed[0].start, listed[0].start, listed[0].outer_start, listed[-1].outer_end)
        return self._add(self.path[-1], span, "heading", self.path[:-1], -1)

    def _block(self, block: Block, path: tuple[str, ...], parent: int) -> None:
        if block.kind == "table":
            self._table(block, path, parent)
        elif block.kind == "row":
            cells = _cells(self.text[block.start : block.end])
            if any(cells):
                self._add(", ".join(filter(None, cells)), block, "row", path, parent)
        elif block.kind == "code":
            self._add(self.text[block.start : block.end], block, "code", path, parent)
        elif block.kind == "item" or block.children:
            self._item(block, path, parent)
        else:
            self._sentences(block, path, parent)

    def _item(self, block: Block, path: tuple[str, ...], parent: int) -> None:
        own = _plain(self.text[block.start : block.end])
        if not own:
            for child in block.children:
                self._block(child, path, parent)
            return
        if not block.children and len(own) > 200:
            self._sentences(block, path, parent)
            return
        spans = sentence_spans(self.text, block.start, block.end)
        if block.kind == "paragraph" and len(spans) > 1:  # a long introduction: its last sentence introduces the list
            for span in spans[:-1]:
                self._add(_plain(self.text[slice(*span)]), _span(block, *span), "sentence", path, parent)
            block = _span(block, *spans[-1])
            own = _plain(self.text[slice(*spans[-1])])
        index = self._add(own, block, "item", path, parent)
        inner = (*path, own.rstrip(":").strip())
        for child in block.children:
            self._block(child, inner, index)

    def _sentences(self, block: Block, path: tuple[str, ...], parent: int) -> None:
        former = -1
        form: Form = "item" if block.kind == "item" else "sentence"
        for start, end in sentence_spans(self.text, block.start, block.end):
            former = self._add(_plain(self.text[start:end]), _span(block, start, end), form, path, parent, former)

    def _table(self, table: Block, path: tuple[str, ...], parent: int) -> None:
        header = _cells(self.text[table.children[0].start : table.children[0].end])
        for row in table.children[1:]:
            raw = self.text[row.start : row.end]
            cells = _cells(raw)
            if _ROW_RULE.match(raw) or not any(cells):
                continue
            pairs = tuple((name, cell) for name, cell in zip(header, cells, strict=False) if cell)
            self._add(row_text(pairs), row, "row", path, parent, cells=pairs)
            if len(pairs) > 2 and len(pairs) * len(table.children) <= _MAX_CELLS:
                for pair in pairs[1:]:
                    self._add(row_text((pairs[0], pair)), row, "cell", path, -1, cells=(pairs[0], pair))

    def _add(
        self, text: str, block: Block, form: Form, path: tuple[str, ...], parent: int,
        former: int = -1, cells: tuple[tuple[str, str], ...] = (),
    ) -> int:  # fmt: skip
        if speaks_to_assistant(text):
            return -1  # a text is data: what tells the assistant what to say is nothing to say
        index = len(self.found)
        if parent >= 0:
            self.children.setdefault(parent, []).append(index)
        dangling = form != "row" and points_back(text) and former >= 0
        self.found.append(
            Statement(
                -1, text, block.start, block.end, form, _unique(path, text), parent,
                dangling=dangling, former=former, cells=cells, step=bool(_NUMBERED.match(self.text, block.outer_start)),
            )
        )  # fmt: skip
        return index


def in_full(statement: Statement, statements: Sequence[Statement]) -> str:
    """Return a statement in its context, with the sentence before it where it points back, and with its list."""
    text = f"{statements[statement.former].text} {statement.text}" if statement.dangling else statement.text
    under = "; ".join(statements[child].text for child in statement.children)[:_UNDER]
    return ": ".join(filter(None, (*statement.path[-3:], text.rstrip(":") if under else text, under)))


def points_back(sentence: str) -> bool:
    """Whether a sentence begins with a word that points back to the one before it."""
    return _PRONOUN.match(sentence) is not None


def row_text(cells: Sequence[tuple[str, str]]) -> str:
    """Return a table row as it reads aloud: its first cell, then the others by their column names."""
    if not cells:
        return ""
    (_, first), *rest = cells
    named = "; ".join(f"{name}: {cell}" if name else cell for name, cell in rest)
    return f"{first} — {named}" if named else first


def _span(block: Block, start: int, end: int) -> Block:
    return Block(block.kind, start, end, block.outer_start, max(end, block.outer_end), children=block.children)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _unique(path: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Drop from a path what the statement itself or the next part of the path says again."""
    result: list[str] = []
    for part in path:
        again = part == text or (result and result[-1].lower() == part.lower())
        if part and not again and not speaks_to_assistant(part):
            result.append(part)
    return tuple(result)
