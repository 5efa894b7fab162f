"""Finds texts that say different things of the same thing: another limit, count, duration, day, name, or yes and no.

Two statements of different documents are held against each other. They are about the same thing if most words of
one stand in the other or above it, if the words of the question that one answers are there too, and if nothing else
sets them apart (another tier, another default, an opposite). What they then give as value is compared. Two lists of
one thing disagree where one is said to be whole and lacks what the other has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from rag.disagreement.abbreviations import abbreviations, in_full
from rag.disagreement.differences import agreeing, differing, differing_amounts
from rag.disagreement.frames import BOUNDS, Frame, frames_of
from rag.disagreement.listings import Listing, listings
from rag.disagreement.versions import Disagreement, says, version_of
from rag.question import AnswerType, Question
from rag.text.quantities import quantities
from rag.text.statements import Statement
from rag.text.terms import question_words, stem, stems
from rag.types import Passage

_RIVALS = 0.2  # share of a statement's score from which another answers the question too
_LEAST = 0.1  # score that it must have
_OTHER_WORD = 2  # words of the question that a statement holds, beyond which one may be put otherwise elsewhere
_VERSUS = re.compile(r"\b(?:vs|versus|compared (?:with|to))\b", re.I)
_EITHER = re.compile(r"(\w+) or (\w+)", re.I)
_YES_NO = re.compile(r"(?:is|are|was|were|do|does|did|can|may|must|should|has|have|will)\b", re.I)
_NAME = 3  # words of a value that is a name
_UNITS = {AnswerType.DURATION: "s", AnswerType.SIZE: "B", AnswerType.PERCENT: "%", AnswerType.MONEY: "$"}


def find_disagreement(
    question: Question,
    said: Sequence[Statement],
    scores: Mapping[Statement, float],
    statements: Sequence[Statement],
    passages: Sequence[Passage],
    opening: Callable[[Passage], str],
) -> Disagreement | None:
    """Return the first thing of an answer on which the documents differ.

    Args:
        question: what was asked.
        said: the statements that the answer rests on, best first.
        scores: how well a statement answers, of those that were scored.
        statements: all statements of the passages.
        passages: where they stand.
        opening: gives the first characters of a passage's document, where its date may be.
    """
    search = _Search(question, scores, statements, passages)
    for mine in said:
        if rivals := search.rivals(mine):
            value = next(iter(rivals.values()))[0]
            values = {mine: value, **{one: other for one, (_, other) in rivals.items()}}
            break
    else:
        values = search.shorter_list(said)
    if not values:
        return None
    found = [
        version_of(one, value, passages[one.passage], opening(passages[one.passage])) for one, value in values.items()
    ]
    return Disagreement.of(found)


class _Search:
    """Holds statements of the passages of one question against each other."""

    def __init__(
        self,
        question: Question,
        scores: Mapping[Statement, float],
        statements: Sequence[Statement],
        passages: Sequence[Passage],
    ) -> None:
        self._scores, self._statements, self._passages = scores, statements, passages
        short = abbreviations((question.text, *(one.chunk.embed_text for one in passages)))
        self._question = question.text
        self._wanted = in_full(map(stem, question.terms), short) - BOUNDS
        self._either = stems(" ".join(" ".join(pair) for pair in _EITHER.findall(question.text)))
        self._unit = _UNITS.get(question.answer_type, "") or stem(question.counted)
        self._frames = cache(lambda one: tuple(frames_of(one, statements, short)))
        self._said = cache(lambda one: in_full(stems(one.whole), short))
        self._held = cache(lambda passage: in_full(stems(passages[passage].chunk.embed_text), short))

    def rivals(self, mine: Statement) -> dict[Statement, tuple[str, str]]:
        """Return the statement of each other document that gives another value, with both values.

        A document that says somewhere what `mine` says does not disagree with it.
        """
        found: dict[str, tuple[Statement, tuple[str, str]]] = {}
        agreed = {self._document(mine)}
        for one in self._statements:
            document = self._document(one)
            if document in agreed or not says(one) or not self._answers_too(mine, one) or self._is_other_side(one):
                continue
            pairs = [(a, b) for a in self._frames(mine) for b in self._frames(one)]
            if any(agreeing(a, b) for a, b in pairs):
                agreed.add(document)
            elif document not in found and (values := self._values(mine, one, pairs)):
                found[document] = (one, values)
        return dict(pair for document, pair in found.items() if document not in agreed)

    def shorter_list(self, said: Sequence[Statement]) -> dict[Statement, str]:
        """Return a list that is said to be whole, and one of another document that has more, where either is said."""
        lists = listings(self._statements)
        for whole in (one for one in lists if one.whole):
            longer = [one for one in lists if self._is_other(one, whole) and whole.lacks(one)]
            told = [one.statement for one in lists if one is whole or one in longer or whole.is_like(one)]
            if longer and any(self._tells(one, told) for one in said):
                most = max(longer, key=lambda one: len(one.keys))
                return {whole.statement: whole.value, most.statement: most.value}
        return {}

    def _is_other(self, one: Listing, whole: Listing) -> bool:
        return self._document(one.statement) != self._document(whole.statement)

    def _tells(self, one: Statement, lists: Sequence[Statement]) -> bool:
        return one in lists or (one.parent >= 0 and self._statements[one.parent] in lists)

    def _document(self, one: Statement) -> str:
        return self._passages[one.passage].document.id

    def _unanswered(self, mine: Statement, one: Statement) -> frozenset[str]:
        """Return the words of the question that `mine` holds and neither a statement nor its passage does."""
        return self._wanted & self._said(mine) - self._held(one.passage) - self._either

    def _answers_too(self, mine: Statement, one: Statement) -> bool:
        """Whether a statement answers what `mine` does; one word may be another there, but for those above `mine`."""
        lacking = self._unanswered(mine, one)
        several = len(self._wanted & self._said(mine)) > _OTHER_WORD
        return not lacking or (several and len(lacking) == 1 and not lacking & stems(" ".join(mine.path)))

    def _values(self, mine: Statement, one: Statement, pairs: Sequence[tuple[Frame, Frame]]) -> tuple[str, str] | None:
        if values := next(filter(None, (differing(a, b) for a, b in pairs)), None):
            return None if set(values) != {mine.text, one.text} and self._asked_about(values) else values
        if not self._unit or self._unanswered(mine, one) or not self._rates(mine, one):
            return None
        if self._qualifiers(mine) != self._qualifiers(one):
            return None
        values = differing_amounts(*pairs[0], self._unit) if pairs else None
        return None if values and self._asked_about(values) else values

    def _asked_about(self, values: tuple[str, str]) -> bool:
        """Whether one of two values is given by the question, and so what it is about and not what it wants to know."""
        given = [self._names(one) or self._gives(one) for one in values]
        return any(given) and not all(given)

    def _gives(self, value: str) -> bool:
        told = set() if _YES_NO.match(self._question) else {one.amount for one in quantities(self._question)}
        return any(one.amount in told for one in quantities(value))

    def _names(self, value: str) -> bool:
        short = len(value.split()) <= _NAME and not quantities(value)
        return short and bool(self._wanted & {stem(word) for word in question_words(value)})

    def _rates(self, mine: Statement, one: Statement) -> bool:
        """Whether two statements seem to answer the question, in whatever words."""
        return self._scores.get(one, 0.0) >= max(_RIVALS * self._scores.get(mine, 1.0), _LEAST)

    def _is_other_side(self, one: Statement) -> bool:
        """Whether a statement is below that side of a comparison ("Streams vs Firehose") that is not asked about."""
        sides = [stems(part) for part in one.path if _VERSUS.search(part)]
        return any(stems(part) <= side - self._wanted for side in sides for part in one.path if stems(part))

    def _qualifiers(self, one: Statement) -> frozenset[str]:
        """Return the words that stand among words of the question in the heading above ("Kinesis *Video* Streams")."""
        for part in reversed(one.path):
            found = [stem(word) for word in question_words(part)]
            places = [at for at, word in enumerate(found) if word in self._wanted]
            if places:
                return frozenset(found[places[0] : places[-1] + 1]) - self._wanted
        return frozenset()
