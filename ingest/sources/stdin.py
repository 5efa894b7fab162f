"""Standard input as a file to ingest."""

from __future__ import annotations

import sys

from ingest.sources.source_file import SourceFile
from rag.errors import ConfigError

STDIN = "-"


def standard_input(name: str) -> SourceFile:
    """Return standard input as a file called `name`, whose suffix says what it holds.

    Raises:
        ConfigError: it has no name, or one that is not UTF-8.
    """
    if not name:
        raise ConfigError("Standard input has no file name: give one with --name, such as --name notes.md.")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise ConfigError("--name is not UTF-8.") from error
    return SourceFile("standard input", f"stdin:{name}", name, sys.stdin.buffer.read)
