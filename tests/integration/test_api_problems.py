"""What the API refuses, and how it says so."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from api.problems import KINDS, problem_of
from rag.answer import Assistant
from rag.errors import (
    Blocked,
    ConfigError,
    IndexMismatch,
    IngestError,
    LibraryError,
    ModelError,
    OpenbookError,
    QuestionError,
    QuizError,
    StateError,
)
from rag.settings import Settings
from tests.api_server import LENS, Served, open_small, scripted, serving, wait_until

SECRET = "a question nobody else should read"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("api"), auth=False, api_rate="10000/minute", api_max_body_kb=8) as served:
        yield served


@pytest.mark.parametrize(
    ("error", "name", "shown"),
    [
        (QuestionError("no words"), "question", True),
        (QuizError("too few"), "texts-too-few", True),
        (IngestError("torn", "a.pdf", 3), "unreadable-text", True),
        (Blocked("not this"), "blocked", True),
        (ModelError("at http://inside"), "model-failed", False),
        (ModelError("at http://inside", retryable=True), "model-unavailable", False),
        (IndexMismatch("/home/x"), "index-mismatch", False),
        (LibraryError("/home/x"), "library-unavailable", False),
        (StateError("/home/x"), "state-unavailable", False),
        (ConfigError("OPENBOOK_X"), "configuration", False),
        (OpenbookError("x"), "internal", False),
    ],
)
def test_every_error_of_the_core_is_a_problem(error: OpenbookError, name: str, shown: bool) -> None:
    problem = problem_of(error)
    assert problem.name == name
    assert (str(error) in problem.detail) is shown
    assert (problem.kind.status == 503) == ("Retry-After" in problem.headers)


def test_no_error_of_the_core_is_forgotten() -> None:
    known = {ConfigError, IngestError, LibraryError, IndexMismatch, QuestionError, QuizError, StateError, ModelError}
    assert {*OpenbookError.__subclasses__(), *LibraryError.__subclasses__()} == known


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "name"),
    [
        ("GET", "/nowhere", {}, 404, "not-found"),
        ("GET", "/v1/ask", {}, 405, "method-not-allowed"),
        ("POST", "/v1/ask", {"json": {"question": "x" * 9000}}, 413, "too-large"),
        ("POST", "/v1/ask", {"content": iter([b"x" * 9000])}, 413, "too-large"),
        ("POST", "/v1/ask", {"json": {"question": "x" * 2001}}, 422, "question"),
        ("POST", "/v1/ask", {"json": {"question": " "}}, 422, "question"),
        ("POST", "/v1/ask/stream", {"json": {"question": " "}}, 422, "question"),
        ("POST", "/v1/ask", {"json": {}}, 422, "invalid-request"),
        ("POST", "/v1/ask", {"json": {"question": LENS, "coarse": "x"}}, 422, "invalid-request"),
        ("POST", "/v1/ask", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "invalid-request"),
        ("POST", "/v1/ask", {"json": {"question": LENS, "course": "chemistry"}}, 404, "not-found"),
        ("POST", "/v1/ask", {"json": {"question": LENS, "conversation": "0" * 32}}, 404, "not-found"),
        ("GET", "/v1/conversations?cursor=nonsense", {}, 422, "invalid-request"),
        ("GET", "/v1/conversations?cursor=WzEsMiwzXQ==", {}, 422, "invalid-request"),
        ("GET", "/v1/documents?limit=0", {}, 422, "invalid-request"),
        ("GET", "/v1/conversations/x", {}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_done_is_a_problem_document(
    server: Served, method: str, path: str, more: dict[str, object], status: int, name: str
) -> None:
    with server.client() as client:
        reply = client.request(method, path, **more)  # type: ignore[arg-type]
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    problem = reply.json()
    assert problem["type"] == f"urn:openbook:problem:{name}"
    assert (problem["title"], problem["advice"]) == (KINDS[name].title, KINDS[name].advice)
    assert bool(problem.get("errors")) == (name == "invalid-request")


@pytest.mark.parametrize("field", ["question", "course", "tags", "conversation"])
@pytest.mark.parametrize("odd", ["\\ud800 lens", "lens \\u0000", "\\udfff"])
def test_texts_that_no_database_stores_do_no_harm(server: Served, field: str, odd: str) -> None:
    value = f'["{odd}"]' if field == "tags" else f'"{odd}"'
    body = f'{{"question": "{LENS}", "conversation": "new", "{field}": {value}}}'
    with server.client() as client:
        reply = client.post("/v1/ask", content=body.encode(), headers={"Content-Type": "application/json"})
        assert reply.status_code in (200, 404, 422), reply.text
        assert client.get("/v1/conversations").status_code == 200


def test_an_id_that_is_given_is_used_if_it_is_harmless(server: Served) -> None:
    with server.client() as client:
        assert client.get("/healthz", headers={"X-Request-Id": "my-1"}).headers["X-Request-Id"] == "my-1"
        assert client.get("/healthz", headers={"X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"


def test_other_sites_are_not_let_in_by_the_browser(server: Served) -> None:
    with server.client() as client:
        reply = client.get("/v1/courses", headers={"Origin": "https://evil.example"})
        asked = client.options("/v1/ask", headers={"Origin": "https://x", "Access-Control-Request-Method": "POST"})
    assert not [name for name in {**reply.headers, **asked.headers} if name.startswith("access-control")]
    assert asked.status_code == 405


def test_too_many_requests_are_told_how_long_to_wait(tmp_path: Path) -> None:
    with serving(tmp_path, api_rate="3/minute") as served:
        with served.client(served.key("bot")) as client:
            replies = [client.get("/v1/courses") for _ in range(4)]
        with served.client(served.key("other")) as client:
            assert client.get("/v1/courses").status_code == 200
    assert [one.status_code for one in replies] == [200, 200, 200, 429]
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 60


def ask_with(open_assistant: Callable[[Settings], Assistant], home: Path) -> tuple[httpx.Response, str]:
    """Ask once, by a link of search and by the body of ask; return the second reply and the server's figures."""
    with serving(home, auth=False, open_assistant=open_assistant) as served, served.client() as client:
        client.get("/v1/search", params={"q": SECRET})
        reply = client.post("/v1/ask", json={"question": SECRET})
        return reply, client.get("/metrics").text


@pytest.mark.parametrize("error", [RuntimeError(SECRET), ModelError(SECRET), LibraryError("/home/x")])
def test_neither_log_nor_reply_says_what_was_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    caplog.set_level(logging.INFO)
    reply, figures = ask_with(scripted(error), tmp_path)
    assert reply.status_code in (500, 502, 503)
    log = "\n".join(
        one.getMessage() for one in caplog.records if not one.name.startswith("http")
    )  # not the client's own
    assert type(error).__name__ in log
    assert "POST /v1/ask" in log
    assert "GET /v1/search 200" in log
    for told in (log, reply.text, figures):
        assert SECRET not in told
        assert "nobody+else" not in told
    assert "/home/x" not in reply.text
    assert 'openbook_answers_total{outcome="failed"} 1.0' in figures


def test_until_the_library_is_open_the_server_lives_but_is_not_ready(tmp_path: Path) -> None:
    may_open = threading.Event()

    def late(settings: Settings) -> Assistant:
        may_open.wait(30)
        return open_small(settings)

    with serving(tmp_path, auth=False, open_assistant=late, ready=False) as served, served.client() as client:
        assert client.get("/healthz").status_code == 200
        for reply in (client.get("/readyz"), client.post("/v1/ask", json={"question": LENS})):
            assert reply.status_code == 503
            assert reply.json()["type"] == "urn:openbook:problem:not-ready"
            assert reply.headers["Retry-After"]
        may_open.set()
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/v1/ask", json={"question": LENS}).status_code == 200


def test_what_is_over_the_bound_waits_and_is_then_refused(tmp_path: Path) -> None:
    go_on, began = threading.Event(), threading.Event()
    slow = scripted(began.set, lambda: go_on.wait(30), ModelError("ended"))
    with (
        serving(tmp_path, auth=False, open_assistant=slow, api_threads=1, api_wait_s=0.3) as served,
        served.client() as client,
        ThreadPoolExecutor(1) as pool,
    ):
        first = pool.submit(client.post, "/v1/ask", json={"question": LENS})
        assert began.wait(30)
        refused = client.post("/v1/search", json={"question": LENS})
        assert client.get("/healthz").status_code == 200
        go_on.set()
        assert first.result().status_code == 502
        assert client.post("/v1/search", json={"question": LENS}).status_code == 200
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:openbook:problem:busy"
    assert refused.headers["Retry-After"]
