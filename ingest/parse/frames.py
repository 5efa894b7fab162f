"""What goes to a parsing child and comes back: JSON and bytes. No pickle, since a hostile file may own the child."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any, TypeAlias

from ingest.readers import ReadOptions
from rag.layout import Layout
from rag.types import Chunk, Document, PageStart

Head: TypeAlias = Mapping[str, Any]

_SIZES = struct.Struct(">II")
_MOST_BYTES = 1_000_000_000  # no child may have its parent take more


@dataclass(frozen=True, slots=True)
class Job:
    """A file to parse.

    Attributes:
        name: what it is called; the suffix is a hint of its format.
        title: of the document, where it is not the file that says it.
        document_id: the hash of its bytes.
        readers: suffix to reader, as `ingest.readers.READERS`.
    """

    name: str
    title: str
    document_id: str
    chunk_characters: int
    options: ReadOptions
    readers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds, and what a person should know of how it was read."""

    document: Document
    chunks: tuple[Chunk, ...]
    warnings: tuple[str, ...] = ()


def send(stream: IO[bytes], head: Head, body: bytes = b"") -> None:
    """Write one message."""
    told = json.dumps(head).encode()
    stream.write(_SIZES.pack(len(told), len(body)))
    stream.write(told)
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Head, bytes] | None:
    """Read one message; None where the other side is gone, or tells more than can be believed."""
    sizes = stream.read(_SIZES.size)
    if len(sizes) < _SIZES.size or max(lengths := _SIZES.unpack(sizes)) > _MOST_BYTES:
        return None
    told, body = (stream.read(length) for length in lengths)
    if (len(told), len(body)) != lengths or not isinstance(head := json.loads(told), dict):
        return None
    return head, body


def job_head(job: Job) -> Head:
    """Return a job as JSON has it."""
    return asdict(job) | {"readers": dict(job.readers)}


def job_from(head: Head) -> Job:
    """Return the job of `job_head`."""
    return Job(**{**head, "options": ReadOptions(**head["options"])})


def parsed_message(parsed: Parsed) -> tuple[Head, bytes]:
    """Return what was parsed as one message; the texts of chunks are spans of the document's."""
    document = parsed.document
    text, layout = document.text.encode(), document.layout.to_bytes()
    head = {
        "document": [document.id, document.title, document.media_type, document.page_unit],
        "pages": [[page.offset, page.number, page.label] for page in document.pages],
        "lines": document.lines,
        "chunks": [[c.heading_path, c.start, c.end, c.line, c.page_start, c.page_end] for c in parsed.chunks],
        "warnings": parsed.warnings,
        "text": len(text),
    }
    return head, text + layout


def parsed_from(head: Head, body: bytes) -> Parsed:
    """Return what `parsed_message` told."""
    identity, title, media_type, page_unit = head["document"]
    text = body[: head["text"]].decode()
    pages = tuple(PageStart(*page) for page in head["pages"])
    layout = Layout.from_bytes(body[head["text"] :])
    document = Document(identity, title, media_type, text, pages, page_unit, tuple(head["lines"]), layout)
    chunks = tuple(
        Chunk(identity, position, text[start:end], tuple(path), start, end, *places)
        for position, (path, start, end, *places) in enumerate(head["chunks"])
    )
    return Parsed(document, chunks, tuple(head["warnings"]))
