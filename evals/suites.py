"""Suites: the texts that evals run on, the items that are asked of them, and libraries of the texts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from evals.items import Item, load_items, read_items
from evals.peers.items import load_clapnq, load_textbook, read_clapnq_passages
from evals.rows import read_rows
from ingest.pipeline import IngestLibrary, Ingestor
from rag.answer import Assistant
from rag.bootstrap import assemble, make_embedder, open_library
from rag.errors import ConfigError, IndexMismatch
from rag.ports import Embedder
from rag.settings import Settings, load_settings
from rag.types import Scope

if TYPE_CHECKING:
    from rag.adapters.sqlite_library import SqliteLibrary

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
GOLD = ROOT / "evals" / "gold"
_PEERS, _COURSES = ROOT / "evals" / "peers", ROOT / "evals" / "courses"
_TEXTBOOK, _CLAPNQ = SHARED / "textbook", SHARED / "qa"

Section: TypeAlias = dict[str, str]  # book, module, title, text


@dataclass(frozen=True, slots=True)
class Course:
    """Texts that are ingested as one course: a folder, or a file of sections, which `read` returns."""

    name: str
    texts: Path
    read: Callable[[Path], list[Section]] = read_rows


@dataclass(frozen=True, slots=True)
class Suite:
    """Courses with labelled questions about them.

    Attributes:
        texts: the courses; the first is always needed, another only where an item asks it.
        items: files of items; the name of one may be a pattern.
        load: reads such a file, all of it or a split.
        ours: whether we labelled the items: those the answerer is calibrated on and the floors are meant for.
        retrieval_only: whether the items say only which document is right, so that no answer is made.
    """

    name: str
    texts: tuple[Course, ...]
    items: tuple[Path, ...] = ()
    load: Callable[[Path, str], list[Item]] = load_items
    ours: bool = True
    retrieval_only: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of items that are here."""
        return tuple(file for path in self.items for file in sorted(path.parent.glob(path.name)))

    @property
    def courses(self) -> tuple[Course, ...]:
        """The courses whose texts are here."""
        return tuple(course for course in self.texts if course.texts.exists())

    @property
    def missing(self) -> tuple[Course, ...]:
        """The courses that are needed and whose texts are not here."""
        absent = [course for course in self.texts if course not in self.courses]
        asked = {item.course for file in self.files for item in read_items(file)[0]} if absent else set()
        return tuple(course for course in absent if course is self.texts[0] or course.name in asked)

    @property
    def available(self) -> bool:
        """Whether the texts are here: those under `shared` are not part of the project."""
        return not self.missing


SUITES = {
    suite.name: suite
    for suite in (
        Suite(
            "gold",
            (
                Course("aws-ml", ROOT / "corpus"),
                *(Course(name, _COURSES / name) for name in ("contradictions", "fiction", "injections")),
            ),
            (GOLD / "*.jsonl",),
        ),
        # Asks for the page: nothing is tuned on these few items, so they are not counted as ours.
        Suite("files", (Course("files", _COURSES / "files"),), (GOLD / "files" / "course-files.jsonl",), ours=False),
        Suite("course-texts", (Course("course-texts", SHARED / "course-texts"),), (_PEERS / "course-texts.jsonl",)),
        Suite("textbook", (Course("textbook", _TEXTBOOK / "sections.jsonl"),), (_PEERS / "textbook.jsonl",)),
        Suite("manuals", (Course("manuals", SHARED / "manuals" / "sagemaker"),), (_PEERS / "manuals.jsonl",)),
        Suite(
            "textbook-retrieval",
            (Course("textbook", _TEXTBOOK / "sections.jsonl"),),
            (_TEXTBOOK / "mcq.jsonl",),
            load_textbook,
            ours=False,
            retrieval_only=True,
        ),
        # All passages in one library: with its own passage alone, a question would be asked of no search at all.
        Suite(
            "clapnq",
            tuple(
                Course(name, _CLAPNQ / f"{name}.jsonl", read_clapnq_passages)
                for name in ("clapnq-answerable", "clapnq-unanswerable")
            ),
            (_CLAPNQ / "clapnq-answerable.jsonl", _CLAPNQ / "clapnq-unanswerable.jsonl"),
            load_clapnq,
            ours=False,
        ),
    )
}


def suite_named(name: str) -> Suite:
    """Return a suite.

    Raises:
        ConfigError: there is none of that name, or texts of it are not here.
    """
    suite = SUITES.get(name)
    if suite is None:
        raise ConfigError(f"There is no suite '{name}'. Valid are: {', '.join(SUITES)}.")
    require(suite)
    return suite


def require(suite: Suite) -> None:
    """Raise ConfigError where texts of the suite are not here."""
    if suite.missing:
        raise ConfigError(
            f"The texts of suite '{suite.name}' are not here: "
            + ", ".join(f"course '{course.name}' in {course.texts}" for course in suite.missing)
        )


def items_of(suite: Suite, split: str = "") -> list[Item]:
    """Return the items of a suite, those of `split` only where it is given.

    Raises:
        ConfigError: a file of items cannot be read, or there is none.
    """
    lacking = [str(path) for path in suite.items if not any(path.parent.glob(path.name))]
    if lacking or not suite.items:
        raise ConfigError(f"Suite '{suite.name}' lacks items: there is no {', '.join(lacking)}")
    return [item for file in suite.files for item in suite.load(file, split)]


@contextmanager
def assistant_over(
    suite: Suite, embedder: Embedder | None = None, settings: Settings | None = None, kept: Path | None = None
) -> Iterator[Assistant]:
    """Yield an assistant over the courses of a suite.

    Args:
        suite: what to read; an item of it is asked within `Scope(course=item.course)`.
        embedder: the one of the settings where none is given.
        settings: those of the environment where none are given.
        kept: a folder for the library, which the next call brings up to date instead of making it again; a
            library that was indexed by another embedder or chunker is made again. Without it, the library is
            made for the occasion.

    Raises:
        ConfigError: texts of the suite are not here, or cannot be read.
    """
    require(suite)
    with ExitStack() as stack:
        folder = kept or Path(stack.enter_context(TemporaryDirectory(prefix="openbook-")))
        settings = (settings or load_settings()).model_copy(update={"home": folder / "library"})
        embedder = embedder or make_embedder(settings)
        library = _opened(settings, embedder)
        stack.callback(library.close)
        _fill(Ingestor(library, embedder, settings), suite, folder / "texts")
        yield assemble(library, embedder, settings)


def _opened(settings: Settings, embedder: Embedder) -> SqliteLibrary:
    try:
        return open_library(settings, embedder)
    except IndexMismatch:
        shutil.rmtree(settings.home)
        return open_library(settings, embedder)


def _fill(ingestor: Ingestor, suite: Suite, written: Path) -> None:
    """Bring the library to what the courses hold now; sections are written below `written` to be read."""
    folders = {course.name: _folder(course, written / course.name) for course in suite.courses}
    for course, folder in folders.items():
        report = ingestor.sync(folder, course)
        if report.failed:
            raise ConfigError(f"{len(report.failed)} texts of {folder} could not be read: {report.failed[:3]}")
    _forget_others(ingestor.library, folders)


def _folder(course: Course, written: Path) -> Path:
    if course.texts.is_dir():
        return course.texts
    shutil.rmtree(written, ignore_errors=True)
    return write_sections(course.read(course.texts), written)


def _forget_others(library: IngestLibrary, folders: dict[str, Path]) -> None:
    """Remove what a kept library holds of courses, or of folders of them, that the suite no longer has."""
    for source in [source for document in library.documents(Scope()) for source in document.sources]:
        folder = folders.get(source.course)
        if folder is None or not Path(source.uri).is_relative_to(folder.resolve()):
            library.remove_source(source.course, source.uri)


def write_sections(sections: Iterable[Section], folder: Path) -> Path:
    """Write each section as `<book>/<module>.md` and return the folder."""
    for section in sections:
        path = folder / section["book"] / f"{section['module']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {section['title']}\n\n{section['text']}\n", "utf-8")
    return folder
