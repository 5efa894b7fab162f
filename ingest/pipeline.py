"""Read, clean, chunk, embed, commit.

Files are parsed in child processes, a few ahead of what is embedded. Documents are gathered in the order of their
files until enough chunks wait to keep the embedder busy, embedded together, and then committed one transaction each:
an ingest that is stopped at any moment has lost nothing that it committed, and the next run does the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Protocol

from ingest.archives import expand, is_archive
from ingest.batch import Batch
from ingest.load import FileBytes, job_for, read_bytes
from ingest.parse.frames import Parsed
from ingest.parse.pool import Limits, Parsers
from ingest.readers import ReadOptions
from ingest.reindex import ReindexableLibrary, reindex
from ingest.report import IngestProgress, IngestReport, Progress, ignore_progress
from ingest.sources import S3Access, SourceFile, SourceList, find_tree, read_ahead
from rag.errors import IngestError, LibraryError
from rag.ports import Embedder, Library
from rag.settings import Settings
from rag.types import Scope, Source

PARSED_AHEAD = 32  # files that are parsed, or wait for it, while others are embedded
PARSED_AHEAD_BYTES = 64_000_000


class IngestLibrary(Library, ReindexableLibrary, Protocol):
    """A library that documents can be ingested into and that can be indexed anew."""


class Ingestor:
    """Brings course texts into a library.

    Args:
        library: opened with the stamp of `embedder` and of the chunker.
        embedder: makes the vectors.
        settings: `course`, `chunk_characters` and the limits of files are used.
        password: tried on files that ask for one.
    """

    def __init__(self, library: IngestLibrary, embedder: Embedder, settings: Settings, password: str = "") -> None:
        self.library, self.embedder, self.settings = library, embedder, settings
        self.options = ReadOptions(password, settings.max_pages, settings.ocr_language)

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
        self, place: str | Path, course: str = "", tags: Sequence[str] = (), progress: Progress = ignore_progress
    ) -> IngestReport:
        """Make what the course holds of a folder or `s3://BUCKET/PREFIX` match it, deletions included.

        What the library holds of files that cannot be read, or of subfolders that cannot be listed, is kept.

        Raises:
            ConfigError: there is no such folder; nothing was changed.
            IngestError: the prefix cannot be listed; nothing was changed.
        """
        return _Run(self, course, tuple(tags), progress).sync(find_tree(place, S3Access.of(self.settings)))

    def reindex(self, progress: Progress = ignore_progress) -> IngestReport:
        """Chunk every stored text anew and embed all of it, in one transaction."""
        return reindex(self.library, self.embedder, self.settings.chunk_characters, progress)


@dataclass(slots=True)
class _Parsing:
    """A document that is being parsed, and the files that it is."""

    content: FileBytes
    files: list[SourceFile]
    parsed: Future[Parsed]


class _Run:
    """One ingest: what it has counted, what is being parsed, and what is gathered but not yet committed."""

    def __init__(self, ingestor: Ingestor, course: str, tags: tuple[str, ...], progress: Progress) -> None:
        self.library, self.settings, self.options = ingestor.library, ingestor.settings, ingestor.options
        self.course, self.tags, self.progress = course, tags, progress
        self.counts = dict.fromkeys(("added", "changed", "unchanged", "duplicates", "removed"), 0)
        self.settled: list[tuple[str, str]] = []
        self.failed: list[tuple[str, str]] = []
        self.warnings: list[str] = []
        self.files = 0
        self.present: set[str] = set()
        self.parsers = Parsers(
            self.settings.parse_workers, Limits(self.settings.parse_memory_mb, self.settings.parse_timeout_s)
        )
        self.parsing: dict[str, _Parsing] = {}
        self.batch = Batch(self.library, ingestor.embedder, self._tell)
        self.known: dict[str, dict[str, tuple[str, Source]]] = {}
        self.began = time.perf_counter()

    def ingest(self, sources: SourceList) -> IngestReport:
        self.failed += sources.failed
        self.warnings += sources.warnings
        self.files = len(sources.files)
        try:
            with self.parsers, closing(read_ahead(self._unsettled(sources.files), self._read)) as files:
                for file, read in files:
                    self._take(file, read)
                self._gather(0)
            self.batch.commit()
        except LibraryError as error:
            error.add_note(f"{self._done} of {self.files} files were done and are kept; run the same command again.")
            raise
        self._tell()
        return self._report()

    def sync(self, sources: SourceList) -> IngestReport:
        self.ingest(sources)
        found = replace(sources, failed=tuple(self.failed))
        course = self.course or sources.course or self.settings.course
        for uri, (_, source) in sorted(self._known(course).items()):
            if uri not in self.present and found.covers(uri) and self.library.remove_source(course, uri):
                self._settle("removed", source.name)
        return self._report()

    def _read(self, file: SourceFile) -> FileBytes:
        return read_bytes(file, self.settings.max_file_mb)

    def _unsettled(self, files: Iterable[SourceFile]) -> Iterator[SourceFile]:
        """Yield the files that must be read to see whether they changed."""
        for file in files:
            self.present.add(file.uri)
            known_id, known, source = self._sources(file)
            if known and file.version and file.version == known.version:
                self._keep(known_id, known, source)
                self._tell()
            else:
                yield file

    def _take(self, file: SourceFile, read: Callable[[], FileBytes]) -> None:
        """Settle a file, or have its document parsed; open an archive."""
        try:
            content = read()
            if is_archive(file, content.raw):
                self._open(expand(file, content.raw))
                return
        except IngestError as error:
            self.failed.append((error.path, error.reason))
        else:
            self._compare(file, content)
            self._place(file, content)
        self._gather(PARSED_AHEAD)
        self._tell()

    def _open(self, archive: SourceList) -> None:
        self.failed += archive.failed
        self.files += len(archive.files) + len(archive.failed) - 1
        for file in self._unsettled(archive.files):
            self._take(file, partial(self._read, file))

    def _place(self, file: SourceFile, content: FileBytes) -> None:
        known_id, known, source = self._sources(file)
        if known and content.document_id == known_id:
            self._keep(known_id, known, source)
        elif content.document_id in self.parsing:
            self.parsing[content.document_id].files.append(file)
        elif self._name(content.document_id, source):
            self._settle("changed" if known else "duplicates", file.name)
        else:
            job = job_for(file, content, self.settings.chunk_characters, self.options)
            self.parsing[job.document_id] = _Parsing(content, [file], self.parsers.submit(job, content.raw))

    def _gather(self, ahead: int) -> None:
        """Take in what was parsed, in order, until no more than `ahead` files are; commit where it is enough."""
        while len(self.parsing) > ahead or self._parsing_bytes > PARSED_AHEAD_BYTES:
            one = self.parsing.pop(next(iter(self.parsing)))
            self._take_in(one)
            if self.batch.is_full:
                self.batch.commit()
            self._tell()

    def _take_in(self, one: _Parsing) -> None:
        try:
            parsed = one.parsed.result()
        except IngestError as error:
            told = error.reason if error.page is None else f"page {error.page}: {error.reason}"
            self.failed += ((file.place, told) for file in one.files)
            return
        self.warnings += (f"{one.files[0].name}: {warning}" for warning in parsed.warnings)
        self.batch.add(parsed, one.content.raw)
        for file, kind in zip(one.files, chain(["added"], repeat("duplicates")), strict=False):
            _, known, source = self._sources(file)
            self.batch.name(one.content.document_id, source)
            self._settle("changed" if known else kind, file.name)

    def _sources(self, file: SourceFile) -> tuple[str, Source | None, Source]:
        """Return the document and the source that the file is known as, and the source that it is now."""
        course = self.course or file.course or self.settings.course
        known_id, known = self._known(course).get(file.uri, ("", None))
        tags = self.tags or (known.tags if known else ())
        return known_id, known, Source(course, file.uri, file.name, tags, file.version)

    def _settle(self, kind: str, name: str) -> None:
        self.counts[kind] += 1
        self.settled.append((kind, name))

    def _compare(self, file: SourceFile, content: FileBytes) -> None:
        if file.sha256 and file.sha256 != content.sha256:
            self.warnings.append(f"{file.name}: not the file that manifest.json was made for (its checksum differs)")

    def _keep(self, document_id: str, known: Source, source: Source) -> None:
        wanted = replace(known, tags=source.tags, version=source.version)
        if wanted != known:
            self.library.add_source(document_id, wanted)
        if wanted.tags == known.tags:
            self.counts["unchanged"] += 1
        else:
            self._settle("changed", known.name)

    def _name(self, document_id: str, source: Source) -> bool:
        """Let `source` name a document that is gathered or stored already; return whether there is one."""
        if self.batch.name(document_id, source):
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

    @property
    def _parsing_bytes(self) -> int:
        return sum(len(one.content.raw) for one in self.parsing.values())

    @property
    def _done(self) -> int:
        counted = sum(self.counts[kind] for kind in ("added", "changed", "unchanged", "duplicates"))
        return counted + len(self.failed) - self.batch.names

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
        self.progress(IngestProgress(self.files, self._done, self.batch.embedded))

    def _report(self) -> IngestReport:
        return IngestReport(
            **self.counts,
            settled=tuple(self.settled),
            failed=tuple(self.failed),
            warnings=tuple(self.warnings),
            chunks=self.batch.chunks,
            embedded=self.batch.embedded,
            reused=self.batch.chunks - self.batch.embedded,
            seconds=time.perf_counter() - self.began,
        )
