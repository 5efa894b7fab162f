"""The texts that evals run on, and libraries of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.cases import Case, load_cases
from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.answer import Assistant
from rag.bootstrap import make_embedder, open_library
from rag.errors import ConfigError
from rag.ports import Embedder
from rag.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Suite:
    """Texts with labelled questions over them."""

    name: str
    texts: Path
    cases: tuple[Path, ...]

    @property
    def available(self) -> bool:
        """Whether the texts are here: those under `shared` are not part of the project."""
        return self.texts.exists()


_GOLD = ROOT / "evals" / "gold"
_CASES = ROOT / "tests" / "data" / "cases"
SUITES = {
    suite.name: suite
    for suite in (
        Suite("starter", ROOT / "corpus", (_GOLD / "starter.jsonl",)),
        Suite("course-texts", SHARED / "course-texts", (_CASES / "course-texts.jsonl",)),
        Suite(
            "textbook",
            SHARED / "textbook" / "sections.jsonl",
            (_CASES / "textbook.jsonl", _GOLD / "textbook-dev.jsonl"),
        ),
        Suite("manuals", SHARED / "manuals" / "sagemaker", (_GOLD / "manuals-dev.jsonl",)),
    )
}


def suite_named(name: str) -> Suite:
    """Return a suite.

    Raises:
        ConfigError: there is none of that name, or its texts are not here.
    """
    suite = SUITES.get(name)
    if suite is None:
        raise ConfigError(f"There is no suite '{name}'. Valid are: {', '.join(SUITES)}.")
    if not suite.available:
        raise ConfigError(f"The texts of suite '{name}' are not here: {suite.texts}")
    return suite


def cases_of(suite: Suite, split: str = "") -> list[Case]:
    """Return the cases of a suite."""
    return [case for path in suite.cases for case in load_cases(path, split)]


@contextmanager
def assistant_over(texts: Path, embedder: Embedder | None = None) -> Iterator[Assistant]:
    """Yield an assistant over a folder, or over a JSON-lines file of sections, in a library made for the occasion."""
    with TemporaryDirectory(prefix="openbook-") as home:
        settings = load_settings().model_copy(update={"home": Path(home)})
        embedder = embedder or make_embedder(settings)
        library = open_library(settings, embedder)
        folder = texts if texts.is_dir() else write_sections(read_sections(texts), Path(home) / "texts")
        report = Ingestor(library, embedder, settings).ingest(find_sources([str(folder)]), course="evals")
        if report.failed:
            raise ConfigError(f"{len(report.failed)} texts of {texts} could not be read: {report.failed[:3]}")
        try:
            yield Assistant(library, embedder, settings)
        finally:
            library.close()


def read_sections(path: Path) -> list[dict[str, str]]:
    """Read textbook sections: book, module, title, text."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write_sections(sections: Iterable[dict[str, str]], folder: Path) -> Path:
    """Write each section as `<book>/<module>.md` and return the folder."""
    for section in sections:
        path = folder / section["book"] / f"{section['module']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {section['title']}\n\n{section['text']}\n", "utf-8")
    return folder
