"""Answers by a chat model from the terminal and in evals, over the real OpenAI client and a server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.runs.start import Plan, start_run
from rag.chat.prompt import PROMPT_VERSION
from rag.settings import Settings
from rag.types import Answer, AnswerStatement
from tests.chat_server import ChatServer, Request, Said, chat_server
from tests.fake_chat import reply
from tests.fakes import HashEmbedder
from tests.integration.test_cli import openbook
from tests.integration.test_evals_run import Told
from tests.integration.tiny_suite import write_suite
from tests.terminal import environment, in_terminal
from ui.cli_answer import show_stream

TEXT = "# Refraction\n\nRefraction is the bending of light at the boundary of two media. It is measured in degrees.\n"
BENDING = (1, "Refraction is the bending of light", "Refraction is the bending of light at the boundary of two media.")
MADE_UP = (1, "Refraction was found by Newton.", "Newton found it.")
QUESTION = "What is refraction?"


@pytest.fixture(scope="module")
def running() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def server(running: ChatServer, monkeypatch: pytest.MonkeyPatch) -> ChatServer:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    running.otherwise = lambda _: Said(reply(BENDING, MADE_UP))
    running.requests.clear()
    return running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, running: ChatServer) -> Path:
    folder: Path = tmp_path_factory.mktemp("openbook")
    (folder / "optics.md").write_text(TEXT)
    prices = 'OPENBOOK_PRICE_TABLE={"stub": [0.5, 1.0]}'
    (folder / ".env").write_text(f"OPENBOOK_CHAT_BASE_URL={running.url}\n{prices}\n")
    assert openbook(folder, "ingest", "optics.md").returncode == 0
    return folder


def test_an_answer_by_a_chat_model_says_what_was_dropped_and_what_it_cost(home: Path, server: ChatServer) -> None:
    done = openbook(home, "ask", QUESTION, "--model", "openai:stub", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [one["text"] for one in answer["statements"]] == [BENDING[2]]
    assert answer["dropped"] == [[MADE_UP[2], "its quote is in no passage"]]
    assert answer["usage"] == {"input_tokens": 10, "output_tokens": 5}
    assert answer["cost_usd"] == pytest.approx(0.01)

    told = openbook(home, "ask", QUESTION, "--model", "openai:stub", "--explain").stdout
    assert "its quote is in no passage" in told
    assert "cost $0.010000" in told
    assert "1 statement of the model dropped" in openbook(home, "ask", QUESTION, "--model", "openai:stub").stdout
    assert len(server.requests) == 3


def test_in_a_terminal_the_same_answer_is_streamed(home: Path, server: ChatServer) -> None:
    code, text = in_terminal("ask", QUESTION, "--model", "openai:stub", cwd=home, environment=environment(home))
    assert code == 0
    assert text.index("Refraction is the bending") < text.index("Sources") < text.index("optics.md")
    assert "Newton" not in text


def test_a_model_that_fails_is_told_in_one_line(home: Path, server: ChatServer) -> None:
    server.otherwise = lambda _: Said(status=401)
    done = openbook(home, "ask", QUESTION, "--model", "openai:stub")
    assert done.returncode == 1
    assert done.stderr.startswith("openai:stub failed")
    assert len(done.stderr.splitlines()) == 1


def test_without_a_model_none_is_asked_and_search_never_asks_one(home: Path, server: ChatServer) -> None:
    assert json.loads(openbook(home, "ask", QUESTION, "--json").stdout)["answerer"] == "extractive"
    settings = (home / ".env").read_text()
    (home / ".env").write_text("OPENBOOK_CHAT_MODEL=nonsense\n")
    searched, asked = openbook(home, "search", QUESTION), openbook(home, "ask", QUESTION)
    (home / ".env").write_text(settings)
    assert searched.returncode == 0
    assert "Valid are: extractive, local:MODEL" in asked.stderr
    assert server.requests == []


def test_models_lists_what_is_usable_and_what_the_rest_lacks(tmp_path: Path) -> None:
    listed = {one["name"]: one for one in json.loads(openbook(tmp_path, "models", "--json").stdout)}
    assert listed["extractive"]["usable"]
    assert listed["openai:MODEL"]["usable"]
    assert all(one["usable"] or one["note"] for one in listed.values())
    assert "extractive" in openbook(tmp_path, "models").stdout
    wrong = openbook(tmp_path, "models", "pull", "nonsense")
    assert wrong.returncode == 2
    assert "nonsense" in wrong.stderr


def test_a_statement_is_printed_before_the_next_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    statements = (AnswerStatement("First.", (1,)), AnswerStatement("Second.", (1,), is_item=True))
    answer = Answer(QUESTION, statements, (), (), "fake:model")
    printed: list[str] = []

    def stream() -> Iterator[AnswerStatement | Answer]:
        for one in (*statements, answer):
            yield one
            printed.append(capsys.readouterr().out.strip())

    assert show_stream(stream()) is answer
    assert printed == ["First. [1]", "• Second. [1]"]


def test_a_run_by_a_chat_model_is_stamped_with_it_and_keeps_tokens_and_cost(tmp_path: Path, server: ChatServer) -> None:
    server.otherwise = _says_the_first_sentence
    settings = Settings(
        home=tmp_path / "home", chat_base_url=server.url, price_table={"openai:stub": (1.0, 1.0)}, chat_min_confidence=0
    )
    plan = Plan(str(write_suite(tmp_path)), split="all", answerer="chat:openai:stub", limit=3)
    run = start_run(plan, settings, Told(), embedder=HashEmbedder())
    assert (run.stamp.model, run.stamp.prompt) == ("chat:openai:stub", PROMPT_VERSION)
    assert [one.error for one in run.outcomes] == ["", "", ""]
    assert {(one.usage["input_tokens"], one.cost_usd) for one in run.outcomes} == {(10, 0.015)}
    assert any(one.statements for one in run.outcomes)


def _says_the_first_sentence(request: Request) -> Said:
    shown = request["messages"][1]["content"]
    sentence = shown.split(">\n", 1)[1].split(". ", 1)[0]
    return Said(reply((1, sentence, sentence)))
