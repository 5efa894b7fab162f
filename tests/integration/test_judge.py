"""A judge over stored runs and labelled rows: what is asked, kept, scored and shown."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.gate import check
from evals.items import Item, Kind
from evals.judge.chat import Judge, make_judge
from evals.judge.judgements import JUDGE_CORRECTNESS, JUDGE_FAITHFULNESS, JUDGEMENTS
from evals.judge.prompt import NO_REFERENCE
from evals.judge.run import judge_run, judges_of, some, validate
from evals.judge.validation import last_validation, load_rows
from evals.record import Outcome, Verdict
from evals.runs.start import store_of
from rag.errors import ConfigError
from rag.settings import Settings
from tests.chat_server import ChatServer, Request, Said, chat_server, shown, verdict
from tests.integration.tiny_suite import write_suite
from tests.outcomes import item, outcome, run, statement

ROOT = Path(__file__).parents[2]
RUN = "20261120-101500-gold-dev-extractive"


def right(request: Request) -> Said:
    return verdict("right" if "reference" in shown(request) else "supported")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        running.otherwise = right
        yield running


@pytest.fixture
def judge(server: ChatServer) -> Judge:
    return make_judge("openai:stub", server.url, api_key="none", max_retries=0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def asked(id: str, **fields: object) -> Item:
    return item(id, reference="There are five.", **fields)


def keep(settings: Settings, *outcomes: Outcome) -> Path:
    """Store a run and return its folder."""
    writer = store_of(settings).start(run((), id=RUN))
    for one in outcomes:
        writer.append(one)
    return writer.folder


def metrics(settings: Settings) -> dict[str, dict[str, float]]:
    """Return the judge's metrics of each outcome as stored."""
    names = (JUDGE_CORRECTNESS, JUDGE_FAITHFULNESS)
    loaded = store_of(settings).load(RUN)
    return {one.id: {name: one.metrics[name] for name in names if name in one.metrics} for one in loaded.outcomes}


def test_scores_are_stored_beside_our_own(settings: Settings, judge: Judge) -> None:
    before = outcome(asked("a"), reference="There are five.")
    keep(settings, before)
    judge_run(judge, RUN, settings)
    [after] = store_of(settings).load(RUN).outcomes
    assert after.metrics == before.metrics | {JUDGE_CORRECTNESS: 1.0, JUDGE_FAITHFULNESS: 1.0}


def test_the_gate_says_the_same_whatever_the_judge_says(settings: Settings, server: ChatServer, judge: Judge) -> None:
    keep(settings, outcome(asked("a")))
    before = check(store_of(settings).load(RUN))
    server.otherwise = lambda request: verdict("wrong" if "reference" in shown(request) else "unsupported")
    judge_run(judge, RUN, settings)
    after = check(store_of(settings).load(RUN))
    assert metrics(settings) == {"a": {JUDGE_CORRECTNESS: 0.0, JUDGE_FAITHFULNESS: 0.0}}
    assert (after.rows, after.reasons, after.verdict) == (before.rows, before.reasons, before.verdict)


def test_partly_right_is_half(settings: Settings, server: ChatServer, judge: Judge) -> None:
    keep(settings, outcome(asked("a")))
    server.script = [verdict("partly"), verdict("partly")]
    judge_run(judge, RUN, settings)
    assert metrics(settings)["a"][JUDGE_CORRECTNESS] == 0.5


def test_a_statement_without_a_quote_is_unsupported_unasked(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    said = (statement("There are five."), statement("They are green.", citations=()))
    keep(settings, outcome(asked("a"), statements=said))
    judge_run(judge, RUN, settings)
    assert metrics(settings)["a"][JUDGE_FAITHFULNESS] == 0.5
    assert [shown(one)["statement"] for one in server.requests if "statement" in shown(one)] == ["There are five."]


def test_a_refusal_is_known_without_asking(settings: Settings, server: ChatServer, judge: Judge) -> None:
    refused = outcome(item("a"), Verdict.REFUSED)
    keep(settings, refused, outcome(item("b", Kind.UNANSWERABLE), Verdict.REFUSED))
    judge_run(judge, RUN, settings)
    assert metrics(settings) == {"a": {JUDGE_CORRECTNESS: 0.0}, "b": {JUDGE_CORRECTNESS: 1.0}}
    assert server.requests == []


def test_where_the_texts_do_not_say_only_declining_is_right(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    keep(settings, outcome(item("a", Kind.UNANSWERABLE), Verdict.WRONG))
    server.script = [verdict("refused"), verdict("refused")]
    judge_run(judge, RUN, settings)
    assert shown(server.requests[0])["reference"] == NO_REFERENCE
    assert metrics(settings)["a"][JUDGE_CORRECTNESS] == 1.0


def test_what_the_judge_is_unsure_of_or_cannot_say_has_no_score(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    keep(settings, outcome(asked("a")), outcome(asked("b")))
    unsure = [verdict("right"), verdict("wrong"), verdict("supported")]
    server.script = [*unsure, Said("?"), Said("?"), verdict("supported")]
    judge_run(judge, RUN, settings)
    assert metrics(settings) == {"a": {JUDGE_FAITHFULNESS: 1.0}, "b": {JUDGE_FAITHFULNESS: 1.0}}


def test_what_was_judged_is_not_asked_again(settings: Settings, server: ChatServer, judge: Judge) -> None:
    keep(settings, outcome(asked("a")))
    judge_run(judge, RUN, settings)
    first = len(server.requests)
    judge_run(judge, RUN, settings)
    assert len(server.requests) == first == 3


def test_the_same_claim_with_the_same_quotes_is_asked_once(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    keep(settings, outcome(asked("a")), outcome(asked("b")))
    judge_run(judge, RUN, settings)
    assert len([one for one in server.requests if "statement" in shown(one)]) == 1
    assert metrics(settings)["b"][JUDGE_FAITHFULNESS] == 1.0


def test_an_answer_that_changed_is_judged_anew(settings: Settings, server: ChatServer, judge: Judge) -> None:
    keep(settings, outcome(asked("a")))
    judge_run(judge, RUN, settings)
    store_of(settings).resume(RUN).append(outcome(asked("a"), statements=(statement("There are six."),)))
    server.requests.clear()
    judge_run(judge, RUN, settings)
    assert shown(server.requests[0])["answer"] == "There are six."


def test_another_judge_is_asked_for_itself(settings: Settings, server: ChatServer, judge: Judge) -> None:
    keep(settings, outcome(asked("a")))
    judge_run(judge, RUN, settings)
    server.requests.clear()
    judge_run(make_judge("openai:other", server.url, api_key="none"), RUN, settings)
    assert len(server.requests) == 3


def test_a_failure_leaves_what_was_judged_and_the_rest_goes_on(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    keep(settings, outcome(asked("a")), outcome(asked("b"), statements=(statement("Five there are."),)))
    server.script = [verdict("right"), verdict("right"), Said(status=500)]
    done = judge_run(judge, RUN, settings)
    assert len(done.judged.failures) == 1
    assert done.judged.failures[0].startswith("a, support: ")
    assert metrics(settings)["b"] == {JUDGE_CORRECTNESS: 1.0, JUDGE_FAITHFULNESS: 1.0}
    server.requests.clear()
    assert judge_run(judge, RUN, settings).judged.failures == []
    assert len(server.requests) == 1


def test_a_judge_that_fails_again_and_again_is_not_asked_on(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    keep(settings, *(outcome(asked(id)) for id in "abcdefgh"))
    server.otherwise = lambda _: Said(status=500)
    done = judge_run(judge, RUN, settings)
    assert len(server.requests) == 3
    assert "not asked" in done.judged.failures[-1]


def test_a_line_torn_by_a_kill_is_judged_again(settings: Settings, server: ChatServer, judge: Judge) -> None:
    folder = keep(settings, outcome(asked("a")))
    judge_run(judge, RUN, settings)
    kept = folder / JUDGEMENTS
    kept.write_bytes(kept.read_bytes()[:-20])
    server.requests.clear()
    judge_run(judge, RUN, settings)
    judge_run(judge, RUN, settings)
    assert len(server.requests) == 1
    assert len(kept.read_bytes().splitlines()) == 2


def test_a_file_of_something_else_is_named(settings: Settings, judge: Judge) -> None:
    folder = keep(settings, outcome(asked("a")))
    (folder / JUDGEMENTS).write_text("{}\n")
    with pytest.raises(ConfigError, match=JUDGEMENTS):
        judge_run(judge, RUN, settings)


def test_a_limit_judges_always_the_same_outcomes(settings: Settings, judge: Judge) -> None:
    keep(settings, *(outcome(asked(id)) for id in "abcdef"))
    judge_run(judge, RUN, settings, limit=2)
    first = {id for id, values in metrics(settings).items() if values}
    judge_run(judge, RUN, settings, limit=2)
    assert {id for id, values in metrics(settings).items() if values} == first
    assert len(first) == 2


def test_a_validation_becomes_the_agreement_of_its_judge_only(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    keep(settings)
    assert judge_run(judge, RUN, settings).validation is None
    validation, _ = validate(judge, settings)
    assert judge_run(judge, RUN, settings).validation == validation
    other = make_judge("openai:other", server.url, api_key="none")
    assert judge_run(other, RUN, settings).validation is None


def test_a_validation_of_other_rows_does_not_count(settings: Settings, judge: Judge) -> None:
    validate(judge, settings)
    assert last_validation(judge.name, judges_of(settings), load_rows()[1:]) is None


def test_a_validation_with_other_prompts_does_not_count(settings: Settings, judge: Judge) -> None:
    validation, _ = validate(judge, settings)
    [kept] = judges_of(settings).glob("*.json")
    kept.write_text(validation.model_copy(update={"prompt": "older"}).model_dump_json())
    assert last_validation(judge.name, judges_of(settings), load_rows()) is None


def test_a_validation_of_some_rows_leaves_that_of_all_in_place(settings: Settings, judge: Judge) -> None:
    whole, _ = validate(judge, settings)
    part, _ = validate(judge, settings, limit=3)
    assert len(part.rated) < len(whole.rated)
    assert last_validation(judge.name, judges_of(settings), load_rows()) == whole


def test_a_validation_with_failures_does_not_count_and_goes_on_later(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    server.script = [Said(status=500)]
    _, judged = validate(judge, settings)
    assert len(judged.failures) == 1
    assert last_validation(judge.name, judges_of(settings), load_rows()) is None
    server.requests.clear()
    validate(judge, settings)
    assert len(server.requests) <= 2
    assert last_validation(judge.name, judges_of(settings), load_rows()) is not None


def test_a_second_validation_asks_again_since_models_change_behind_their_names(
    settings: Settings, server: ChatServer, judge: Judge
) -> None:
    validate(judge, settings)
    first = len(server.requests)
    validate(judge, settings)
    assert len(server.requests) == 2 * first


def test_a_part_is_drawn_by_ids() -> None:
    rows = load_rows()
    assert some(rows, 5) == some(rows[::-1], 5)
    assert some(rows, None) == sorted(rows, key=lambda row: row.id)


def evals(*words: str, home: Path, server: ChatServer) -> subprocess.CompletedProcess[str]:
    ours = {"OPENBOOK_HOME": str(home), "OPENBOOK_JUDGE_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
    return subprocess.run(
        [sys.executable, "-m", "evals", *words],
        cwd=ROOT, env=os.environ | ours, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_terminal_prints_the_agreement_beside_the_scores(settings: Settings, server: ChatServer) -> None:
    keep(settings, outcome(asked("a")), outcome(asked("b")))
    first = evals("judge", "--judge", "openai:stub", home=settings.home, server=server)
    assert first.returncode == 0, first.stderr
    assert "not validated yet" in first.stdout
    validated = evals("judge", "--validate", "--judge", "openai:stub", home=settings.home, server=server)
    assert validated.returncode == 0, validated.stderr
    assert "Cohen's kappa" in validated.stdout
    again = evals("judge", "--judge", "openai:stub", home=settings.home, server=server)
    assert "not validated yet" not in again.stdout
    assert "judge_correctness" in again.stdout


def test_a_judge_that_fails_is_exit_code_3_and_none_is_2(settings: Settings, server: ChatServer) -> None:
    keep(settings, outcome(asked("a")))
    server.otherwise = lambda _: Said(status=400)
    failed = evals("judge", RUN, "--judge", "openai:stub", home=settings.home, server=server)
    assert failed.returncode == 3
    assert "give the command again" in failed.stderr
    none = evals("judge", RUN, home=settings.home, server=server)
    assert none.returncode == 2
    assert "OPENBOOK_JUDGE" in none.stderr


def test_a_run_can_be_judged_as_it_ends(tmp_path: Path, server: ChatServer) -> None:
    suite = str(write_suite(tmp_path))
    words = ("run", "--suite", suite, "--split", "all", "--limit", "2", "--judge", "openai:stub")
    done = evals(*words, home=tmp_path / "home", server=server)
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("Hit@5") < done.stdout.index("judge_correctness")
