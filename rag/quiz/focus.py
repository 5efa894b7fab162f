"""What the texts say about some words: the passages that a quiz with a focus asks about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import QuizError
from rag.ports import Embedder, Library, Vectorise, Vectors
from rag.question import Question, parse_question
from rag.quiz.items import Item, Matching, answers_of, options_of, questions_of
from rag.retrieve import Retriever
from rag.spelling import respell
from rag.text.terms import stem, stems
from rag.types import Chunk, Citation, Passage, Scope

_READ = 40  # passages
_CLOSEST = 3  # that are named where nothing answers
# Cosine of the words and a passage, or an item, under all-MiniLM-L6-v2 from which it is about them in other words.
_ABOUT = 0.5
_FORM = 5  # letters from which a word stands for its longer forms


@dataclass(frozen=True, slots=True)
class Focus:
    """What some words are about: the passages, the words as stems, and the same as a vector.

    Attributes:
        rarest: of the words, the one that fewest passages of the library hold.
        vectors: texts to `(n, d) float32`, L2-normalised.
    """

    passages: tuple[Passage, ...]
    words: frozenset[str]
    rarest: str
    vector: Vectors
    vectors: Vectorise

    def chosen(self, items: Sequence[Item]) -> frozenset[str]:
        """Return the ids of the items that are about the words.

        An item is if it names them all, its headings included. One that stands in the passages need only name the
        rarest, or be near in other words: a passage may hold more than what it was found for.
        """
        held = {one.id: stems(_words(one, headings=True)) for one in items}
        there = [one for one in items if any(map(self.reaches, one.citations))]
        near = self.vectors([_words(one) for one in there]) @ self.vector
        named = {one.id for one in items if self.words and all(_names(word, held[one.id]) for word in self.words)}
        rare = {one.id for one in there if _names(self.rarest, held[one.id])}
        return frozenset(named | rare | {one.id for one, cosine in zip(there, near, strict=True) if cosine >= _ABOUT})

    def reaches(self, place: Citation | Chunk) -> bool:
        """Whether a place in the texts lies in one of the passages, or part of it does."""
        return any(
            place.document_id == one.document_id and place.start < one.end and one.start < place.end
            for one in (passage.chunk for passage in self.passages)
        )


def find_focus(library: Library, embedder: Embedder, words: str, scope: Scope) -> Focus:
    """Return the passages in scope that are about some words.

    Raises:
        QuestionError: there is no word among them.
        QuizError: the texts say nothing of them; the message names what comes closest.
    """
    question = respell(parse_question(words), library)
    found = Retriever(library, embedder).retrieve(question, _READ, scope)
    about = tuple(one for one in found if _is_about(one, question))
    if not about:
        closest = "; ".join(
            f"{one.document.name}, {one.chunk.place(one.document.page_unit)}" for one in found[:_CLOSEST]
        )
        raise QuizError(
            f"The texts do not say anything of “{words}”." + (f" What comes closest: {closest}." if closest else "")
        )
    stemmed = [_stem(term, question) for term in question.terms]
    known = library.frequencies(stemmed)
    rarest = min(stemmed, key=lambda one: known[one] or math.inf, default="")
    return Focus(about, frozenset(stemmed), rarest, embedder.embed([words])[0], embedder.embed)


def _is_about(passage: Passage, question: Question) -> bool:
    held = stems(" ".join((*passage.chunk.heading_path, passage.chunk.text)))
    named = all(_stem(term, question) in held for term in question.terms)
    return named or (passage.dense_score or 0.0) >= _ABOUT


def _stem(term: str, question: Question) -> str:
    return question.respelt.get(term) or stem(term)


def _names(word: str, held: frozenset[str]) -> bool:
    """Whether a word is among others, or forms of it: "imbalance" and "imbalanced" have different stems."""
    return word in held or any(
        len(min(word, one, key=len)) >= _FORM and (one.startswith(word) or word.startswith(one)) for one in held
    )


def _words(item: Item, *, headings: bool = False) -> str:
    told = [name for one in item.citations for name in one.heading_path] if headings else []
    told += [item.stem, item.rationale]
    for one in questions_of(item):
        prompts = [pair.prompt for pair in one.pairs] if isinstance(one, Matching) else []
        told += [one.stem, *prompts, *answers_of(one), *(option.text for option in options_of(one))]
    return " ".join(dict.fromkeys(told))
