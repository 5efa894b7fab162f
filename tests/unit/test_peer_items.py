"""Question sets that others labelled: how they become items and texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.items import Kind, Split
from evals.peers.items import load_clapnq, load_textbook, read_clapnq_passages
from evals.suites import SUITES, Course, Suite, items_of, suite_named, write_sections
from rag.errors import ConfigError

SENTENCES = ["The heron fishes .", "It stands still .", "It swallows the fish whole ."]


def written(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def row(id: str = "7", title: str = "Heron", **answers: Sequence[str]) -> dict[str, Any]:
    """Make a row of ClapNQ about one passage: each answer with the sentences that its annotator chose."""
    output = [{"answer": answer, "selected_sentences": list(chosen)} for answer, chosen in answers.items()]
    passage = {"title": title, "text": " ".join(SENTENCES), "sentences": SENTENCES}
    none = [{"answer": "", "selected_sentences": []}]
    return {"id": id, "input": "how does a heron fish", "passages": [passage], "output": output or none}


def test_a_textbook_question_asks_its_stem_and_its_section_is_right(tmp_path: Path) -> None:
    rows = [{"id": "a/m1/0", "book": "a", "module": "m1", "section": "Bones", "stem": "What is hard?", "answer": 2}]
    (item,) = load_textbook(written(tmp_path / "mcq.jsonl", rows))
    assert (item.id, item.question, item.kind) == ("a/m1/0", "What is hard?", Kind.PUBLIC)
    assert [one.document for one in item.evidence] == ["a/m1.md"]


def test_the_questions_of_a_textbook_are_split_by_section(tmp_path: Path) -> None:
    rows = [
        {"id": f"a/m{module}/{n}", "book": "a", "module": f"m{module}", "section": "S", "stem": "Q?"}
        for module in range(12) for n in range(3)
    ]  # fmt: skip
    path = written(tmp_path / "mcq.jsonl", rows)
    dev, locked = load_textbook(path, Split.DEV), load_textbook(path, Split.LOCKED)
    assert {one.split for one in dev} == {Split.DEV}
    assert not {one.group for one in dev} & {one.group for one in locked}
    assert sorted(one.id for one in (*dev, *locked)) == sorted(one["id"] for one in rows)
    assert len(dev) > 3 < len(locked)


def test_every_sentence_that_some_annotator_chose_is_evidence(tmp_path: Path) -> None:
    path = written(tmp_path / "c.jsonl", [row(one=SENTENCES[:1], two=[SENTENCES[2], SENTENCES[0]])])
    (item,) = load_clapnq(path)
    assert [one.quote for one in item.evidence] == [SENTENCES[0], SENTENCES[2]]
    assert (item.kind, item.split, item.reference) == (Kind.PUBLIC, Split.LOCKED, "one")


def test_an_answer_for_which_no_sentence_was_chosen_may_rest_on_any(tmp_path: Path) -> None:
    (item,) = load_clapnq(written(tmp_path / "c.jsonl", [row(one=[])]))
    assert [one.quote for one in item.evidence] == SENTENCES


def test_a_question_without_an_answer_is_unanswerable(tmp_path: Path) -> None:
    path = written(tmp_path / "c.jsonl", [row()])
    assert [(one.kind, one.evidence) for one in load_clapnq(path, Split.LOCKED)] == [(Kind.UNANSWERABLE, ())]
    assert load_clapnq(path, Split.DEV) == []


def test_evidence_stands_in_the_document_that_its_passage_is_written_to(tmp_path: Path) -> None:
    other = {"title": "Heron", "text": "It nests in trees .", "sentences": ["It nests in trees ."]}
    rows = [row("1", one=SENTENCES[:1]), row("2", one=SENTENCES[1:]), row("3") | {"passages": [other]}]
    path = written(tmp_path / "c.jsonl", rows)
    folder = write_sections(read_clapnq_passages(path), tmp_path / "texts")
    items = load_clapnq(path)
    documents = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.md")}
    assert len(documents) == 2
    assert {one.document for item in items for one in item.evidence} < set(documents)
    assert all(one.quote in documents[one.document] for item in items for one in item.evidence)


@pytest.mark.parametrize("name", ["clapnq", "textbook-retrieval"])
def test_the_items_of_a_peer_suite_are_all_asked_of_texts_that_it_has(name: str) -> None:
    if not SUITES[name].available:
        pytest.skip(f"the texts of suite '{name}' are not here")
    suite = SUITES[name]
    names = {f"{one['book']}/{one['module']}.md" for course in suite.texts for one in course.read(course.texts)}
    items = items_of(suite)
    assert len({one.id for one in items}) == len(items) == {"clapnq": 300, "textbook-retrieval": 790}[name]
    assert {one.document for item in items for one in item.evidence} <= names
    assert sum(not one.answerable for one in items) == {"clapnq": 150, "textbook-retrieval": 0}[name]


def test_a_peer_suite_that_is_not_here_names_the_file_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = tmp_path / "clapnq-answerable.jsonl"
    absent = Suite("clapnq", (Course("clapnq", texts, read_clapnq_passages),), (texts,), load_clapnq, ours=False)
    monkeypatch.setitem(SUITES, "clapnq", absent)
    with pytest.raises(ConfigError, match=f"suite 'clapnq' are not here: course 'clapnq' in {texts}"):
        suite_named("clapnq")


def test_half_a_suite_is_an_error_and_not_a_smaller_suite(tmp_path: Path) -> None:
    here = written(tmp_path / "here.jsonl", [row(one=SENTENCES)])
    suite = Suite("half", (Course("half", here, read_clapnq_passages),), (here, tmp_path / "gone.jsonl"), load_clapnq)
    with pytest.raises(ConfigError, match=f"'half' lacks items: there is no {tmp_path / 'gone.jsonl'}$"):
        items_of(suite)
