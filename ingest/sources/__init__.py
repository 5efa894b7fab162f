"""Finds the course texts that arguments name: files, folders, globs, standard input and objects in S3.

A folder may hold a `manifest.json` that names the course and the title and checksum of each module,
as `corpus/manifest.json` does.
"""

from ingest.sources.ahead import read_ahead
from ingest.sources.files import find_folder
from ingest.sources.find import find_sources, find_tree
from ingest.sources.s3 import S3Access
from ingest.sources.source_file import Content, SourceFile, SourceList

__all__ = ["Content", "S3Access", "SourceFile", "SourceList", "find_folder", "find_sources", "find_tree", "read_ahead"]
