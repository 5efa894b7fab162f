"""The OpenAPI document holds: whatever is sent, no 5xx and no reply that it does not describe."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what schemathesis itself imports
    import schemathesis
    from schemathesis.specs.openapi.checks import positive_data_acceptance

from rag.access.keys import Permission
from tests.api_server import Served, serving
from tests.integration.test_api_access import ROUTES

EXAMPLES = 50


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("api"), api_rate="1000000/minute") as served:
        yield served


@pytest.fixture(scope="module")
def token(server: Served) -> str:
    return server.key("fuzz", Permission.ADMIN)


@pytest.fixture(scope="module")
def document(server: Served) -> Any:
    return schemathesis.openapi.from_url(f"{server.url}/v1/openapi.json")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_whatever_is_sent_is_answered_as_described(document: Any, token: str, method: str, path: str) -> None:
    # Not by schemathesis's own plugin, which does not know this version of pytest.
    headers = {"Authorization": f"Bearer {token}"}

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=document[path][method].as_strategy())
    def sent(case: Any) -> None:
        # A schema cannot say that a question needs a word, or which cursors were given: such values may be refused.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    sent()


def test_the_document_reads_like_documentation(server: Served) -> None:
    document = httpx.get(f"{server.url}/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
    assert document["components"]["schemas"]["SearchRequest"]["properties"]["question"]["examples"]
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
