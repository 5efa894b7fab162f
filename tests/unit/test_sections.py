"""Retrieval of whole sections, without an answer."""

from __future__ import annotations

import pytest

from evals.gate import check, metrics_of
from evals.items import Evidence, Item, Kind
from evals.metrics import METRICS, RANKING
from evals.peers.sections import FOUND, SectionObserver, retrieval_only
from evals.record import Outcome, Verdict
from rag.asked import Retrieved
from rag.question import parse_question
from rag.types import Chunk, DocumentInfo, Passage, Scope, Source
from tests.outcomes import item as gold_item
from tests.outcomes import outcome as gold_outcome
from tests.outcomes import run

ITEM = Item(id="one", kind=Kind.PUBLIC, question="Which?", evidence=(Evidence(document="a.md", quote="A"),))


def passage(document: str, text: str = "", also: tuple[Passage, ...] = ()) -> Passage:
    info = DocumentInfo(document, document, "text/markdown", "", 9, 1, "", (Source("c", document, document),))
    return Passage(Chunk(document, 0, text or f"About {document}", (), 0, 9, 1), info, 1.0, also=also)


def ranked(*passages: Passage) -> Outcome:
    answer = retrieval_only(Retrieved(parse_question("Which bone?"), Scope(), passages, {"retrieve": 3.0}))
    return SectionObserver().outcome(ITEM, answer, passages)


def test_a_document_counts_at_the_rank_of_its_first_chunk() -> None:
    found = ranked(passage("b.md"), passage("b.md", "more"), passage("a.md", "first"), passage("a.md", "second"))
    assert [(one.document, one.text, one.evidence) for one in found.passages] == [
        ("b.md", "About b.md", ()),
        ("a.md", "first", (0,)),
    ]
    assert found.metrics["mrr"] == 0.5
    assert (found.metrics["hit@1"], found.metrics["hit@3"], found.metrics["recall@5"]) == (0.0, 1.0, 1.0)


def test_what_says_nearly_the_same_counts_where_it_was_collapsed() -> None:
    found = ranked(passage("b.md", also=(passage("a.md"),)), passage("c.md"))
    assert [one.document for one in found.passages] == ["b.md", "a.md", "c.md"]


@pytest.mark.parametrize(("before", "verdict"), [(FOUND - 1, Verdict.RIGHT), (FOUND, Verdict.WRONG)])
def test_a_question_is_right_if_its_document_is_among_the_first(before: int, verdict: Verdict) -> None:
    assert ranked(*(passage(f"{n}.md") for n in range(before)), passage("a.md")).verdict is verdict


def test_only_the_ranking_is_measured() -> None:
    found = ranked(passage("b.md"))
    assert set(found.metrics) == set(RANKING)
    assert found.metrics["hit@10"] == 0.0
    assert found.answer == ""
    assert found.timings_ms == {"retrieve": 3.0}


def test_a_peer_suite_is_held_to_no_floor_and_ours_is() -> None:
    low = gold_outcome(gold_item(), Verdict.WRONG)
    peer = run([ranked(passage("b.md"))], suite="textbook-retrieval", answerer="retrieval")
    assert check(peer).reasons == ()
    assert all(row.metric.name in RANKING for row in check(peer).rows)
    assert {row.metric.floor for row in check(run([low], suite="clapnq")).rows} == {None}
    assert metrics_of(run([low])) is metrics_of(run([low], suite="my/folder")) is METRICS
