"""What a chat model wrote, held against the passages that it was shown: quoted, cited and supported, or dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.chat.reply import Draft
from rag.cite import Citer
from rag.extractive.compose import Selected
from rag.ports import GroundingScorer
from rag.text.orders import speaks_to_assistant
from rag.text.quotes import locate
from rag.text.sentences import sentence_spans
from rag.text.statements import Statement, in_full, statements_of
from rag.text.terms import stems
from rag.types import AnswerStatement, Citation, Passage

# "[1]", "[2, 3]" after a word or a sentence; not the index in "items[0] is".
_MARK = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\](?=\s*(?:[.,;:!?]|\[|$))|\s+\[\d+(?:\s*,\s*\d+)*\]")
_LOOKED_AT = 5  # statements in which a text without a quote is looked for
_IN_ORDER = "it tells the assistant what to do"


class _DropError(Exception):
    """A statement is not shown, for the reason given."""


@dataclass(frozen=True, slots=True)
class _Cited:
    """Whole statements of a passage: their span in the document, and how they read in context."""

    passage: Passage
    start: int
    end: int
    sources: list[str]


class Verifier:
    """Takes the drafts of one answer.

    Attributes:
        statements: what may be shown, in order.
        dropped: what may not, each with the reason.
    """

    def __init__(
        self, passages: Sequence[Passage], citer: Citer, scorer: GroundingScorer, *, as_items: bool = False
    ) -> None:
        self.statements: list[AnswerStatement] = []
        self.dropped: list[tuple[str, str]] = []
        self._passages, self._citer, self._scorer, self._as_items = passages, citer, scorer, as_items
        self._citations: dict[tuple[str, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the statements cite, in order of first mention."""
        return tuple(self._citations.values())

    def take(self, draft: Draft) -> AnswerStatement | None:
        """Return a draft as a statement with its citation, as far as the texts support it; None if it is dropped."""
        text = _MARK.sub("", draft.text).strip()
        try:
            self._refuse_by_sight(text)
            cited = self._find(draft, text)
            kept, score = self._supported(text, cited.sources)
            number = self._cite(cited.passage, cited.start, cited.end)
            statement = AnswerStatement(kept, (number,), is_item=self._as_items, score=score)
        except _DropError as reason:
            self.dropped.append((text, str(reason)))
            return None
        self.statements.append(statement)
        return statement

    def add(self, said: Selected, passage: Passage) -> AnswerStatement | None:
        """Return what a text itself says as a statement with its citation; None if that place is cited already."""
        document = passage.chunk.document_id
        if any(one.document_id == document and one.start < said.end and said.start < one.end for one in self.citations):
            return None
        try:
            number = self._cite(passage, said.start, said.end)
        except _DropError:
            return None
        self.statements.append(AnswerStatement(said.text, (number,), said.lead, self._as_items, said.score))
        return self.statements[-1]

    def _refuse_by_sight(self, text: str) -> None:
        if not text:
            raise _DropError("it says nothing")
        if speaks_to_assistant(text):
            raise _DropError(_IN_ORDER)
        if any(_alike(text, one.text) for one in self.statements):
            raise _DropError("it was said before")

    def _find(self, draft: Draft, text: str) -> _Cited:
        """Look for a quote where the draft says it stands, and then elsewhere; at last, for what supports its text."""
        for passage in sorted(self._passages, key=lambda one: one is not self._named(draft.source)):
            if span := locate(draft.quote, passage.chunk.text):
                return _said_at(passage, passage.chunk.start + span[0], passage.chunk.start + span[1])
        return self._misquoted(text)

    def _misquoted(self, text: str) -> _Cited:
        """Return the statement that supports a text whose quote was not copied well."""
        wanted = stems(text)
        found = [(passage, one) for passage in self._passages for one in statements_of([passage]) if _quotable(one)]
        found.sort(key=lambda one: -len(wanted & stems(one[1].whole)))
        for passage, one in found[:_LOOKED_AT]:
            cited = _said_at(passage, one.start, one.end)
            if self._scorer.score(text, cited.sources).supported:
                return cited
        raise _DropError("its quote is in no passage")

    def _named(self, source: int) -> Passage | None:
        return self._passages[source - 1] if 1 <= source <= len(self._passages) else None

    def _supported(self, text: str, sources: Sequence[str]) -> tuple[str, float]:
        """Return a text up to its first unsupported sentence, since the next may rest on that, and its score."""
        spans = sentence_spans(text)
        score = 1.0
        for at, (start, end) in enumerate(spans):
            found = self._scorer.score(text[start:end], sources)
            if found.supported:
                score = min(score, found.score)
                continue
            reason = found.reason or f"what it cites does not support it ({found.score:.2f})"
            if at == 0:
                raise _DropError(reason)
            self.dropped.append((text[start:], reason))
            return text[: spans[at - 1][1]], score
        return text, score

    def _cite(self, passage: Passage, start: int, end: int) -> int:
        key = (passage.chunk.document_id, start, end)
        if key not in self._citations:
            made = self._citer.citation(passage, start, end, len(self._citations) + 1)
            if made is None:
                raise _DropError("its source was deleted a moment ago")
            self._citations[key] = made
        return self._citations[key].number


def _quotable(statement: Statement) -> bool:
    """Whether a statement can prove something: the cells of a row are left to it; a heading has no span of its own."""
    return statement.form not in ("cell", "heading")


def _said_at(passage: Passage, start: int, end: int) -> _Cited:
    """Return the whole sentences, items or rows that a quote touches, and how these read in context."""
    if speaks_to_assistant(passage.chunk.text[start - passage.chunk.start : end - passage.chunk.start]):
        raise _DropError(_IN_ORDER)
    statements = statements_of([passage])
    touched = [one for one in statements if one.form != "cell" and one.start < end and start < one.end]
    if not touched:
        raise _DropError("its quote is no statement of the text")
    whole = [one for one in touched if one.form != "code"]
    first = min([start, *(one.start for one in whole)])
    last = max([end, *(one.end for one in whole)])
    return _Cited(passage, first, last, [in_full(one, statements) for one in touched])


def _alike(one: str, two: str) -> bool:
    return one.casefold().split() == two.casefold().split()
