"""`openbook chat`, `ask --continue` and `conversations`, through a pipe and in a terminal."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.test_cli import OPTICS
from tests.terminal import Openbook, Terminal, environment

LENS = "What does a convex lens gather?"


def kept(openbook: Openbook) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(openbook("conversations", "list", "--json").out)
    return listed


def test_a_chat_through_a_pipe_reads_each_line_in_the_light_of_those_before(openbook: Openbook) -> None:
    questions = f"{LENS}\nwhere?\n/nonsense\n/new\nWhat is refraction?\n/quit\nnever read\n"
    done = openbook("chat", "--course", "physics", typed=questions)
    assert done.code == 0, done.err
    assert f"> {LENS}" in done.out
    assert "read as: What does a convex lens gather, where?" in done.out
    assert "There is no command /nonsense" in done.out
    assert "read as: What is refraction" not in done.out
    assert "never read" not in done.out
    assert [one["title"] for one in kept(openbook)] == ["What is refraction?", LENS]
    assert {one["course"] for one in kept(openbook)} == {"physics"}
    assert all(f"--conversation {one['id'][:8]}`" in done.err for one in kept(openbook))


def test_a_conversation_is_listed_shown_with_its_citations_and_deleted(openbook: Openbook) -> None:
    told = openbook("chat", typed=f"{LENS}\n").out
    (one,) = kept(openbook)
    listed = openbook("conversations").out
    assert one["id"][:8] in listed
    assert LENS in listed

    shown = openbook("conversations", "show", one["id"][:4])
    assert shown.code == 0, shown.err
    assert set(told.splitlines()) <= set(shown.out.splitlines())
    whole = json.loads(openbook("conversations", "show", one["id"], "--json").out)
    assert whole["exchanges"][0]["answer"]["citations"][0]["quote"] in OPTICS

    assert openbook("documents", "remove", "optics.md").code == 0
    shown = openbook("conversations", "show", one["id"][:4])
    assert "The library no longer holds optics.md" in shown.out
    assert "“" not in shown.out

    assert openbook("conversations", "delete", one["id"][:4]).code == 0
    assert kept(openbook) == []


def test_ask_goes_on_with_a_conversation_only_when_told_to(home: Path, openbook: Openbook) -> None:
    assert openbook("ask", LENS).code == 0
    assert not (home / "state.db").exists()
    first = openbook("ask", LENS, "--conversation", "new", "--json")
    assert first.code == 0, first.err
    (one,) = kept(openbook)
    done = openbook("ask", "where?", "--continue")
    assert "read as: What does a convex lens gather, where?" in done.out
    refused = openbook("ask", "Who won the chess championship in 1972?", "--conversation", one["id"][:5])
    assert refused.code == 4
    said = json.loads(openbook("conversations", "show", one["id"], "--json").out)["exchanges"]
    assert [one["question"] for one in said][:2] == [LENS, "where?"]
    assert said[0]["answer"] == {**json.loads(first.out), "passages": []}
    assert said[2]["answer"]["refusal"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", LENS, "--continue"), "`--conversation new` begins one"),
        (("ask", LENS, "--continue", "--conversation", "new"), "exclude each other"),
        (("ask", LENS, "--conversation", "abc"), "There is no conversation 'abc'"),
        (("chat", "--conversation", "abc"), "There is no conversation 'abc'"),
        (("chat", "--course", "chemistry"), "physics"),
        (("conversations", "show", "abc"), "There is no conversation 'abc'"),
        (("conversations", "delete", "abc"), "There is no conversation 'abc'"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(openbook: Openbook, arguments: tuple[str, ...], told: str) -> None:
    done = openbook(*arguments, typed="")
    assert done.code == 2
    assert told in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_the_beginning_of_several_ids_is_no_id(openbook: Openbook) -> None:
    openbook("chat", typed=f"{LENS}\n/new\n{LENS}\n")
    done = openbook("conversations", "show", "")
    assert done.code == 2
    assert "names 2 conversations" in done.err


def test_a_question_that_cannot_be_read_ends_a_piped_chat_with_its_exit_code(openbook: Openbook) -> None:
    done = openbook("chat", typed=f"{LENS}\n{'x' * 3000}\n{LENS}\n")
    assert done.code == 2
    assert "has 3,000 characters" in done.err
    assert done.out.count("> What") == 1


def test_the_database_is_not_loaded_unless_a_conversation_is_wanted(home: Path) -> None:
    code = (
        "import sys\n"
        "from ui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('loaded:', sorted({'sqlalchemy', 'alembic'} & set(sys.modules)))\n"
    )
    for arguments in (("--help",), ("ask", LENS), ("search", LENS)):
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=True)
        assert "loaded: []" in done.stdout


PROMPT = "\n> "  # what is typed before it is shown may get lost where the line editor takes over


def test_in_a_terminal_ctrl_c_empties_the_line_and_ctrl_d_ends_the_chat(home: Path, openbook: Openbook) -> None:
    with Terminal(home, "chat", "--course", "physics", TERM="dumb") as terminal:
        terminal.wait_for("Ask away.")
        terminal.wait_for(PROMPT)
        terminal.type("not to be asked")
        terminal.wait_for("not to be asked")
        time.sleep(0.5)  # a signal that comes while the line editor is not waiting is seen at the next key only
        terminal.type("\x03")
        terminal.wait_for(PROMPT, times=2)
        terminal.type(f"{LENS}\r")
        terminal.wait_for("gathers parallel rays")
        terminal.wait_for(PROMPT, times=3)
        terminal.type(f"{'x' * 2001}\r")
        terminal.wait_for("has 2,001 characters")
        terminal.wait_for(PROMPT, times=4)
        terminal.type("\x04")
        terminal.wait_for("goes on with this")
        assert terminal.end() == 0
    assert [one["title"] for one in kept(openbook)] == [LENS]


def test_ctrl_c_stops_the_answer_that_is_being_made_and_keeps_nothing_of_it(
    home: Path, openbook: Openbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chat model that never replies stands for a long answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        (home / ".env").write_text(f"OPENBOOK_CHAT_BASE_URL=http://127.0.0.1:{server.getsockname()[1]}/v1\n")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        server.settimeout(60)
        with Terminal(home, "chat", "--model", "openai:silent", TERM="dumb") as terminal:
            terminal.wait_for(PROMPT)
            terminal.type(f"{LENS}\r")
            connection, _ = server.accept()
            with connection:
                os.kill(terminal.process, signal.SIGINT)
                terminal.wait_for("Stopped.")
            terminal.wait_for(PROMPT, times=2)
            terminal.type("/quit\r")
            assert terminal.end() == 0
    assert kept(openbook) == []
