"""Finds slips of spelling in a question by the words of the library."""

from __future__ import annotations

from dataclasses import replace

from rag.ports import Collection
from rag.question import Question
from rag.text.terms import stem

_SHORTEST = 5  # shorter words have too many neighbours
_PREFIX = 2  # letters that a slip rarely touches
_LONGER = 2  # letters that a slip adds or drops at most
SLIP_SIMILARITY = 84.0  # normalised insertions and deletions, 0 to 100: one slip in a word of five to twelve letters


def respell(question: Question, library: Collection) -> Question:
    """Return the question with, for each word that no text holds, the nearest that one does, if it is near.

    The words themselves stay: what looks like a slip may be a word of its own ("refuse", where only "reuse" is known).
    """
    counts = library.frequencies(question.terms)
    respelt = {
        term: nearest
        for term in question.terms
        if not counts[term] and len(term) >= _SHORTEST and term.isalpha() and (nearest := _nearest(term, library))
    }
    return replace(question, respelt=respelt)


def _nearest(term: str, library: Collection) -> str:
    """Return the indexed word that differs from `term` as a slip does, the commonest of equals; else ""."""
    from rapidfuzz import fuzz

    stemmed = stem(term)
    best, nearest = (0.0, 0), ""
    for word, count in library.vocabulary(term[:_PREFIX]).items():
        if len(word) < _SHORTEST - 1 or abs(len(word) - len(stemmed)) > _LONGER or not word.isalpha():
            continue
        similarity = max(fuzz.ratio(stemmed, word), fuzz.ratio(term, word))
        if similarity >= SLIP_SIMILARITY and (similarity, count) > best:
            best, nearest = (similarity, count), word
    return nearest
