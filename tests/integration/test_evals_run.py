"""Runs of a tiny suite: what is kept, what goes on, what is told."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.items import Item, Kind, Split, Turn
from evals.record import Breach, Outcome, Run
from evals.runs.answerers import ANSWERERS, Answerer
from evals.runs.ask import asked_of, spread
from evals.runs.observe import Observer
from evals.runs.start import Plan, resume_run, start_run, store_of
from evals.show import run_bar
from rag.answer import Assistant
from rag.asked import Retrieved
from rag.errors import ConfigError, ModelError
from rag.settings import Settings
from rag.types import Answer
from tests.fakes import HashEmbedder
from tests.integration.tiny_suite import ITEMS, write_suite

ROOT = Path(__file__).parents[2]


class Told:
    """A progress that remembers, and that may interrupt after some items."""

    def __init__(self, interrupt_after: int = 0) -> None:
        self.began_with: tuple[int, int] = (0, 0)
        self.items: list[str] = []
        self._interrupt_after = interrupt_after

    def began(self, run: Run, done: int, items: int) -> None:
        self.began_with = (done, items)

    def did(self, outcome: Outcome) -> None:
        self.items.append(outcome.id)
        if len(self.items) == self._interrupt_after:
            raise KeyboardInterrupt


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_suite(tmp_path)


def started(suite: Path, settings: Settings, told: Told | None = None, jobs: int = 1, **plan: object) -> Run:
    planned = Plan(str(suite), **plan)  # type: ignore[arg-type]
    return start_run(planned, settings, told or Told(), jobs=jobs, embedder=HashEmbedder())


def resumed(name: str, settings: Settings, told: Told | None = None) -> Run:
    return resume_run(name, settings, told or Told(), embedder=HashEmbedder())


def timeless(run: Run) -> list[Outcome]:
    """Return the outcomes without what differs from run to run."""
    return [
        one.model_copy(update={"timings_ms": {}, "metrics": {**one.metrics, "latency_ms": 0.0}}) for one in run.outcomes
    ]


def test_a_run_keeps_an_outcome_for_every_item_with_what_it_rests_on(suite: Path, settings: Settings) -> None:
    told = Told()
    run = started(suite, settings, told)
    assert run.complete
    assert [one.id for one in run.outcomes] == sorted(item.id for item in ITEMS)
    assert told.began_with == (0, len(ITEMS))
    assert sorted(told.items) == sorted(item.id for item in ITEMS)
    assert run.id.endswith("-tiny-locked-extractive")
    assert store_of(settings).load("latest") == run
    (horn,) = (one for one in run.outcomes if one.id == "horn")
    assert len(horn.passages) == Observer.depth
    assert horn.read == settings.top_k < Observer.depth
    assert horn.relevant == 1
    assert horn.metrics["hit@10"] == 1.0
    assert all(one.present for outcome in run.outcomes for one in outcome.citations)


def test_a_second_run_indexes_nothing_again_unless_it_is_to_be_fresh(suite: Path, settings: Settings) -> None:
    chunks = ("metres high. A spiral", "no cars. The ferry")  # of two sentences: only an ingest embeds them as one

    def run(*, fresh: bool = False) -> tuple[Run, int]:
        embedder = HashEmbedder()
        run = start_run(Plan(str(suite)), settings, Told(), fresh=fresh, embedder=embedder)
        return run, sum(chunk in text for chunk in chunks for text in embedder.embedded)

    (first, indexed), (second, again), (third, anew) = run(), run(), run(fresh=True)
    assert (indexed, again, anew) == (2, 0, 2)
    assert first.stamp == second.stamp == third.stamp
    assert timeless(first) == timeless(second) == timeless(third)


def test_two_items_at_a_time_come_to_the_same_as_one(suite: Path, settings: Settings) -> None:
    assert timeless(started(suite, settings, jobs=2)) == timeless(started(suite, settings, answerer="extractive"))


def test_a_killed_run_loses_nothing_that_was_finished_and_goes_on_from_there(suite: Path, settings: Settings) -> None:
    driver = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.evals_driver", str(settings.home), str(suite), "3"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with driver:
        assert driver.stdout is not None
        assert driver.stdout.readline() == "waiting\n"
        driver.send_signal(signal.SIGKILL)
    kept = store_of(settings).load("latest")
    assert len(kept.outcomes) == 3
    assert not kept.complete
    told = Told()
    run = resumed("latest", settings, told)
    assert told.began_with == (3, 10)
    assert sorted(told.items) == sorted({item.id for item in ITEMS} - {one.id for one in kept.outcomes})
    assert run.complete
    assert [one for one in run.outcomes if one in kept.outcomes] == list(kept.outcomes)
    assert timeless(run) == timeless(started(suite, settings))


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_keeps_what_was_finished(suite: Path, settings: Settings, jobs: int) -> None:
    told = Told(interrupt_after=4)
    with pytest.raises(KeyboardInterrupt):
        started(suite, settings, told, jobs)
    assert sorted(one.id for one in store_of(settings).load("latest").outcomes) == sorted(told.items)
    assert len(resumed("latest", settings).outcomes) == 10


def test_an_interrupted_run_says_how_to_go_on(
    suite: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(run: Run) -> None:
        with run_bar() as bar:
            bar.began(run, 3, 10)
            raise KeyboardInterrupt

    run = started(suite, settings)
    with pytest.raises(KeyboardInterrupt):
        interrupted(run)
    assert f"3 of 10 items are done and kept. Go on: evals run --resume {run.id}" in capsys.readouterr().err


def failing(error: Exception, times: int) -> Callable[[Assistant, str], Answerer]:
    """Return an answerer that fails at the first questions, and then answers as the assistant does."""
    left = [error] * times

    def factory(assistant: Assistant, _: str) -> Answerer:
        def answer(retrieved: Retrieved) -> Answer:
            if left:
                raise left.pop()
            return assistant.answer(retrieved)

        return answer

    return factory


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelError("The model hung up. Try again."), r"ModelError: The model hung up\. Try again\.$"),
        (KeyError("choices"), r"KeyError: 'choices' \(test_evals_run\.py, line \d+\)$"),
    ],
)
def test_items_that_fail_say_so_keep_the_others_and_are_run_again_on_resumption(
    suite: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    monkeypatch.setitem(ANSWERERS, "half-way", failing(error, 4))
    run = started(suite, settings, answerer="half-way")
    broken = [one for one in run.outcomes if one.error]
    assert len(broken) == 4
    assert len(run.outcomes) == 10
    assert all(one.breaches == (Breach.FAILED,) for one in broken)
    assert {one.error for one in broken} == {broken[0].error}
    assert re.search(told, broken[0].error)
    again = Told()
    assert not any(one.error for one in resumed(run.id, settings, again).outcomes)
    assert sorted(again.items) == sorted(one.id for one in broken)


def test_a_run_is_not_resumed_on_other_texts(suite: Path, settings: Settings) -> None:
    run = started(suite, settings)
    (suite / "texts" / "ferry.md").write_text("# The ferry\n\nIt sank.\n")
    with pytest.raises(ConfigError, match=r"cannot be resumed, since this has changed: corpus\. Start anew: evals run"):
        resumed(run.id, settings)


def test_a_plan_that_names_what_is_not_there_is_refused(suite: Path, settings: Settings) -> None:
    for plan, told in (
        (Plan("nowhere"), "no suite 'nowhere'"),
        (Plan(str(suite), answerer="oracle"), "no answerer 'oracle'. Valid are: extractive, chat:MODEL, first-passage"),
        (Plan(str(suite), split="dev"), "no items of split 'dev'"),
    ):
        with pytest.raises(ConfigError, match=told):
            start_run(plan, settings, Told(), embedder=HashEmbedder())
    assert store_of(settings).runs() == []


def item(name: str, kind: Kind) -> Item:
    facts = () if kind is Kind.UNANSWERABLE else (("x",),)
    return Item(id=name, kind=kind, question=f"What is {name}?", facts=facts)


def test_a_limit_takes_as_many_kinds_as_there_are_and_always_the_same_items() -> None:
    kinds = [Kind.FACT] * 20 + [Kind.LIST] * 3 + [Kind.UNANSWERABLE] * 2
    items = [item(f"i{number}", kind) for number, kind in enumerate(kinds)]
    chosen = spread(items, 6)
    assert sorted(one.kind for one in chosen) == sorted([*kinds[:1] * 2, *kinds[20:22], *kinds[23:]])
    assert chosen == spread(items[::-1], 6)[::-1] == [one for one in items if one in chosen]
    assert spread(items, None) == items
    assert spread(items, 100) == items


def test_a_follow_up_is_asked_after_its_earlier_turns() -> None:
    turns = (Turn(question="What is SMOTE?", answer="A method."), Turn(question="Who uses it?", answer="All do."))
    facts = (("noise",),)
    one = Item(id="f", kind=Kind.FOLLOW_UP, question="And its limits?", history=turns, facts=facts, course="tiny")
    asked = asked_of(one, 3)
    assert [(turn.question, turn.answer) for turn in asked.history] == [(t.question, t.answer) for t in turns]
    assert (asked.text, asked.scope.course, asked.top_k) == ("And its limits?", "tiny", 3)


def evals(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBOOK_")}
    return subprocess.run(
        [sys.executable, "-m", "evals", *arguments],
        cwd=home, env={**kept, "OPENBOOK_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_command_runs_compares_and_says_by_its_exit_code_how_it_went(tmp_path: Path) -> None:
    write_suite(tmp_path)
    done = evals(tmp_path, "run", "--suite", "tiny", "--show", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "10 items, 7 right, 3 refused" in done.stdout
    assert "Compressed air drives it." in done.stdout
    good = store_of(Settings(home=tmp_path)).load("latest").id
    assert f"evals baseline {good}" in done.stdout
    assert done.stderr == ""

    same = evals(tmp_path, "compare", good, "latest")
    assert same.returncode == 0, same.stdout
    assert "0 lost, 0 gained" in same.stdout

    worse = evals(tmp_path, "run", "--suite", "tiny", "--answerer", "first-passage")
    assert worse.returncode == 0, worse.stderr
    failed = evals(tmp_path, "compare", good, "latest")
    assert failed.returncode == 1
    assert "3 items (captain, founded, paint): an unanswerable question was answered" in failed.stdout
    assert "FAIL" in failed.stdout


def test_the_command_exits_with_3_where_items_failed_and_keeps_the_others(tmp_path: Path) -> None:
    suite = write_suite(tmp_path)
    with (suite / "items.jsonl").open("a") as file:
        long = {"id": "long", "kind": "unanswerable", "question": "why " * 600, "split": Split.LOCKED}
        file.write(json.dumps(long) + "\n")
    done = evals(tmp_path, "run", "--suite", str(suite))
    assert done.returncode == 3
    assert "1 of the items failed" in done.stderr
    assert "QuestionError" in done.stderr
    assert "--resume" in done.stderr
    assert "7 right, 3 refused, 1 failed" in done.stdout
    refused = evals(tmp_path, "baseline")
    assert refused.returncode == 2
    assert "1 items of run" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--suite", "nowhere"), "Valid are: gold"),
        (("run", "--answerer", "oracle"), "Valid are: extractive, chat:MODEL, first-passage"),
        (("run", "--split", "held"), "held"),
        (("run", "--resume", "20260101"), "There is no run '20260101'"),
        (("compare", "baseline", "latest"), "There is no run 'latest'"),
        (("compare", "a"), "B"),
        (("baseline", "yesterday"), "There is no run 'yesterday'"),
    ],
)
def test_a_wrong_argument_is_told_without_a_traceback(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = evals(tmp_path, *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_help_is_instant_since_it_imports_nothing_of_the_models() -> None:
    told = "import sys, evals.cli; print(sorted({'numpy', 'pydantic', 'onnxruntime', 'rich.table'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
