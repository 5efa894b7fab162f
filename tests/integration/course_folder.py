"""Folders of made course texts, and whether a library holds them whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from ingest.load import job_for, read_bytes
from ingest.parse.parse import parse
from ingest.pipeline import Ingestor
from ingest.report import IngestReport
from ingest.sources import find_sources
from rag.adapters.sqlite_library import SqliteLibrary
from rag.bootstrap import open_library
from rag.settings import Settings
from rag.types import Chunk
from tests.fakes import HashEmbedder


def course_text(number: int, sections: int = 3) -> str:
    """Return a text that is like no other: `number` stands in each of its sentences."""
    return "\n\n".join(
        f"# Topic {number} part {section}\n\nThe answer to topic{number} part {section} is value{number * section}. "
        + f"It was measured {section} times in laboratory{number}. " * 6
        for section in range(1, sections + 1)
    )


def write_course(folder: Path, count: int, sections: int = 3) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:04}.md").write_text(course_text(number, sections))


def settings_at(home: Path, **values: object) -> Settings:
    return Settings.model_validate({"home": home, "course": "course", **values})


def opened(home: Path, embedder: HashEmbedder | None = None, **values: object) -> SqliteLibrary:
    return open_library(settings_at(home, **values), embedder or HashEmbedder())


def ingest(home: Path, *paths: Path, **values: object) -> IngestReport:
    embedder = HashEmbedder()
    with opened(home, embedder, **values) as library:
        return Ingestor(library, embedder, settings_at(home, **values)).ingest(find_sources(paths))


def expected_chunks(*paths: Path) -> dict[str, list[Chunk]]:
    """Return what each file should be in a library, by document id."""
    contents = [(file, read_bytes(file, 32.0)) for file in find_sources(paths).files]
    parsed = [parse(job_for(file, content, 900), content.raw) for file, content in contents]
    return {one.document.id: list(one.chunks) for one in parsed}


def check_whole(home: Path, expected: dict[str, list[Chunk]]) -> int:
    """Assert that every document in a library is whole and sound; return how many there are."""
    embedder = HashEmbedder()
    with opened(home, embedder) as library:
        assert library.health().problems == ()
        infos = library.documents()
        for info in infos:
            chunks = library.document_chunks(info.id)
            assert chunks == expected[info.id]
            assert info.chunks == len(chunks)
            assert info.sources
            texts = [chunk.embed_text for chunk in chunks]
            stored = library.known_vectors(texts)
            assert np.allclose(np.stack([stored[text] for text in texts]), embedder.embed(texts), atol=1e-6)
        assert library.chunk_count == sum(info.chunks for info in infos)
        return len(infos)


def start_driver(home: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.ingest_driver", str(home), str(folder), *arguments]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def let_go(driver: subprocess.Popen[str]) -> None:
    """Wait until a driver has imported everything, and let it ingest."""
    assert driver.stdout is not None
    assert driver.stdin is not None
    assert driver.stdout.readline() == "ready\n"
    driver.stdin.write("go\n")
    driver.stdin.flush()
