"""How well a statement matches a question: features, computed from words, word vectors and sentence vectors.

A word of the question counts as found exactly (same stem), as a longer or misspelt form, or softly,
by the similarity of the embedder's vectors of the two words ("longest" is near "maximum"). Words are
weighted by how rare they are in the library (inverse document frequency), so that a question about
the price of a service is not answered by a sentence that merely names the service.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.memory import Memory
from rag.ports import Embedder, Vectors
from rag.question import AnswerType, Question
from rag.spelling import SLIP_SIMILARITY
from rag.text.statements import Statement
from rag.text.terms import STOP_WORDS, question_words, stem, words
from rag.types import Passage

# Cosine between two single words under all-MiniLM-L6-v2: unrelated words lie about 0.25, synonyms above 0.5.
_SOFT_FLOOR, _SOFT_CEILING = 0.40, 0.80
_SOFT_LIMIT = 0.8
_PREFIX_CREDIT = 0.9
_INITIALS_CREDIT = 0.9
_TYPO_CREDIT = 0.85

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|million|billion|half|twice"
    r"|double|unlimited|infinite|hours?|daily|weekly|hourly)\b",
    re.I,
)
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?[$€£¥]|\b(?:usd|eur|dollars?|cents?|free)\b", re.I)
_DATE = re.compile(
    r"\b(?:1[0-9]{3}|20[0-9]{2})s?\b|\b(?:january|february|march|april|june|july|august|september|october|november"
    r"|december|century|bc|bce|ce)\b",
    re.I,
)
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_RATES = ("per", "each", "every", "s")  # "5 calls per shard" counts calls
_COUNT_REACH = 5  # words between a number and the thing it counts
_PERSON = re.compile(r"\b(?:[A-Z][a-z]+|[A-Z]\.)(?: (?:[A-Z]\.|van|von|de|der))* [A-Z][a-z]{2,}\b")
_UNIT_DURATION = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|an?|few|several|many))\s*-?\s*"
    r"(?:ms|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?|years?|decades?)\b"
    r"|\b(?:hourly|daily|weekly|indefinite(?:ly)?|forever|unlimited)\b",
    re.I,
)
_UNIT_SIZE = re.compile(
    r"\d\s?(?:[kmgtp]i?b|bytes?|bits?|kilobytes?|megabytes?|gigabytes?|terabytes?|[cmkµ]?m|inch(?:es)?|lit(?:er|re)s?|[mkµ]?g|ml)\b"
    r"|\b(?:unlimited|infinite|virtually limitless)\b",
    re.I,
)
_CONDITION = re.compile(r"\b(?:if|when|whenever|once|after|upon|exceed\w*|cause[sd]?|leads? to|results? in)\b", re.I)
_REASON = re.compile(
    r"\b(?:because|since|due to|so that|so|as|therefore|thus|cause[sd]?|reasons?|helps?|avoids?|prevents?|allows?"
    r"|reduces?|leads? to|results? in|otherwise|lacks?|without|cannot|not|to)\b",
    re.I,
)
_PERCENT = re.compile(r"\d\s?%|\bper ?cent\b|\b(?:half|quarter|third|majority|all)\b", re.I)


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured of a question and a statement; all but `length` lie in 0 to 1 or near it.

    Attributes:
        similarity: cosine of question and statement in context.
        own: share of the question's weighted words found in the statement itself.
        context: share found in the statement, its headings and its parents.
        missing: largest single weight share of a word found nowhere.
        nearby: share found in its passage, headings included.
        passage: fused score of the passage, as a share of the first one's.
        phrase: share of neighbouring words of the question that are neighbours in the statement.
        counted: 1 if a number stands by the thing a question wants counted, 0 if not, 0.5 where nothing is counted.
        code: 1 if it is code.
        reader: log-odds that it answers, by the reader; 0 without one.
        asked: how far the kind of thing asked for is named in it or above it, 0.5 where none is.
        fits: 1 if it contains what the question asks for (a number, an amount of money, a date, a person), 0 if it
            does not, 0.5 where any statement would do.
        leads: 1 if it introduces a list.
        length: natural logarithm of its number of words.
    """

    similarity: float
    own: float
    context: float
    missing: float
    nearby: float
    passage: float
    fits: float
    leads: float
    length: float
    phrase: float
    counted: float
    code: float
    asked: float
    reader: float


class VectorMemory:
    """Remembers the vectors of short texts. May be used by many threads."""

    def __init__(self, embedder: Embedder, size: int = 20_000) -> None:
        self._embedder = embedder
        self._memory: Memory[str, Vectors] = Memory(size)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, d) float32` for `texts`, at least one, embedding those not seen before."""
        return np.stack(self._memory.values(texts, self._embedder.embed))


class Matcher:
    """Matches the words of one question against texts."""

    def __init__(self, question: Question, weights: Mapping[str, float], memory: VectorMemory) -> None:
        self.question, self.weights, self._memory = question, weights, memory
        self._terms = tuple(question.terms)
        self._stems = {term: stem(term) for term in self._terms}
        self._soft: dict[str, dict[str, float]] = {term: {} for term in self._terms}
        self._credits: dict[str, dict[str, float]] = {}
        self._pairs = set(pairwise(self._stems.values()))

    def learn(self, texts: Sequence[str]) -> None:
        """Take in the vocabulary of `texts`, so that soft matches can be found in them."""
        vocabulary = sorted({word for text in texts for word in words(text) if _is_plain(word)})
        terms = [term for term in self._terms if _is_plain(term)]
        if not vocabulary or not terms:
            return
        self._credits.clear()
        similarity = self._memory.vectors(terms) @ self._memory.vectors(vocabulary).T
        for row, term in enumerate(terms):
            for column, word in enumerate(vocabulary):
                credit = (float(similarity[row, column]) - _SOFT_FLOOR) / (_SOFT_CEILING - _SOFT_FLOOR)
                if credit > 0:
                    self._soft[term][word] = min(credit, 1.0) * _SOFT_LIMIT

    def credits(self, text: str) -> dict[str, float]:
        """Return for each word of the question how far it is found in `text`, 0 to 1."""
        if text not in self._credits:
            found = {word: stem(word) for word in words(text)}
            stems = set(found.values())
            self._credits[text] = {term: self._credit(term, found, stems) for term in self._terms}
        return self._credits[text]

    def _credit(self, term: str, found: Mapping[str, str], stems: set[str]) -> float:
        own = self._stems[term]
        if own in stems or self.question.respelt.get(term) in stems:
            return 1.0
        best = _INITIALS_CREDIT if len(term) <= 5 and term.isalpha() and _has_initials(term, tuple(found)) else 0.0
        soft = self._soft[term]
        for word, its_stem in found.items():
            if its_stem[:1] == own[:1] and _one_grows_from_other(own, its_stem):
                best = max(best, _PREFIX_CREDIT)
            elif word in soft:
                best = max(best, soft[word])
            elif _is_typo(term, word):
                best = max(best, _TYPO_CREDIT)
        return best

    def phrase(self, text: str) -> float:
        """Return the share of neighbouring words of the question that are neighbours in `text` too."""
        if not self._pairs:
            return 0.0
        return len(self._pairs & set(pairwise(stem(word) for word in question_words(text)))) / len(self._pairs)

    def coverage(self, credits: Mapping[str, float]) -> float:
        """Return the weighted share of the question's words that are found."""
        total = sum(self.weights[term] for term in self._terms)
        return sum(self.weights[term] * credits[term] for term in self._terms) / total if total else 0.0

    def missing(self, credits: Mapping[str, float]) -> float:
        """Return the weight share of the weightiest word that is not found."""
        total = sum(self.weights[term] for term in self._terms)
        return (
            max((self.weights[term] * (1 - credits[term]) for term in self._terms), default=0.0) / total
            if total
            else 0.0
        )


def term_weights(terms: Sequence[str], frequencies: Mapping[str, int], chunk_count: int) -> dict[str, float]:
    """Return the inverse document frequency of each term (Robertson and Zaragoza 2009, eq. 3.1, floored)."""
    return {
        term: max(math.log(1 + (chunk_count - count + 0.5) / (count + 0.5)), 0.3)
        for term in terms
        for count in [frequencies.get(term, 0)]
    }


_CONTAINS = {
    AnswerType.NUMBER: _NUMBER,
    AnswerType.COUNT: _NUMBER,
    AnswerType.DURATION: _UNIT_DURATION,
    AnswerType.SIZE: _UNIT_SIZE,
    AnswerType.PERCENT: _PERCENT,
    AnswerType.MONEY: _MONEY,
    AnswerType.DATE: _DATE,
    AnswerType.PERSON: _PERSON,
    AnswerType.CONSEQUENCE: _CONDITION,
    AnswerType.REASON: _REASON,
}


def fits(answer_type: AnswerType, text: str) -> float:
    """Return 1 if `text` contains what is asked for, 0 if not, 0.5 where anything will do."""
    pattern = _CONTAINS.get(answer_type)
    if pattern is None:
        return 0.5
    if answer_type is not AnswerType.DATE:
        text = _ISO_DATE.sub("", text)
    if answer_type is AnswerType.PERSON and _is_title_case(text):
        return 0.0
    return float(bool(pattern.search(text)))


def counts(counted: str, text: str) -> float:
    """Return 1 if a number stands within a few words of the thing counted, 0.5 where nothing is counted, else 0."""
    if not counted:
        return 0.5
    found = re.findall(r"[\w.,%≥≤+-]+", _ISO_DATE.sub("", text))
    numbers = [at for at, word in enumerate(found) if _NUMBER.search(word)]
    wanted = stem(counted)
    things = [
        at
        for at, word in enumerate(found)
        if stem(word.lower().strip(".,")) == wanted and not (at and found[at - 1].lower() in _RATES)
    ]
    return float(any(abs(number - thing) <= _COUNT_REACH for number in numbers for thing in things))


def _is_title_case(text: str) -> bool:
    """Whether most words are capitalised, as in a heading, so that capitals do not tell a name."""
    found = [word for word in text.split() if word[0].isalpha()]
    return sum(word[0].isupper() for word in found) * 2 > len(found)


def likely_statements(matcher: Matcher, statements: Sequence[Statement], most: int) -> dict[int, float]:
    """Return the indices of statements that share most words with the question, or stand in a first passage.

    The value is that share, with what the place of the passage adds to it.
    """
    shares = [matcher.coverage(matcher.credits(one.whole)) + 0.3 / (1 + one.passage) for one in statements]
    best = sorted(range(len(statements)), key=lambda index: -shares[index])[:most]
    return {index: shares[index] for index in best}


def features_of(
    matcher: Matcher, statement: Statement, similarity: float, read: float, passages: Sequence[Passage]
) -> Features:
    """Measure one statement, given its cosine with the question and what the reader says."""
    passage = passages[statement.passage]
    own = matcher.credits(statement.text)
    around = matcher.credits(" ".join(statement.path))
    everywhere = {term: max(own[term], around[term]) for term in own}
    return Features(
        similarity=similarity,
        own=matcher.coverage(own),
        context=matcher.coverage(everywhere),
        missing=matcher.missing(everywhere),
        nearby=matcher.coverage(matcher.credits(passage.chunk.embed_text)),
        passage=passage.score / max(passages[0].score, 1e-9),
        fits=fits(matcher.question.answer_type, statement.text),
        leads=float(bool(statement.children) or statement.text.endswith((":", "?"))),
        length=math.log(1 + len(statement.text.split())),
        phrase=matcher.phrase(statement.in_context),
        counted=counts(matcher.question.counted, f"{statement.lead} {statement.text}"),
        code=float(statement.form == "code"),
        asked=everywhere.get(matcher.question.asked, 0.5),
        reader=read,
    )


def _has_initials(term: str, found: tuple[str, ...]) -> bool:
    """Whether `term` is made of the first letters of consecutive words ("ia" of "infrequent access")."""
    return len(term) > 1 and term in "".join(word[0] for word in found)


def _is_plain(word: str) -> bool:
    return word.isalpha() and len(word) > 2 and word not in STOP_WORDS


def _one_grows_from_other(one: str, two: str) -> bool:
    """Whether one stem is the beginning of the other ("suit", "suitabl"), too short ones left out."""
    short, long = sorted((one, two), key=len)
    return len(short) >= 4 and len(long) - len(short) <= 4 and long.startswith(short)


def _is_typo(one: str, two: str) -> bool:
    """Whether two words differ as a slip of the finger does."""
    if (
        min(len(one), len(two)) < 5
        or abs(len(one) - len(two)) > 2
        or one[0] != two[0]
        or not (one.isalpha() and two.isalpha())
    ):
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(one, two) >= SLIP_SIMILARITY
