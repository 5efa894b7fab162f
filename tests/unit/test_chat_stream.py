"""A model's stream over the real OpenAI client, which talks to a server on this machine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from langchain_core.messages import HumanMessage

from rag.chat.models import make_chat_model
from rag.chat.stream import ModelStream
from rag.errors import ConfigError, ModelError
from rag.settings import Settings
from tests.chat_server import ChatServer, Said, chat_server
from tests.fake_chat import reply

ASKED = [HumanMessage("How long?")]
JSON = reply((1, "for at most 14 days", "For 14 days."))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with chat_server() as running:
        yield running


def stream(server: ChatServer, **settings: object) -> ModelStream:
    given = Settings.model_validate({"chat_base_url": server.url, "chat_timeout_s": 5.0, **settings})
    return ModelStream(make_chat_model(given, "openai:stub"), "openai:stub")


def test_a_reply_arrives_in_pieces_with_its_tokens_counted_once(server: ChatServer) -> None:
    server.script = [Said(JSON)]
    usage: Counter[str] = Counter()
    pieces = list(stream(server, chat_max_tokens=77).answer(list(ASKED), usage))
    assert "".join(pieces) == JSON
    assert len(pieces) > 5
    assert usage == {"input_tokens": 10, "output_tokens": 5}
    [request] = server.requests
    assert request["temperature"] == 0
    assert 77 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    assert request["response_format"]["json_schema"]["schema"]["required"] == ["statements"]


def test_a_server_that_refuses_a_schema_is_asked_without_one_from_then_on(server: ChatServer) -> None:
    server.script = [Said(status=400), Said(JSON), Said(JSON)]
    model = stream(server)
    for _ in range(2):
        assert "".join(model.answer(list(ASKED), Counter())) == JSON
    assert ["response_format" in one for one in server.requests] == [True, False, False]


@pytest.mark.parametrize(("status", "retryable"), [(401, False), (429, True), (500, True)])
def test_a_failure_says_whether_trying_again_can_help(server: ChatServer, status: int, retryable: bool) -> None:
    server.otherwise = lambda _: Said(status=status)
    with pytest.raises(ModelError, match="openai:stub failed") as caught:
        list(stream(server).answer(list(ASKED), Counter()))
    assert caught.value.retryable is retryable


def test_a_server_that_is_silent_for_too_long_is_given_up(server: ChatServer) -> None:
    server.otherwise = lambda _: Said(JSON, after_s=0.5)
    with pytest.raises(ModelError, match="Timeout") as caught:
        list(stream(server, chat_timeout_s=0.05).answer(list(ASKED), Counter()))
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("extractive", "without a chat model"),
        ("nonsense", "Valid are: extractive, local:MODEL"),
        ("openai:", "Valid are"),
        ("nonsense:x", "nonsense"),
    ],
)
def test_a_name_that_is_no_chat_model_is_refused_with_what_there_is(name: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        make_chat_model(Settings(), name)


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_ollama", None)
    with pytest.raises(ConfigError, match=r"langchain_ollama.*pip install"):
        make_chat_model(Settings(), "ollama:llama3")
