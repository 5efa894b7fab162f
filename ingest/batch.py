"""Documents that are embedded together and then committed, one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ingest.parse.frames import Parsed
from rag.ports import Embedder, Library, Vectors
from rag.types import Source

EMBED_BATCH = 256  # chunks embedded in one call
GATHERED_CHUNKS = 2048  # chunks held before a commit, also where their vectors are known
GATHERED_BYTES = 64_000_000  # bytes of files to be stored that are held before a commit


@dataclass(slots=True)
class _Gathered:
    """A document that waits to be embedded and committed, with the names that it has in this batch."""

    parsed: Parsed
    original: bytes | None  # of what is shown page by page
    sources: list[Source] = field(default_factory=list)


class Batch:
    """What is gathered but not yet committed.

    Args:
        library: where it goes.
        embedder: makes the vectors that the library does not know.
        tell: called after each step of embedding.

    Attributes:
        chunks: chunks that were committed.
        embedded: chunks that were given to the embedder.
    """

    def __init__(self, library: Library, embedder: Embedder, tell: Callable[[], None]) -> None:
        self.library, self.embedder, self.tell = library, embedder, tell
        self.chunks = self.embedded = 0
        self._gathered: dict[str, _Gathered] = {}
        self._vectors: dict[str, Vectors] = {}
        self._waiting: dict[str, None] = {}  # texts to embed, each once

    def add(self, parsed: Parsed, raw: bytes) -> None:
        """Gather a document; `name` it before it is committed."""
        texts = list(dict.fromkeys(chunk.embed_text for chunk in parsed.chunks))
        self._vectors |= self.library.known_vectors([text for text in texts if text not in self._waiting])
        self._waiting |= dict.fromkeys(text for text in texts if text not in self._vectors)
        self._gathered[parsed.document.id] = _Gathered(parsed, raw if parsed.document.layout else None)

    def name(self, document_id: str, source: Source) -> bool:
        """Let `source` name a document that is gathered; return whether it is."""
        gathered = self._gathered.get(document_id)
        if gathered is not None:
            gathered.sources.append(source)
        return gathered is not None

    @property
    def names(self) -> int:
        """How many names documents have that are not yet committed."""
        return sum(len(one.sources) for one in self._gathered.values())

    @property
    def is_full(self) -> bool:
        """Whether it is time to commit."""
        gathered = self._gathered.values()
        return (
            len(self._waiting) >= EMBED_BATCH
            or sum(len(one.parsed.chunks) for one in gathered) >= GATHERED_CHUNKS
            or sum(len(one.original or b"") for one in gathered) >= GATHERED_BYTES
        )

    def commit(self) -> None:
        """Embed what waits, then store each document in a transaction of its own."""
        self._embed()
        for document_id in list(self._gathered):
            one = self._gathered[document_id]
            vectors = np.stack([self._vectors[chunk.embed_text] for chunk in one.parsed.chunks])
            self.library.put(one.parsed.document, one.sources[0], one.parsed.chunks, vectors, one.original)
            for source in one.sources[1:]:
                self.library.add_source(document_id, source)
            self.chunks += len(one.parsed.chunks)
            del self._gathered[document_id]
        self._vectors.clear()

    def _embed(self) -> None:
        texts = list(self._waiting)
        for at in range(0, len(texts), EMBED_BATCH):
            batch = texts[at : at + EMBED_BATCH]
            self._vectors |= zip(batch, self.embedder.embed(batch), strict=True)
            self.embedded += len(batch)
            self.tell()
        self._waiting.clear()
