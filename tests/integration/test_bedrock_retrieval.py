"""Reranking, grounding and Knowledge Bases on Bedrock, over the wire: the real boto3 client against the stand-in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rag.adapters.bedrock_grounding import BedrockGrounding
from rag.adapters.bedrock_knowledge_base import KnowledgeBase
from rag.adapters.bedrock_rerank import BedrockReranker
from rag.cite import Citer
from rag.dev.bedrock_scenarios import SCENARIOS
from rag.dev.fake_bedrock import FakeBedrock, running
from rag.errors import ConfigError, LibraryError, ModelError, QuestionError
from rag.extractive.answerer import ExtractiveAnswerer, load_calibration
from rag.question import parse_question
from rag.settings import Settings
from rag.types import Scope
from tests.bedrock import as_scenario, client_of, passage, settings_for
from tests.fakes import HashEmbedder

pytestmark = pytest.mark.usefixtures("stand_in_credentials")
RERANKER = "cohere.rerank-v3-5:0"
QUESTION = parse_question("How much may a shard take for writes?", 500)
CERTAIN = replace(load_calibration(), threshold=0.0)
SOURCES = ["A shard takes 1 MB a second for writes.", "Streams have shards."]


@pytest.fixture(scope="module")
def shared(stand_in_credentials: None) -> Iterator[FakeBedrock]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def runtime(shared: FakeBedrock) -> Iterator[Any]:
    with client_of(shared, "bedrock-runtime", chat_timeout_s=0.5) as client:
        yield client


@pytest.fixture(scope="module")
def agent(shared: FakeBedrock) -> Iterator[Any]:
    with client_of(shared, "bedrock-agent-runtime", chat_timeout_s=0.5) as client:
        yield client


@pytest.fixture
def server(shared: FakeBedrock) -> Iterator[FakeBedrock]:
    with as_scenario(shared, "normal"):
        yield shared


def test_passages_are_put_in_the_order_of_the_models_relevance(server: FakeBedrock, agent: Any) -> None:
    passages = [passage("Light bends in glass."), passage("Streams have shards."), passage(SOURCES[0])]
    best = BedrockReranker(agent, RERANKER).rerank(QUESTION.text, passages, 2)
    sent = server.requests[0].body["rerankingConfiguration"]["bedrockRerankingConfiguration"]
    assert [one.chunk.text for one in best] == [SOURCES[0], "Streams have shards."]
    assert [one.relevance for one in best] == [1.0, pytest.approx(1 / 3)]
    assert best[0].document == passages[2].document
    assert sent["modelConfiguration"]["modelArn"] == f"arn:aws:bedrock:us-east-1::foundation-model/{RERANKER}"


def test_nothing_is_reranked_without_a_call_and_more_than_there_is_may_be_wanted(
    server: FakeBedrock, agent: Any
) -> None:
    reranker = BedrockReranker(agent, RERANKER)
    assert reranker.rerank(QUESTION.text, [], 5) == []
    assert server.requests == []
    assert len(reranker.rerank(QUESTION.text, [passage("A shard.")], 5)) == 1


def test_a_claim_of_the_source_is_supported_and_one_with_another_number_is_not(
    server: FakeBedrock, runtime: Any
) -> None:
    scorer = BedrockGrounding(runtime, "gr123", "DRAFT")
    true, false = scorer.score(SOURCES[0], SOURCES), scorer.score("A shard takes 2 MB a second.", SOURCES)
    sent = server.requests[0]
    assert (true.supported, true.score, true.reason) == (True, 1.0, "")
    assert (false.supported, false.score) == (False, 0.0)
    assert false.reason == "grounding 0.00 is below 0.70"
    assert sent.path == "/guardrail/gr123/version/DRAFT/apply"
    assert sent.body["source"] == "OUTPUT"
    qualified = [(block["text"]["qualifiers"], block["text"]["text"]) for block in sent.body["content"]]
    assert qualified == [
        (["grounding_source"], SOURCES[0]), (["grounding_source"], SOURCES[1]),
        (["query"], SOURCES[0]), (["guard_content"], SOURCES[0]),
    ]  # fmt: skip


def test_a_claim_beside_the_question_is_not_supported_once_the_question_is_known(
    server: FakeBedrock, runtime: Any
) -> None:
    scorer = BedrockGrounding(runtime, "gr123", "DRAFT")
    assert scorer.score(SOURCES[1], SOURCES).supported
    beside = scorer.about("Who painted the chapel?").score(SOURCES[1], SOURCES)
    assert not beside.supported
    assert beside.score == 1.0
    assert beside.reason == "relevance 0.00 is below 0.70"


def test_nothing_cited_supports_nothing_and_costs_no_call(server: FakeBedrock, runtime: Any) -> None:
    scorer = BedrockGrounding(runtime, "gr123", "DRAFT")
    assert not scorer.score("A claim.", []).supported
    assert not scorer.score(" ", SOURCES).supported
    assert server.requests == []


def test_a_guardrail_that_intervenes_supports_nothing(server: FakeBedrock, runtime: Any) -> None:
    server.scenario = SCENARIOS["guardrail-intervened"]
    assert not BedrockGrounding(runtime, "gr123", "DRAFT").score(SOURCES[0], SOURCES).supported


class _Replies:
    """A client that replies with what it is given, for what the stand-in never says."""

    def __init__(self, action: str, assessments: list[dict[str, Any]]) -> None:
        self._reply = {"action": action, "assessments": assessments}

    def apply_guardrail(self, **_: Any) -> dict[str, Any]:
        return self._reply


def _filters(score: float) -> list[dict[str, Any]]:
    found = {"type": "GROUNDING", "threshold": 0.7, "score": score, "action": "NONE"}
    return [{"contextualGroundingPolicy": {"filters": [found]}}, {"topicPolicy": {"topics": []}}]


def test_a_guardrail_without_a_grounding_policy_is_an_error_and_not_a_yes() -> None:
    with pytest.raises(ModelError, match="no contextual grounding policy"):
        BedrockGrounding(_Replies("NONE", [{}]), "gr123", "1").score("A claim.", SOURCES)


def test_another_policy_that_stops_a_claim_and_a_policy_that_only_detects_count() -> None:
    stopped = BedrockGrounding(_Replies("GUARDRAIL_INTERVENED", _filters(0.9)), "gr123", "1").score("A claim.", SOURCES)
    detected = BedrockGrounding(_Replies("NONE", _filters(0.6)), "gr123", "1").score("A claim.", SOURCES)
    assert (stopped.supported, stopped.reason) == (False, "another policy of the guardrail stopped it")
    assert (detected.supported, detected.score) == (False, 0.6)


def test_grounding_needs_a_guardrail_in_the_settings() -> None:
    with pytest.raises(ConfigError, match="OPENBOOK_GUARDRAIL_ID"):
        BedrockGrounding.named(Settings(aws_region="us-east-1"))


def test_a_knowledge_base_gives_passages_with_pages_that_a_citer_can_cite(server: FakeBedrock, agent: Any) -> None:
    base = KnowledgeBase(agent, "KB12345678")
    first, *_ = base.retrieve(QUESTION, 2)
    sent = server.requests[0]
    start = first.chunk.text.index("1,000 records")
    citation = Citer(base).citation(first, start, len(first.chunk.text), 1)
    assert citation is not None
    assert citation.quote == "1,000 records a second for writes."
    assert citation.place == "kinesis.md, page 1, line 1"
    assert first.document.sources[0].uri == "s3://course/kinesis.md"
    assert sent.path == "/knowledgebases/KB12345678/retrieve"
    search = sent.body["retrievalConfiguration"]["vectorSearchConfiguration"]
    assert search == {"numberOfResults": 2, "overrideSearchType": "HYBRID"}


def test_a_quote_that_the_knowledge_base_did_not_give_is_no_citation(server: FakeBedrock, agent: Any) -> None:
    first, *_ = KnowledgeBase(agent, "KB12345678").retrieve(QUESTION, 2)
    other = KnowledgeBase(agent, "KB12345678")
    assert Citer(other).citation(first, 0, 10, 1) is None
    with pytest.raises(LibraryError, match="Ask again"):
        other.document(first.chunk.document_id)


class _Finds:
    """A client that finds the same texts for every question, each under its address."""

    def __init__(self, *texts: tuple[str, str]) -> None:
        self._results = [
            {"content": {"text": text}, "location": {"type": "S3", "s3Location": {"uri": uri}}, "score": 0.5}
            for uri, text in texts
        ]

    def retrieve(self, **_: Any) -> dict[str, Any]:
        return {"retrievalResults": self._results}


def test_passages_of_one_file_are_of_one_document_and_do_not_disagree_with_each_other() -> None:
    long, short = "An export may run for 10 minutes.", "An export may run for 25 minutes."

    def notes(*uris: str) -> tuple[str, ...]:
        base = KnowledgeBase(_Finds(*zip(uris, (long, short), strict=True)), "KB12345678")
        question = parse_question("How long may an export run?", 500)
        return ExtractiveAnswerer(base, HashEmbedder(), CERTAIN).select(question, base.retrieve(question, 5)).notes

    assert "10 minutes" in notes("s3://course/2023.md", "s3://course/2025.md")[0]
    assert notes("s3://course/2025.md", "s3://course/2025.md") == ()


def test_texts_that_say_nearly_the_same_become_one_passage() -> None:
    base = KnowledgeBase(_Finds(("s3://a/one.md", SOURCES[0]), ("s3://b/two.md", f"{SOURCES[0]} ")), "KB12345678")
    (only,) = base.retrieve(QUESTION, 5)
    assert [twin.document.name for twin in only.also] == ["two.md"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(course="aws"), {"equals": {"key": "course", "value": "aws"}}),
        (Scope(tags=("exam",)), {"listContains": {"key": "tags", "value": "exam"}}),
        (
            Scope(course="aws", tags=("exam",)),
            {
                "andAll": [
                    {"equals": {"key": "course", "value": "aws"}}, {"listContains": {"key": "tags", "value": "exam"}},
                ]
            },
        ),
    ],
)  # fmt: skip
def test_the_scope_becomes_a_filter_on_metadata(
    scope: Scope, expected: dict[str, Any], server: FakeBedrock, agent: Any
) -> None:
    KnowledgeBase(agent, "KB12345678").retrieve(QUESTION, 2, scope)
    search = server.requests[0].body["retrievalConfiguration"]["vectorSearchConfiguration"]
    assert search["filter"] == expected


def test_a_knowledge_base_is_not_asked_for_documents_of_the_library() -> None:
    with pytest.raises(QuestionError, match="without --document"):
        KnowledgeBase(None, "KB12345678").retrieve(QUESTION, 2, Scope(document_ids=("a",)))


@pytest.mark.parametrize(
    ("scenario", "retryable", "advice"),
    [("throttled", True, "higher quota"), ("access-denied", False, "IAM policy"), ("timeout", True, "in time")],
)
@pytest.mark.parametrize("operation", ["rerank", "ground", "retrieve"])
def test_every_operation_translates_its_failures(
    scenario: str, retryable: bool, advice: str, operation: str, server: FakeBedrock, agent: Any, runtime: Any
) -> None:
    server.scenario = SCENARIOS[scenario]
    calls = {
        "rerank": lambda: BedrockReranker(agent, RERANKER).rerank("q", [passage("A shard.")], 1),
        "ground": lambda: BedrockGrounding(runtime, "gr123", "1").score("A claim.", SOURCES),
        "retrieve": lambda: KnowledgeBase(agent, "KB12345678").retrieve(QUESTION, 1),
    }
    with pytest.raises(ModelError, match=advice) as caught:
        calls[operation]()
    assert len(server.requests) == (4 if scenario == "throttled" else 1)
    assert caught.value.retryable is retryable


def test_each_is_made_by_settings_alone() -> None:
    with running() as server:
        settings = settings_for(server, guardrail_id="gr123")
        made = [
            BedrockGrounding.named(settings), BedrockReranker.named(settings, RERANKER),
            KnowledgeBase.named(settings, "KB12345678"),
        ]  # fmt: skip
        assert made[0].score(SOURCES[0], SOURCES).supported
        assert made[1].rerank("shard", [passage("A shard.")], 1)
        assert made[2].retrieve(QUESTION, 1)
        for one in made:
            one._client.close()
    assert server.requests[0].path == "/guardrail/gr123/version/DRAFT/apply"


def test_the_command_says_what_to_set_and_stops_when_it_is_interrupted() -> None:
    program = "from ui.cli_dev import dev_app; dev_app()"
    command = [sys.executable, "-c", program, "fake-bedrock", "--port", "0"]
    environment = {**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
    assert "OPENBOOK_BEDROCK_ENDPOINT_URL=http://127.0.0.1:" in lines[1]
    assert "OPENBOOK_CHAT_MODEL=bedrock_converse:" in lines[3]
