"""Looks whether everything is in order, and says what to do where it is not."""

from __future__ import annotations

import importlib.metadata
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from rag.adapters.terminal import out
from rag.errors import OpenbookError
from rag.settings import LIBRARY, Settings
from rag.types import LibraryStamp
from ui.cli_output import count, show_gap, show_hanging

_PACKAGES = ("openbook", "onnxruntime", "faiss-cpu", "numpy", "langchain-core", "tokenizers")
_LOW_DISK_BYTES = 200_000_000
_GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `advice` is empty where nothing is wrong."""

    name: str
    finding: str
    advice: str = ""

    @property
    def is_problem(self) -> bool:
        """Whether something is to be done."""
        return bool(self.advice)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks and the settings in force."""

    checks: tuple[Check, ...]
    settings: Mapping[str, str]

    @property
    def problems(self) -> int:
        """How many checks ask for something to be done."""
        return sum(check.is_problem for check in self.checks)


def diagnose(settings: Settings) -> Diagnosis:
    """Run all checks; a check that fails is a problem, and the others go on."""
    checks = [
        *_versions(),
        *_weights(settings),
        *_reader(settings),
        *_library(settings),
        *_parts(settings),
        _disk(settings),
    ]
    return Diagnosis(tuple(checks), {name: str(value) for name, value in settings.model_dump().items()})


def _versions() -> Iterator[Check]:
    found = [f"Python {sys.version.split()[0]}", f"SQLite {sqlite3.sqlite_version}"]
    missing = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(package)
    yield Check("versions", ", ".join(found))
    if missing:
        yield Check("packages", f"not installed: {', '.join(missing)}", "Run: make install")
    if not _has_full_text_search():
        yield Check("SQLite", "built without FTS5", "Use a Python whose sqlite3 has FTS5 (python.org's builds do).")


def _has_full_text_search() -> bool:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def _weights(settings: Settings) -> Iterator[Check]:
    from rag.adapters.weights import ALL_WEIGHTS, MINILM_INT8, locate

    for weights in ALL_WEIGHTS:
        needed = weights is MINILM_INT8 and settings.embedder == "minilm-int8"
        try:
            importlib.metadata.version(weights.package)
        except importlib.metadata.PackageNotFoundError:
            if needed:
                yield Check("weights", f"{weights.name} is not installed", f"Run: {weights.install_command}")
            continue
        try:
            locate(weights)
        except OpenbookError as error:
            yield Check("weights", f"{weights.name} is damaged", str(error))
        else:
            yield Check("weights", f"{weights.name}: {count(len(weights.files), 'checksum')} right")


def _reader(settings: Settings) -> Iterator[Check]:
    from rag.bootstrap import make_reader

    try:
        reader = make_reader(settings)
    except OpenbookError as error:
        yield Check("reader", f"{settings.reader} cannot be used, answers are found without it", str(error))
    else:
        yield Check("reader", reader.fingerprint if reader else "none")


def _library(settings: Settings) -> Iterator[Check]:
    from rag.bootstrap import make_embedder, open_library

    path = settings.library_path
    try:
        with open_library(settings) as library:
            health = library.health()
    except OpenbookError as error:
        yield Check("library", f"{path} cannot be used", str(error))
        return
    if health.stamp is None:
        yield Check("library", f"{path} is empty", "Run: openbook ingest PATH" if settings.retriever == LIBRARY else "")
        return
    size = f"{count(health.documents, 'document')}, {count(health.chunks, 'chunk')}, generation {health.generation}"
    yield Check("library", f"{path}: {size}, {health.database_bytes / 1e6:.1f} MB, schema {health.schema_version}")
    for problem in health.problems:
        yield Check("library", problem, "Run: openbook reindex. If it stays, move the library away and ingest again.")
    yield Check(
        "vector cache", health.cache if health.cache == "current" else f"{health.cache}; made again when needed"
    )
    try:
        embedder = make_embedder(settings)
        with open_library(settings, embedder):
            yield _stamp(health.stamp, LibraryStamp(embedder.fingerprint, health.stamp.chunker))
    except OpenbookError as error:
        yield Check("embedder", f"{settings.embedder} does not fit the library or cannot be loaded", str(error))


def _stamp(stored: LibraryStamp, configured: LibraryStamp) -> Check:
    return Check("embedder", f"{configured}, as the library was indexed by" if stored == configured else str(stored))


def _parts(settings: Settings) -> Iterator[Check]:
    """Make what is chosen instead of the default; nothing is asked of it."""
    from rag.bootstrap import make_embedder, make_grounding, make_remote, make_reranker

    makes: dict[str, Callable[[], object]] = {
        "retriever": lambda: make_remote(settings),
        "reranker": lambda: make_reranker(settings),
        "grounding": lambda: make_grounding(settings, make_embedder(settings)),
    }
    for name, make in makes.items():
        chosen = getattr(settings, name)
        if chosen == Settings.model_fields[name].default:
            continue
        try:
            make()
        except OpenbookError as error:
            yield Check(name, f"{chosen} cannot be used", str(error))
        else:
            yield Check(name, f"{chosen}; not asked here")


def _disk(settings: Settings) -> Check:
    path = settings.library_path.parent
    existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    needed = _LOW_DISK_BYTES + _bytes(settings.library_path)
    advice = f"Free some space on the disk of {existing}." if free < needed else ""
    return Check("disk", f"{free / _GB:.1f} GB free in {existing}", advice)


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def show_diagnosis(diagnosis: Diagnosis) -> None:
    """Print the checks, what to do, and the settings."""
    width = max(len(check.name) for check in diagnosis.checks) + 2
    for check in diagnosis.checks:
        sign, style = ("✗", "red") if check.is_problem else ("✓", "green")
        head = Text.assemble((f"{sign} ", style), (check.name.ljust(width), "bold"), check.finding)
        show_hanging(head, "", " " * (width + 2))
        if check.advice:
            show_hanging(check.advice, " " * (width + 2), style="yellow")
    show_gap()
    show_hanging("Settings (set by OPENBOOK_<NAME>)", style="dim")
    for name, value in diagnosis.settings.items():
        out().print(Text.assemble((f"  {name.upper():<24}", "dim"), value), soft_wrap=True)
    show_gap()
    if diagnosis.problems:
        show_hanging(f"{count(diagnosis.problems, 'problem')}; the yellow lines say what to do.", style="red")
    else:
        show_hanging("Everything is in order.", style="green")
