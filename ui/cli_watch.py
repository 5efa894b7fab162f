"""The command `watch`: keeps the library in step with a folder while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError, LibraryError, ModelError
from ui.cli_options import Course, FilePassword, Tags, read_settings

if TYPE_CHECKING:
    from ingest.report import IngestReport
    from rag.ports import Embedder
    from rag.settings import Settings

_QUIET_MS, _LONGEST_MS = 500, 10_000  # a burst of changes is over after so long without one, or so long in all
_WAKE_MS = 1_000


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder that the library is to match.")],
    course: Course = "",
    tag: Tags = None,
    password: FilePassword = "",
) -> None:
    """Keep the library in step with a folder, deletions included, until Ctrl-C."""
    from rag.bootstrap import make_embedder
    from ui.cli_ingest import give_way, show_report
    from ui.cli_output import show_error

    give_way()
    settings = read_settings()
    embedder = make_embedder(settings)
    known: set[tuple[str, str]] | None = None  # troubles that were told; None before the first sync
    for _ in _changes(folder):
        try:
            report = _sync(settings, embedder, password, folder, course, tuple(tag or ()))
        except (LibraryError, ModelError) as error:
            if known is None:
                raise
            show_error(f"{error} The next change is another try.")
            continue
        if known is None:
            show_report(report)
            _say(f"Watching {folder}; Ctrl-C ends it.")
        else:
            _show(report, known)
        known = _troubles(report)


def _changes(folder: Path) -> Iterator[None]:
    """Yield once the watch has begun, after each burst of changes to files that are not hidden, and if it is gone."""
    from watchfiles import watch as watch_files

    root = folder.expanduser().resolve()
    if not root.is_dir():
        raise ConfigError(f"{folder} is not a folder.")
    bursts = watch_files(
        root, watch_filter=lambda _, path: not _is_hidden(Path(path), root),
        debounce=_LONGEST_MS, step=_QUIET_MS, rust_timeout=_WAKE_MS, yield_on_timeout=True,
    )  # fmt: skip
    try:
        for number, changes in enumerate(bursts):
            if changes or number == 0 or not root.is_dir():
                yield
    except (OSError, RuntimeError) as error:  # watchfiles' own errors are RuntimeErrors
        advice = "Set WATCHFILES_FORCE_POLLING=1, or run openbook sync from time to time."
        raise ConfigError(f"{folder} cannot be watched: {error}. {advice}") from error


def _is_hidden(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and any(part.startswith(".") for part in path.relative_to(root).parts)


def _sync(
    settings: Settings, embedder: Embedder, password: str, folder: Path, course: str, tags: tuple[str, ...]
) -> IngestReport:
    from ingest.pipeline import Ingestor
    from rag.bootstrap import open_library
    from ui.cli_ingest import ingest_bar

    # Opened for each sync: closing it writes the vector index that other processes load.
    with ingest_bar("Syncing") as bar, open_library(settings, embedder) as library:
        return Ingestor(library, embedder, settings, password).sync(folder, course, tags, bar)


def _show(report: IngestReport, known: set[tuple[str, str]]) -> None:
    """Print what was done, and troubles that were not told before."""
    from ui.cli_ingest import KINDS

    for kind, name in report.settled:
        _say(f"{KINDS[kind]}: {name}")
    for place, reason in sorted(_troubles(report) - known):
        _say(": ".join(filter(None, (place, reason))), style="yellow")


def _troubles(report: IngestReport) -> set[tuple[str, str]]:
    return {*report.failed, *(("", warning) for warning in report.warnings)}


def _say(text: str, style: str = "") -> None:
    from ui.cli_output import show_hanging

    show_hanging(text, f"{datetime.now():%H:%M:%S} ", style=style)
