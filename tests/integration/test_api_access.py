"""Who may do what: every route with no key, a revoked one, one of another scope, and what is another learner's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from rag.access.keys import Permission
from rag.errors import ConfigError
from rag.settings import Settings
from rag.types import Scope, Source
from tests.api_server import LENS, Served, serving
from tests.terminal import Openbook

ASK, MANAGE, ADMIN = Permission
OF_IT = "/v1/conversations/{conversation_id}"
# Every route: what it needs, its body, what the learner's own key gets, and another learner's; None: nobody's.
ROUTES: dict[tuple[str, str], tuple[Permission | None, dict[str, object] | None, int, int]] = {
    ("POST", "/v1/ask"): (ASK, {"question": LENS, "conversation": "{conversation_id}"}, 200, 404),
    ("POST", "/v1/ask/stream"): (ASK, {"question": LENS, "conversation": "{conversation_id}"}, 200, 404),
    ("POST", "/v1/search"): (ASK, {"question": LENS}, 200, 200),
    ("GET", "/v1/search"): (ASK, None, 200, 200),
    ("GET", "/v1/courses"): (ASK, None, 200, 200),
    ("GET", "/v1/documents"): (ASK, None, 200, 200),
    ("GET", "/v1/documents/{document_id}"): (ASK, None, 200, 200),
    ("GET", "/v1/conversations"): (ASK, None, 200, 200),
    ("GET", OF_IT): (ASK, None, 200, 404),
    ("GET", OF_IT + "/export"): (ASK, None, 200, 404),
    ("PATCH", OF_IT): (ASK, {"title": "Mine"}, 200, 404),
    ("DELETE", OF_IT): (ASK, None, 204, 404),
    ("GET", "/metrics"): (MANAGE, None, 200, 200),
    ("GET", "/healthz"): (None, None, 200, 200),
    ("GET", "/readyz"): (None, None, 200, 200),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("api"), api_rate="10000/minute") as served:
        yield served


@pytest.fixture(scope="module")
def tokens(server: Served) -> dict[str, str]:
    revoked, token = server.made("revoked", ADMIN)
    server.state.keys.revoke(revoked.id, datetime.now(UTC))
    made = {
        name: server.key(name, permission) for name, permission in (("anna", MANAGE), ("ben", MANAGE), ("bot", ASK))
    }
    return {
        **made,
        "revoked": token,
        "none": "",
        "forged": made["anna"][:-1] + ("A" if made["anna"][-1] != "A" else "B"),
    }


def send(server: Served, token: str, method: str, path: str, owner: str) -> httpx.Response:
    """Send the request of a route, about a new conversation of a learner."""
    begun = server.state.conversations.start(owner, "", datetime.now(UTC))
    document = server.state.opening.assistant.library.documents()[0]
    body = ROUTES[method, path][1]
    body = body and {k: str(v).format(conversation_id=begun.id) for k, v in body.items()}
    params = {"q": LENS} if (method, path) == ("GET", "/v1/search") else None
    where = path.format(conversation_id=begun.id, document_id=document.id)
    with server.client(token) as client:
        return client.request(method, where, json=body, params=params)


def test_the_table_has_every_route(server: Served) -> None:
    with server.client() as client:
        paths = client.get("/v1/openapi.json").json()["paths"]
    assert set(ROUTES) == {(method.upper(), path) for path, methods in paths.items() for method in methods}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_lets_in_whom_it_should(server: Served, tokens: dict[str, str], method: str, path: str) -> None:
    needed, _, own, others = ROUTES[method, path]
    got = {name: send(server, token, method, path, "anna") for name, token in tokens.items()}
    shut = own if needed is None else 401
    expected = {"anna": own, "ben": others, "none": shut, "revoked": shut, "forged": shut}
    expected["bot"] = others if needed in (ASK, None) else 403
    assert {name: one.status_code for name, one in got.items()} == expected
    for one in got.values():
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert one.headers["X-Request-Id"]
        if one.is_error:
            problem = one.json()
            assert one.headers["Content-Type"] == "application/problem+json"
            assert problem["status"] == one.status_code
            assert problem["request_id"] == one.headers["X-Request-Id"]
            assert problem["advice"]


def test_of_a_key_that_is_wrong_nothing_is_told(server: Served, tokens: dict[str, str]) -> None:
    told = [send(server, tokens[name], "GET", "/v1/courses", "anna") for name in ("none", "revoked", "forged")]
    assert len({one.json()["detail"] for one in told}) == 1
    assert all(one.headers["WWW-Authenticate"].startswith("Bearer") for one in told)


def test_a_key_of_a_course_sees_that_course_only(server: Served) -> None:
    token = server.key("physicist", courses=("physics",))
    cells = server.state.opening.assistant.library.documents(Scope("biology"))[0].id
    with server.client(token) as client:
        assert [one["name"] for one in client.get("/v1/courses").json()["courses"]] == ["physics"]
        assert len(client.get("/v1/documents").json()["documents"]) == 2
        assert client.get(f"/v1/documents/{cells}").status_code == 404
        assert client.get("/v1/documents?course=biology").status_code == 404
        found = client.post("/v1/search", json={"question": "What is a cell?"}).json()["passages"]
        assert found
        assert cells not in {one["document_id"] for one in found}
        for body in ({"course": "biology"}, {"documents": [cells]}):
            for path in ("/v1/search", "/v1/ask", "/v1/ask/stream"):
                assert client.post(path, json={"question": LENS, **body}).status_code == 404


def test_a_name_in_another_course_is_not_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("names")) as served:
        library = served.state.opening.assistant.library
        (lens,) = [info for info in library.documents() if info.name == "optics.md"]
        physics = lens.sources[0]
        library.add_source(lens.id, Source("astronomy", "/a/secret.md", "secret.md"))
        library.remove_source(physics.course, physics.uri)
        library.add_source(lens.id, physics)  # so that the other name is the first
        for courses, told in ((("physics",), False), ((), True)):
            with served.client(served.key(f"of {courses}", courses=courses)) as client:
                texts = [
                    client.post(path, json={"question": LENS}).text
                    for path in ("/v1/search", "/v1/ask", "/v1/ask/stream")
                ]
                texts += [client.get(path).text for path in ("/v1/documents", f"/v1/documents/{lens.id}")]
                assert ["secret.md" in text for text in texts] == [told] * len(texts)


def test_a_key_of_several_courses_must_say_which(server: Served) -> None:
    token = server.key("both", courses=("physics", "biology"))
    with server.client(token) as client:
        refused = client.post("/v1/ask", json={"question": LENS})
        assert refused.status_code == 422
        assert refused.json()["type"] == "urn:openbook:problem:course-needed"
        assert client.post("/v1/ask", json={"question": LENS, "course": "physics"}).status_code == 200


def test_a_conversation_about_another_course_is_not_there_for_a_key_that_may_not_see_it(server: Served) -> None:
    begun = server.state.conversations.start("narrow", "biology", datetime.now(UTC))
    with server.client(server.key("narrow", courses=("physics",))) as client:
        asked = {"question": LENS, "course": "physics", "conversation": begun.id}
        assert client.post("/v1/ask", json=asked).status_code == 404
        assert client.get(f"/v1/conversations/{begun.id}").status_code == 404
        assert client.get("/v1/conversations").json()["conversations"] == []
        assert client.delete(f"/v1/conversations/{begun.id}").status_code == 404


def test_a_stream_of_another_key_cannot_be_resumed(server: Served, tokens: dict[str, str]) -> None:
    with server.client(tokens["anna"]) as client:
        first = client.post("/v1/ask/stream", json={"question": LENS}).text.splitlines()[0].removeprefix("id: ")
        again = {"Last-Event-ID": first}
        assert client.post("/v1/ask/stream", json={"question": LENS}, headers=again).status_code == 200
    with server.client(tokens["ben"]) as client:
        assert client.post("/v1/ask/stream", json={"question": LENS}, headers=again).status_code == 404


def test_the_last_use_of_a_key_is_seen(server: Served) -> None:
    key, token = server.made("seen", ASK)
    with server.client(token) as client:
        client.get("/v1/courses")
    stored = server.state.keys.key(key.id)
    assert stored
    assert stored.last_used_at


def test_without_keys_only_those_who_name_this_machine_are_answered(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("open"), auth=False) as served, served.client() as client:
        assert client.get("/v1/courses").status_code == 200
        assert client.get("/v1/courses", headers={"Host": "evil.example"}).status_code == 403


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> object:
    return tmp_path_factory.mktemp("home")


def test_no_auth_is_refused_where_others_can_reach_it(openbook: Openbook) -> None:
    done = openbook("serve", "--no-auth", "--host", "0.0.0.0")
    assert done.code == 2
    assert "--no-auth on 0.0.0.0" in done.err


def test_a_rate_that_cannot_be_read_is_a_wrong_setting(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ConfigError, match="OPENBOOK_API_RATE"), serving(tmp_path_factory.mktemp("x"), api_rate="often"):
        pass
    assert Settings().api_rate == "120/minute"
