"""`openbook quiz` and `openbook exam`: through a pipe, in a terminal, and after a crash."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rag.bootstrap import make_embedder, make_quiz_items, make_sittings, open_library, reader_or_none
from rag.quiz.bank import Bank
from rag.quiz.items import Item
from rag.settings import Settings
from rag.types import LOCAL, Citation
from tests.quiz_items import ALL_TYPES, choice
from tests.terminal import Done, Openbook, Terminal, environment

QUOTE = "Refraction is the bending of light"
BLUEPRINT = {
    "id": "optics", "title": "Optics exam", "minutes": 1, "questions": 4, "scored": 3, "pass_mark": 700,
    "types": {"multiple_choice": 100}, "domains": [
        {"name": "Light", "weight": 100, "objectives": ["Bend light"], "documents": ["optics.md"]}
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def ingested(physics: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a library, the questions of whose one text were written by hand."""
    folder: Path = shutil.copytree(physics, tmp_path_factory.mktemp("openbook") / "home")
    (folder / "exam.json").write_text(json.dumps(BLUEPRINT))
    settings = Settings(home=folder)
    embedder, store = make_embedder(settings), make_quiz_items(settings)
    with open_library(settings, embedder) as library:
        (info,) = library.documents()
        start = library.document(info.id).text.index(QUOTE)
        cited = (Citation(1, info.id, "optics.md", "Optics", ("Refraction",), QUOTE, start, start + len(QUOTE), 5),)
        version = Bank(library, embedder, store, reader_or_none(settings)).version
    store.put(info.id, version, _items(cited), {"key": 3, "stem": 1}, datetime.now(UTC))
    return folder


def _items(cited: tuple[Citation, ...]) -> list[Item]:
    choices: list[Item] = [
        choice(n, stem=f"What does word{n} say of thing{n} in place{n}?", citations=cited) for n in range(10, 20)
    ]
    return [*choices, *(type(one)(**{**dict(one), "id": "", "citations": cited}) for one in ALL_TYPES)]


@pytest.fixture
def home(ingested: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ingested, tmp_path / "home")


CHOICES = ("quiz", "--course", "physics", "--type", "multiple-choice", "--seed", "1")


def result(done: Done) -> dict[str, Any]:
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_a_quiz_through_a_pipe_tells_the_key_the_reason_and_the_passage(openbook: Openbook) -> None:
    done = openbook(*CHOICES, "-n", "2", typed="a\nb\n")
    assert done.code == 0, done.err
    assert done.out.count("Type a letter, A to D.") == 2
    assert "openbook show " in done.out
    assert f"“{QUOTE}”" in done.out
    assert "of 2 right" in done.out
    assert "\x1b" not in done.out
    shown = openbook("show", done.out.partition("openbook show ")[2].split()[0])
    assert QUOTE in shown.out


def test_its_result_leaves_as_json_and_its_questions_go_to_standard_error(openbook: Openbook) -> None:
    done = openbook(*CHOICES, "-n", "2", "--json", typed="a\nb\n")
    found = result(done)
    assert "Type a letter, A to D." in done.err
    assert all(one["given"] for one in found["questions"])
    assert found["report"]["scored"]["asked"] == 2
    assert all(one["references"] and "key" not in one for one in found["questions"])


def test_a_wrong_answer_leaves_a_review_card(openbook: Openbook) -> None:
    found = result(openbook(*CHOICES, "-n", "4", "--json", typed="a\na\na\na\n"))
    wrong = sum(not one["right"] for one in found["questions"])
    assert wrong > 0
    assert json.loads(openbook("review", "--json").out)["next_at"]


def test_a_quiz_that_was_left_goes_on_where_it_was_with_what_was_given(openbook: Openbook) -> None:
    left = openbook(*CHOICES, "-n", "3", typed="a\n")
    assert left.code == 0, left.err
    assert "Left with 2 of 3 open. `openbook quiz --resume` goes on." in left.out
    found = result(openbook("quiz", "--resume", "--json", typed="b\nc\n"))
    assert [one["given"] is not None for one in found["questions"]] == [True] * 3
    none = openbook("quiz", "--resume", typed="")
    assert none.code == 2
    assert "No quiz was left" in none.err


def test_a_quiz_at_the_end_tells_nothing_before(openbook: Openbook) -> None:
    done = openbook(*CHOICES, "-n", "2", "--at-end", typed="a\nb\n/finish\n")
    assert done.out.index("/finish ends") < done.out.index("ight.")
    left = openbook(*CHOICES, "-n", "2", "--at-end", typed="a\n")
    assert "ight." not in left.out
    assert "ight." in openbook("quiz", "--resume", typed="b\n/finish\n").out


def test_questions_are_listed_with_their_keys_without_being_taken(openbook: Openbook) -> None:
    listed = openbook("quiz", "--list", "-n", "5", "--seed", "3")
    assert listed.code == 0, listed.err
    assert listed.out.count("openbook show") >= 5
    assert "+ " in listed.out
    items = json.loads(openbook("quiz", "--list", "-n", "5", "--seed", "3", "--json").out)
    assert all(one["stem"] in listed.out for one in items)
    assert openbook("quiz", "--resume").code == 2
    schema = json.loads(openbook("quiz", "--schema").out)
    assert "MultipleChoice" in json.dumps(schema)


def test_what_was_thrown_out_is_counted_by_rule(openbook: Openbook) -> None:
    done = openbook("quiz", "--list", "-n", "1", "--explain")
    assert "4 did not" in done.err
    assert done.err.index("key") < done.err.index("stem")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("quiz", "-n", "50"), 4, "--fewer"),
        (("quiz", "--focus", "chess openings"), 4, "The texts do not say anything of “chess openings”."),
        (("quiz", "--difficulty", "brutal"), 2, "easy, medium, hard"),
        (("quiz", "--type", "essay"), 2, "multiple_choice"),
        (("quiz", "--domain", "nowhere"), 2, "1 Optics"),
        (("quiz", "--course", "chemistry"), 2, "physics"),
        (("quiz", "--document", "none.md"), 2, "none.md"),
        (("exam",), 2, "mla-c01"),
        (("exam", "nonsense"), 2, "nonsense"),
        (("exam", "mla-c01"), 4, "of 18 about “Data Preparation"),
        (("exam", "--resume"), 2, "No exam was left"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line_and_nothing_is_begun(
    openbook: Openbook, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = openbook(*arguments)
    assert done.code == code, done.err
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert done.out == ""
    assert openbook("quiz", "--resume").code == 2


def test_a_focus_asks_about_its_passages_only(openbook: Openbook) -> None:
    items = json.loads(openbook("quiz", "--list", "-n", "3", "--focus", "refraction", "--json").out)
    assert len(items) == 3


def test_an_exam_has_its_length_its_time_and_a_score(openbook: Openbook) -> None:
    done = openbook("exam", "exam.json", "--unscored", "--seed", "2", typed="a\nb\nc\nd\n/finish\n")
    assert done.code == 0, done.err
    assert "4 questions in 1 minute;" in done.err
    assert "1/4" in done.out
    assert "left" in done.out
    assert "1 question more did not count." in done.out
    assert "of 1000: " in done.out
    assert done.out.index("/finish ends") < done.out.index("ight.")
    found = result(openbook("exam", "exam.json", "--json", typed="/finish\n"))
    assert (found["report"]["score"], found["report"]["passed"]) == (100, False)


def test_what_rests_on_a_removed_text_is_not_asked_any_more(openbook: Openbook) -> None:
    openbook(*CHOICES, "-n", "2", typed="a\n")
    assert openbook("documents", "remove", "optics.md").code == 0
    done = openbook("quiz", "--resume", typed="a\n")
    assert done.code == 2
    assert "no longer in the library" in done.err
    assert QUOTE not in done.out
    assert "The library is empty" in openbook("quiz").err


def test_a_quiz_fills_the_screen_of_a_terminal_without_colour_and_ends_with_its_result(home: Path) -> None:
    with Terminal(home, *CHOICES, "-n", "1", NO_COLOR="1") as going:
        going.wait_for("ctrl-c leaves")
        going.type("b\r")
        going.wait_for("ight.")
        going.type("\r")
        going.wait_for("of 1 right")
        assert going.end() == 0
    assert "\x1b[?1049h" in going.shown
    codes = {int(one) for found in re.findall(r"\x1b\[([\d;]*)m", going.shown) for one in found.split(";") if one}
    assert codes
    assert not codes & {*range(30, 50), *range(90, 108)}


def test_a_terminal_that_cannot_move_its_cursor_is_asked_line_by_line(home: Path) -> None:
    with Terminal(home, *CHOICES, "-n", "1", TERM="dumb") as going:
        going.wait_for("Type a letter")
        going.type("b\n")
        going.wait_for("of 1 right")
        assert going.end() == 0
    assert "\x1b" not in going.shown


def test_a_shorter_exam_has_its_share_of_the_time(home: Path, openbook: Openbook) -> None:
    (home / "exam.json").write_text(json.dumps({**BLUEPRINT, "minutes": 130, "questions": 65, "scored": 50}))
    done = openbook("exam", "exam.json", "--fewer", "--json", typed="/finish\n")
    asked = len(json.loads(done.out)["questions"])
    assert 0 < asked < 65
    assert f"{asked} questions in {asked * 2} minutes" in done.err


def wait_for_answers(home: Path, number: int, timeout_s: float = 30) -> None:
    sittings = make_sittings(Settings(home=home))
    deadline = time.monotonic() + timeout_s
    while number != sum(seat.response is not None for seat in sittings.sittings(LOCAL)[0].seats):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_exam_goes_on_after_its_process_was_killed(home: Path, openbook: Openbook) -> None:
    with Terminal(home, "exam", "exam.json", "--seed", "2") as going:
        going.wait_for("ctrl-c leaves")
        going.type("b\rc")
        wait_for_answers(home, 2)
        os.kill(going.process, signal.SIGKILL)
        assert going.end() == -signal.SIGKILL
    found = json.loads(openbook("exam", "--resume", "--json", typed="").out)
    assert [one["given"] is not None for one in found["questions"]] == [True, True, False, False]
    assert found["finished_at"] is None
    assert not any("item" in one for one in found["questions"])


def test_neither_ask_nor_help_loads_what_quizzes_need(home: Path) -> None:
    code = (
        "import sys\n"
        "from ui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('loaded:', sorted(one for one in sys.modules if one.startswith(('rag.quiz', 'rag.study', 'ui.quiz'))\n"
        "      or one in {'prompt_toolkit', 'fsrs', 'lemminflect', 'inflect', 'sqlalchemy'}))\n"
    )
    for arguments in (("--help",), ("ask", "What is refraction?")):
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=True)
        assert "loaded: []" in done.stdout
