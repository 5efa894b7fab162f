"""The client against a real server: answers, streams, what breaks off, what is too busy."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.client import ApiError, AsyncOpenbook, Event, Openbook
from rag.errors import ModelError
from rag.types import Answer, AnswerStatement, Citation, Refusal, Unverified
from tests.api_server import LENS, Served, scripted, serving, wait_until
from tests.postgres import new_database, running_postgres

CITED = Citation(1, "d1", "optics.md", "Optics", ("Light",), "light bends", 3, 14, 7, "page", 2, 3)
SAID = AnswerStatement("Light bends.", (1,))
ANSWER = Answer(LENS, (SAID,), (CITED,), (), "scripted", usage={"input_tokens": 3}, cost_usd=0.5)
REFUSED = Answer(LENS, (), (), (), "scripted", Refusal("A guardrail stopped it."))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("api"), api_rate="10000/minute") as served:
        yield served


@pytest.fixture
def openbook(server: Served, request: pytest.FixtureRequest) -> Iterator[Openbook]:
    """The client of a learner of its own."""
    with Openbook(server.url, server.key(request.node.name)) as client:
        yield client


def test_an_answer_comes_with_its_citations(openbook: Openbook) -> None:
    reply = openbook.ask(LENS, course="physics")
    assert reply.conversation is None
    assert reply.answer.text.startswith("Lenses: A lens is a body of glass") or "body of glass" in reply.answer.text
    assert "body of glass" in reply.answer.citations[0].quote
    assert reply.answer.citations[0].reference


def test_a_conversation_is_begun_gone_on_with_listed_renamed_exported_and_deleted(openbook: Openbook) -> None:
    first = openbook.ask(LENS, course="physics", conversation="new")
    assert first.conversation
    again = openbook.ask("and a wave?", conversation=first.conversation)
    assert again.answer.question == "What is a lens, a wave?"
    whole = openbook.conversation(first.conversation)
    assert [one.question for one in whole.exchanges] == [LENS, "and a wave?"]
    assert whole.exchanges[0].answer == first.answer
    assert [one.title for one in openbook.conversations("physics")] == [LENS]
    assert openbook.rename(first.conversation, "Glass").title == "Glass"
    text = openbook.export(first.conversation)
    assert text.startswith("# Glass\n")
    assert f"## {LENS}" in text
    assert "body of glass" in text
    openbook.delete(first.conversation)
    assert list(openbook.conversations()) == []
    with pytest.raises(ApiError, match="There is no conversation") as caught:
        openbook.conversation(first.conversation)
    assert caught.value.name == "not-found"


def test_on_postgresql_it_is_the_same(tmp_path: Path) -> None:
    with running_postgres() as folder, serving(tmp_path, database_url=new_database(folder)) as served:
        with Openbook(served.url, served.key("anna")) as openbook:
            reply = openbook.ask(LENS, course="physics", conversation="new")
            assert [one.title for one in openbook.conversations("physics")] == [LENS]
            assert openbook.conversation(str(reply.conversation)).exchanges[0].answer == reply.answer
        with Openbook(served.url, served.key("ben")) as other:
            assert list(other.conversations()) == []
        with Openbook(served.url, "ob_none") as stranger, pytest.raises(ApiError, match="A valid key"):
            stranger.courses()
    assert not list(tmp_path.glob("state.db*"))


def test_lists_are_read_to_their_end(server: Served, openbook: Openbook) -> None:
    for _ in range(60):
        openbook.ask(LENS, conversation="new")
    found = [one.id for one in openbook.conversations()]
    assert len(set(found)) == len(found) == 60
    documents = list(openbook.documents())
    assert [one.sources[0].name for one in documents if one.sources[0].course == "biology"] == ["cells.md"]
    assert openbook.document(documents[0].id) == documents[0]
    assert [one.name for one in openbook.courses()] == ["biology", "physics"]
    with server.client(server.key("pages")) as client:
        page = client.get("/v1/documents", params={"limit": 2}).json()
        rest = client.get("/v1/documents", params={"limit": 2, "cursor": page["next"]}).json()
    assert [one["id"] for one in page["documents"] + rest["documents"]] == [one.id for one in documents]
    assert rest["next"] is None


def test_search_finds_passages(openbook: Openbook) -> None:
    assert "body of glass" in openbook.search(LENS)[0].text


def test_a_streamed_answer_is_the_answer(openbook: Openbook) -> None:
    events = list(openbook.stream(LENS, course="physics", conversation="new"))
    assert list(dict.fromkeys(one.name for one in events)) == ["passages", "statement", "citation", "usage", "done"]
    whole = events[-1].data
    said = openbook.conversation(whole["conversation"]).exchanges[0].answer
    assert said.model_dump(mode="json") == whole["answer"]
    assert [one.data["text"] for one in events if one.name == "statement"] == [one.text for one in said.statements]
    assert len({one.id for one in events}) == len(events)


def streamed(home: Path, *script: Any) -> list[Event]:
    with serving(home, auth=False, open_assistant=scripted(*script)) as served, Openbook(served.url) as openbook:
        return list(openbook.stream(LENS))


def test_what_is_not_verified_is_marked_as_such(tmp_path: Path) -> None:
    events = streamed(tmp_path, Unverified("Light"), SAID, ANSWER)
    assert [one.name for one in events] == ["passages", "unverified", "statement", "citation", "usage", "done"]
    assert events[1].data == {"text": "Light", "verified": False}
    assert events[4].data["usage"] == {"input_tokens": 3}
    assert events[4].data["cost_usd"] == 0.5


def test_a_refusal_at_the_end_withdraws_what_was_shown(tmp_path: Path) -> None:
    events = streamed(tmp_path, SAID, REFUSED)
    assert [one.name for one in events] == ["passages", "statement", "withdrawn", "refusal", "usage", "done"]
    assert events[2].data == {"statements": 1, "reason": "A guardrail stopped it."}


def test_an_error_in_a_stream_is_its_last_event(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="A model failed") as caught:
        streamed(tmp_path, SAID, ModelError("inside"))
    assert caught.value.problem.request_id


class Breaking(httpx.BaseTransport):
    """Breaks off the first stream after some events, as a network does."""

    def __init__(self, after: int) -> None:
        self._inner, self._after = httpx.HTTPTransport(), after
        self.resumed: list[str | None] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if request.url.path.endswith("/stream"):
            self.resumed.append(request.headers.get("Last-Event-ID"))
            if len(self.resumed) == 1:
                return httpx.Response(200, headers=response.headers, stream=_Broken(response, self._after))
        return response

    def close(self) -> None:
        self._inner.close()


class _Broken(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, after: int) -> None:
        self._response, self._after = response, after

    def __iter__(self) -> Iterator[bytes]:
        held = b""
        for piece in self._response.stream:  # type: ignore[union-attr]
            held += piece
            if held.count(b"\n\n") >= self._after:
                yield b"".join(one + b"\n\n" for one in held.split(b"\n\n")[: self._after]) + b"id: torn"
                raise httpx.ReadError("broken off")

    def close(self) -> None:
        self._response.close()


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_stream_that_breaks_off_goes_on_where_it_was(server: Served, after: int) -> None:
    transport = Breaking(after)
    token = server.key(f"broken-{after}")
    with Openbook(server.url, token, transport=transport) as openbook:
        events = list(openbook.stream(LENS, course="physics", conversation="new"))
        assert transport.resumed == [None, events[after - 1].id]
        numbers = [int(one.id.partition("-")[2]) for one in events]
        assert numbers == list(range(1, len(events) + 1))
        assert len(list(openbook.conversations())) == 1


def test_an_answer_whose_reader_went_away_is_written_to_its_end(tmp_path: Path) -> None:
    go_on = threading.Event()
    script = scripted(SAID, lambda: go_on.wait(30), ANSWER)
    with serving(tmp_path, auth=False, open_assistant=script) as served, Openbook(served.url) as openbook:
        events = openbook.stream(LENS, conversation="new")
        assert [next(events).name, next(events).name] == ["passages", "statement"]
        events.close()  # type: ignore[attr-defined]
        go_on.set()
        wait_until(lambda: [one.title for one in openbook.conversations()] == [LENS])


def test_what_the_server_is_too_busy_for_is_sent_again() -> None:
    waits = iter([429, 503, 200])

    def reply(request: httpx.Request) -> httpx.Response:
        status = next(waits)
        return httpx.Response(status, headers={"Retry-After": "0"}, json={"courses": []})

    with Openbook("http://test", transport=httpx.MockTransport(reply)) as openbook:
        assert openbook.courses() == []


def test_what_another_server_replies_is_told_as_such() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(502, text="<html>"))
    with (
        Openbook("http://test", transport=transport) as openbook,
        pytest.raises(ApiError, match="test replied without"),
    ):
        openbook.courses()


def test_the_asynchronous_client_does_the_same(server: Served) -> None:
    async def all_of_it() -> None:
        async with AsyncOpenbook(server.url, server.key("async")) as openbook:
            reply = await openbook.ask(LENS, conversation="new")
            events = [one async for one in openbook.stream("and a wave?", conversation=reply.conversation)]
            assert events[-1].name == "done"
            assert [one.id async for one in openbook.conversations()] == [reply.conversation]
            assert len([one async for one in openbook.documents("physics")]) == 2
            await openbook.delete(str(reply.conversation))
            with pytest.raises(ApiError):
                await openbook.conversation(str(reply.conversation))

    asyncio.run(all_of_it())
