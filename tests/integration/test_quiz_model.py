"""`openbook quiz --model`: over HTTP with the real boto3 client, with an OpenAI server, and with the local model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.adapters.bedrock_chat import make_bedrock_chat
from rag.adapters.model_store import QWEN_CODER, find_model
from rag.bootstrap import make_author, make_embedder, make_quiz_items, open_library
from rag.chat.stream import ModelStream
from rag.dev.fake_bedrock import FakeBedrock, running
from rag.errors import ModelError
from rag.quiz.bank import Bank
from rag.quiz.items import Item, ItemType
from rag.quiz.written.author import Author
from rag.quiz.written.commission import CALLS, ENOUGH, FAILING, Budget, Commission, Order, Outcome
from rag.quiz.written.drafts import CASE_SCHEMA, SCHEMA
from rag.settings import Settings
from tests.bedrock import CLAUDE, QUICK, as_scenario, settings_for
from tests.chat_server import ChatServer, Said, chat_server
from tests.terminal import Openbook
from tests.unit.test_quiz_model import GREASE, STORES, TEXT, draft, reply

pytestmark = pytest.mark.usefixtures("stand_in_credentials")
MODEL = f"bedrock_converse:{CLAUDE}"
ALL = (*ItemType,)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("springs")
    (folder / "springs.md").write_text(TEXT)
    settings = Settings(home=folder)
    embedder = make_embedder(settings)
    with open_library(settings, embedder) as library:
        Ingestor(library, embedder, settings).ingest(find_sources([str(folder / "springs.md")]))
    return folder


@pytest.fixture
def home(ingested: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ingested, tmp_path / "home")


@pytest.fixture(scope="module")
def bedrock() -> Iterator[FakeBedrock]:
    with running() as server:
        yield server


@pytest.fixture
def settings(bedrock: FakeBedrock, home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a home whose Bedrock is the stand-in, for commands too."""
    monkeypatch.setenv("OPENBOOK_BEDROCK_ENDPOINT_URL", bedrock.url)
    monkeypatch.setenv("OPENBOOK_AWS_REGION", "us-east-1")
    return settings_for(bedrock, home=home)


def quick_author(settings: Settings) -> Author:
    """Return an author on the stand-in whose pauses after throttling are short."""
    chat = make_bedrock_chat(settings, CLAUDE, QUICK)
    return Author(ModelStream(chat, MODEL, SCHEMA), ModelStream(chat, MODEL, CASE_SCHEMA), 8000)


def write(settings: Settings, author: Author, number: int, calls: int = 6) -> tuple[list[Item], Outcome]:
    """Return what an author wrote of all types."""
    embedder, store = make_embedder(settings), make_quiz_items(settings)
    with open_library(settings, embedder) as library:
        bank = Bank(library, embedder, store, author=author.version)
        infos = library.documents()
        outcome = Commission(library, embedder, bank, author).write(
            infos,
            Order(dict.fromkeys(ALL[:3] + ALL[5:7] + ALL[8:], 1.0)),
            Budget(calls, 100.0),
            datetime.now(UTC),
            lambda items: len(items) >= number,
        )
        return bank.items(infos), outcome


def test_a_quiz_of_the_stand_in_asks_what_the_texts_say(
    bedrock: FakeBedrock, settings: Settings, openbook: Openbook
) -> None:
    with as_scenario(bedrock, "normal"):
        done = openbook("quiz", "--model", MODEL, "--list", "-n", "3", "--seed", "2", "--json")

    assert done.code == 0, done.err
    items = json.loads(done.out)
    assert sum(len(one.get("items", "1")) for one in items) == 3
    for one in items:
        assert one["model"] == MODEL
        assert all(cited["quote"] in TEXT for cited in one["citations"])
    assert "input_tokens" in done.err
    assert "cost unknown" in done.err
    sent = bedrock.requests[0].body
    assert sent["toolConfig"]["tools"][0]["toolSpec"]["name"] in ("questions", "case")
    assert sent["inferenceConfig"]["temperature"] == 0.0
    assert "pineapple" not in json.dumps([one.body for one in bedrock.requests])


def test_what_was_written_is_kept_and_the_price_is_told(
    bedrock: FakeBedrock, settings: Settings, openbook: Openbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBOOK_PRICE_TABLE", json.dumps({CLAUDE: [0.003, 0.015]}))
    asked = ("quiz", "--model", MODEL, "--list", "-n", "2", "--seed", "2", "--type", "multiple-choice")
    with as_scenario(bedrock, "normal"):
        first = openbook(*asked)
        calls = len(bedrock.requests)
        second = openbook(*asked)

    assert (first.code, second.code) == (0, 0), first.err
    assert "cost $0.0" in first.err
    assert second.err == ""
    assert len(bedrock.requests) == calls
    assert second.out == first.out


@pytest.mark.parametrize(
    ("scenario", "why"),
    [("nonsense", "no JSON"), ("misquotes", "its quote is not in the text"),
     ("missing-quote", "not as asked for"), ("guardrail-intervened", "blocked by a guardrail or filter")],
)  # fmt: skip
def test_a_model_that_writes_nonsense_for_ever_ends_in_a_message_and_no_quiz_is_begun(
    bedrock: FakeBedrock, settings: Settings, openbook: Openbook, scenario: str, why: str
) -> None:
    with as_scenario(bedrock, scenario):
        done = openbook("quiz", "--model", MODEL, "-n", "2", "--calls", "3", "--type", "multiple-choice")

    assert done.code == 1
    assert why in done.err
    assert "did not write the 2 questions wanted" in done.err
    assert done.out == ""
    assert len(bedrock.requests) == 3
    assert openbook("quiz", "--resume").code == 2


def test_too_few_are_taken_only_if_the_learner_says_so(
    bedrock: FakeBedrock, settings: Settings, openbook: Openbook
) -> None:
    asked = ("quiz", "--model", MODEL, "--list", "-n", "30", "--calls", "2", "--type", "multiple-choice")
    with as_scenario(bedrock, "normal"):
        half = openbook(*asked)
        fewer = openbook(*asked, "--fewer")

    assert half.code == 1
    assert "its 2 calls were spent (--calls allows more)" in half.err
    assert "kept" in half.err
    assert fewer.code == 0, fewer.err
    assert "multiple choice" in fewer.out


def test_a_failure_that_trying_again_does_not_help_is_told_at_once(
    bedrock: FakeBedrock, settings: Settings, openbook: Openbook
) -> None:
    with as_scenario(bedrock, "access-denied"):
        done = openbook("quiz", "--model", MODEL, "-n", "2")

    assert done.code == 1
    assert "IAM policy" in done.err
    assert len(bedrock.requests) == 1


def test_a_throttled_model_is_given_up_after_three_calls_and_one_that_recovers_is_not(
    bedrock: FakeBedrock, settings: Settings
) -> None:
    with as_scenario(bedrock, "throttled"):
        items, outcome = write(settings, quick_author(settings), 2)
    assert (items, outcome.ended, outcome.calls) == ([], FAILING, 3)
    assert "higher quota" in outcome.failure

    with as_scenario(bedrock, "throttled-then-fine"):
        items, outcome = write(settings, quick_author(settings), 2)
    assert (outcome.ended, len(items) >= 2) == (ENOUGH, True)


def test_of_streams_that_break_off_nothing_half_is_kept(bedrock: FakeBedrock, settings: Settings) -> None:
    with as_scenario(bedrock, "stream-cut"):
        items, outcome = write(settings, quick_author(settings), 2)

    assert (items, outcome.ended) == ([], FAILING)
    assert outcome.thrown_out["the model failed"] == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--model", "extractive"), "writes no questions"),
        (("--model", "nobody"), "There is no chat model 'nobody'"),
        (("--model", MODEL, "--type", "ordering"), "A model writes none of these types"),
        (("--model", MODEL, "--domain", "nowhere"), "1 "),
    ],
)
def test_what_cannot_be_written_is_told_without_a_call(
    bedrock: FakeBedrock, settings: Settings, openbook: Openbook, arguments: tuple[str, ...], told: str
) -> None:
    with as_scenario(bedrock, "normal"):
        done = openbook("quiz", *arguments)

    assert done.code == 2
    assert told in done.err
    assert bedrock.requests == []


def test_a_focus_is_written_about_and_nothing_else(
    bedrock: FakeBedrock, settings: Settings, openbook: Openbook
) -> None:
    with as_scenario(bedrock, "normal"):
        openbook("quiz", "--model", MODEL, "--list", "-n", "1", "--focus", "grease moisture", "--calls", "1")

    (sent,) = bedrock.requests
    assert GREASE in json.dumps(sent.body)


@pytest.fixture
def openai(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    if not find_spec("langchain_openai"):
        pytest.skip("langchain-openai is not installed")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with chat_server() as server:
        monkeypatch.setenv("OPENBOOK_CHAT_BASE_URL", server.url)
        yield server


def test_a_server_that_speaks_openai_writes_too_with_a_schema_and_a_seed(
    openai: ChatServer, openbook: Openbook
) -> None:
    openai.otherwise = lambda _: Said(reply(draft()))
    done = openbook("quiz", "--model", "openai:stub", "--list", "-n", "1", "--type", "multiple-choice", "--json")

    assert done.code == 0, done.err
    (item,) = json.loads(done.out)
    assert (item["model"], item["citations"][0]["quote"]) == ("openai:stub", STORES)
    request: dict[str, Any] = openai.requests[0]
    assert request["response_format"]["json_schema"]["name"] == "questions"
    assert (request["temperature"], isinstance(request["seed"], int)) == (0, True)


def test_a_server_that_is_down_is_given_up_with_a_message(openai: ChatServer, openbook: Openbook) -> None:
    done = openbook("quiz", "--model", "openai:stub", "-n", "1", "--type", "multiple-choice")

    assert done.code == 1
    assert "failed again and again" in done.err
    assert "3 the model failed" in done.err


def test_a_server_without_schemas_is_trusted_to_write_json(openai: ChatServer, openbook: Openbook) -> None:
    openai.otherwise = lambda request: Said(status=400) if "response_format" in request else Said(reply(draft()))
    done = openbook("quiz", "--model", "openai:stub", "--list", "-n", "1", "--type", "multiple-choice")

    assert done.code == 0, done.err


def test_a_reply_without_an_end_is_broken_off(openai: ChatServer, openbook: Openbook) -> None:
    openai.otherwise = lambda _: Said("so on and " * 5000)
    done = openbook("quiz", "--model", "openai:stub", "-n", "1", "--calls", "2", "--type", "multiple-choice")

    assert done.code == 1
    assert "2 reply without an end" in done.err


@pytest.mark.slow
def test_the_local_model_writes_questions_that_pass_the_rules(home: Path) -> None:
    local = Settings(home=home, chat_timeout_s=300)
    try:
        find_model(QWEN_CODER.name, local)
    except ModelError as error:
        pytest.skip(str(error))
    if not (find_spec("xllamacpp") and find_spec("langchain_openai")):
        pytest.skip("the llama.cpp runtime is not installed: pip install 'openbook[local]'")

    items, outcome = write(local, make_author(local, f"local:{QWEN_CODER.name}"), 1, calls=8)

    assert outcome.ended in (ENOUGH, CALLS)
    assert items, outcome.thrown_out
    assert all(cited.quote in TEXT for item in items for cited in item.citations)
