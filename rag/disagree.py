"""Finds texts that say different things of the same thing: another limit, count, duration, day, name, or yes and no.

Two statements of different documents are held against each other. They are about the same thing if most words of
one stand in the other or above it, if the words of the question that one answers are there too, and if nothing else
sets them apart (another tier, another default, an opposite). What they then give as value is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from textwrap import shorten

from rag.compose import Composer, Selected
from rag.frames import Frame, agreeing, differing, differing_amounts, frames_of
from rag.quantities import dates
from rag.question import AnswerType, Question
from rag.statements import Statement
from rag.terms import question_words, stem, stems
from rag.types import Passage

_AS_OF = re.compile(
    r"\b(?:as (?:of|at)|valid from|updated(?: on)?|revised(?: on)?|dated?|version|edition|published(?: on)?)\b"
    r"[\s:*_\"']*$",
    re.I,
)
_REACH = 24  # characters before a date in which it is said to be one
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?!\d)")
_SHOWN = 120  # characters of a value
_RIVALS = 0.2  # share of a statement's score from which another answers the question too
_LEAST = 0.1  # score that it must have
_UNITS = {AnswerType.DURATION: "s", AnswerType.SIZE: "B", AnswerType.PERCENT: "%", AnswerType.MONEY: "$"}
_CORRECTS = re.compile(r"\b(?:errat(?:um|a)|corrections?|corrigend(?:um|a))\b", re.I)


@dataclass(frozen=True, slots=True)
class Version:
    """What one document says: a statement, its value as written, and the date as of which it holds, if known."""

    statement: Statement
    value: str
    document: str
    as_of: str
    corrects: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Statements of different documents that give different values for one thing, corrections and newest first."""

    versions: tuple[Version, ...]

    @property
    def note(self) -> str:
        """What a reader is told."""
        said = []
        for _, group in groupby(self.versions, key=lambda one: one.value.lower()):
            found = list(group)
            value = shorten(found[0].value, _SHOWN, placeholder=" …").rstrip(".")
            said.append(f"{' and '.join(_source(one) for one in found)}: {value}")
        first, *rest = self.versions
        if first.corrects and not all(one.corrects for one in rest):
            newest = f" {first.document} is a correction."
        elif first.as_of and any(one.as_of and one.as_of < first.as_of for one in rest):
            newest = f" {first.document} is newer."
        else:
            newest = ""
        return f"The sources disagree. {'; '.join(said)}.{newest}"


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
            found = [_version(mine, value, passages, opening)]
            found += [_version(one, other, passages, opening) for one, (_, other) in rivals.items()]
            return Disagreement(tuple(sorted(found, key=_rank, reverse=True)))
    return None


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
        self._wanted = frozenset(stem(term) for term in question.terms)
        self._unit = _UNITS.get(question.answer_type, "") or stem(question.counted)
        self._frames = cache(lambda one: tuple(frames_of(one, statements)))
        self._held = cache(lambda passage: stems(passages[passage].chunk.embed_text))

    def rivals(self, mine: Statement) -> dict[Statement, tuple[str, str]]:
        """Return the statement of each other document that gives another value, with both values.

        A document that says somewhere what `mine` says does not disagree with it.
        """
        found: dict[str, tuple[Statement, tuple[str, str]]] = {}
        agreed = {self._document(mine)}
        for one in self._statements:
            document = self._document(one)
            if document in agreed or not _says(one) or not self._answers_too(mine, one):
                continue
            pairs = [(a, b) for a in self._frames(mine) for b in self._frames(one)]
            if any(agreeing(a, b) for a, b in pairs):
                agreed.add(document)
            elif document not in found and (values := self._values(mine, one, pairs)):
                found[document] = (one, values)
        return dict(pair for document, pair in found.items() if document not in agreed)

    def _document(self, one: Statement) -> str:
        return self._passages[one.passage].chunk.document_id

    def _answers_too(self, mine: Statement, one: Statement) -> bool:
        """Whether a statement, or its passage, holds the words of the question that `mine` holds."""
        return self._wanted & stems(mine.whole) <= self._held(one.passage)

    def _values(self, mine: Statement, one: Statement, pairs: Sequence[tuple[Frame, Frame]]) -> tuple[str, str] | None:
        if values := next(filter(None, (differing(a, b) for a, b in pairs)), None):
            return values
        if not self._unit or not self._rates(mine, one) or self._qualifiers(mine) != self._qualifiers(one):
            return None
        return differing_amounts(*pairs[0], self._unit) if pairs else None

    def _rates(self, mine: Statement, one: Statement) -> bool:
        """Whether two statements seem to answer the question, in whatever words."""
        return self._scores.get(one, 0.0) >= max(_RIVALS * self._scores.get(mine, 1.0), _LEAST)

    def _qualifiers(self, one: Statement) -> frozenset[str]:
        """Return the words that stand among words of the question in the heading above ("Kinesis *Video* Streams")."""
        for part in reversed(one.path):
            found = [stem(word) for word in question_words(part)]
            places = [at for at, word in enumerate(found) if word in self._wanted]
            if places:
                return frozenset(found[places[0] : places[-1] + 1]) - self._wanted
        return frozenset()


def said_in(chosen: Sequence[Selected], statements: Sequence[Statement]) -> list[Statement]:
    """Return the statements that an answer says; for a question, what follows it."""
    found = [one for said in chosen for one in statements if _says_it(said, one)]
    asked = {one for one in statements if one.text.endswith("?") and any(_says_it(said, one) for said in chosen)}
    found += [one for one in statements if one.former >= 0 and statements[one.former] in asked]
    return list(dict.fromkeys(one for one in found if _says(one)))


def _says_it(said: Selected, one: Statement) -> bool:
    inside = said.passage == one.passage and said.start <= one.start and one.end <= said.end
    return inside and (one.text in said.text or said.text in one.text)


def with_versions(chosen: Sequence[Selected], found: Disagreement, composer: Composer) -> list[Selected]:
    """Return an answer with all versions of what the documents disagree on, newest first; a list keeps its place."""
    index = {one: at for at, one in enumerate(composer.statements)}
    said: list[Selected] = []
    for version in found.versions:
        one = version.statement
        known = next((each for each in chosen if _says_it(each, one)), None)
        said.append(replace(known, also=()) if known else composer.single_of(index[one]))
    places = {(each.passage, each.start) for each in said}
    others = [each for each in chosen if (each.passage, each.start) not in places]
    if any(each.is_item for each in chosen):
        shown = {(each.passage, each.start) for each in chosen}
        return [*chosen, *(each for each in said if (each.passage, each.start) not in shown)]
    return [*dict.fromkeys(said), *others]


def _says(statement: Statement) -> bool:
    return statement.form not in ("heading", "code") and not statement.text.endswith("?")


def _version(
    statement: Statement, value: str, passages: Sequence[Passage], opening: Callable[[Passage], str]
) -> Version:
    passage = passages[statement.passage]
    named = " ".join((passage.document.name, passage.document.title))
    as_of = date_of(statement.text, opening(passage), named)
    return Version(statement, value, passage.document.name, as_of, bool(_CORRECTS.search(named.replace("-", " "))))


def _rank(one: Version) -> tuple[bool, str]:
    return one.corrects, one.as_of


def _source(one: Version) -> str:
    return f"{one.document} (as of {one.as_of})" if one.as_of else one.document


def date_of(statement: str, opening: str, named: str) -> str:
    """Return the date as of which a statement holds, as "2026-05": its own, its document's, or a year in its name."""
    for text in (statement, opening):
        told = [one for one in dates(text) if _AS_OF.search(text[max(one.start - _REACH, 0) : one.start])]
        if iso := max((one.iso for one in told), default=""):
            return iso
    years = _YEAR.findall(named) or _YEAR.findall(opening.strip().split("\n")[0])
    return max(years, default="")
