"""`openbook serve` as a process: the first key, a stop that lets streams finish, and being killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.client import Openbook
from rag.access.keys import read_token
from tests.integration.test_cli import OPTICS, environment
from tests.integration.test_cli import openbook as run

LENS = "What does a convex lens gather?"


@dataclass
class Serving:
    process: subprocess.Popen[str]
    url: str
    errors: Path

    def first_key(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)


@contextmanager
def serve(home: Path, *arguments: str) -> Iterator[Serving]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", str(port), *arguments]
    errors = home / f"errors-{port}"
    with errors.open("w") as told, subprocess.Popen(
        command, cwd=home, env={**os.environ, **environment(home)}, stdout=subprocess.PIPE, stderr=told, text=True
    ) as process:  # fmt: skip
        serving = Serving(process, f"http://127.0.0.1:{port}", errors)
        try:
            wait_ready(serving)
            yield serving
        finally:
            process.kill()


def wait_ready(serving: Serving) -> None:
    for _ in range(600):
        assert serving.process.poll() is None, serving.errors.read_text()
        try:
            if httpx.get(f"{serving.url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(serving.errors.read_text())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("serve")
    (folder / "optics.md").write_text(OPTICS)
    done = run(folder, "ingest", "optics.md", "--course", "physics")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_server_that_is_killed_has_every_acknowledged_message_when_it_is_back(home: Path) -> None:
    with serve(home) as serving:
        token = serving.first_key()
        assert read_token(token)
        with Openbook(serving.url, token) as openbook:
            first = openbook.ask(LENS, conversation="new").conversation
            *_, done = openbook.stream("where?", conversation=first)
            assert done.name == "done"
            events = openbook.stream("why?", conversation=first)
            next(events)
            serving.stop(signal.SIGKILL)
    with serve(home) as again, Openbook(again.url, token) as openbook:
        said = [one.question for one in openbook.conversation(str(first)).exchanges]
        assert said[:2] == [LENS, "where?"]
        assert openbook.ask("and why?", conversation=first).conversation == first
        again.stop()
        assert again.first_key() == ""  # there was a first key already
        log = again.errors.read_text()
    assert re.search(r"INFO [0-9a-f]{32} POST /v1/ask 200 \d+ ms", log)
    assert "convex" not in log
    assert token[-43:] not in log


def test_a_stop_waits_for_an_answer_that_is_being_streamed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat model that replies late stands for a long answer."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with socket.create_server(("127.0.0.1", 0)) as model:
        model.settimeout(60)
        base = f"http://127.0.0.1:{model.getsockname()[1]}/v1"
        (home / ".env").write_text(
            f"OPENBOOK_CHAT_MODEL=openai:late\nOPENBOOK_CHAT_BASE_URL={base}\nOPENBOOK_CHAT_MIN_CONFIDENCE=0\n"
        )
        try:
            with serve(home, "--no-auth") as serving, Openbook(serving.url, retries=0) as openbook:
                events = openbook.stream(LENS)
                assert next(events).name == "passages"
                asked, _ = model.accept()
                serving.process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                assert serving.process.poll() is None
                asked.close()
                model.close()  # the model fails for good, which the stream still says
                with pytest.raises(Exception, match="model"):
                    list(events)
                assert serving.process.wait(60) in (0, -signal.SIGTERM)
        finally:
            (home / ".env").unlink()
