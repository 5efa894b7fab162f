"""Parts a document into chunks that follow its headings, lists and tables.

Pure: Document -> list[Chunk]. Consecutive parts of one section are packed together up to a size; a
part that is larger is opened: a list by its items, a table by its rows, a paragraph by its
sentences. What gave an opened part its meaning (the parent item, the header row) is carried in the
heading path, so that no chunk loses its subject.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.text.blocks import Block, parse_blocks
from rag.text.sentences import sentence_spans
from rag.types import Chunk, Document

WHOLE_FACTOR = 2  # tables and code stay whole up to this many times the chunk size
_LABEL_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    path: tuple[str, ...]


def chunk(document: Document, chunk_characters: int = 900) -> list[Chunk]:
    """Part a cleaned document into chunks of at most `chunk_characters`, tables and code up to twice that."""
    text = document.text
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    page_offsets = [page.offset for page in document.pages]
    chunks: list[Chunk] = []
    for path, blocks in _sections(text):
        for span in _Packer(text, chunk_characters).pack(blocks, path):
            start, end = _trim(text, span.start, span.end)
            if start == end:
                continue
            line = bisect_right(line_starts, start) - 1
            first, last = (_page(document, page_offsets, at) for at in (start, end - 1))
            chunks.append(
                Chunk(
                    document_id=document.id,
                    position=len(chunks),
                    text=text[start:end],
                    heading_path=span.path,
                    start=start,
                    end=end,
                    line=document.lines[line] if line < len(document.lines) else line + 1,
                    page_start=first,
                    page_end=last,
                )
            )
    return chunks


def _page(document: Document, offsets: Sequence[int], at: int) -> int | None:
    index = bisect_right(offsets, at) - 1
    return document.pages[index].number if index >= 0 else None


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Yield the heading path and blocks of each section that has any."""
    stack: list[tuple[int, str]] = []
    blocks: list[Block] = []
    for block in parse_blocks(text):
        if block.kind != "heading":
            blocks.append(block)
            continue
        if blocks:
            yield tuple(title for _, title in stack), blocks
        blocks = []
        stack = [entry for entry in stack if entry[0] < block.level]
        stack.append((block.level, _label(text[block.start : block.end])))
    if blocks:
        yield tuple(title for _, title in stack), blocks


def _label(text: str) -> str:
    label = re.sub(r"\s+", " ", text).strip().rstrip(":").strip()
    return label if len(label) <= _LABEL_CHARACTERS else label[: _LABEL_CHARACTERS - 1].rstrip() + "…"


class _Packer:
    def __init__(self, text: str, size: int) -> None:
        self.text, self.size = text, size

    def pack(self, blocks: Sequence[Block], path: tuple[str, ...], begin: int | None = None) -> Iterator[_Span]:
        """Yield spans over consecutive blocks; the first begins at `begin` where that is before the first block."""
        start = blocks[0].outer_start if begin is None else begin
        end = start
        for at, block in enumerate(blocks):
            if block.outer_end - start <= self.size:
                end = block.outer_end
                continue
            if end > start:
                yield _Span(start, end, path)
                start = block.outer_start
            if block.outer_end - start <= self._limit(block):
                end = block.outer_end
                continue
            yield from self._open(block, path, start)
            start = end = blocks[at + 1].outer_start if at + 1 < len(blocks) else block.outer_end
        if end > start:
            yield _Span(start, end, path)

    def _limit(self, block: Block) -> int:
        return self.size * (WHOLE_FACTOR if block.kind in ("table", "code") else 1)

    def _open(self, block: Block, path: tuple[str, ...], start: int) -> Iterator[_Span]:
        """Yield the spans of a block that is too large to stay whole."""
        if block.kind == "table":
            header = _label(self.text[block.children[0].start : block.children[0].end].strip("| "))
            spans = list(self.pack(block.children, path, start))
            yield from spans[:1]
            yield from (_Span(span.start, span.end, (*path, header)) for span in spans[1:])
        elif block.children:
            own = self.text[block.start : block.end]
            inner = (*path, _label(own.rsplit("\n", 1)[-1])) if own.strip() else path
            if block.end - start > self.size // 2:
                yield from self._cut(start, block.end, path)
                yield from self.pack(block.children, inner)
            else:
                yield from self.pack(block.children, inner, start)
        else:
            yield from self._cut(start, block.outer_end, path, lines=block.kind == "code")

    def _cut(self, start: int, end: int, path: tuple[str, ...], *, lines: bool = False) -> Iterator[_Span]:
        """Yield runs of whole lines or sentences, cutting at white space only what is longer than a chunk."""
        if lines:
            parts = [
                (start + match.start(), start + match.end()) for match in re.finditer(r".+\n?", self.text[start:end])
            ]
        else:
            parts = sentence_spans(self.text, start, end)
        parts = [piece for part in parts for piece in self._pieces(*part)]
        at = 0
        while at < len(parts):
            begin = parts[at][0]
            stop = at + 1
            while stop < len(parts) and parts[stop][1] - begin <= self.size:
                stop += 1
            yield _Span(begin, parts[stop - 1][1], path)
            at = stop

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        while end - start > self.size:
            cut = self.text.rfind(" ", start + self.size // 2, start + self.size)
            if cut < 0:
                yield start, start + self.size
                start += self.size
            else:
                yield start, cut
                start = cut + 1
        yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Drop blank lines at both ends, keeping the indentation of the first line, which nests it."""
    while start < end and not text[start:end].split("\n", 1)[0].strip():
        newline = text.find("\n", start, end)
        if newline < 0:
            return end, end
        start = newline + 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
