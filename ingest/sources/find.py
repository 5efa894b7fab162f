"""Expands arguments of every kind into files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.sources.files import Finder, find_folder
from ingest.sources.s3 import S3Access, find_objects, find_prefix, is_s3
from ingest.sources.source_file import SourceList
from ingest.sources.stdin import STDIN, standard_input
from rag.errors import ConfigError, IngestError


def find_sources(paths: Sequence[str | Path], s3: S3Access = S3Access(), stdin_name: str = "") -> SourceList:
    """Expand files, folders (recursively), globs, `s3://BUCKET/PREFIX`, and `-` for standard input.

    In folders, globs and prefixes, hidden files and files that no reader is registered for are skipped; a file that
    is named itself is always in the result or among the failures. Symbolic links that leave a folder are not followed.

    Args:
        paths: what to expand.
        s3: how S3 is reached.
        stdin_name: the file name of standard input.

    Raises:
        ConfigError: standard input is asked for without a name, or a name is given without it.
    """
    finder = Finder()
    arguments = [str(path) for path in paths]
    if stdin_name and STDIN not in arguments:
        raise ConfigError("--name is the name of standard input: give - among the files too.")
    for argument in arguments:
        if argument == STDIN:
            finder.add_file(standard_input(stdin_name))
        elif is_s3(argument):
            _add_objects(finder, argument, s3)
        else:
            finder.add(argument)
    return finder.result()


def find_tree(place: str | Path, s3: S3Access = S3Access()) -> SourceList:
    """Expand a folder or an `s3://BUCKET/PREFIX`, whole or not at all; it may be empty.

    Raises:
        ConfigError: there is no such folder, or it cannot be listed.
        IngestError: the prefix cannot be listed.
    """
    return find_prefix(str(place), s3) if is_s3(str(place)) else find_folder(place)


def _add_objects(finder: Finder, address: str, s3: S3Access) -> None:
    try:
        for file in find_objects(address, s3).files:
            finder.add_file(file)
    except IngestError as error:
        finder.failed[address] = error.reason
