"""The calls of S3 that are made, with boto3: retries, time limits, and errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore import exceptions as boto
from botocore.config import Config
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from rag.errors import IngestError

_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"})
_FETCHES = 3  # a body that breaks off is not made up for by boto3's own retries

_BROKEN_OFF = (
    boto.IncompleteReadError,
    boto.ReadTimeoutError,
    boto.ResponseStreamingError,
    boto.FlexibleChecksumError,
    HTTPError,
)
_NO_CREDENTIALS = "renew the AWS credentials (aws sso login, or new keys) or set OPENBOOK_AWS_PROFILE"
_REGION = "set OPENBOOK_AWS_REGION to the region of the bucket"
# What to do, by the code of S3's reply.
_BY_CODE = {
    "NoSuchBucket": "check the name of the bucket, and OPENBOOK_S3_ENDPOINT_URL if it is set",
    "NoSuchKey": "the object is gone; it was there when the prefix was listed",
    "PreconditionFailed": "the object changed after the prefix was listed; run the same command again",
    "AccessDenied": "allow it in the IAM policy: docs/s3.md has the least one that is enough",
    "InvalidObjectState": "the object is archived; restore it first",
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "InvalidAccessKeyId": _NO_CREDENTIALS,
    "SignatureDoesNotMatch": _NO_CREDENTIALS,
    "InvalidToken": _NO_CREDENTIALS,
    "ExpiredToken": _NO_CREDENTIALS,
}
# What to do, by the kind of error; the last fits all.
_BY_TYPE: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((boto.NoCredentialsError, boto.PartialCredentialsError), "run aws configure, or set OPENBOOK_AWS_PROFILE"),
    ((boto.ProfileNotFound,), "check OPENBOOK_AWS_PROFILE"),
    ((boto.TokenRetrievalError, boto.UnauthorizedSSOTokenError, boto.SSOTokenLoadError), _NO_CREDENTIALS),
    ((boto.ParamValidationError,), "check the address"),
    ((ValueError, boto.NoRegionError), "check OPENBOOK_S3_ENDPOINT_URL and OPENBOOK_AWS_REGION"),
    ((boto.ConnectionError,), "check the network, and OPENBOOK_S3_ENDPOINT_URL if it is set"),
    ((Exception,), "run the same command again"),
)


class S3Client:
    """Lists and fetches the objects of a bucket; threads may share it.

    Args:
        bucket: its name.
        place: what errors call it.
        region, profile, endpoint_url: as boto3 finds them where they are empty.

    Raises:
        IngestError: no such profile, or the address or the region is none.
    """

    def __init__(self, bucket: str, place: str, region: str, profile: str, endpoint_url: str) -> None:
        self._bucket, self._place = bucket, place
        with _translated(place):
            session = boto3.Session(profile_name=profile or None, region_name=region or None)
            self._client = session.client("s3", endpoint_url=endpoint_url or None, config=_CONFIG)

    def objects(self, prefix: str) -> Iterator[Mapping[str, Any]]:
        """Yield what S3 says of each object whose key begins with `prefix`, in order of key.

        Raises:
            IngestError: they cannot be listed.
        """
        with _translated(self._place):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                yield from page.get("Contents", ())

    def fetch(self, key: str, etag: str, place: str, limit: int) -> bytes:
        """Return the first `limit` bytes of an object.

        Raises:
            IngestError: it cannot be fetched, named `place`; or it is not any more what `etag` names.
        """
        with _translated(place):
            for attempt in range(1, _FETCHES + 1):
                try:
                    reply = self._client.get_object(Bucket=self._bucket, Key=key, IfMatch=etag)
                    return bytes(reply["Body"].read()[:limit])
                except _BROKEN_OFF:
                    if attempt == _FETCHES:
                        raise
        raise AssertionError("unreachable")


@contextmanager
def _translated(place: str) -> Iterator[None]:
    try:
        yield
    except (boto.BotoCoreError, boto.ClientError, ResponseParserError, HTTPError, ValueError) as error:
        raise IngestError(_reason(error), place) from error


def _reason(error: Exception) -> str:
    if isinstance(error, boto.ClientError):
        told = error.response.get("Error", {})
        code = str(told.get("Code", ""))
        advice = _BY_CODE.get(code, "run the same command again")
        return f"S3 says {code}: {str(told.get('Message', '')).rstrip('.')}; {advice}"
    advice = next(advice for kinds, advice in _BY_TYPE if isinstance(error, kinds))
    return f"{' '.join(str(error).split()).rstrip('.')}; {advice}"
