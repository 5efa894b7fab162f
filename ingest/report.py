"""What an ingest did, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did; counts are of files unless they say otherwise.

    Attributes:
        added: files that were not known and hold a document that was not known.
        changed: known files whose content, or whose tags, were replaced.
        unchanged: known files that are as they were.
        duplicates: new names of documents that are known under another name.
        removed: names that were forgotten.
        settled: (what, name) of each file that was added, changed, removed or is a duplicate.
        failed: (path, reason) of what was not ingested; what the library held of it before is kept.
        chunks: chunks of the documents that were stored, of which `embedded` were given to the embedder and
            `reused` had a vector already.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    removed: int = 0
    settled: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    chunks: int = 0
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far an ingest is: `done` of `files` are settled, what they hold is committed.

    Attributes:
        embedded: chunks embedded so far, those of documents not yet committed among them.
    """

    files: int
    done: int
    embedded: int


Progress: TypeAlias = Callable[[IngestProgress], None]


def ignore_progress(_: IngestProgress) -> None:
    """Show nothing."""
