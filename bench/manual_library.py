"""A library of the manual, made once for a run, and larger libraries and sets of vectors made of it."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import numpy as np

from bench.frame import Bench, settings_at
from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.adapters.sqlite_library import SqliteLibrary
from rag.bootstrap import make_embedder, open_library
from rag.errors import IndexMismatch
from rag.ports import Embedder, Vectors
from rag.settings import Settings
from rag.types import Chunk, Document, Source, content_id

REPLACED_WORDS = 0.3  # share of a copy's words; two copies then share too few to be collapsed as near-duplicates
DISPLACEMENT = 0.5
_SEPARATOR = "\n\n"


def manual_library(bench: Bench) -> tuple[SqliteLibrary, Embedder, Settings]:
    """Open the library of the manual, which is made where it is not there or not current.

    Raises:
        Missing: the manual is not here.
        RuntimeError: a file of it could not be ingested.
    """
    folder, settings = bench.manuals_folder(), settings_at(bench.manuals_home)
    embedder = make_embedder(settings)
    try:
        library = open_library(settings, embedder)
    except IndexMismatch:  # kept from a run before the chunker or the embedder changed
        shutil.rmtree(settings.home)
        library = open_library(settings, embedder)
    report = Ingestor(library, embedder, settings).ingest(find_sources([folder]))
    if report.failed:
        raise RuntimeError(f"{len(report.failed)} files failed: {report.failed[:3]}")
    return library, embedder, settings


@dataclass(frozen=True, slots=True)
class Stored:
    """The chunks of a library by document, and the vectors `(n, d)` of all of them in order."""

    documents: tuple[tuple[Chunk, ...], ...]
    vectors: Vectors

    @classmethod
    def of(cls, library: SqliteLibrary) -> Stored:
        """Read a library."""
        documents = tuple(tuple(library.document_chunks(info.id)) for info in library.documents())
        vectors: list[Vectors] = []
        for chunks in documents:
            known = library.known_vectors([chunk.embed_text for chunk in chunks])
            vectors += [known[chunk.embed_text] for chunk in chunks]
        return cls(documents, np.stack(vectors))


def more_vectors(vectors: Vectors, wanted: int, seed: int = 0) -> Vectors:
    """Return `(wanted, d)` vectors: those given, then copies, each displaced by half the difference of two others.

    So the copies lie as the vectors of texts do, near one another in few directions, rather than as noise would.
    """
    rng = np.random.default_rng(seed)
    parts, total = [vectors[:wanted]], len(vectors)
    while total < wanted:
        size = min(len(vectors), wanted - total)
        one, two = (vectors[rng.integers(len(vectors), size=size)] for _ in range(2))
        moved = vectors[:size] + DISPLACEMENT * (one - two)
        parts.append((moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32))
        total += size
    return np.concatenate(parts)


def grow_library(stored: Stored, home: Path, wanted: int, open_at: Callable[[Path], SqliteLibrary]) -> SqliteLibrary:
    """Return a library of exactly `wanted` chunks: copies of documents with other words, and displaced vectors."""
    library = open_at(home)
    if library.chunk_count == wanted:
        return library
    vectors = more_vectors(stored.vectors, wanted)
    done = 0
    for document, chunks in _copies(stored, wanted):
        library.put(document, Source("bench", document.id, document.title), chunks, vectors[done : done + len(chunks)])
        done += len(chunks)
    library.save_index()
    return library


def _copies(stored: Stored, wanted: int) -> Iterator[tuple[Document, list[Chunk]]]:
    """Yield documents until they hold `wanted` chunks; the first copy of each has the words of the original."""
    words = Counter(word for chunks in stored.documents for chunk in chunks for word in chunk.text.split(" "))
    vocabulary, weights = list(words), list(words.values())
    left = wanted
    for number in count():
        rng = random.Random(number)
        spare = iter(rng.choices(vocabulary, weights, k=1_000_000))
        for chunks in stored.documents:
            taken = list(islice(chunks, left))
            texts = [chunk.text if not number else _other_words(chunk.text, rng, spare) for chunk in taken]
            yield _document(number, taken, texts)
            left -= len(taken)
            if not left:
                return


def _other_words(text: str, rng: random.Random, spare: Iterator[str]) -> str:
    return " ".join(
        next(spare, word) if rng.random() < REPLACED_WORDS else word for word in text.split(" ")
    )  # words are drawn as often as they occur, so that each stays as rare as it is


def _document(number: int, chunks: Sequence[Chunk], texts: Sequence[str]) -> tuple[Document, list[Chunk]]:
    name = f"{chunks[0].document_id}/{number}"
    document = Document(content_id(name), name, "text/plain", _SEPARATOR.join(texts))
    placed, start = [], 0
    for position, (chunk, text) in enumerate(zip(chunks, texts, strict=True)):
        end = start + len(text)
        placed.append(Chunk(document.id, position, text, chunk.heading_path, start, end, line=position + 1))
        start = end + len(_SEPARATOR)
    return document, placed
