"""Ingests a folder in a process of its own, with the quick embedder of the tests.

Run as: python -m tests.integration.ingest_driver HOME FOLDER [LARGEST_FILE_BYTES]. It prints "ready" when everything is
imported, waits for a line, and then ingests; so a test can kill it at a moment of the ingest proper.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.bootstrap import open_library
from rag.errors import OpenbookError
from rag.settings import Settings
from tests.fakes import HashEmbedder


def main(home: str, folder: str, largest_file: str = "") -> None:
    embedder = HashEmbedder()
    settings = Settings(home=Path(home), course="course")
    print("ready", flush=True)
    sys.stdin.readline()
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file), int(largest_file)))
    try:
        with open_library(settings, embedder) as library:
            report = Ingestor(library, embedder, settings).ingest(find_sources([folder]))
    except OpenbookError as error:
        print(type(error).__name__, error, *getattr(error, "__notes__", ()), flush=True)
        sys.exit(1)
    print(report, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
