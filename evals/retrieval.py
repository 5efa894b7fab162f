"""Is the right section found? Metrics over rankings, and the textbook's questions: `python -m evals.retrieval`.

The stem of each question is the query, and the section that it was written for is right, among the
sections of both books. A section counts at the rank of its first chunk.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.texts import SHARED, assistant_over
from rag.bootstrap import make_embedder
from rag.errors import ConfigError, OpenbookError, QuestionError
from rag.ports import Embedder, Library
from rag.question import Question, parse_question
from rag.retrieve import Retriever, lexical_terms
from rag.settings import load_settings

TEXTBOOK = SHARED / "textbook"
SECTIONS, QUESTIONS = "sections.jsonl", "mcq.jsonl"
DEPTH = 50  # chunks taken from a ranking; a section none of whose chunks is among them is not found
K = 5


def hit_at_k(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return 1.0 if any relevant id is among the first `k` of `ranking`, else 0.0.

    Also called success@k: https://trec.nist.gov/pubs/trec16/appendices/measures.pdf
    """
    return float(any(found in relevant for found in ranking[:k]))


def recall_at_k(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return which share of the relevant ids is among the first `k` of `ranking`.

    Manning, Raghavan and Schütze 2008, chapter 8: https://nlp.stanford.edu/IR-book/

    Raises:
        ValueError: nothing is relevant, so no share of it exists.
    """
    wanted = set(relevant)
    if not wanted:
        raise ValueError("recall needs at least one relevant id")
    return len(wanted.intersection(ranking[:k])) / len(wanted)


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 / rank of the first relevant id, 0.0 if there is none; its mean over questions is the MRR.

    Voorhees 1999, https://trec.nist.gov/pubs/trec8/papers/qa_report.pdf
    """
    return next((1.0 / rank for rank, found in enumerate(ranking, 1) if found in relevant), 0.0)


def first_ranks(ids: Iterable[str]) -> list[str]:
    """Return each id once, where it stands first."""
    return list(dict.fromkeys(ids))


@dataclass(frozen=True, slots=True)
class RetrievalFigures:
    """Means over questions."""

    questions: int
    recall: float
    mrr: float


def summarise(rankings: Sequence[Sequence[str]], right: Sequence[str], k: int = K) -> RetrievalFigures:
    """Return the means over questions, each with one right id.

    Raises:
        ValueError: there are no questions, or not as many rankings.
    """
    pairs = list(zip(rankings, right, strict=True))
    if not pairs:
        raise ValueError("a mean needs at least one question")
    recall = sum(recall_at_k(ranking, [wanted], k) for ranking, wanted in pairs)
    mrr = sum(reciprocal_rank(ranking, [wanted]) for ranking, wanted in pairs)
    return RetrievalFigures(len(pairs), recall / len(pairs), mrr / len(pairs))


def rank_documents(library: Library, embedder: Embedder, question: Question) -> dict[str, list[str]]:
    """Return the names of the documents found, best first: fused as for answers, by BM25 alone, by vectors alone."""
    passages = Retriever(library, embedder, DEPTH).retrieve(question, DEPTH)
    lexical = library.lexical(lexical_terms(question.terms), DEPTH)
    dense = library.dense(embedder.embed([question.text])[0], DEPTH)
    rankings = {"fused": [passage.document.id for one in passages for passage in (one, *one.also)]}
    for name, hits in (("BM25 alone", lexical), ("dense alone", dense)):
        chunks = library.chunks([hit.key for hit in hits])
        rankings[name] = [chunk.document_id for chunk in chunks.values()]
    names = {info.id: info.name for info in library.documents()}
    return {name: first_ranks(names[document] for document in ids) for name, ids in rankings.items()}


def evaluate_textbook(limit: int | None = None) -> Mapping[str, RetrievalFigures]:
    """Run the textbook's questions, every nth of them where `limit` is given.

    Raises:
        ConfigError: the textbook is not here.
    """
    questions = read_questions(TEXTBOOK, limit)
    embedder = make_embedder(load_settings())
    rankings: dict[str, list[list[str]]] = {}
    with assistant_over(TEXTBOOK / SECTIONS, embedder) as assistant:
        for stem, _ in questions:
            for name, ranking in _ranked(assistant.library, embedder, stem).items():
                rankings.setdefault(name, []).append(ranking)
    right = [document for _, document in questions]
    return {name: summarise(ranked, right) for name, ranked in rankings.items()}


def read_questions(folder: Path, limit: int | None = None) -> list[tuple[str, str]]:
    """Return (stem, name of the section's document) of each question.

    Raises:
        ConfigError: the questions or the sections are not here.
    """
    for name in (QUESTIONS, SECTIONS):
        if not (folder / name).exists():
            raise ConfigError(f"The textbook is not here: {folder / name}")
    lines = (folder / QUESTIONS).read_text("utf-8").splitlines()
    raw = [json.loads(line) for line in lines[:: max(1, len(lines) // limit) if limit else 1]]
    return [(one["stem"], f"{one['book']}/{one['module']}.md") for one in raw]


def _ranked(library: Library, embedder: Embedder, stem: str) -> dict[str, list[str]]:
    try:
        return rank_documents(library, embedder, parse_question(stem))
    except QuestionError:  # a stem without a word to look for finds nothing
        return {"fused": [], "BM25 alone": [], "dense alone": []}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print recall and MRR on the textbook; exit status 1 where it is not here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="about this many questions only")
    options = parser.parse_args(arguments)
    try:
        figures = evaluate_textbook(options.limit)
    except OpenbookError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    for name, one in figures.items():
        print(f"{name:12} recall@{K} {one.recall:.3f}  MRR {one.mrr:.3f}  ({one.questions} questions)")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
