"""Objects in Amazon S3, or in what speaks its protocol.

A prefix is taken as a folder: `s3://texts/week1` holds `week1/a.md`, but not `week10/a.md`. The library remembers the
ETag of each object, so one that did not change is listed but not fetched. docs/s3.md has the permissions needed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ingest.readers import supported
from ingest.sources.source_file import SourceFile, SourceList
from rag.errors import ConfigError, IngestError

if TYPE_CHECKING:
    from rag.settings import Settings

_SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class S3Access:
    """How S3 is reached; what is empty, boto3 finds as it always does."""

    region: str = ""
    profile: str = ""
    endpoint_url: str = ""

    @classmethod
    def of(cls, settings: Settings) -> S3Access:
        """Return what the settings say."""
        return cls(settings.aws_region, settings.aws_profile, settings.s3_endpoint_url)


def is_s3(argument: str) -> bool:
    """Whether an argument is the address of a bucket, a prefix or an object."""
    return argument.startswith(_SCHEME)


def find_objects(address: str, access: S3Access) -> SourceList:
    """List the objects below a prefix, or the one object of that address.

    Raises:
        ConfigError: the address has no bucket, or boto3 is not installed.
        IngestError: they cannot be listed, or there are none of a supported type.
    """
    bucket = _Bucket(address, access)
    files = bucket.below() or bucket.itself()
    if not files:
        raise IngestError(f"no course texts in this prefix; supported are {', '.join(supported())}", address)
    return SourceList(files)


def find_prefix(address: str, access: S3Access) -> SourceList:
    """List the objects below a prefix, whole or not at all; there may be none.

    Raises:
        ConfigError: the address has no bucket, or boto3 is not installed.
        IngestError: they cannot be listed.
    """
    bucket = _Bucket(address, access)
    return SourceList(bucket.below(), root=bucket.uri(bucket.folder))


class _Bucket:
    """A bucket and what was named in it; threads may share it."""

    def __init__(self, address: str, access: S3Access) -> None:
        self.name, _, self.key = address.removeprefix(_SCHEME).partition("/")
        self.folder = f"{self.key}/" if self.key and not self.key.endswith("/") else self.key
        if not self.name:
            raise ConfigError(f"{address} names no bucket: write s3://BUCKET or s3://BUCKET/PREFIX.")
        try:
            from ingest.sources.s3_client import S3Client
        except ImportError as error:
            install = "pip install 'openbook[s3]'"
            raise ConfigError(f"S3 needs packages that are not installed ({error}). Run: {install}") from error
        self._client = S3Client(self.name, address, access.region, access.profile, access.endpoint_url)

    def uri(self, key: str) -> str:
        return f"{_SCHEME}{self.name}/{key}"

    def below(self) -> tuple[SourceFile, ...]:
        """Return the supported objects in the folder, named by their keys below it."""
        listed = ((one, one["Key"].removeprefix(self.folder)) for one in self._client.objects(self.folder))
        return tuple(self._file(one, name) for one, name in listed if _is_course_text(name))

    def itself(self) -> tuple[SourceFile, ...]:
        """Return the object that the whole address names, if there is one."""
        first = next(self._client.objects(self.key), {"Key": ""})  # a key sorts before those that begin with it
        is_there = self.key and first["Key"] == self.key and not self.key.endswith("/")
        return (self._file(first, self.key.rpartition("/")[2]),) if is_there else ()

    def _file(self, one: Mapping[str, Any], name: str) -> SourceFile:
        uri, etag, size = self.uri(one["Key"]), one["ETag"], one["Size"]
        content = partial(self._client.fetch, one["Key"], etag, uri)
        return SourceFile(uri, uri, name, content, size, f"{etag} {size}", is_remote=True)


def _is_course_text(name: str) -> bool:
    hidden = any(part.startswith(".") and part.strip(".") for part in name.split("/"))
    return not hidden and os.path.splitext(name)[1].lower() in supported()  # noqa: PTH122 (a key is no path)
