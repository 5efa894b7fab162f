"""Passages in the order in which their statements answer."""

from __future__ import annotations

from dataclasses import replace

from rag.rerank import StatementReranker
from tests.fakes import ListReader
from tests.unit.test_statements import passages

TEXT = "# Mirror\n\nA mirror sends light back. It hangs on a wall.\n\n# Prism\n\nA prism parts light into colours.\n"


def found(scores: list[float]) -> list:
    return [replace(one, score=score) for one, score in zip(passages(TEXT, 200), scores, strict=True)]


def names(ranked: list) -> list[str]:
    return [one.chunk.heading_path[-1] for one in ranked]


def test_of_passages_found_alike_the_one_with_a_statement_that_answers_comes_first() -> None:
    ranked = StatementReranker(ListReader("prism parts")).rerank("what parts light?", found([0.0325, 0.0320]), 2)
    assert names(ranked) == ["Prism", "Mirror"]
    assert [one.relevance for one in ranked] == sorted((one.relevance for one in ranked), reverse=True)


def test_what_search_found_far_better_stays_first() -> None:
    ranked = StatementReranker(ListReader("prism parts")).rerank("what parts light?", found([0.0325, 0.0160]), 2)
    assert names(ranked) == ["Mirror", "Prism"]


def test_passages_beyond_those_that_are_read_keep_their_order_behind_them() -> None:
    reader = ListReader("prism parts")
    reranker = StatementReranker(reader)
    many = [*found([0.0325, 0.0320])[:1] * reranker.reads, *found([0.0325, 0.0320])]
    ranked = reranker.rerank("what parts light?", many, len(many))
    assert names(ranked)[-2:] == ["Mirror", "Prism"]
    assert not any("prism" in text for text in reader.read)
    assert len(reranker.rerank("what parts light?", many, 3)) == 3


def test_headings_and_code_are_not_read() -> None:
    reader = ListReader()
    StatementReranker(reader).rerank("what?", passages("# Mirror\n\n```\nmirror()\n```\n\nIt shines.\n"), 1)
    assert reader.read == ["Mirror: It shines."]


def test_of_nothing_nothing_is_found() -> None:
    assert StatementReranker(ListReader()).rerank("what?", [], 3) == []
