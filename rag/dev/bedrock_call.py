"""A request to the Bedrock stand-in, and how it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from rag.dev.bedrock_scenarios import Fault, Scenario

Json: TypeAlias = Mapping[str, Any]


class Refused(Exception):
    """A request that the operation does not accept."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


@dataclass(frozen=True, slots=True)
class Call:
    """A request: `path` is the part of the URL that names a model, a guardrail or a knowledge base."""

    path: tuple[str, ...]
    body: Json
    scenario: Scenario
