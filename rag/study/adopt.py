"""Takes in questions of other programs: each is held against the texts, gets its citations from them, or is refused.

An item of ours that comes back must still be quoted rightly; any other question must find passages that say its key.
Both must pass the rules that our own items pass: nothing is asked that the texts do not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from rag.cite import Citer
from rag.errors import QuestionError
from rag.extractive.match import VectorMemory
from rag.grounding.contrast import crossed
from rag.ports import Embedder, GroundingScorer, Library, Reader
from rag.question import parse_question
from rag.quiz.items import ITEM, Cloze, Item, ItemType, MultipleResponse, Option, Pair, cited, fact_id
from rag.quiz.material import Section, sections
from rag.quiz.reading import plain, share
from rag.quiz.rules import Evidence, Finding, findings
from rag.quiz.rules.shape import states
from rag.retrieve import Retriever
from rag.study.drafts import Choice, Draft
from rag.text.statements import Statement, in_full, points_back
from rag.text.terms import stems
from rag.types import Citation, Passage, Scope

GENERATOR = "import"
_PASSAGES = 6  # that are looked through for the support of a claim
_LONGEST = 2000  # characters of a question that are looked for
_SPOKEN = 0.4  # share of the words of a question, weighted, that a statement with its headings must hold
_HELD = 0.7  # share of the words of a card's back, weighted, that the quote must hold
_UNKNOWN = "The texts say nothing that supports its key."


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that is not taken in: where it stands in the file, how it begins, and why."""

    place: str
    stem: str
    why: str


Check = Callable[[Item, Evidence], list[Finding]]


class Adopter:
    """Takes in questions.

    Args:
        library: the texts that they are held against.
        scope: which of them.
        scorer: says whether a source supports a claim.
        check: what is wrong with an item.
    """

    def __init__(
        self, library: Library, embedder: Embedder, scorer: GroundingScorer, scope: Scope = Scope(),
        *, reader: Reader | None = None, check: Check = findings,
    ) -> None:  # fmt: skip
        self._library, self._scorer, self._scope = library, scorer, scope
        self._reader, self._check = reader, check
        self._retriever, self._citer = Retriever(library, embedder), Citer(library)
        self.vectors = VectorMemory(embedder).vectors  # of texts, remembered
        self._infos = {info.id: info for info in library.documents()}
        self._sections = lru_cache(maxsize=None)(self._read_sections)
        self._evidence = lru_cache(maxsize=None)(self._read_evidence)

    def adopt(self, draft: Draft) -> Item | Refused:
        """Return the item of a question, or why it is refused.

        Raises:
            ModelError: the embedder, the scorer or the reader failed.
        """
        if draft.unread:
            return _refused(draft, draft.unread)
        item = draft.item if draft.item and self._quoted(draft.item) else None
        try:
            item = item or self._cited(draft)
        except ValidationError as error:
            return _refused(draft, f"It is not whole: {error.errors()[0]['msg']}.")
        if item is None:
            return _refused(draft, _UNKNOWN if any(_claims(draft)) else "It has no key that is read.")
        documents = tuple(dict.fromkeys(one.document_id for one in cited(item)))
        wrong = [one.why for one in self._check(item, self._evidence(documents)) if one.hard]
        return _refused(draft, wrong[0]) if wrong else item

    def _quoted(self, item: Item) -> bool:
        """Whether all that an item quotes stands in the library as it says."""
        return all(self._library.text(one.document_id, one.start, one.end) == one.quote for one in cited(item))

    def _cited(self, draft: Draft) -> Item | None:
        """Return an item of a question with the statements that come closest to its key, None where there are none."""
        found: list[Citation] = []
        for asked, key in _claims(draft):
            citation = self._support(asked, key, len(found) + 1)
            if citation is None or (draft.type is ItemType.FLASHCARD and not self._stands(key, citation)):
                return None
            found += [citation] if all(citation.reference != one.reference for one in found) else []
        return _item(draft, tuple(found)) if found else None

    def _support(self, asked: str, key: str, number: int) -> Citation | None:
        """Return the statement that says best what is asked with its key, of those found for the two."""
        claim = f"{asked} {key}".strip()[:_LONGEST]
        try:
            question = parse_question(claim)
        except QuestionError:  # it has no words
            return None
        passages = self._retriever.retrieve(question, _PASSAGES, self._scope)
        told = [one for passage in passages for one in self._statements(passage)]
        if not told:
            return None
        section, statement = max(told, key=lambda one: self._nearness(claim, stems(key), *one))
        if not self._says(asked, key, section, statement):
            return None
        return self._citer.citation(section.passage, statement.start, statement.end, number)

    def _stands(self, back: str, citation: Citation) -> bool:
        """Whether a quote itself holds the back of a card, which nothing else grades."""
        weights = self._evidence((citation.document_id,)).reading.weights(stems(back))
        return share(weights, stems(citation.quote)) >= _HELD if weights else plain(back) in plain(citation.quote)

    def _says(self, asked: str, key: str, section: Section, statement: Statement) -> bool:
        """Whether a statement speaks of what is asked, and not of the key alone, and not the other way round."""
        text = in_full(statement, section.statements)
        if crossed(f"{asked} {key}", text):
            return False
        reading = self._evidence((section.document.id,)).reading
        weights = reading.weights(stems(asked) - stems(key))
        spoken = share(weights, stems(text)) >= _SPOKEN or not weights
        return spoken or self._scorer.score(f"{asked} {key}".strip(), [text]).supported

    def _nearness(self, claim: str, key: frozenset[str], section: Section, statement: Statement) -> float:
        """Return how far a statement supports a claim, and how much of the key it holds."""
        text = in_full(statement, section.statements)
        held = len(key & stems(text)) / len(key) if key else 0.0
        return held + self._scorer.score(claim, [text]).score

    def _statements(self, passage: Passage) -> Iterator[tuple[Section, Statement]]:
        """Yield the statements of a passage with the section that each stands in."""
        for section in self._sections(passage.chunk.document_id):
            for one in section.statements:
                inside = passage.chunk.start <= one.start and one.end <= passage.chunk.end
                if inside and one.form not in ("heading", "cell"):
                    yield section, one

    def _read_evidence(self, documents: tuple[str, ...]) -> Evidence:
        told = [section for document in documents for section in self._sections(document)]
        return Evidence(told, self.vectors, self._scorer, self._reader)

    def _read_sections(self, document_id: str) -> Sequence[Section]:
        return sections(self._library, self._infos[document_id])


def _refused(draft: Draft, why: str) -> Refused:
    return Refused(draft.place, draft.stem, why)


def _claims(draft: Draft) -> list[tuple[str, str]]:
    """Return what is asked with its key, for each thing that the texts must say."""
    if draft.options:
        return [(draft.stem, one.text) for one in draft.options if one.right]
    if draft.type is ItemType.MATCHING:
        return list(draft.pairs)
    if draft.type is ItemType.ORDERING:
        return [("", step) for step, _ in draft.pairs]
    if draft.type is ItemType.TRUE_FALSE:
        return [(draft.stem, "") for _ in draft.answers[:1]]
    return [(draft.stem.replace(Cloze.BLANK, ""), told) for told in draft.answers[:1]]


def _item(draft: Draft, found: tuple[Citation, ...]) -> Item:
    """Return the item of a question.

    Raises:
        ValidationError: something that an item must have is missing.
    """
    quotes = " ".join(f"“{' '.join(one.quote.split())}”" for one in found)
    keys = [key for _, key in _claims(draft)]
    return ITEM.validate_python(
        {
            "type": draft.type,
            "stem": _stem(draft),
            "rationale": f"{'' if points_back(draft.told) else draft.told} The text says: {quotes}".strip(),
            "citations": found,
            "facts": (fact_id(found[0].document_id, draft.stem, *keys),),
            "generator": GENERATOR,
            **_key(draft),
        }
    )


def _stem(draft: Draft) -> str:
    """Return what is asked; of several right options how many they are."""
    count = sum(one.right for one in draft.options)
    numbers = MultipleResponse.NUMBERS
    asks_several = draft.type is ItemType.MULTIPLE_RESPONSE and 1 < count < len(numbers)
    return f"{draft.stem} Choose {numbers[count]}." if asks_several and not states(draft.stem, count) else draft.stem


def _option(one: Choice) -> Option:
    """Return an option; what is told of it names it."""
    told = one.told or "The texts do not give it in answer to this."
    named = one.right or stems(one.text) & stems(told)
    return Option(text=one.text, right=one.right, rationale=told if named else f"“{one.text}”: {told}")


def _key(draft: Draft) -> dict[str, Any]:
    """Return the fields that hold the key of an item of the type."""
    if draft.options:
        return {"options": tuple(map(_option, draft.options))}
    if draft.type is ItemType.TRUE_FALSE:
        return {"answer": draft.answers[0] == "true"}
    if draft.type is ItemType.ORDERING:
        return {"steps": tuple(step for step, _ in draft.pairs)}
    if draft.type is ItemType.MATCHING:
        return {"pairs": tuple(Pair(prompt=one, match=own) for one, own in draft.pairs), "decoys": draft.decoys}
    if draft.type is ItemType.CLOZE:
        return {"answers": draft.answers}
    if draft.type is ItemType.SHORT_ANSWER:
        return {"answer": draft.answers[0], "key_facts": (draft.answers,)}
    return {"back": draft.answers[0]}
