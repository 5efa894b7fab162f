from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from evals.items import Kind, Split
from evals.record import Outcome, Run, SeenPassage, Stamp, Verdict
from evals.runs.baseline import baseline_path, write_baseline
from evals.runs.files import RunWriter
from evals.runs.store import BASELINE, LATEST, RunStore, run_id
from rag.errors import ConfigError

STAMP = Stamp(corpus="c", gold="g", embedder="e", model="m", calibration="k", settings="s")


def run(name: str = "20261120-101500-gold-locked-extractive") -> Run:
    return Run(
        id=name, suite="gold", split="locked", answerer="extractive", started_at="2026-11-20T10:15:00+00:00",
        stamp=STAMP,
    )  # fmt: skip


def outcome(name: str, **values: object) -> Outcome:
    return Outcome.model_validate(
        {
            "id": name,
            "kind": Kind.FACT,
            "split": Split.LOCKED,
            "question": f"What is {name}?",
            "group": "a.md",
            "answerable": True,
            "verdict": Verdict.RIGHT,
            **values,
        }
    )


def complete(*outcomes: Outcome, **values: object) -> Run:
    return run().model_copy(update={"complete": True, "outcomes": outcomes, **values})


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs", tmp_path / "baselines")


def lines_of(writer: RunWriter) -> Path:
    return writer.folder / "outcomes.jsonl"


def test_a_run_id_sorts_by_time_and_says_what_was_run() -> None:
    early = run_id(datetime(2026, 9, 1, 23, 59, 59), "/texts/my course", "dev", "chat:a/b")
    late = run_id(datetime(2026, 11, 20, 10, 15, 0), "gold", "locked", "extractive")
    assert late == "20261120-101500-gold-locked-extractive"
    assert early == "20260901-235959-my-course-dev-chat-a-b"
    assert early < late


def test_a_run_is_read_as_it_was_written_in_order_of_item(store: RunStore) -> None:
    writer = store.start(run())
    writer.append(outcome("b", metrics={"mrr": 0.5}))
    writer.append(outcome("a"))
    writer.finish()
    loaded = store.load(run().id)
    assert loaded == complete(outcome("a"), outcome("b", metrics={"mrr": 0.5}))


def test_an_outcome_is_on_disk_before_the_next_item_is_asked(store: RunStore) -> None:
    writer = store.start(run())
    writer.append(outcome("a"))
    assert [one.id for one in store.load(run().id).outcomes] == ["a"]
    assert not store.load(run().id).complete


@pytest.mark.parametrize(
    "torn", [b'{"id": "b", "ki', '{"id": "caf\u00e9'.encode()[:-1], outcome("b").model_dump_json().encode()]
)
def test_a_line_cut_off_in_writing_is_dropped_and_its_item_run_again(store: RunStore, torn: bytes) -> None:
    writer = store.start(run())
    writer.append(outcome("a"))
    with lines_of(writer).open("ab") as file:
        file.write(torn)
    assert [one.id for one in store.load(LATEST).outcomes] == ["a"]
    again = store.resume(LATEST)
    assert set(again.done) == {"a"}
    again.append(outcome("b"))
    assert [one.id for one in store.load(LATEST).outcomes] == ["a", "b"]


def test_a_run_killed_before_its_first_item_can_be_resumed(store: RunStore) -> None:
    store.start(run())
    store.start(run("20261120-101600-other"))
    writer = store.resume(LATEST)
    assert writer.done == {}
    writer.append(outcome("a"))
    assert [one.id for one in store.load(LATEST).outcomes] == ["a"]


def test_an_item_that_failed_is_run_again_and_its_later_outcome_counts(store: RunStore) -> None:
    writer = store.start(run())
    writer.append(outcome("a", error="ModelError: gone", verdict=None))
    writer.append(outcome("b"))
    again = store.resume(run().id)
    assert set(again.done) == {"b"}
    again.append(outcome("a"))
    assert [(one.id, one.error) for one in store.load(run().id).outcomes] == [("a", ""), ("b", "")]


def test_a_bad_line_in_the_middle_is_named(store: RunStore) -> None:
    writer = store.start(run())
    writer.append(outcome("a"))
    with lines_of(writer).open("ab") as file:
        file.write(b"{}\n")
    writer.append(outcome("b"))
    with pytest.raises(ConfigError, match=r"outcomes\.jsonl, line 2: not an outcome"):
        store.load(run().id)


def test_an_unknown_run_is_answered_with_the_nearest_ids(store: RunStore) -> None:
    with pytest.raises(ConfigError, match="none yet: evals run"):
        store.load(LATEST)
    for name in ("20261120-101500-gold-locked-extractive", "20261120-101600-gold-dev-extractive", "x", "y", "z"):
        store.start(run(name))
    with pytest.raises(ConfigError, match="Nearest are: 20261120-101500-gold-locked-extractive, 2026") as told:
        store.load("20261120-101500-gold-locked-extractiv")
    assert "z" not in str(told.value).split("Nearest")[1].split(", ")


def test_runs_of_the_same_second_are_told_apart(store: RunStore) -> None:
    started = [store.start(run()).run.id for _ in range(3)]
    assert started == [run().id, f"{run().id}-2", f"{run().id}-3"]
    assert [one.id for one in store.runs()] == started[::-1]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="OPENBOOK_HOME"):
        RunStore(tmp_path / "file").start(run())


def test_runs_are_listed_newest_first_and_folders_without_a_run_are_not(store: RunStore) -> None:
    assert store.runs() == []
    for name in ("20261120-101500-a", "20261121-101500-b", "20261119-101500-c"):
        store.start(run(name))
    (store.folder / "20261122-101500-begun").mkdir()
    assert [one.id for one in store.runs()] == ["20261121-101500-b", "20261120-101500-a", "20261119-101500-c"]
    assert store.load(LATEST).id == "20261121-101500-b"


def test_a_damaged_run_is_named_with_what_to_do(store: RunStore) -> None:
    folder = store.start(run()).folder
    (folder / "run.json").write_text('{"id": 1}')
    with pytest.raises(ConfigError, match=r"run\.json is not a run .*Remove it"):
        store.runs()


def test_a_run_is_found_by_the_path_of_its_folder(store: RunStore, tmp_path: Path) -> None:
    folder = store.start(run()).folder
    assert RunStore(tmp_path / "elsewhere").load(str(folder)).id == run().id


def test_a_baseline_holds_the_run_without_the_text_of_passages_and_is_found_by_what_it_is_like(store: RunStore) -> None:
    seen = SeenPassage(document="a.md", heading="A", line=3, text="Long words.", score=0.1, evidence=(0,))
    whole = complete(outcome("b", passages=(seen,)), outcome("a"))
    path = write_baseline(whole, store.baselines)
    assert path == store.baselines / "gold-locked-extractive.jsonl"
    found = store.load(BASELINE, like=run("another"))
    assert [one.id for one in found.outcomes] == ["a", "b"]
    assert found.complete
    assert found.outcomes[1].passages == (seen.model_copy(update={"text": ""}),)
    assert store.load(str(path)) == found


def test_without_a_run_to_be_like_the_baseline_is_that_of_the_latest(store: RunStore) -> None:
    write_baseline(complete(), store.baselines)
    store.start(run("20261121-101500-b"))
    assert store.load(BASELINE).id == run().id


def test_a_missing_baseline_says_how_to_make_one(store: RunStore) -> None:
    other = run().model_copy(update={"split": "dev"})
    with pytest.raises(ConfigError, match=r"gold-dev-extractive\.jsonl\. .*evals baseline"):
        store.load(BASELINE, like=other)
    assert baseline_path(other).parent.name == "baselines"


def test_a_file_that_is_no_baseline_is_named(store: RunStore, tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    for text in ("", "no json\n"):
        path.write_text(text)
        with pytest.raises(ConfigError, match=r"notes\.jsonl is not a run"):
            store.load(str(path))


def test_of_a_pair_the_baseline_is_that_of_the_other_run(store: RunStore) -> None:
    other = complete(split="dev")
    for one in (complete(), other):
        write_baseline(one, store.baselines)
    store.start(run("20261120-101500-x").model_copy(update={"split": "dev"}))
    store.start(run("20261121-101500-y"))
    assert [one.split for one in store.load_pair(BASELINE, "20261120-101500-x")] == ["dev", "dev"]
    assert [one.split for one in store.load_pair("20261120-101500-x", BASELINE)] == ["dev", "dev"]
    ids = [one.id for one in store.load_pair("20261120-101500-x", LATEST)]
    assert ids == ["20261120-101500-x", "20261121-101500-y"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"complete": False}, "stopped half-way.*--resume 2026"),
        ({"outcomes": (outcome("a", error="ModelError: gone"),)}, "1 items .* failed.*--resume 2026"),
        ({"limit": 20}, "limited to 20"),
        ({"stamp": STAMP.model_copy(update={"dirty": True})}, "--force"),
    ],
)
def test_what_is_no_measure_for_others_does_not_become_a_baseline(
    store: RunStore, values: dict[str, object], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        write_baseline(complete(**values), store.baselines)
    assert not store.baselines.exists()


def test_a_run_of_uncommitted_changes_becomes_a_baseline_where_that_is_forced(store: RunStore) -> None:
    dirty = complete(stamp=STAMP.model_copy(update={"dirty": True}))
    assert write_baseline(dirty, store.baselines, force=True).exists()


def test_an_outcome_that_cannot_be_written_is_told(store: RunStore) -> None:
    writer = store.start(run())
    (writer.folder / "outcomes.jsonl").mkdir()
    with pytest.raises(ConfigError, match=r"outcomes\.jsonl cannot be written: Is a directory"):
        writer.append(outcome("a"))


def test_a_baseline_of_which_the_last_line_is_cut_off_is_not_taken_for_a_shorter_one(store: RunStore) -> None:
    path = write_baseline(complete(outcome("a"), outcome("b")), store.baselines)
    whole = path.read_bytes()
    path.write_bytes(whole.rstrip())
    assert len(store.load(str(path)).outcomes) == 2
    path.write_bytes(whole[:-10])
    with pytest.raises(ConfigError, match="line 3: not an outcome"):
        store.load(str(path))
