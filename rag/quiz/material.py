"""What questions are made from: the sections of a document with their statements, tables and lists.

A section is what stands under one heading, whole, however the library has parted it into chunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.ports import Texts
from rag.text.blocks import Block, parse_blocks
from rag.text.statements import Statement, statements_of
from rag.types import Chunk, DocumentInfo, Passage


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a section.

    Attributes:
        columns: their names; that of the first may be empty.
        rows: each with its `cells`, (column name, cell) pairs; empty cells are left out.
        lead: the line that introduces it; "" for none.
    """

    columns: tuple[str, ...]
    rows: tuple[Statement, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Items of a list that stand at one depth.

    Attributes:
        lead: the line or item that introduces it; "" where that is the heading.
        numbered: whether the items are steps.
    """

    lead: str
    items: tuple[Statement, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading.

    Attributes:
        passage: the section as a passage, for citing.
        statements: in order; `parent`, `children` and `former` are indices into them.
    """

    passage: Passage
    statements: tuple[Statement, ...]

    @property
    def document(self) -> DocumentInfo:
        """The document that it is part of."""
        return self.passage.document

    @property
    def path(self) -> tuple[str, ...]:
        """Its headings, outermost first."""
        return self.passage.chunk.heading_path

    @property
    def title(self) -> str:
        """Its own heading, or the title of the document."""
        return self.path[-1] if self.path else self.document.title

    @property
    def text(self) -> str:
        """All that stands under the heading."""
        return self.passage.chunk.text

    @property
    def sentences(self) -> tuple[Statement, ...]:
        """Its sentences outside lists and tables."""
        return tuple(one for one in self.statements if one.form == "sentence")

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables, in order."""
        rows = [one for one in self.statements if one.form == "row" and one.cells]
        found = []
        for _, group in groupby(rows, key=lambda row: (row.parent, row.cells[0][0])):
            some = tuple(group)
            columns = tuple(name for name, _ in max((row.cells for row in some), key=len))
            found.append(Table(columns, some, self._lead(some[0])))
        return tuple(found)

    @property
    def lists(self) -> tuple[Listing, ...]:
        """Its lists, in order; an item that owns a list is an item of the list above it too."""
        items = [one for one in self.statements if one.form in ("item", "sentence") and one.parent >= 0]
        order = dict.fromkeys(one.parent for one in items)
        owned = [tuple(one for one in items if one.parent == parent) for parent in order]
        return tuple(
            Listing(self._lead(some[0]), some, all(one.step for one in some)) for some in owned if len(some) > 1
        )

    def _lead(self, statement: Statement) -> str:
        owner = self.statements[statement.parent] if statement.parent >= 0 else None
        return owner.text if owner and owner.form != "heading" else ""


def sections(texts: Texts, info: DocumentInfo) -> list[Section]:
    """Return the sections of a stored document, in order; those without statements are left out.

    Raises:
        LibraryError: no such document.
    """
    text = texts.document(info.id).text
    found = []
    for position, (path, blocks) in enumerate(_headed(text)):
        start, end = blocks[0].outer_start, blocks[-1].outer_end
        chunk = Chunk(info.id, position, text[start:end], path, start, end, 0)
        passage = Passage(chunk, info, 0.0)
        if statements := tuple(statements_of([passage])):
            found.append(Section(passage, statements))
    return found


def _headed(text: str) -> Iterator[tuple[tuple[str, ...], Sequence[Block]]]:
    """Yield the blocks under each heading with the path of headings to it."""
    path: list[tuple[int, str]] = []
    under: list[Block] = []
    for block in parse_blocks(text):
        if block.kind != "heading":
            under.append(block)
            continue
        if under:
            yield tuple(name for _, name in path), under
        path = [(level, name) for level, name in path if level < block.level]
        path.append((block.level, " ".join(text[block.start : block.end].split())))
        under = []
    if under:
        yield tuple(name for _, name in path), under
