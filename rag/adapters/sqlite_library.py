"""The library as one SQLite file, with a cache of its vectors beside it.

SQLite holds documents, chunks, the lexical index and the vectors, and is the truth. The FAISS index
in memory and in `vectors.faiss` follows it: what SQLite no longer holds cannot be answered from.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from rag.adapters.library_database import Database, LibraryState, library_state, stamp_to_json
from rag.adapters.library_health import LibraryHealth, examine
from rag.adapters.library_lexical import LexicalIndex, vocabulary
from rag.adapters.library_rows import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    SOURCE_COLUMNS,
    chunk_from_row,
    document_from_row,
    embed_hash,
    insert_chunks,
    insert_document,
    put_source,
    remove_unnamed,
    source_from_row,
    vector_from_blob,
)
from rag.adapters.library_scope import GenerationCache, KeySet, document_condition, keys_in_scope, source_condition
from rag.adapters.library_vectors import LibraryVectors
from rag.errors import IndexMismatch, LibraryError
from rag.layout import Layout
from rag.ports import Vectors
from rag.types import Chunk, Document, DocumentInfo, Hit, LibraryStamp, Scope, Source

log = logging.getLogger(__name__)

VECTOR_FILE = "vectors.faiss"
KEPT_TEXTS = 8
KEPT_SCOPES = 32


class SqliteLibrary:
    """The `Library` port over SQLite and FAISS.

    A library is made at the first `put`; until then it reads as an empty one. May be used by many
    threads and processes at once.

    Args:
        path: the SQLite file; the vector cache and SQLite's own `-wal` and `-shm` stand beside it.
        stamp: what the caller embeds and chunks with; a new library takes it. None to list, remove and examine
            whatever the library was indexed by; then `put` and `dense` raise.
        exact_search_limit: above this number of chunks the vector cache is a graph (HNSW).
        check_stamp: whether to compare the stamp now; else it is compared where it matters, by `put` and `dense`.

    Raises:
        IndexMismatch: the library was indexed by something else than `stamp`.
        LibraryError: the file is damaged, no library, or of another version.
    """

    def __init__(
        self,
        path: Path,
        stamp: LibraryStamp | None = None,
        *,
        exact_search_limit: int = 200_000,
        check_stamp: bool = True,
    ) -> None:
        self.path = path
        self._stamp = stamp
        self._database = Database(path)
        self._vectors = LibraryVectors(path.with_name(VECTOR_FILE), exact_search_limit)
        self._lexical = LexicalIndex()
        self._texts: GenerationCache[str] = GenerationCache(KEPT_TEXTS)
        self._scopes: GenerationCache[KeySet] = GenerationCache(KEPT_SCOPES)
        self._wrote = False
        self._closed = False
        try:
            with self._database.read() as connection:
                state = library_state(connection)
            if check_stamp and stamp is not None:
                self._check_stamp(state)
        except BaseException:
            self._database.close()
            raise

    @property
    def stored_stamp(self) -> LibraryStamp | None:
        """What the library was indexed by; None if there is none yet."""
        with self._database.read() as connection:
            return library_state(connection).stamp

    @property
    def generation(self) -> int:
        """A number that grows with every committed change; 0 before the first."""
        with self._database.read() as connection:
            return library_state(connection).generation

    @property
    def chunk_count(self) -> int:
        """How many chunks are stored."""
        with self._database.read() as connection:
            count: int = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
            return count

    def put(
        self,
        document: Document,
        source: Source,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        original: bytes | None = None,
    ) -> None:
        """Store `document` under `source`; what `source` named before is removed if nothing else names it.

        `original` is the file of a document that is shown page by page.

        Raises:
            IndexMismatch: the library was indexed by something else than this one's stamp.
            LibraryError: chunks, vectors and document do not belong together, or nothing can be written.
        """
        stamp = self._required_stamp()
        with self._database.write(stamp) as connection:
            self._check_stamp(library_state(connection))
            if not _has_document(connection, document.id):
                insert_document(connection, document, original)
                insert_chunks(connection, document, chunks, vectors, stamp.embedder.dimension)
            put_source(connection, source, document.id)
        self._wrote = True

    def add_source(self, document_id: str, source: Source) -> None:
        """Name a stored document by `source`, as `put` does, without its chunks.

        Raises:
            LibraryError: no such document.
        """
        if not self.has_document(document_id):
            raise _no_document(document_id)
        with self._database.write(None) as connection:
            if not _has_document(connection, document_id):
                raise _no_document(document_id)
            put_source(connection, source, document_id)
        self._wrote = True

    def replace_all(self, stamp: LibraryStamp, documents: Iterable[tuple[Document, Sequence[Chunk], Vectors]]) -> None:
        """Index every stored document anew, in one transaction; texts and sources stay.

        Readers see the former index until all is committed. Other writers wait meanwhile, so chunk and embed
        beforehand where that takes long. While `documents` is drawn, this thread may read the library.

        Args:
            stamp: what `documents` were chunked and embedded with; the library takes it.
            documents: every stored document once, as stored, with its new chunks and vectors.

        Raises:
            LibraryError: `documents` are not those that are stored; nothing was changed.
        """
        with self._database.write(stamp, forget_history=True) as connection:
            waiting = {row[0] for row in connection.execute("SELECT id FROM documents")}
            for document, chunks, vectors in documents:
                if document.id not in waiting or _text(connection, document.id) != document.text:
                    raise LibraryError(f"Document {document.id} is not stored, not as given, or given twice.")
                waiting.remove(document.id)
                connection.execute("DELETE FROM chunks WHERE document_id = ?", (document.id,))
                insert_chunks(connection, document, chunks, vectors, stamp.embedder.dimension)
            if waiting:
                raise LibraryError(f"{len(waiting)} stored documents were not indexed anew. Run `openbook reindex`.")
            connection.execute("UPDATE meta SET stamp = ?", (stamp_to_json(stamp),))
        self._stamp, self._wrote = stamp, True

    def source_document(self, course: str, uri: str) -> str | None:
        """Return the id of the document that a source names, or None."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT document_id FROM sources WHERE course = ? AND uri = ?", (course, uri)
            ).fetchone()
        return None if row is None else row[0]

    def has_document(self, document_id: str) -> bool:
        """Whether the document is stored."""
        with self._database.read() as connection:
            return _has_document(connection, document_id)

    def remove_source(self, course: str, uri: str) -> bool:
        """Forget a source, and its document if nothing else names it. Return whether it was there."""
        if self.source_document(course, uri) is None:
            return False
        with self._database.write(None) as connection:
            removed = connection.execute(
                "DELETE FROM sources WHERE course = ? AND uri = ? RETURNING document_id", (course, uri)
            ).fetchall()
            for (document_id,) in removed:
                remove_unnamed(connection, document_id)
        self._wrote = True
        return bool(removed)

    def remove_document(self, document_id: str) -> bool:
        """Remove a document with its sources, chunks, vectors and lexical rows. Return whether it was there."""
        if not self.has_document(document_id):
            return False
        with self._database.write(None) as connection:
            removed = connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount
        self._wrote = True
        return removed > 0

    def documents(self, scope: Scope = Scope()) -> list[DocumentInfo]:
        """List documents in scope by name, without their text, each with its sources in scope."""
        condition, values = document_condition(scope, "d.id")
        source_sql, source_values = source_condition(scope)
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT d.id, d.title, d.media_type, d.page_unit, d.characters, "  # noqa: S608
                "(SELECT count(*) FROM chunks WHERE document_id = d.id), d.added_at "
                f"FROM documents AS d WHERE {condition}",
                values,
            ).fetchall()
            sources: dict[str, list[Source]] = {row[0]: [] for row in rows}
            for document_id, *row in connection.execute(
                f"SELECT document_id, {SOURCE_COLUMNS} FROM sources AS s "  # noqa: S608
                f"WHERE s.document_id IN (SELECT value FROM json_each(?)) AND {source_sql} ORDER BY s.number",
                [json.dumps(list(sources)), *source_values],
            ):
                sources[document_id].append(source_from_row(row))
        infos = [DocumentInfo(*(*row, tuple(sources[row[0]]))) for row in rows]
        return sorted(infos, key=lambda info: (info.name.casefold(), info.name, info.id))

    def document(self, document_id: str) -> Document:
        """Return a stored document with its text, without its layout.

        Raises:
            LibraryError: no such document.
        """
        with self._database.read() as connection:
            row = connection.execute(
                f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ?",  # noqa: S608
                (document_id,),
            ).fetchone()
        if row is None:
            raise _no_document(document_id)
        return document_from_row(row)

    def chunks(self, keys: Sequence[int]) -> dict[int, Chunk]:
        """Return the chunks of `keys`, in that order; a key that is no longer there is left out."""
        wanted = [int(key) for key in keys]
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT key, {CHUNK_COLUMNS} FROM chunks WHERE key IN (SELECT value FROM json_each(?))",  # noqa: S608
                (json.dumps(wanted),),
            )
            found = {row[0]: chunk_from_row(row[1:]) for row in rows}
        return {key: found[key] for key in wanted if key in found}

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """Return a document's chunks in order of position."""
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE document_id = ? ORDER BY position",  # noqa: S608
                (document_id,),
            )
            return [chunk_from_row(row) for row in rows]

    def text(self, document_id: str, start: int, end: int) -> str:
        """Return `document.text[start:end]`; the empty string if the document is gone."""
        with self._database.read() as connection:
            generation = library_state(connection).generation
            text = self._texts.get(generation, document_id, lambda: _text(connection, document_id))
        return text[start:end]

    def layout(self, document_id: str) -> Layout:
        """Return where the words of a document stand on its pages; empty where it has none, or is gone."""
        with self._database.read() as connection:
            row = connection.execute("SELECT layout FROM documents WHERE id = ?", (document_id,)).fetchone()
        return Layout() if row is None else Layout.from_bytes(row[0])

    def original(self, document_id: str) -> bytes | None:
        """Return the file of a document that is shown page by page; None where none is kept."""
        with self._database.read() as connection:
            row = connection.execute("SELECT content FROM originals WHERE document_id = ?", (document_id,)).fetchone()
        return None if row is None else row[0]

    def known_vectors(self, embed_texts: Sequence[str]) -> dict[str, Vectors]:
        """Return the stored vector `(d,)` of each text that some chunk was embedded from.

        None is known if the library was indexed by another embedder than this one's stamp names; another chunker
        does not matter.
        """
        by_hash = {embed_hash(text): text for text in embed_texts}
        with self._database.read() as connection:
            stored = library_state(connection).stamp
            if stored is None or self._stamp is None or stored.embedder != self._stamp.embedder:
                return {}
            rows = connection.execute(
                "SELECT embed_hash, vector FROM chunks "
                "WHERE embed_hash IN (SELECT value FROM json_each(?)) GROUP BY embed_hash",
                (json.dumps(list(by_hash)),),
            )
            return {by_hash[found]: vector_from_blob(blob) for found, blob in rows}

    def dense(self, vector: Vectors, limit: int, scope: Scope = Scope()) -> list[Hit]:
        """Return the `limit` chunks of highest inner product with `vector` `(d,)`, best first.

        Raises:
            IndexMismatch: the library was indexed by something else than this one's stamp.
            LibraryError: the vector has another dimension, or is not finite.
        """
        dimension = self._required_stamp().embedder.dimension
        if vector.shape != (dimension,) or not np.isfinite(vector).all():
            raise LibraryError(
                f"A question's vector has {dimension} finite numbers; this one has shape {vector.shape}."
            )
        with self._database.read(committed=True) as connection:
            state = library_state(connection)
            if state.stamp is None:
                return []
            self._check_stamp(state)
            self._vectors.refresh(connection, state)
            allowed = self._allowed(connection, state, scope)
        return self._vectors.search(vector, limit, allowed)

    def lexical(self, terms: Sequence[str], limit: int, scope: Scope = Scope()) -> list[Hit]:
        """Return the `limit` chunks of highest BM25 for any of `terms`, best first, scores positive."""
        with self._database.read(committed=True) as connection:
            state = library_state(connection)
            allowed = self._allowed(connection, state, scope)
            return self._lexical.search(connection, state.generation, terms, limit, allowed)

    def frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return for each term in how many chunks it occurs."""
        with self._database.read(committed=True) as connection:
            return self._lexical.frequencies(connection, library_state(connection).generation, terms)

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """Return the indexed words that begin with `prefix`, stemmed, each with how many chunks hold it."""
        with self._database.read(committed=True) as connection:
            return vocabulary(connection, prefix)

    def health(self) -> LibraryHealth:
        """Return the condition of the library; reads all of it."""
        with self._database.read() as connection:
            return examine(connection, self.path, self._vectors)

    def save_index(self) -> None:
        """Write the vector cache now, best effort; above `exact_search_limit` this builds the graph."""
        self._required_stamp()
        with self._database.read() as connection:
            state = library_state(connection)
            self._check_stamp(state)
            if state.stamp is not None:
                self._vectors.save(connection, state)

    def close(self) -> None:
        """Release files; writes the vector cache if that saves the next process noticeable time."""
        if self._closed:
            return
        self._closed = True
        try:
            self._save_index_if_worth()
        except LibraryError as error:
            log.warning("The vector cache was not written: %s", error)
        finally:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _save_index_if_worth(self) -> None:
        if self._stamp is None or not (self._wrote or self._vectors.is_loaded):
            return
        with self._database.read() as connection:
            state = library_state(connection)
            if state.stamp == self._stamp and self._vectors.is_worth_saving(connection, state, may_build=self._wrote):
                self._vectors.save(connection, state)

    def _allowed(self, connection: sqlite3.Connection, state: LibraryState, scope: Scope) -> KeySet | None:
        if scope == Scope():
            return None
        return self._scopes.get(state.generation, scope, lambda: keys_in_scope(connection, scope))

    def _required_stamp(self) -> LibraryStamp:
        if self._stamp is None:
            raise LibraryError(f"The library {self.path} was opened without a stamp: its vectors cannot be used.")
        return self._stamp

    def _check_stamp(self, state: LibraryState) -> None:
        if state.stamp is not None and state.stamp != self._stamp:
            raise IndexMismatch(
                f"The library {self.path} was indexed by {state.stamp}, but {self._stamp} is configured. "
                "Run `openbook reindex` to index it by what is configured, or configure what it was indexed by."
            )


def _has_document(connection: sqlite3.Connection, document_id: str) -> bool:
    return connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None


def _text(connection: sqlite3.Connection, document_id: str) -> str:
    row = connection.execute("SELECT text FROM documents WHERE id = ?", (document_id,)).fetchone()
    return "" if row is None else row[0]


def _no_document(document_id: str) -> LibraryError:
    return LibraryError(f"The library holds no document {document_id}. `openbook documents` shows what it holds.")
