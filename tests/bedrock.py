"""Settings and clients for the Bedrock stand-in, and passages to ask it about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rag.adapters.bedrock_client import Retries, make_client
from rag.dev.bedrock_scenarios import SCENARIOS
from rag.dev.fake_bedrock import FakeBedrock
from rag.settings import Settings
from rag.types import Chunk, DocumentInfo, Passage, Source

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
QUICK = Retries(attempts=4, base_s=0.002)


@contextmanager
def as_scenario(server: FakeBedrock, scenario: str) -> Iterator[FakeBedrock]:
    """Let a server that is shared act out a scenario, its list of requests empty at first."""
    server.requests.clear()
    server.scenario = SCENARIOS[scenario]
    yield server


def settings_for(server: FakeBedrock, **others: Any) -> Settings:
    given = {"bedrock_endpoint_url": server.url, "aws_region": "us-east-1", "chat_timeout_s": 5, **others}
    return Settings(_env_file=None, **given)


@contextmanager
def client_of(server: FakeBedrock, service: str, **others: Any) -> Iterator[Any]:
    client = make_client(settings_for(server, **others), service, QUICK)
    try:
        yield client
    finally:
        client.close()


def passage(text: str, name: str = "kinesis.md") -> Passage:
    info = DocumentInfo(f"id of {name}", name, "text/markdown", "", len(text), 1, "", (Source("c", name, name),))
    return Passage(Chunk(info.id, 0, text, (), 0, len(text), 1), info, 0.5)
