"""What the reader learns from: groups, claims, batches, and what is kept away from it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from evals.items import Evidence, Item, Kind
from evals.reader import examples
from evals.reader.examples import Claim, Group, mine_groups, read_claims
from evals.reader.own import group_of
from evals.reader.plan import CONFIG, Examples, batches, read_config
from evals.reader.written import without_near_duplicates
from evals.suites import Course, Suite, assistant_over
from rag.errors import ConfigError
from tests.fakes import HashEmbedder

PASSAGE = "Harbours keep ships safe. A pier carries 40 tonnes. It was built of oak."
ROWS = [
    {"dataset": "squad2_dev", "question": "How much does a pier carry?", "title": "Piers", "passage": PASSAGE,
     "answerable": True, "spans": [[41, 50]]},
    {"dataset": "squad2_dev", "question": "Who built the pier?", "title": "Piers", "passage": PASSAGE,
     "answerable": False, "spans": []},
    {"dataset": "squad2_dev", "question": "What do gulls eat?", "title": "Gulls", "passage": "Gulls eat pier crabs.",
     "answerable": True, "spans": [[10, 20]]},
    {"dataset": "squad2_dev", "question": "What lies on a pier?", "title": "Loads", "passage": "There lie 40 tonnes.",
     "answerable": True, "spans": [[10, 19]]},
    {"dataset": "qnli_dev", "question": "What is oak?", "passage": "Oak is a wood.", "answerable": True, "spans": [],
     "level": "sentence"},
    {"dataset": "clapnq_300", "question": "Reported on?", "passage": "Yes.", "answerable": True, "spans": [[0, 3]]},
]  # fmt: skip
CLAIMS = [
    {"dataset": "wice", "claim": "Oak is wood.", "passage": "Oak is a wood.", "label": "supported"},
    {"dataset": "snli", "claim": "A dog runs.", "passage": "A dog.", "label": "not_enough"},
]


@pytest.fixture
def training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, rows in (("questions", ROWS), ("support", CLAIMS)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    monkeypatch.setattr(examples, "TRAINING", tmp_path)
    return tmp_path


def test_sentences_of_a_passage_answer_or_not_by_the_labelled_span(training: Path) -> None:
    groups = {group.question: group for group in mine_groups(HashEmbedder(), lambda _: None)}
    pier = groups["How much does a pier carry?"]
    assert pier.right == ("Piers: A pier carries 40 tonnes.",)
    # "It was built of oak." is read with the sentence before it, which answers.
    assert pier.near == ("Piers: Harbours keep ships safe.",)
    assert pier.far == ("Gulls: Gulls eat pier crabs.",)


def test_a_statement_of_another_passage_that_holds_the_answer_is_not_said_to_be_wrong(training: Path) -> None:
    groups = {group.question: group for group in mine_groups(HashEmbedder(), lambda _: None)}
    load = "Loads: There lie 40 tonnes."
    assert load in groups["What do gulls eat?"].far
    assert load not in groups["How much does a pier carry?"].far


def test_nothing_answers_an_unanswerable_question(training: Path) -> None:
    groups = {group.question: group for group in mine_groups(HashEmbedder(), lambda _: None)}
    assert groups["Who built the pier?"].right == ()
    assert len(groups["Who built the pier?"].near) == 3


def test_what_is_reported_on_is_not_learned_from(training: Path) -> None:
    assert "Reported on?" not in {group.question for group in mine_groups(HashEmbedder(), lambda _: None)}
    assert [claim.text for claim in read_claims(10, random.Random(1))] == ["Oak is wood."]


def test_a_question_nearly_the_same_as_one_that_judges_is_left_out() -> None:
    def asked(question: str) -> Item:
        return Item(id=question, kind=Kind.UNANSWERABLE, question=question)

    judging = [asked("How long does a shard keep records?")]
    kept = without_near_duplicates([asked("how long do shards keep the records"), asked("what is a shard")], judging)
    assert [item.question for item in kept] == ["what is a shard"]


def test_what_holds_the_answer_when_it_is_read_in_full_is_not_said_to_be_wrong(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "pier.md").write_text(
        "# Piers\n\nA pier carries 40 tonnes. It is built of oak.\n\nA pier ends in the sea.\n", "utf-8"
    )
    asked = Item(
        id="a", kind=Kind.NUMBER, question="what does a pier carry?", facts=(("40 tonnes",),),
        evidence=(Evidence(document="pier.md", quote="carries 40 tonnes"),),
    )  # fmt: skip
    with assistant_over(Suite("test", (Course("main", texts),)), HashEmbedder()) as assistant:
        found = group_of(asked, assistant, {one.name: one.id for one in assistant.library.documents()}, "test")
    assert found is not None
    assert found.right == ("Piers: A pier carries 40 tonnes.",)
    assert found.near == ("Piers: A pier ends in the sea.",)


def group(at: int) -> Group:
    return Group(question=f"q{at}", right=(f"right {at}",), near=("near",) * 4, far=("far",) * 4, passage=f"{at:x}")


def test_the_batches_of_a_seed_are_always_the_same_and_hold_what_the_stage_says() -> None:
    config = read_config()
    groups, claims = [group(at) for at in range(100)], [Claim(text="c", source="s", label="supported")] * 50
    first = batches(config, 0, Examples(groups, (), claims))
    assert first == batches(config, 0, Examples(groups, (), claims))
    stage = config.stages[0]
    pairs = [pairs for batch in first for pairs in batch.groups]
    assert len(pairs) == round(100 * stage.public)
    assert sum(len(batch.claims) for batch in first) == round(50 * stage.claims)
    shapes = [tuple(answers for _, _, answers in one) for one in pairs]
    wrong = (False,) * (stage.near + stage.far)
    assert set(shapes) == {(True, *wrong), wrong}
    assert shapes.count(wrong) / 100 == pytest.approx(stage.none, abs=0.1)  # their answer was taken away


def test_our_own_groups_are_taken_as_often_as_the_stage_says() -> None:
    config = read_config()
    taken = batches(config, 1, Examples(own=[group(1)]))
    assert sum(len(batch.groups) for batch in taken) == config.stages[1].own


def test_a_configuration_that_lacks_something_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.read_text("utf-8").replace("seed = 3", ""), "utf-8")
    with pytest.raises(ConfigError, match="seed"):
        read_config(path)
