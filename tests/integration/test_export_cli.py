"""`openbook export` and `openbook import`, with the real embedder and the real rules."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from rag.study.exports import FORMATS
from tests.integration.test_cli import openbook as openbook_process
from tests.terminal import Openbook

STORES = """# Stores of heat

## Materials for storing heat

| Material | Storage temperature | Typical use |
|---|---|---|
| Gravel bed | 70 °C | Greenhouses |
| Molten salt | 565 °C | Solar power stations |
| Paraffin wax | 55 °C | Hot water tanks |
| Magnetite brick | 700 °C | Night storage heaters |
| Water tank | 95 °C | District heating |

## Losses

Insulation slows the loss of heat through the wall of a store. A heat exchanger moves heat from one fluid to another
without mixing the two. A thermocline is the layer of a tank in which the temperature changes quickly with the height.
"""
# As a teacher writes them: what the texts hold, what they hold otherwise, and what they do not speak of.
TEACHERS = """::a::At which storage temperature does molten salt store heat?{~70 °C ~95 °C =565 °C ~700 °C}

::b::At which storage temperature does molten salt store heat?{~70 °C ~565 °C =95 °C ~700 °C}

::c::Who painted the ceiling of the Sistine Chapel?{=Michelangelo ~Raphael ~Titian ~Giotto}

::d::What does a heat exchanger do?{=It moves heat from one fluid to another without mixing the two}

::e::An essay without an answer{}
"""


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("openbook")
    (folder / "heat.md").write_text(STORES)
    done = openbook_process(folder, "ingest", "heat.md", "--course", "heat")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def home(ingested: Path, tmp_path: Path) -> Path:
    """A folder with a library and no questions, sittings or cards."""
    return shutil.copytree(ingested, tmp_path / "home")


def cards(openbook: Openbook, home: Path) -> set[str]:
    """Return the stems of the review cards, as an export tells them."""
    done = openbook("export", "csv", "cards.csv", "--cards", "--force")
    if done.code == 4:
        return set()
    assert done.code == 0, done.err
    return {line for line in (home / "cards.csv").read_text().splitlines() if line}


@pytest.mark.parametrize("name", FORMATS)
def test_questions_are_written_in_every_format_twice_the_same(name: str, home: Path, openbook: Openbook) -> None:
    told = openbook("export", name, "one", "--course", "heat")
    assert told.code == 0, told.err
    suffix = FORMATS[name].suffix
    assert re.match(rf"\d+ questions in one{suffix}: ", told.out)
    again = openbook("export", name, "two", "--course", "heat", "--json")
    assert json.loads(again.out)["questions"] == int(told.out.split()[0]) > 3
    if name != "anki":
        assert (home / f"one{suffix}").read_bytes() == (home / f"two{suffix}").read_bytes()


def test_an_export_that_comes_back_makes_cards_once(home: Path, openbook: Openbook) -> None:
    told = openbook("export", "moodle", "out.xml", "--course", "heat", "--title", "Heat")
    number = int(told.out.split()[0])
    dry = openbook("import", "out.xml", "--course", "heat", "--dry-run")
    assert f"{number} questions: {number} review cards would be made." in dry.out
    assert cards(openbook, home) == set()
    done = openbook("import", "out.xml", "--course", "heat")
    assert done.code == 0, done.out
    assert f"{number} review cards made." in done.out
    again = json.loads(openbook("import", "out.xml", "--course", "heat", "--json").out)
    assert (again["added"], again["known"], again["refused"]) == (0, number, [])
    assert len(cards(openbook, home)) == number
    due = json.loads(openbook("review", "--course", "heat", "--json").out)
    assert due


def test_a_teachers_question_gets_its_source_or_is_refused_with_the_reason(home: Path, openbook: Openbook) -> None:
    (home / "teacher.gift").write_text(TEACHERS)
    done = openbook("import", "teacher.gift", "--json")
    assert done.code == 3
    told = json.loads(done.out)
    refused = {one["place"]: one["why"] for one in told["refused"]}
    assert set(refused) == {"question 2", "question 3", "question 5"}
    assert "no key" in refused["question 5"]
    assert (told["questions"], told["added"]) == (5, 2)
    kept = "\n".join(cards(openbook, home))
    assert "565 °C" in kept
    assert "heat.md, Stores of heat > Materials for storing heat, line" in kept
    assert "Michelangelo" not in kept
    shown = openbook("import", "teacher.gift")
    assert "question 3, “Who painted the ceiling of the Sistine Chapel?”:" in shown.out
    assert "2 known already" in shown.out


def test_what_was_answered_wrongly_can_be_exported_until_it_is_answered_rightly(home: Path, openbook: Openbook) -> None:
    quiz = ("quiz", "--course", "heat", "--type", "true_false", "--number", "1", "--seed", "1", "--fewer")
    first = openbook(*quiz, typed="t\n")
    wrong, right = ("t", "f") if "Not right" in first.out else ("f", "t")
    if wrong == "f":
        assert openbook("export", "csv", "out.csv", "--mistakes").code == 4
        openbook(*quiz, typed="f\n")
    done = openbook("export", "csv", "out.csv", "--mistakes", "--course", "heat")
    assert (done.code, done.out.split()[0]) == (0, "1"), done.err
    openbook(*quiz, typed=f"{right}\n")
    assert openbook("export", "csv", "out.csv", "--mistakes", "--force").code == 4


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("export", "word", "x"), 2, "There is no format 'word'. Valid are: anki, csv, quizlet, gift"),
        (("export", "csv", "heat.md"), 2, "heat.md is there already. Name another file, or write over it with --force"),
        (("export", "csv", "x", "--cards", "--mistakes"), 2, "exclude each other"),
        (("export", "csv", "x", "--cards", "--focus", "wax"), 2, "only --course goes with it"),
        (("export", "csv", "x", "--cards"), 4, "There are no review cards to export"),
        (("export", "csv", "x", "--focus", "chess"), 4, "The texts do not say anything of “chess”"),
        (("export", "csv", "nowhere/x"), 2, "cannot be written"),
        (("export", "pdf", "x", "--font", "heat.md"), 2, "is no font"),
        (("import", "none.gift"), 2, "none.gift cannot be read"),
        (("import", "heat.md"), 3, "holds no questions"),
        (("import", "library.db"), 3, "questions are not read from '.db' files"),
        (("import", "heat.md", "--course", "cold"), 3, "holds no questions"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], code: int, told: str, home: Path, openbook: Openbook
) -> None:
    done = openbook(*arguments)
    assert done.code == code
    assert told in done.err
    assert not list(home.glob("x*"))
    assert not list(home.glob("*.part"))
