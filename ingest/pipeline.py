"""Read, clean, chunk, embed, commit.

Documents are gathered until enough chunks wait to keep the embedder busy, embedded together, and then
committed one transaction each: an ingest that is stopped at any moment has lost nothing that it
committed, and the next run does the rest.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from ingest.load import FileBytes, load, read_bytes
from ingest.reindex import ReindexableLibrary, reindex
from ingest.report import IngestProgress, IngestReport, Progress, ignore_progress
from ingest.sources import SourceFile, SourceList, find_folder
from rag.errors import IngestError, LibraryError
from rag.ports import Embedder, Library, Vectors
from rag.settings import Settings
from rag.types import Chunk, Document, Scope, Source

EMBED_BATCH = 256  # chunks embedded in one call
GATHERED_CHUNKS = 2048  # chunks held before a commit, also where their vectors are known


class IngestLibrary(Library, ReindexableLibrary, Protocol):
    """A library that documents can be ingested into and that can be indexed anew."""


class Ingestor:
    """Brings course texts into a library.

    Args:
        library: opened with the stamp of `embedder` and of the chunker.
        embedder: makes the vectors.
        settings: `course`, `chunk_characters` and `max_file_mb` are used.
    """

    def __init__(self, library: IngestLibrary, embedder: Embedder, settings: Settings) -> None:
        self.library, self.embedder, self.settings = library, embedder, settings

    def ingest(
        self, sources: SourceList, course: str = "", tags: Sequence[str] = (), progress: Progress = ignore_progress
    ) -> IngestReport:
        """Add files, or replace what they held before; unchanged files cost a hash.

        A file that cannot be read is reported and the others go on.

        Args:
            sources: what to ingest, as `find_sources` returns it.
            course: where none is given, the course of the folder's manifest, else that of the settings.
            tags: replace those of the files; where none are given, known files keep theirs.
            progress: called after each step.

        Raises:
            LibraryError: the library cannot be written; what was committed before is kept.
            ModelError: the embedder fails; what was committed before is kept.
        """
        return _Run(self, course, tuple(tags), progress).ingest(sources)

    def sync(
        self, folder: str | Path, course: str = "", tags: Sequence[str] = (), progress: Progress = ignore_progress
    ) -> IngestReport:
        """Make what the course holds of a folder match the folder, deletions included.

        What the library holds of files that cannot be read, or of subfolders that cannot be listed, is kept.

        Raises:
            ConfigError: there is no such folder; nothing was changed.
        """
        return _Run(self, course, tuple(tags), progress).sync(Path(folder), find_folder(folder))

    def reindex(self, progress: Progress = ignore_progress) -> IngestReport:
        """Chunk every stored text anew and embed all of it, in one transaction."""
        return reindex(self.library, self.embedder, self.settings.chunk_characters, progress)


@dataclass(slots=True)
class _Gathered:
    """A document that waits to be embedded and committed, with the names it has in this batch."""

    document: Document
    chunks: list[Chunk]
    sources: list[Source]


class _Run:
    """One ingest: what it has counted, and what is gathered but not yet committed."""

    def __init__(self, ingestor: Ingestor, course: str, tags: tuple[str, ...], progress: Progress) -> None:
        self.library, self.embedder, self.settings = ingestor.library, ingestor.embedder, ingestor.settings
        self.course, self.tags, self.progress = course, tags, progress
        self.counts = dict.fromkeys(("added", "changed", "unchanged", "duplicates", "removed", "chunks", "embedded"), 0)
        self.failed: list[tuple[str, str]] = []
        self.warnings: list[str] = []
        self.files = 0
        self.gathered: dict[str, _Gathered] = {}
        self.known_vectors: dict[str, Vectors] = {}
        self.waiting: dict[str, None] = {}  # texts to embed, each once
        self.known: dict[str, dict[str, tuple[str, Source]]] = {}
        self.began = time.perf_counter()

    def ingest(self, sources: SourceList) -> IngestReport:
        self.failed += sources.failed
        self.warnings += sources.warnings
        self.files = len(sources.files)
        try:
            for file in sources.files:
                self._take(file)
                if len(self.waiting) >= EMBED_BATCH or self._gathered_chunks >= GATHERED_CHUNKS:
                    self._commit()
                self._tell()
            self._commit()
        except LibraryError as error:
            error.add_note(f"{self._done} of {self.files} files were done and are kept; run the same command again.")
            raise
        self._tell()
        return self._report()

    def sync(self, folder: Path, sources: SourceList) -> IngestReport:
        self.ingest(sources)
        root = folder.expanduser().resolve()
        unlisted = [Path(path).resolve() for path, _ in sources.failed]
        present = {file.uri for file in sources.files}
        course = self.course or sources.course or self.settings.course
        for uri in self._known(course).keys() - present:
            path = Path(uri)
            if path.is_relative_to(root) and not any(path.is_relative_to(other) for other in unlisted):
                self.counts["removed"] += self.library.remove_source(course, uri)
        return self._report()

    def _take(self, file: SourceFile) -> None:
        """Settle a file, or gather its document to be embedded."""
        course = self.course or file.course or self.settings.course
        known_id, known_source = self._known(course).get(file.uri, ("", None))
        tags = self.tags or (known_source.tags if known_source else ())
        source = Source(course, file.uri, file.name, tags)
        try:
            content = read_bytes(file, self.settings.max_file_mb)
            self._compare(file, content)
            if content.document_id == known_id and known_source is not None:
                self._keep(known_source, known_id, tags)
            elif self._name(content.document_id, source):
                self.counts["changed" if known_id else "duplicates"] += 1
            else:
                self._gather(file, content, source)
                self.counts["changed" if known_id else "added"] += 1
        except IngestError as error:
            self.failed.append((error.path, error.reason))

    def _compare(self, file: SourceFile, content: FileBytes) -> None:
        if file.sha256 and file.sha256 != content.sha256:
            self.warnings.append(f"{file.name}: not the file that manifest.json was made for (its checksum differs)")

    def _keep(self, known: Source, document_id: str, tags: tuple[str, ...]) -> None:
        if tags == known.tags:
            self.counts["unchanged"] += 1
        else:
            self.library.add_source(document_id, replace(known, tags=tags))
            self.counts["changed"] += 1

    def _name(self, document_id: str, source: Source) -> bool:
        """Let `source` name a document that is gathered or stored already; return whether there is one."""
        if document_id in self.gathered:
            self.gathered[document_id].sources.append(source)
            return True
        if not self.library.has_document(document_id):
            return False
        try:
            self.library.add_source(document_id, source)
        except LibraryError:
            if self.library.has_document(document_id):
                raise
            return False  # another process removed it meanwhile
        return True

    def _gather(self, file: SourceFile, content: FileBytes, source: Source) -> None:
        document, chunks = load(file, content, self.settings.chunk_characters)
        texts = list(dict.fromkeys(chunk.embed_text for chunk in chunks))
        self.known_vectors |= self.library.known_vectors([text for text in texts if text not in self.waiting])
        self.waiting |= dict.fromkeys(text for text in texts if text not in self.known_vectors)
        self.gathered[document.id] = _Gathered(document, chunks, [source])

    def _commit(self) -> None:
        """Embed what waits, then store each gathered document in a transaction of its own."""
        texts = list(self.waiting)
        for at in range(0, len(texts), EMBED_BATCH):
            batch = texts[at : at + EMBED_BATCH]
            self.known_vectors |= zip(batch, self.embedder.embed(batch), strict=True)
            self.counts["embedded"] += len(batch)
            self._tell()
        for document_id in list(self.gathered):
            one = self.gathered[document_id]
            vectors = np.stack([self.known_vectors[chunk.embed_text] for chunk in one.chunks])
            self.library.put(one.document, one.sources[0], one.chunks, vectors)
            for source in one.sources[1:]:
                self.library.add_source(document_id, source)
            self.counts["chunks"] += len(one.chunks)
            del self.gathered[document_id]
        self.known_vectors.clear()
        self.waiting.clear()

    @property
    def _gathered_chunks(self) -> int:
        return sum(len(one.chunks) for one in self.gathered.values())

    @property
    def _done(self) -> int:
        counted = sum(self.counts[kind] for kind in ("added", "changed", "unchanged", "duplicates"))
        return counted + len(self.failed) - sum(len(one.sources) for one in self.gathered.values())

    def _known(self, course: str) -> dict[str, tuple[str, Source]]:
        """Return the sources of a course as they were when the run first asked, by uri, with their document ids."""
        if course not in self.known:
            self.known[course] = {
                source.uri: (document.id, source)
                for document in self.library.documents(Scope(course=course))
                for source in document.sources
                if source.course == course
            }
        return self.known[course]

    def _tell(self) -> None:
        self.progress(IngestProgress(self.files, self._done, self.counts["embedded"]))

    def _report(self) -> IngestReport:
        return IngestReport(
            **self.counts,
            failed=tuple(self.failed),
            warnings=tuple(self.warnings),
            reused=self.counts["chunks"] - self.counts["embedded"],
            seconds=time.perf_counter() - self.began,
        )
