"""Rows of the SQLite library to and from the types of the core."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.ports import Vectors
from rag.types import HEADING_SEPARATOR, Chunk, Document, PageStart, Source, content_id

CHUNK_COLUMNS = 'document_id, position, text, heading_path, "start", "end", line, page_start, page_end'
SOURCE_COLUMNS = "course, uri, name, tags, version"
DOCUMENT_COLUMNS = "id, title, media_type, text, pages, page_unit, lines"
_INSERT_CHUNK = f"""
    INSERT INTO chunks ({CHUNK_COLUMNS}, id, embed_hash, headings, vector)
    VALUES ({", ".join("?" * 13)})
"""  # noqa: S608 (constants of this module)
_INSERT_DOCUMENT = f"""
    INSERT INTO documents ({DOCUMENT_COLUMNS}, characters, added_at, layout) VALUES ({", ".join("?" * 10)})
"""  # noqa: S608
# Nothing is changed, and so no generation begun, where the source stands as it should already.
_PUT_SOURCE = """
    INSERT INTO sources (course, uri, name, tags, version, document_id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (course, uri) DO UPDATE
        SET name = excluded.name, tags = excluded.tags, version = excluded.version, document_id = excluded.document_id
        WHERE (name, tags, version, document_id)
            IS NOT (excluded.name, excluded.tags, excluded.version, excluded.document_id)
"""


def embed_hash(embed_text: str) -> str:
    """Return the key under which the vector of a text is found again."""
    return content_id(embed_text)


def vector_from_blob(blob: bytes) -> Vectors:
    """Return a stored vector `(d,) float32`."""
    return np.frombuffer(blob, dtype="<f4").astype(np.float32)


def vectors_from_blobs(blobs: Sequence[bytes], dimension: int) -> Vectors:
    """Return stored vectors `(n, d) float32`.

    Raises:
        LibraryError: a vector has another length than `dimension`.
    """
    if any(len(blob) != 4 * dimension for blob in blobs):
        raise LibraryError(
            f"The library holds vectors that do not have {dimension} dimensions. Run `openbook reindex`."
        )
    return np.frombuffer(b"".join(blobs), dtype="<f4").astype(np.float32, copy=False).reshape(-1, dimension)


def lines_to_blob(lines: Sequence[int]) -> bytes:
    """Return line numbers as compressed differences, a few bits for each line of a document."""
    return zlib.compress(np.diff(np.asarray(lines, dtype="<i8"), prepend=0).astype("<i8").tobytes())


def lines_from_blob(blob: bytes) -> tuple[int, ...]:
    """Return the line numbers that `lines_to_blob` wrote."""
    return tuple(np.cumsum(np.frombuffer(zlib.decompress(blob), dtype="<i8")).tolist())


def chunk_from_row(row: Sequence[Any]) -> Chunk:
    """Return the chunk of a row of `CHUNK_COLUMNS`."""
    return Chunk(row[0], row[1], row[2], tuple(json.loads(row[3])), *row[4:9])


def document_from_row(row: Sequence[Any]) -> Document:
    """Return the document of a row of `DOCUMENT_COLUMNS`, without its layout."""
    pages = tuple(PageStart(*page) for page in json.loads(row[4]))
    return Document(row[0], row[1], row[2], row[3], pages, row[5], lines_from_blob(row[6]))


def source_from_row(row: Sequence[Any]) -> Source:
    """Return the source of a row of `SOURCE_COLUMNS`."""
    return Source(row[0], row[1], row[2], tuple(json.loads(row[3])), row[4])


def insert_document(connection: sqlite3.Connection, document: Document, original: bytes | None) -> None:
    """Store a document without its chunks, and the bytes of its file where they are given."""
    pages = json.dumps([[page.offset, page.number, *([page.label] if page.label else [])] for page in document.pages])
    added_at = datetime.now(UTC).isoformat(timespec="seconds")
    row = (document.id, document.title, document.media_type, document.text, pages, document.page_unit)
    rest = (lines_to_blob(document.lines), len(document.text), added_at, document.layout.to_bytes())
    connection.execute(_INSERT_DOCUMENT, (*row, *rest))
    if original is not None:
        connection.execute("INSERT INTO originals (document_id, content) VALUES (?, ?)", (document.id, original))


def insert_chunks(
    connection: sqlite3.Connection, document: Document, chunks: Sequence[Chunk], vectors: Vectors, dimension: int
) -> None:
    """Store the chunks of a stored document.

    Raises:
        LibraryError: chunks and vectors do not belong together, or chunks do not stand in the document.
    """
    stored = _checked_vectors(vectors, (len(chunks), dimension), document.id)
    _check_chunks(document, chunks)
    connection.executemany(_INSERT_CHUNK, _chunk_rows(chunks, stored))


def put_source(connection: sqlite3.Connection, source: Source, document_id: str) -> None:
    """Let a source name a stored document; a document that it named alone goes."""
    former = connection.execute(
        "SELECT document_id FROM sources WHERE course = ? AND uri = ?", (source.course, source.uri)
    ).fetchone()
    tags = json.dumps(list(source.tags))
    connection.execute(_PUT_SOURCE, (source.course, source.uri, source.name, tags, source.version, document_id))
    if former is not None and former[0] != document_id:
        remove_unnamed(connection, former[0])


def remove_unnamed(connection: sqlite3.Connection, document_id: str) -> None:
    """Remove a document, its chunks and its lexical rows, unless a source names it."""
    connection.execute(
        "DELETE FROM documents WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM sources WHERE document_id = ?1)",
        (document_id,),
    )


def _chunk_rows(chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> Iterable[tuple[Any, ...]]:
    for chunk, vector in zip(chunks, vectors, strict=True):
        place = (chunk.start, chunk.end, chunk.line)
        text = (chunk.document_id, chunk.position, chunk.text, json.dumps(list(chunk.heading_path)))
        found_by = (chunk.id, embed_hash(chunk.embed_text), HEADING_SEPARATOR.join(chunk.heading_path))
        yield (*text, *place, chunk.page_start, chunk.page_end, *found_by, vector.tobytes())


def _checked_vectors(vectors: Vectors, shape: tuple[int, int], document_id: str) -> NDArray[np.float32]:
    stored = np.ascontiguousarray(vectors, dtype="<f4")
    if stored.shape != shape:
        raise LibraryError(f"Document {document_id} needs vectors of shape {shape}, not {stored.shape}.")
    if not np.isfinite(stored).all():
        raise LibraryError(f"Document {document_id} has vectors that are not finite. Check the embedder's weights.")
    return stored


def _check_chunks(document: Document, chunks: Sequence[Chunk]) -> None:
    """A citation is a span of the stored text: refuse a chunk that is no such span."""
    for chunk in chunks:
        if chunk.document_id != document.id or chunk.text != document.text[chunk.start : chunk.end]:
            raise LibraryError(f"Chunk {chunk.position} of document {document.id} is no span of its text.")
    if any(before.position >= after.position for before, after in pairwise(chunks)):
        raise LibraryError(f"The chunks of document {document.id} are not in order of position.")
