"""Blueprints of exams: those shipped, and files of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import ConfigError
from rag.quiz.blueprint import blueprint_names, read_blueprint

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "minutes", "pass_mark", "weights"),
    [("mls-c01", 180, 750, [20, 24, 36, 20]), ("mla-c01", 130, 720, [28, 26, 22, 24])],
)
def test_the_shipped_blueprints_say_what_the_exam_guides_say(
    name: str, minutes: int, pass_mark: int, weights: list[float]
) -> None:
    exam = read_blueprint(name.upper())
    assert (exam.questions, exam.scored, exam.lowest, exam.highest) == (65, 50, 100, 1000)
    assert (exam.minutes, exam.pass_mark) == (minutes, pass_mark)
    assert [domain.weight for domain in exam.domains] == weights


@pytest.mark.parametrize("name", blueprint_names())
def test_every_text_of_our_course_has_the_domain_that_its_manifest_says(name: str) -> None:
    exam = read_blueprint(name)
    modules = json.loads((ROOT / "corpus" / "manifest.json").read_text("utf-8"))["modules"]
    for module in modules:
        found = exam.domain_of(f"somewhere/{module['path']}")
        if exam.leaves_out(module["path"]):
            assert found is None
        else:
            assert found
            assert found.name == module["domains"][name.upper()]


def changed(tmp_path: Path, **changes: object) -> str:
    raw = read_blueprint("mla-c01").model_dump(mode="json") | changes
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(raw), "utf-8")
    return str(path)


def test_a_blueprint_of_your_own_is_named_by_its_path(tmp_path: Path) -> None:
    assert read_blueprint(changed(tmp_path, id="ours", minutes=10)).minutes == 10


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"domains": []}, "domains"),
        ({"scored": 66}, "more questions are scored than asked"),
        ({"pass_mark": 1001}, "outside the scale"),
        ({"domains": [{"name": "All", "weight": 60, "objectives": ["Know"]}]}, "add up to 60"),
        ({"id": "Not so"}, "id"),
    ],
)
def test_a_blueprint_that_does_not_add_up_is_refused(tmp_path: Path, changes: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        read_blueprint(changed(tmp_path, **changes))


def test_an_exam_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="mla-c01, mls-c01"):
        read_blueprint("mla-c99")
