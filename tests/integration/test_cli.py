"""The real `openbook` in processes of its own, with the real embedder."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.course_folder import write_course
from tests.terminal import environment

OPTICS = """# Optics

## Refraction

Refraction is the bending of light where it passes from one medium into another of a different optical density.

## Lenses

A convex lens gathers parallel rays in its focal point, which lies 50 mm behind the lens.
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with texts and a library that holds them."""
    home: Path = tmp_path_factory.mktemp("openbook")
    (home / "texts").mkdir()
    (home / "texts" / "optics.md").write_text(OPTICS)
    (home / "texts" / "copy.md").write_text(OPTICS)
    done = openbook(home, "ingest", "texts", "--course", "physics", "--tag", "week-1")
    assert done.returncode == 0, done.stderr
    return home


def openbook(home: Path, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments],
        cwd=home, env=environment(home), capture_output=True, text=True, timeout=60, **more,
    )  # type: ignore[call-overload, no-any-return]  # fmt: skip


def test_an_answer_is_printed_with_its_source(home: Path) -> None:
    done = openbook(home, "ask", "What is refraction?")
    assert done.returncode == 0, done.stderr
    assert "bending of light" in done.stdout
    assert "Refraction, line 5" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_a_question_can_come_from_standard_input_and_an_answer_leave_as_json(home: Path) -> None:
    done = openbook(home, "ask", "-", "--json", "--course", "physics", "--document", "optics.md", input="refraction?\n")
    answer = json.loads(done.stdout)
    assert answer["question"] == "refraction?"
    assert answer["citations"][0]["quote"] in OPTICS
    assert answer["passages"][0]["document"]["sources"]


def test_a_refusal_has_its_own_exit_code(home: Path) -> None:
    done = openbook(home, "ask", "Who won the chess championship in 1972?")
    assert done.returncode == 4
    assert done.stdout.strip()


def test_search_shows_both_ranks_and_the_words_that_matched(home: Path) -> None:
    done = openbook(home, "search", "focal point of a lens", "--tag", "week-1")
    assert done.returncode == 0
    assert "dense 1 (" in done.stdout
    assert "BM25 1 (" in done.stdout
    assert "focal" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", "What is refraction?", "--course", "chemistry"), "physics"),
        (("ask", "What is refraction?", "--document", "nothing.md"), "openbook documents"),
        (("documents", "show", "nothing.md"), "openbook documents"),
        (("ask", ""), ""),
        (("ask", "x" * 100_000), ""),
        (("sync", "nowhere"), "not a folder"),
        (("ask",), "QUESTION"),
    ],
)
def test_a_wrong_argument_is_told_without_a_traceback(home: Path, arguments: tuple[str, ...], told: str) -> None:
    done = openbook(home, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert told in done.stderr
    assert done.stderr.strip()
    assert done.stdout == ""


def test_a_wrong_setting_names_its_variable(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "doctor"],
        env={**environment(home), "OPENBOOK_TOP_K": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "OPENBOOK_TOP_K" in done.stderr


def test_a_batch_with_a_bad_file_exits_with_its_own_code_and_ingests_the_rest(tmp_path: Path) -> None:
    write_course(tmp_path, 2)
    (tmp_path / "0000.md").write_bytes(b"")
    done = openbook(tmp_path, "ingest", "0000.md", "0001.md", "gone.md")
    assert done.returncode == 3
    assert "1 added" in done.stdout
    assert "0000.md: the file is empty" in done.stdout
    assert "gone.md: no such file or folder" in done.stdout


def test_documents_are_listed_shown_and_removed_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(OPTICS)
    (tmp_path / "b.md").write_text(OPTICS)
    openbook(tmp_path, "sync", ".", "--course", "physics")
    (info,) = json.loads(openbook(tmp_path, "documents", "--json").stdout)
    assert [source["name"] for source in info["sources"]] == ["a.md", "b.md"]
    assert "= b.md" in openbook(tmp_path, "documents").stdout
    assert "focal point" in openbook(tmp_path, "documents", "show", info["id"][:8]).stdout
    assert "characters" in openbook(tmp_path, "documents", "show", "a.md", "--chunks").stdout
    assert "stays" in openbook(tmp_path, "documents", "remove", "a.md").stdout
    assert "Removed b.md" in openbook(tmp_path, "documents", "remove", "b.md").stdout
    assert json.loads(openbook(tmp_path, "documents", "--json").stdout) == []
    assert openbook(tmp_path, "ask", "What is refraction?").returncode == 4


def test_doctor_finds_a_sound_library_in_order_and_says_what_to_do_about_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(OPTICS)
    openbook(tmp_path, "ingest", "a.md")
    sound = json.loads(openbook(tmp_path, "doctor", "--json").stdout)
    found = {check["name"]: check for check in sound["checks"]}
    assert all(not found[name]["advice"] for name in ("weights", "library", "embedder", "disk"))
    assert sound["settings"]["home"] == str(tmp_path)
    (tmp_path / "library.db").write_bytes(b"SQLite format 3\x00" + b"x" * 5000)
    damaged = openbook(tmp_path, "doctor")
    assert damaged.returncode == 1
    assert "Restore it from a backup" in damaged.stdout


def test_another_chunk_size_asks_for_a_reindex_and_gets_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(OPTICS * 3)
    openbook(tmp_path, "ingest", "a.md")
    (tmp_path / ".env").write_text("OPENBOOK_CHUNK_CHARACTERS=200\n")
    refused = openbook(tmp_path, "ask", "What is refraction?")
    assert refused.returncode == 1
    assert "openbook reindex" in refused.stderr
    assert openbook(tmp_path, "doctor").returncode == 1
    assert openbook(tmp_path, "reindex").returncode == 0
    assert openbook(tmp_path, "ask", "What is refraction?").returncode == 0


def test_an_interrupted_ingest_says_what_is_kept(tmp_path: Path) -> None:
    write_course(tmp_path / "texts", 600, sections=6)
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "ingest", str(tmp_path / "texts")],
        env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not (tmp_path / "library.db").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "done and kept" in told
    assert "Traceback" not in told
