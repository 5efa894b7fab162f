"""Bedrock's reranker, grounding and Knowledge Base, chosen by settings alone, over the wire to the stand-in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from rag.answer import Assistant
from rag.bootstrap import build_assistant, make_grounding, make_remote, make_reranker
from rag.dev.bedrock_scenarios import SCENARIOS
from rag.dev.fake_bedrock import FakeBedrock, running
from rag.errors import ConfigError, IndexMismatch, ModelError, QuestionError
from rag.settings import Settings, load_settings
from rag.types import Scope, Turn
from tests.bedrock import CLAUDE, as_scenario, settings_for
from tests.chat_server import Said, chat_server
from tests.fake_chat import reply
from tests.fakes import HashEmbedder
from tests.integration.test_cli import openbook
from tests.terminal import environment, in_terminal
from ui.cli_answer import show_passages
from ui.cli_doctor import diagnose
from ui.cli_options import find_scope

pytestmark = pytest.mark.usefixtures("stand_in_credentials")
TAKES = "A shard takes 1 MB a second for writes."
QUESTION = "How much may a shard take for writes?"
TEXTS = {
    "shards.md": "# Shards\n\nShard by shard a stream grows. A shard splits into two shards, and a shard merges.\n",
    "limits.md": f"# Limits\n\n{TAKES} Larger records wait until the stream has more room for them.\n",
    "copy.md": f"# Limits\n\n{TAKES}  Larger records wait until the stream has more room for them.\n",
    "light.md": "# Optics\n\nLight bends in glass.\n",
}
RERANKER = "bedrock:cohere.rerank-v3-5:0"
KNOWLEDGE_BASE = "knowledge_base:KB12345678"
KNOWN = "A shard takes 1 MB a second or 1,000 records a second for writes."


@pytest.fixture(scope="module")
def shared(stand_in_credentials: None) -> Iterator[FakeBedrock]:
    with running() as server:
        yield server


@pytest.fixture
def server(shared: FakeBedrock) -> Iterator[FakeBedrock]:
    with as_scenario(shared, "normal"):
        yield shared


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library of the texts."""
    folder: Path = tmp_path_factory.mktemp("openbook")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    done = openbook(folder, "ingest", *TEXTS, "--course", "aws")
    assert done.returncode == 0, done.stderr
    return folder


@contextmanager
def assistant_with(settings: Settings) -> Iterator[Assistant]:
    assistant = build_assistant(settings)
    with closing(assistant.library):
        yield assistant


def paths(server: FakeBedrock) -> list[str]:
    return [request.path for request in server.requests]


def in_shell(monkeypatch: pytest.MonkeyPatch, server: FakeBedrock, home: Path, **settings: str) -> None:
    """Write the settings to the file that `openbook` reads in its folder."""
    given = {"bedrock_endpoint_url": server.url, "aws_region": "us-east-1", **settings}
    (home / ".env").write_text("".join(f"OPENBOOK_{name.upper()}={value}\n" for name, value in given.items()))
    monkeypatch.chdir(home)


# -- reranking --------------------------------------------------------------------------------------------------


def test_a_reranker_orders_what_was_found_and_says_how_long_that_took(server: FakeBedrock, home: Path) -> None:
    asked = "Until a shard splits and merges, has it more for them?"  # small words count for the stand-in only
    with assistant_with(settings_for(server, home=home)) as assistant:
        before = assistant.search(asked)
    with assistant_with(settings_for(server, home=home, reranker=RERANKER)) as assistant:
        after = assistant.search(asked, top_k=2)
        answer = assistant.ask(QUESTION, top_k=2)
    assert "merges" in before[0].chunk.text
    assert TAKES in after[0].chunk.text
    assert [one.relevance for one in after] == sorted((one.relevance for one in after), reverse=True)
    assert after[0].score > after[1].score
    assert [one.quote for one in answer.citations] == [TAKES]
    assert list(answer.timings_ms)[:2] == ["retrieve", "rerank"]
    assert answer.timings_ms["total"] >= answer.timings_ms["retrieve"] + answer.timings_ms["rerank"]


def test_all_that_was_found_is_reranked_but_no_text_twice(server: FakeBedrock, home: Path) -> None:
    with assistant_with(settings_for(server, home=home, reranker=RERANKER)) as assistant:
        (best,) = assistant.search(QUESTION, top_k=1)
    (request,) = server.requests
    assert len(request.body["sources"]) == len(TEXTS) - 1
    assert {best.document.name, *(twin.document.name for twin in best.also)} == {"limits.md", "copy.md"}


def test_a_reranker_that_stays_throttled_fails_and_nothing_else_answers(
    server: FakeBedrock, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)  # the pauses
    server.scenario = SCENARIOS["throttled"]
    with (
        assistant_with(settings_for(server, home=home, reranker=RERANKER)) as assistant,
        pytest.raises(ModelError, match=r"cohere.rerank-v3-5:0: ThrottlingException.*higher quota") as caught,
    ):
        assistant.ask(QUESTION)
    assert caught.value.retryable
    assert paths(server) == ["/rerank"] * 5


def test_in_the_terminal_passages_show_their_relevance(
    server: FakeBedrock, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_shell(monkeypatch, server, home, reranker=RERANKER)
    done = openbook(home, "ask", QUESTION, "--explain")
    assert done.returncode == 0, done.stderr
    assert "relevance" in done.stdout
    assert " · rerank " in done.stdout
    with assistant_with(settings_for(server, home=home, reranker=RERANKER)) as assistant:
        show_passages(QUESTION, assistant.search(QUESTION))
    assert "relevance 1.0000" in capsys.readouterr().out


# -- grounding --------------------------------------------------------------------------------------------------

PLAIN_NO = (1, TAKES, "A shard takes 2 MB a second for writes.")
BEDROCK_NO = (1, TAKES, "Writes to a single shard are limited to 1 MB each second.")
YES = (1, TAKES, TAKES)


def test_a_guardrail_is_asked_about_what_the_plain_check_supports_and_drops_what_it_does_not(
    server: FakeBedrock, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    given: dict[str, Any] = {"home": home, "chat_model": "openai:stub", "guardrail_id": "gr123"}
    with chat_server() as chat:
        chat.otherwise = lambda _: Said(reply(PLAIN_NO, BEDROCK_NO, YES))
        with assistant_with(settings_for(server, chat_base_url=chat.url, **given)) as assistant:
            plain = assistant.ask(QUESTION)
        assert server.requests == []
        with assistant_with(settings_for(server, chat_base_url=chat.url, grounding="bedrock", **given)) as assistant:
            answer = assistant.ask(QUESTION)
        in_shell(
            monkeypatch, server, home, chat_base_url=chat.url, grounding="bedrock", guardrail_id="gr123",
            chat_model="openai:stub",
        )  # fmt: skip
        told = openbook(home, "ask", QUESTION, "--json")
    assert [one.text for one in plain.statements] == [BEDROCK_NO[2], YES[2]]
    assert [one.text for one in answer.statements] == [YES[2]]
    assert [text for text, _ in answer.dropped] == [PLAIN_NO[2], BEDROCK_NO[2]]
    assert "2 MB" in answer.dropped[0][1]
    assert answer.dropped[1][1] == "grounding 0.62 is below 0.70"
    assert told.returncode == 0, told.stderr
    assert [tuple(one) for one in json.loads(told.stdout)["dropped"]] == list(answer.dropped)
    assert paths(server) == ["/guardrail/gr123/version/DRAFT/apply"] * 4  # two claims, twice


def test_grounding_by_bedrock_without_a_guardrail_says_what_to_set(
    server: FakeBedrock, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shell(monkeypatch, server, home, grounding="bedrock", chat_model=f"bedrock_converse:{CLAUDE}")
    done = openbook(home, "ask", QUESTION)
    assert done.returncode == 2
    assert "Set OPENBOOK_GUARDRAIL_ID" in done.stderr


# -- a Knowledge Base -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chat_model", ["extractive", f"bedrock_converse:{CLAUDE}"])
def test_answers_come_from_a_knowledge_base_with_quotes_found_in_its_passages(
    server: FakeBedrock, tmp_path: Path, chat_model: str
) -> None:
    given = {"home": tmp_path / "home", "retriever": KNOWLEDGE_BASE, "chat_model": chat_model}
    with assistant_with(settings_for(server, **given)) as assistant:
        answer = assistant.ask(QUESTION)
        follow_up = assistant.ask("And what does a guardrail block?", history=[Turn(QUESTION, KNOWN)])
        nothing = assistant.ask("Who painted the ceiling of the chapel?")
    (citation,) = answer.citations
    assert answer.text == f"{KNOWN} [1]"
    assert (citation.quote, citation.place) == (KNOWN, "kinesis.md, page 1, line 1")
    assert assistant.collection.text(citation.document_id, citation.start, citation.end) == citation.quote
    assert [one.relevance for one in answer.passages] == [1.0]
    assert follow_up.citations[0].place == "bedrock.md, page 2, line 1"
    assert nothing.refusal is not None
    assert nothing.refusal.reason == "Nothing was found for this question."
    assert not (tmp_path / "home").exists()  # no library is needed, and none is made


def test_a_library_that_does_not_fit_is_in_the_way_only_where_it_is_searched(server: FakeBedrock, home: Path) -> None:
    other: dict[str, Any] = {"home": home, "chunk_characters": 500}
    with pytest.raises(IndexMismatch), assistant_with(settings_for(server, **other)) as assistant:
        assistant.ask(QUESTION)
    with assistant_with(settings_for(server, retriever=KNOWLEDGE_BASE, **other)) as assistant:
        assert assistant.ask(QUESTION).refusal is None


def test_a_knowledge_base_is_reranked_too_and_filtered_by_course(server: FakeBedrock, tmp_path: Path) -> None:
    given = settings_for(server, home=tmp_path, retriever=KNOWLEDGE_BASE, reranker=RERANKER)
    with assistant_with(given) as assistant:
        assistant.search("guardrail or shard", Scope(course="aws"), top_k=1)
        with pytest.raises(QuestionError, match="without --document"):
            assistant.ask(QUESTION, Scope(document_ids=("a",)))
    found, reranked = server.requests
    search = found.body["retrievalConfiguration"]["vectorSearchConfiguration"]
    assert search["filter"] == {"equals": {"key": "course", "value": "aws"}}
    assert search["numberOfResults"] > len(reranked.body["sources"]) == 2


def test_the_terminal_answers_from_a_knowledge_base_whatever_the_library_holds(
    server: FakeBedrock, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shell(monkeypatch, server, home, retriever=KNOWLEDGE_BASE)
    done = openbook(home, "ask", QUESTION, "--course", "a course of the Knowledge Base", "--explain")
    assert done.returncode == 0, done.stderr
    assert KNOWN in done.stdout
    assert "kinesis.md  page 1, line 1" in done.stdout
    # Documents of the library are not looked up either; that none can be named says the Knowledge Base.
    assert find_scope(load_settings(), "", ["limits.md"], None) == Scope(document_ids=("limits.md",))


def test_the_doctor_makes_what_is_chosen_and_asks_nothing(server: FakeBedrock, tmp_path: Path) -> None:
    given = settings_for(server, home=tmp_path, retriever=KNOWLEDGE_BASE, reranker="bedrock", grounding="bedrock")
    found = {check.name: check for check in diagnose(given).checks}
    assert not found["retriever"].is_problem
    assert not found["library"].is_problem  # though it is empty
    assert "bedrock:MODEL" in found["reranker"].advice
    assert "OPENBOOK_GUARDRAIL_ID" in found["grounding"].advice
    assert server.requests == []
    usual = {check.name for check in diagnose(Settings(home=tmp_path, _env_file=None)).checks}
    assert not usual & {"retriever", "reranker", "grounding"}


# -- names, packages, guardrails --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "names", "valid"),
    [
        ("reranker", ["cohere", "bedrock", "bedrock:", "none:x"], "none, reader, bedrock:MODEL"),
        ("grounding", ["", "guardrail", "bedrock:gr123"], "plain, bedrock"),
        ("retriever", ["faiss", "knowledge_base", "knowledge_base:"], "library, knowledge_base:ID"),
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(setting: str, names: list[str], valid: str) -> None:
    for name in names:
        settings = Settings(_env_file=None).model_copy(update={setting: name})
        with pytest.raises(ConfigError, match=f"OPENBOOK_{setting.upper()}: .*Valid are: {valid}[.]"):
            make_part(setting, settings)


@pytest.mark.parametrize(
    ("setting", "name", "module"),
    [
        ("reranker", RERANKER, "bedrock_rerank"),
        ("grounding", "bedrock", "bedrock_grounding"),
        ("retriever", KNOWLEDGE_BASE, "bedrock_knowledge_base"),
    ],
)
def test_without_its_packages_the_command_that_installs_them_is_named(
    setting: str, name: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "rag.adapters.bedrock_client", raising=False)
    monkeypatch.delitem(sys.modules, f"rag.adapters.{module}", raising=False)
    with pytest.raises(ConfigError, match=r"pip install 'openbook\[bedrock\]'"):
        make_part(setting, Settings(_env_file=None, **{setting: name}))


def make_part(setting: str, settings: Settings) -> object:
    if setting == "grounding":
        return make_grounding(settings, HashEmbedder())
    return make_reranker(settings) if setting == "reranker" else make_remote(settings)


def test_in_a_terminal_what_was_shown_before_a_guardrail_intervened_is_withdrawn(
    server: FakeBedrock, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.scenario = SCENARIOS["guardrail-after-stream"]
    in_shell(monkeypatch, server, home, guardrail_id="gr123", chat_model=f"bedrock_converse:{CLAUDE}")
    code, text = in_terminal("ask", QUESTION, cwd=Path.cwd(), environment=environment(home))
    assert code == 4
    assert f"{TAKES} [1] Withdrawn. The guardrail blocked this answer." in text
    assert "Sources" not in text
    assert "Sorry" not in text
