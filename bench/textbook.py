"""Recall and MRR on the textbook questions: fused, by BM25 alone, by vectors alone."""

from __future__ import annotations

from bench.frame import Bench, Missing, table
from evals.retrieval import QUESTIONS, SECTIONS, TEXTBOOK, K, evaluate_textbook


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    if not all((TEXTBOOK / name).exists() for name in (SECTIONS, QUESTIONS)):
        raise Missing("the textbook ../shared/data/textbook is not here")
    figures = evaluate_textbook(limit=100 if bench.quick else None)
    rows = [[name, f"{one.recall:.3f}", f"{one.mrr:.3f}"] for name, one in figures.items()]
    questions = next(iter(figures.values())).questions
    return f"{questions} questions.\n\n{table(('ranking', f'recall@{K}', 'MRR'), rows)}"
