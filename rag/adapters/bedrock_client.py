"""Clients of Bedrock: region, credentials, address, timeouts and retries, in one place."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from rag.adapters.bedrock_errors import THROTTLING, translated
from rag.settings import Settings

_CONNECT_S = 5.0
_CONNECTIONS = 16  # of one client: as many threads may share it


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a throttled call is made, and how long the pauses grow: base_s, twice that, four times, ...

    Each pause is drawn between nothing and its full length, so that clients which were throttled together do
    not return together (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
    """

    attempts: int = 5
    base_s: float = 0.5
    longest_s: float = 8.0

    def pause_s(self, attempts: int) -> float | None:
        """Return how long to wait after so many attempts, None if there is to be no other."""
        if attempts >= self.attempts:
            return None
        return random.uniform(0.0, min(self.longest_s, self.base_s * 2 ** (attempts - 1)))


def make_client(settings: Settings, service: str, retries: Retries = Retries()) -> Any:
    """Return a boto3 client; what settings leave empty, boto3 finds as it always does.

    Args:
        settings: region, profile, endpoint and timeout.
        service: "bedrock-runtime", "bedrock-agent-runtime" or "bedrock".
        retries: of throttled calls. No others are made again: a timeout repeated is paid and waited for twice.

    Raises:
        ModelError: no region, no such profile.
    """
    timeout_s = settings.chat_timeout_s
    config = Config(
        connect_timeout=min(timeout_s, _CONNECT_S),
        read_timeout=timeout_s,
        max_pool_connections=_CONNECTIONS,
        retries={"total_max_attempts": 1, "mode": "standard"},  # boto3's own would also repeat timeouts
    )
    with translated(service):
        session = boto3.Session(profile_name=settings.aws_profile or None, region_name=settings.aws_region or None)
        client = session.client(service, endpoint_url=settings.bedrock_endpoint_url or None, config=config)
    client.meta.events.register(f"needs-retry.{service}", _RetryHandler(retries))
    return client


class _RetryHandler:
    """Tells botocore how long to wait before a throttled call is made again."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries

    def __call__(self, attempts: int, response: Any, **_: Any) -> float | None:
        if response is None or response[1].get("Error", {}).get("Code") not in THROTTLING:
            return None
        return self._retries.pause_s(attempts)
