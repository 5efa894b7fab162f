"""Chat on Bedrock, over the wire: the real boto3 client and langchain-aws against the stand-in."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage

from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.adapters.bedrock_chat import BedrockChat, make_bedrock_chat
from rag.adapters.bedrock_client import Retries, make_client
from rag.answer import Assistant
from rag.bootstrap import build_assistant, make_embedder
from rag.chat.prompt import FOLLOW_UP, SCHEMA, SYSTEM, conversation
from rag.dev.bedrock_answers import BLOCKED
from rag.dev.bedrock_scenarios import SCENARIOS
from rag.dev.fake_bedrock import FakeBedrock, running
from rag.errors import Blocked, ConfigError, ModelError
from rag.settings import Settings
from rag.types import Answer, Turn
from tests.bedrock import CLAUDE, QUICK, as_scenario, settings_for

pytestmark = pytest.mark.usefixtures("stand_in_credentials")
QUOTE = "A shard takes 1 MB a second for writes."
TEXTS = ("Light bends in glass.", f"Streams have shards. {QUOTE}")
PASSAGES = "\n".join(f'<passage number="{n}" place="notes.md">\n{text}\n</passage>' for n, text in enumerate(TEXTS, 1))
MESSAGES = [SystemMessage(SYSTEM), HumanMessage(f"{PASSAGES}\nQuestion: How much may a shard take?")]
Shared: TypeAlias = tuple[BedrockChat, FakeBedrock]
STATEMENT = {"source": 2, "quote": QUOTE, "text": QUOTE}


@pytest.fixture(scope="module")
def shared(stand_in_credentials: None) -> Iterator[Shared]:
    """A chat model with its server, whose scenario a test sets: to make a client takes boto3 a while."""
    with chat_with() as both:
        yield both


@contextmanager
def chat_with(scenario: str = "normal", model: str = CLAUDE, **settings: Any) -> Iterator[Shared]:
    with running(scenario) as server:
        chat = make_bedrock_chat(settings_for(server, **settings), model, QUICK)
        try:
            yield chat, server
        finally:
            chat.client.close()


@contextmanager
def acting(shared: Shared, scenario: str) -> Iterator[Shared]:
    chat, server = shared
    with as_scenario(server, scenario):
        yield chat, server


def structured(chat: BedrockChat) -> Any:
    return chat.with_structured_output(SCHEMA).first  # type: ignore[attr-defined]


def streamed(chat: BedrockChat) -> AIMessageChunk:
    first, *others = structured(chat).stream(MESSAGES)
    return sum(others, first)


def said(chunk: AIMessageChunk) -> str:
    return "".join(call["args"] or "" for call in chunk.tool_call_chunks)


def posts(server: FakeBedrock) -> list[int]:
    return [request.attempt for request in server.requests]


def test_an_answer_comes_as_the_input_of_a_tool_with_the_tokens_it_took(shared: Shared) -> None:
    with acting(shared, "normal") as (chat, server):
        answer = structured(chat).invoke(MESSAGES)
    assert answer.tool_calls[0]["args"] == {"statements": [STATEMENT]}
    assert answer.usage_metadata["input_tokens"] > 100
    assert answer.usage_metadata["output_tokens"] > 10
    assert server.requests[0].path == f"/model/{CLAUDE}/converse"


def test_a_stream_brings_the_same_in_pieces_and_counts_tokens_once(shared: Shared) -> None:
    with acting(shared, "normal") as (chat, server):
        pieces = list(structured(chat).stream(MESSAGES))
        whole = structured(chat).invoke(MESSAGES)
    with_text = [said(piece) for piece in pieces if said(piece)]
    assert len(with_text) > 3
    assert json.loads("".join(with_text)) == whole.tool_calls[0]["args"]
    assert [piece.usage_metadata for piece in pieces if piece.usage_metadata] == [whole.usage_metadata]
    assert server.requests[0].path.endswith("/converse-stream")


def test_without_a_schema_json_is_written_where_the_prompt_asks_for_it_and_prose_elsewhere(shared: Shared) -> None:
    with acting(shared, "normal") as (chat, _):
        as_json = chat.invoke(MESSAGES).text
        prose = chat.invoke([SystemMessage("Answer from the passages."), MESSAGES[1]]).text
    assert json.loads(as_json) == {"statements": [STATEMENT]}
    assert prose == f"{QUOTE} [2]"


def test_a_question_that_the_passages_do_not_answer_gets_no_statements(shared: Shared) -> None:
    asked = HumanMessage(f"{PASSAGES}\nQuestion: Who painted the ceiling of the chapel?")
    with acting(shared, "normal") as (chat, _):
        assert structured(chat).invoke([SystemMessage(SYSTEM), asked]).tool_calls[0]["args"] == {"statements": []}


def test_a_follow_up_is_left_as_it_is(shared: Shared) -> None:
    shown = conversation("And for reads?", [Turn("How fast is a shard?", "1 MB a second.")])
    with acting(shared, "normal") as (chat, _):
        assert chat.invoke([SystemMessage(FOLLOW_UP), HumanMessage(shown)]).text == "And for reads?"


def test_settings_decide_what_is_sent() -> None:
    given = {"chat_max_tokens": 77, "guardrail_id": "gr123", "guardrail_version": "4"}
    with chat_with(**given) as (chat, server):
        chat.invoke(MESSAGES)
    body = server.requests[0].body
    assert body["inferenceConfig"] == {"maxTokens": 77, "temperature": 0.0}
    assert body["guardrailConfig"] == {"guardrailIdentifier": "gr123", "guardrailVersion": "4", "trace": "disabled"}
    assert "/us-east-1/bedrock/aws4_request" in server.requests[0].headers["authorization"]


def test_a_guardrail_is_not_sent_where_none_is_set_nor_a_temperature_to_a_model_without_one() -> None:
    with chat_with(model="us.anthropic.claude-opus-4-8") as (chat, server):
        chat.invoke(MESSAGES)
    assert "guardrailConfig" not in server.requests[0].body
    assert "temperature" not in server.requests[0].body["inferenceConfig"]


def test_a_profile_gives_region_and_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    keys = "aws_access_key_id = AKIACOURSE\naws_secret_access_key = s\n"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text(f"[profile course]\nregion = eu-west-1\n{keys}")
    with chat_with(aws_profile="course", aws_region="") as (chat, server):
        chat.invoke(MESSAGES)
    assert "Credential=AKIACOURSE/" in server.requests[0].headers["authorization"]
    assert "/eu-west-1/bedrock/" in server.requests[0].headers["authorization"]


@pytest.mark.parametrize(
    ("arn", "sent"),
    [
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", ["GET", "POST"]),
        (f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{CLAUDE}", ["POST"]),
    ],
)
def test_the_arn_of_an_inference_profile_is_a_model(arn: str, sent: list[str]) -> None:
    with chat_with(model=arn) as (chat, server):
        assert json.loads(said(streamed(chat))) == {"statements": [STATEMENT]}
    assert ["POST" if request.body else "GET" for request in server.requests] == sent
    assert server.requests[-1].path == f"/model/{arn}/converse-stream"


def test_an_arn_that_does_not_say_which_model_it_is_is_refused() -> None:
    with pytest.raises(ConfigError, match="does not say which model"):
        make_bedrock_chat(Settings(aws_region="us-east-1"), "arn:aws:bedrock:us-east-1:1:provisioned-model/abc")


def test_a_model_that_cannot_be_made_to_use_a_tool_is_held_to_a_format_or_trusted() -> None:
    with chat_with(model="us.anthropic.claude-opus-5-5") as (chat, server):
        assert json.loads(structured(chat).invoke(MESSAGES).text) == {"statements": [STATEMENT]}
    assert "outputConfig" in server.requests[0].body
    with chat_with(model="meta.llama3-8b-instruct-v1:0") as (chat, _), pytest.raises(NotImplementedError):
        structured(chat)


def test_claude_cites_search_results(shared: Shared) -> None:
    result = {
        "type": "search_result", "title": "Kinesis", "source": "kinesis.md", "citations": {"enabled": True},
        "content": [{"type": "text", "text": TEXTS[1]}],
    }  # fmt: skip
    asked = HumanMessage([result, {"type": "text", "text": "How much may a shard take?"}])
    with acting(shared, "normal") as (chat, _):
        pieces = list(chat.stream([asked]))  # `invoke` makes one text of it, without the citations
    (citation,) = (one for piece in pieces for block in piece.content for one in block.get("citations", ()))
    assert citation["source_content"] == [{"text": QUOTE}]
    assert citation["location"]["search_result_location"]["search_result_index"] == 0
    assert "".join(piece.text for piece in pieces) == QUOTE


def test_a_throttled_call_is_made_again_until_it_goes_through(shared: Shared) -> None:
    with acting(shared, "throttled-then-fine") as (chat, server):
        assert json.loads(said(streamed(chat))) == {"statements": [STATEMENT]}
    assert posts(server) == [1, 2, 3]


def test_a_call_throttled_for_good_fails_after_the_last_attempt(shared: Shared) -> None:
    with acting(shared, "throttled") as (chat, server), pytest.raises(ModelError, match="higher quota") as caught:
        streamed(chat)
    assert posts(server) == [1, 2, 3, 4]
    assert caught.value.retryable


def test_pauses_between_attempts_grow_to_a_limit_and_are_drawn_at_random() -> None:
    retries = Retries(attempts=9, base_s=1.0, longest_s=4.0)
    drawn = {attempt: [retries.pause_s(attempt) for _ in range(200)] for attempt in range(1, 9)}
    assert [round(max(pauses)) for pauses in drawn.values()] == [1, 2, 4, 4, 4, 4, 4, 4]
    assert all(min(pauses) < 0.5 for pauses in drawn.values())
    assert retries.pause_s(9) is None


FAILURES = [
    ("access-denied", False, "IAM policy"),
    ("credentials-expired", False, "Renew the AWS credentials"),
    ("model-not-enabled", False, "whether the account has the model"),
    ("use-case-missing", False, "Fill in the form"),
    ("needs-inference-profile", False, "Name the profile instead"),
    ("model-unknown", False, "Check the model's id"),
    ("unavailable", True, "ServiceUnavailableException"),
]


@pytest.mark.parametrize(("scenario", "retryable", "advice"), FAILURES)
@pytest.mark.parametrize("ask", [streamed, lambda chat: structured(chat).invoke(MESSAGES)], ids=["stream", "invoke"])
def test_a_failure_says_what_to_do_and_is_not_tried_again(
    shared: Shared, scenario: str, retryable: bool, advice: str, ask: Any
) -> None:
    with acting(shared, scenario) as (chat, server), pytest.raises(ModelError, match=advice) as caught:
        ask(chat)
    assert str(caught.value).startswith(f"Bedrock, {CLAUDE}: ")
    assert caught.value.retryable is retryable
    assert posts(server) == [1]


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("guardrail-intervened", "The guardrail blocked this answer."),
        ("guardrail-after-stream", "The guardrail blocked this answer."),
        ("guardrail-blocks-question", "The guardrail blocked this question, or a passage that goes with it."),
    ],
)
@pytest.mark.parametrize("ask", [streamed, lambda chat: structured(chat).invoke(MESSAGES)], ids=["stream", "invoke"])
def test_what_a_guardrail_puts_in_place_of_an_answer_is_none(
    shared: Shared, scenario: str, reason: str, ask: Any
) -> None:
    with acting(shared, scenario) as (chat, server), pytest.raises(Blocked) as caught:
        ask(chat)
    assert str(caught.value) == reason
    assert posts(server) == [1]


@pytest.mark.parametrize("scenario", ["timeout", "stream-stalled"])
def test_a_reply_that_does_not_come_in_time_is_given_up_once(scenario: str) -> None:
    began = time.perf_counter()
    with (
        chat_with(scenario, chat_timeout_s=0.2) as (chat, server),
        pytest.raises(ModelError, match="in time") as late,
    ):
        streamed(chat)
    assert 0.2 <= time.perf_counter() - began < 20.0  # the stand-in would wait for minutes
    assert late.value.retryable
    assert posts(server) == [1]


@pytest.mark.parametrize(
    ("scenario", "advice"), [("stream-cut", "broke off"), ("stream-throttled", "ThrottlingException: Too many")]
)
def test_a_stream_that_breaks_gives_what_came_before_and_then_fails(shared: Shared, scenario: str, advice: str) -> None:
    pieces = []
    with acting(shared, scenario) as (chat, server), pytest.raises(ModelError, match=advice) as caught:
        pieces.extend(map(said, structured(chat).stream(MESSAGES)))
    assert "".join(pieces).startswith('{"statements"')
    assert caught.value.retryable
    assert posts(server) == [1]


def test_bad_answers_are_as_bad_as_their_scenario_says(shared: Shared) -> None:
    with acting(shared, "malformed-json") as (chat, _):
        with pytest.raises(json.JSONDecodeError):
            json.loads(said(streamed(chat)))
        assert isinstance(structured(chat).invoke(MESSAGES).tool_calls[0]["args"]["statements"], str)
    with acting(shared, "citations-out-of-range") as (chat, _):
        assert json.loads(said(streamed(chat)))["statements"] == [{**STATEMENT, "source": 99}]
    with acting(shared, "missing-quote") as (chat, _):
        assert json.loads(said(streamed(chat)))["statements"] == [{"source": 2, "text": QUOTE}]


def test_many_threads_may_share_one_model(shared: Shared) -> None:
    with acting(shared, "throttled-then-fine") as (chat, _), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: said(streamed(chat)), range(16)))
    assert {json.dumps(json.loads(answer)) for answer in answers} == {json.dumps({"statements": [STATEMENT]})}


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"aws_region": ""}, "OPENBOOK_AWS_REGION"),
        ({"aws_profile": "nobody"}, "OPENBOOK_AWS_PROFILE"),
        ({"aws_region": "not a region"}, "settings of Bedrock"),
    ],
)
def test_settings_that_boto3_cannot_use_are_named(settings: dict[str, str], advice: str) -> None:
    with pytest.raises(ModelError, match=advice) as caught:
        make_bedrock_chat(Settings(**{"aws_region": "us-east-1", **settings}), CLAUDE)
    assert not caught.value.retryable


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with chat_with() as (chat, server), pytest.raises(ModelError, match="aws configure") as caught:
        chat.invoke(MESSAGES)
    assert not caught.value.retryable
    assert server.requests == []


def test_a_server_that_is_not_there_is_named() -> None:
    with running() as server:
        gone = settings_for(server)
    chat = make_bedrock_chat(gone, CLAUDE, QUICK)
    with pytest.raises(ModelError, match="Check the network") as caught:
        chat.invoke(MESSAGES)
    assert caught.value.retryable


def test_an_unsigned_request_and_an_unknown_operation_are_refused() -> None:
    with running() as server:
        request = urllib.request.Request(f"{server.url}/model/x/converse", b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="403") as caught:
            urllib.request.urlopen(request)
        caught.value.close()
        client = make_client(settings_for(server), "bedrock-runtime", QUICK)
        with pytest.raises(client.exceptions.ClientError, match="does not know this operation"):
            client.count_tokens(modelId=CLAUDE, input={"invokeModel": {"body": b"{}"}})
        client.close()


def test_an_unknown_scenario_and_a_port_that_is_taken_are_refused() -> None:
    with pytest.raises(ConfigError, match="normal, throttled-then-fine"):
        FakeBedrock(0, "sunny")
    with running() as server, pytest.raises(ConfigError, match="Choose another with --port"):
        FakeBedrock(server.server_port)


@contextmanager
def assistant_with(server: FakeBedrock, home: Path, model: str) -> Iterator[Assistant]:
    notes = home / "notes.md"
    notes.write_text(f"# Kinesis\n\n{TEXTS[1]}\n\n# Optics\n\n{TEXTS[0]}\n")
    settings = settings_for(server, home=home, chat_model=f"bedrock_converse:{model}")
    assistant = build_assistant(settings)
    try:
        Ingestor(assistant.library, make_embedder(settings), settings).ingest(find_sources([str(notes)]))
        yield assistant
    finally:
        assistant.library.close()


@pytest.mark.parametrize("model", [CLAUDE, "amazon.nova-lite-v1:0"])
def test_an_assistant_answers_through_bedrock_with_verified_citations(
    shared: Shared, tmp_path: Path, model: str
) -> None:
    _, server = shared
    with as_scenario(server, "normal"), assistant_with(server, tmp_path, model) as assistant:
        answer = assistant.ask("How much may a shard take for writes?")
        server.scenario = SCENARIOS["citations-out-of-range"]
        elsewhere = assistant.ask("How much may a shard take for writes?")
        server.scenario = SCENARIOS["missing-quote"]
        with pytest.raises(ModelError, match="did not reply with the JSON"):
            assistant.ask("How much may a shard take for writes?")
    assert answer.answerer == f"bedrock_converse:{model}"
    assert [one.quote for one in answer.citations] == [QUOTE]
    assert answer.usage["output_tokens"] > 0
    # The quote decides which source is cited, whatever number the model gives.
    assert elsewhere.citations == answer.citations


@pytest.mark.parametrize(
    ("scenario", "shown", "blocked"),
    [
        ("guardrail-intervened", [], "answer"),
        ("guardrail-blocks-question", [], "question"),
        ("guardrail-after-stream", [QUOTE], "answer"),
    ],
)
def test_a_guardrail_that_intervenes_makes_a_refusal_also_of_what_was_streamed(
    shared: Shared, tmp_path: Path, scenario: str, shown: list[str], blocked: str
) -> None:
    _, server = shared
    with as_scenario(server, scenario), assistant_with(server, tmp_path, CLAUDE) as assistant:
        *statements, last = assistant.stream("How much may a shard take for writes?")
        asked = assistant.ask("How much may a shard take for writes?")
    assert [str(one).removesuffix(" [1]") for one in statements] == shown
    for answer in (last, asked):
        assert isinstance(answer, Answer)
        assert answer.refusal is not None
        assert answer.refusal.reason.startswith(f"The guardrail blocked this {blocked}")
        assert (answer.statements, answer.citations, answer.refusal.closest) == ((), (), ())
        assert BLOCKED not in repr(answer)
        assert answer.usage["input_tokens"] > 0
