"""Runs of suites that others labelled, on tiny data of the same form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.comparison import State
from evals.gate import check, compare
from evals.items import Kind
from evals.metrics import RANKING
from evals.record import Run, Verdict
from evals.runs.start import Plan, resume_run, start_run
from evals.show import run_bar
from evals.suites import SUITES
from rag.errors import ConfigError
from rag.settings import Settings
from tests.fakes import COURSE_TEXTS, HashEmbedder

MODULES = {name.removesuffix(".md"): " ".join(sentences) for name, sentences in COURSE_TEXTS.items()}
STEMS = {
    "optics": "Refraction bends light where?",
    "biology": "What absorbs sunlight?",
    "economy": "Against inflation?",
}


def written(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def textbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a book of three sections with a question each in the place of the textbook."""
    texts = [{"book": "b", "module": name, "title": name, "text": text} for name, text in MODULES.items()]
    asked = [{"id": name, "book": "b", "module": name, "section": name, "stem": stem} for name, stem in STEMS.items()]
    sections, questions = written(tmp_path / "sections.jsonl", texts), written(tmp_path / "mcq.jsonl", asked)
    suite = SUITES["textbook-retrieval"]
    here = replace(suite, texts=(replace(suite.texts[0], texts=sections),), items=(questions,))
    monkeypatch.setitem(SUITES, suite.name, here)
    return sections


@pytest.fixture
def clapnq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put two questions in the place of ClapNQ, one of which has no answer."""
    sentences = COURSE_TEXTS["optics.md"]
    passage = {"title": "Optics", "text": " ".join(sentences), "sentences": sentences}
    other = {"title": "Biology", "text": " ".join(COURSE_TEXTS["biology.md"]), "sentences": COURSE_TEXTS["biology.md"]}
    chosen = [{"answer": "At the boundary.", "selected_sentences": [sentences[1]]}]
    none = [{"answer": "", "selected_sentences": []}]
    rows = (
        {"id": "1", "input": "what does refraction bend at the boundary", "passages": [passage], "output": chosen},
        {"id": "2", "input": "who found chlorophyll", "passages": [other], "output": none},
    )
    paths = [written(tmp_path / f"{name}.jsonl", [row]) for name, row in zip("ab", rows, strict=True)]
    suite = SUITES["clapnq"]
    texts = tuple(replace(course, texts=path) for course, path in zip(suite.texts, paths, strict=True))
    monkeypatch.setitem(SUITES, "clapnq", replace(suite, texts=texts, items=tuple(paths)))


def started(plan: Plan, home: Path) -> Run:
    with run_bar() as bar:
        return start_run(plan, Settings(home=home), bar, embedder=HashEmbedder(512))


@pytest.mark.usefixtures("textbook")
def test_textbook_retrieval_is_a_run_of_rankings_of_sections(tmp_path: Path) -> None:
    run = started(Plan("textbook-retrieval", "all"), tmp_path)
    assert run.complete
    assert run.answerer == "retrieval"
    assert run.id.endswith("-textbook-retrieval-all-retrieval")
    assert {one.id: one.passages[0].document for one in run.outcomes} == {name: f"b/{name}.md" for name in STEMS}
    assert all(set(one.metrics) == set(RANKING) and one.verdict is Verdict.RIGHT for one in run.outcomes)
    assert all(sorted(p.document for p in one.passages) == sorted(f"b/{m}.md" for m in MODULES) for one in run.outcomes)
    assert check(run).verdict is State.PASS
    with run_bar() as bar:
        assert resume_run(run.id, Settings(home=tmp_path), bar, embedder=HashEmbedder(512)) == run


def test_sections_that_are_found_no_longer_are_lost(textbook: Path, tmp_path: Path) -> None:
    before = started(Plan("textbook-retrieval", "all"), tmp_path)
    texts = [{"book": "b", "module": f"m{n}", "title": "x", "text": MODULES["optics"] + f" {n}" * n} for n in range(9)]
    written(textbook, texts)
    compared = compare(before, started(Plan("textbook-retrieval", "all"), tmp_path))
    assert [flip.change for flip in compared.matched.flips] == ["right -> wrong"] * 3
    assert {row.metric.name for row in compared.rows if row.state is State.WARN} >= {"hit@1", "mrr"}


def test_sections_are_looked_for_deeper_than_passages_are(textbook: Path, tmp_path: Path) -> None:
    own = [" ".join(f"{word}{n}" for word in "abcdefgh") for n in range(15)]  # or they would be near-duplicates
    texts = [{"book": "b", "module": f"m{n}", "title": "x", "text": f"Refraction {one}"} for n, one in enumerate(own)]
    written(textbook, texts)
    (optics,) = (one for one in started(Plan("textbook-retrieval", "all"), tmp_path).outcomes if one.id == "optics")
    assert len(optics.passages) == 15


@pytest.mark.usefixtures("textbook")
def test_no_answerer_can_be_chosen_where_only_retrieval_is_measured(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'textbook-retrieval' measures retrieval only: run it without --answerer"):
        started(Plan("textbook-retrieval", "all", "first-passage"), tmp_path)


@pytest.mark.usefixtures("clapnq")
def test_clapnq_is_asked_over_all_its_passages_and_judged_by_the_sentences_chosen(tmp_path: Path) -> None:
    run = started(Plan("clapnq", answerer="first-passage"), tmp_path)
    one, two = run.outcomes
    assert (one.kind, one.verdict, two.kind, two.verdict) == (
        Kind.PUBLIC,
        Verdict.RIGHT,
        Kind.UNANSWERABLE,
        Verdict.WRONG,
    )
    assert {passage.heading for passage in one.passages} == {"Optics", "Biology"}
    assert one.metrics["sentence_recall"] == 1.0
    assert one.metrics["sentence_precision"] == pytest.approx(1 / 3)
    assert (one.metrics["decision"], two.metrics["decision"]) == (1.0, 0.0)
    assert one.metrics["citation_exists"] == 1.0
