"""Indexes a library anew from its stored texts, after a change of embedder or chunker."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

import numpy as np

from ingest.chunk import chunk
from ingest.report import IngestProgress, IngestReport, Progress
from rag.ports import Embedder, Vectors
from rag.text.blocks import chunker_name
from rag.types import Chunk, Document, DocumentInfo, LibraryStamp, Scope

_BATCH = 256


class ReindexableLibrary(Protocol):
    """What re-indexing needs of a library."""

    def documents(self, scope: Scope = Scope()) -> list[DocumentInfo]:
        """List documents."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a stored document with its text."""
        ...

    def replace_all(self, stamp: LibraryStamp, documents: Iterable[tuple[Document, Sequence[Chunk], Vectors]]) -> None:
        """Index every stored document anew, in one transaction; texts and sources stay."""
        ...


def reindex(library: ReindexableLibrary, embedder: Embedder, chunk_characters: int, progress: Progress) -> IngestReport:
    """Chunk every stored text anew and embed all of it; readers see the former index until all is committed.

    Embedding comes before the transaction, so that other writers wait only for the writing; what they
    committed meanwhile is embedded within it.
    """
    return _Reindex(library, embedder, chunk_characters, progress).run()


class _Reindex:
    def __init__(
        self, library: ReindexableLibrary, embedder: Embedder, chunk_characters: int, progress: Progress
    ) -> None:
        self.library, self.embedder, self.progress = library, embedder, progress
        self.chunk_characters = chunk_characters
        self.vectors: dict[str, Vectors] = {}
        self.documents = self.chunks = 0

    def run(self) -> IngestReport:
        began = time.perf_counter()
        self._embed_all()
        stamp = LibraryStamp(self.embedder.fingerprint, chunker_name(self.chunk_characters))
        self.library.replace_all(stamp, self._stored())
        return IngestReport(
            changed=self.documents,
            chunks=self.chunks,
            embedded=len(self.vectors),
            reused=self.chunks - len(self.vectors),
            seconds=time.perf_counter() - began,
        )

    def _embed_all(self) -> None:
        ids = [info.id for info in self.library.documents()]
        waiting: list[str] = []
        for done, document_id in enumerate(ids, 1):
            waiting += [chunk.embed_text for chunk in self._chunks(self.library.document(document_id))]
            if len(waiting) >= _BATCH or done == len(ids):
                self._embed(waiting)
                waiting = []
                self.progress(IngestProgress(len(ids), done, len(self.vectors)))

    def _embed(self, texts: Iterable[str]) -> None:
        missing = iter(dict.fromkeys(text for text in texts if text not in self.vectors))
        while batch := list(islice(missing, _BATCH)):
            self.vectors |= zip(batch, self.embedder.embed(batch), strict=True)

    def _stored(self) -> Iterator[tuple[Document, list[Chunk], Vectors]]:
        """Yield every document that is stored now, with its new chunks and vectors."""
        for info in self.library.documents():
            document = self.library.document(info.id)
            chunks = self._chunks(document)
            texts = [chunk.embed_text for chunk in chunks]
            self._embed(texts)
            self.documents += 1
            self.chunks += len(chunks)
            dimension = self.embedder.fingerprint.dimension
            rows = [self.vectors[text] for text in texts]
            yield document, chunks, np.array(rows, np.float32).reshape(-1, dimension)

    def _chunks(self, document: Document) -> list[Chunk]:
        return chunk(document, self.chunk_characters)
