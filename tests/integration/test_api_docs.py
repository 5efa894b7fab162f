"""What docs/api.md shows works as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.client import Openbook
from api.problems import KINDS
from api.routes.ask import EVENTS
from rag.settings import Settings
from tests.api_server import Served, serving
from tests.integration.test_api_access import ROUTES

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
SHOWN_AT = "http://127.0.0.1:8000"


def blocks(kind: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return [block for of, block in found if of == kind]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("api")) as served:
        yield served


def test_the_python_of_it_runs(server: Served, capsys: pytest.CaptureFixture[str]) -> None:
    key = server.key("reader")
    for code in blocks("python"):
        with Openbook(server.url, key) as openbook:
            exec(code.replace(SHOWN_AT, server.url), {"key": key, "openbook": openbook})
    assert "# What is SSE-KMS?" in capsys.readouterr().out
    assert len(blocks("python")) == 3


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_curl_of_it_runs(server: Served) -> None:
    key = server.key("curl")
    with Openbook(server.url, key) as openbook:
        begun = openbook.ask("What is a lens?", conversation="new").conversation
    shown = [block for block in blocks("") if block.startswith("curl")]
    assert len(shown) == 3
    for block in shown:
        script = "set -eu\n" + block.replace("curl ", "curl --fail ").replace(SHOWN_AT, server.url)
        environment = {**os.environ, "KEY": key, "ID": str(begun)}
        done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_every_route_event_problem_and_setting_is_in_it() -> None:
    words = {path.format(document_id="ID", conversation_id="ID") for _, path in ROUTES}
    settings = {f"OPENBOOK_{name.upper()}" for name in Settings.model_fields if name.startswith("api_")}
    assert [one for one in (*words, *settings) if one not in TEXT] == []
    assert [one for one in (*EVENTS, *KINDS) if f"`{one}`" not in TEXT] == []
