"""The gate catches what it is for: each part of the assistant is broken in turn, and the run of it is failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from evals.comparison import Comparison, State
from evals.gate import compare
from evals.record import Run, Stamp
from evals.runs.answerers import Answerer
from evals.runs.ask import run_items
from evals.runs.observe import Observer
from ingest.pipeline import Ingestor
from ingest.sources import find_sources
from rag.adapters.sqlite_library import SqliteLibrary
from rag.answer import Assistant
from rag.asked import Retrieved
from rag.bootstrap import make_embedder, open_library
from rag.extractive.answerer import load_calibration
from rag.grounding.ground import PlainGrounding
from rag.ports import Embedder, Vectors
from rag.settings import Settings
from rag.types import Answer, Citation, Hit, Scope
from tests.integration.tiny_suite import ITEMS, write_suite

STAMP = Stamp(corpus="", gold="", embedder="", model="", calibration="", settings="")


class OutOfStep(SqliteLibrary):
    """A library whose indexes name another chunk than the one that was found."""

    def dense(self, vector: Vectors, limit: int, scope: Scope = Scope()) -> list[Hit]:
        return self._shifted(super().dense(vector, limit, scope))

    def lexical(self, terms: Sequence[str], limit: int, scope: Scope = Scope()) -> list[Hit]:
        return self._shifted(super().lexical(terms, limit, scope))

    def _shifted(self, hits: Sequence[Hit]) -> list[Hit]:
        return [Hit((hit.key + self.chunk_count // 2) % self.chunk_count + 1, hit.score) for hit in hits]


class Bench:
    """The tiny suite in a library, and the parts that assistants are made of."""

    def __init__(self, library: SqliteLibrary, embedder: Embedder, settings: Settings) -> None:
        self.library, self.embedder, self.settings = library, embedder, settings
        self.assistant = Assistant(library, embedder, settings)
        self.sound = self.run(self.assistant)

    def run(self, assistant: Assistant, answerer: Answerer | None = None, name: str = "broken") -> Run:
        observer = Observer(self.library, PlainGrounding(self.embedder))
        outcomes = tuple(run_items(assistant, ITEMS, answerer or assistant.answer, observer))
        return Run(
            id=name, suite="tiny", split="locked", answerer="extractive", started_at="", stamp=STAMP, complete=True,
            outcomes=outcomes,
        )  # fmt: skip

    def judged(self, assistant: Assistant, answerer: Answerer | None = None) -> Comparison:
        return compare(self.sound, self.run(assistant, answerer))

    def changed(self, change: Callable[[Answer], Answer]) -> Comparison:
        """Judge the assistant with a change made to each of its answers."""
        return self.judged(self.assistant, lambda retrieved: change(self.assistant.answer(retrieved)))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    home = tmp_path_factory.mktemp("sabotage")
    settings = Settings(home=home)
    embedder = make_embedder(settings)
    texts = write_suite(home) / "texts"
    with open_library(settings, embedder) as library:
        Ingestor(library, embedder, settings).ingest(find_sources([str(texts)]), "tiny")
        yield Bench(library, embedder, settings)


def failures(compared: Comparison) -> str:
    return "\n".join(reason.text for reason in compared.reasons if reason.state is State.FAIL)


def test_the_sound_assistant_passes_against_itself(bench: Bench) -> None:
    assert all(one.good for one in bench.sound.outcomes)
    again = bench.judged(bench.assistant)
    assert again.verdict is State.PASS, again.reasons
    assert again.matched.flips == ()


def test_a_retriever_that_finds_the_wrong_passages_fails_by_its_hits(bench: Bench) -> None:
    with OutOfStep(bench.settings.library_path, bench.library.stored_stamp) as library:
        compared = bench.judged(Assistant(library, bench.embedder, bench.settings))
    assert compared.verdict is State.FAIL
    assert "Hit@5 is 0.0" in failures(compared)


def test_an_assistant_that_no_longer_refuses_fails_by_the_unanswerable_questions(bench: Bench) -> None:
    generous = bench.assistant.calibrated(replace(load_calibration(), threshold=0.0))

    def never_refuses(retrieved: Retrieved) -> Answer:
        selection = generous.answerer.select(retrieved.question, retrieved.passages)
        return generous.respond(retrieved, replace(selection, answers=bool(selection.chosen)))

    compared = bench.judged(generous, never_refuses)
    assert compared.verdict is State.FAIL
    assert "3 items (captain, founded, paint): an unanswerable question was answered" in failures(compared)


def test_citations_given_to_each_others_statements_fail_by_what_they_support(bench: Bench) -> None:
    def exchanged(answer: Answer) -> Answer:
        numbers = [said.citations for said in answer.statements]
        swapped = zip(answer.statements, numbers[::-1], strict=True)
        return replace(answer, statements=tuple(replace(said, citations=cited) for said, cited in swapped))

    compared = bench.changed(exchanged)
    assert compared.matched.lost == 0  # the words are right: only the citations tell
    assert compared.verdict is State.FAIL
    assert "Faithfulness" in failures(compared)


@pytest.mark.parametrize(
    "damage",
    [
        lambda one: replace(one, start=one.start + 5, end=one.end + 5),
        lambda one: replace(one, quote=one.quote.replace("is", "is not")),
        lambda one: replace(one, document="another.md"),
    ],
    ids=["its span is moved", "its words are changed", "it names another document"],
)
def test_a_single_citation_that_does_not_open_its_quote_fails(
    bench: Bench, damage: Callable[[Citation], Citation]
) -> None:
    def damaged(answer: Answer) -> Answer:
        winter = "in winter" in answer.question
        return replace(answer, citations=tuple(map(damage, answer.citations))) if winter else answer

    compared = bench.changed(damaged)
    assert compared.verdict is State.FAIL
    assert "1 item (winter): a citation's quote is not in its document" in failures(compared)
