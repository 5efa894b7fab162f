"""Makes an item of what a model wrote, or says why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.ports import GroundingScorer
from rag.quiz.generators.said import turn
from rag.quiz.items import (
    Bloom,
    CaseStudy,
    Difficulty,
    Flashcard,
    Item,
    ItemType,
    MultipleChoice,
    MultipleResponse,
    Option,
    ShortAnswer,
    TrueFalse,
    fact_id,
)
from rag.quiz.language import article, sentence, stands_alone
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.quiz.rules import Evidence
from rag.quiz.written.distractors import Distractors
from rag.quiz.written.drafts import Draft
from rag.quiz.written.quoting import Quoted, find_quote
from rag.quiz.written.things import option_text
from rag.text.orders import speaks_to_assistant
from rag.text.quotes import locate
from rag.text.statements import points_back
from rag.text.terms import stems

GENERATOR = "model"
_LONGEST_KEY = 14  # words of an answer that can be chosen or typed
_COPIED, _REWORDED = 0.8, 0.5  # share of the words of a stem that its quote has
_WRONG, _WRONG_RESPONSES = 3, 3
_STATED = re.compile(r"\b(?:TWO|THREE|two|three)\b")
_RECKONS = re.compile(r"[=×≈√∑·]|\d\)? [+*/−-] \(?\d")
_NO_KEY = re.compile(
    r"^(?:the )?(?:following|above|previous|next|same|other|your|you|his|her|our|its|their|it|they|this|these|such)\b"
    r"|\b(?:the|an?|of|to|for|and|or|with|that|which|your|its)$",
    re.I,
)
_PRONOUN = re.compile(r"(?:\S+ ){0,4}(?:it|they|them|this)\b(?! is\b)", re.I)


class Unfit(Exception):
    """A draft is no item, for the reason given; reasons are counted."""


class Assembler:
    """Makes the items of one document."""

    def __init__(self, maker: Maker, evidence: Evidence, model: str) -> None:
        self._maker, self._evidence, self._model = maker, evidence, model
        self._distractors = Distractors(maker, evidence)

    def item(self, draft: Draft, sections: Sequence[Section]) -> Item:
        """Return the item of a draft about one of the sections shown.

        Raises:
            Unfit: it is none.
        """
        if any(speaks_to_assistant(text) for text in (draft.stem, draft.rationale, *draft.keys)):
            raise Unfit("it tells the reader what to do")
        quoted = find_quote(draft.quote, sections)
        if quoted is None:
            raise Unfit("its quote is not in the text")
        keys = [_key(one) for one in draft.keys[: 1 if draft.type is ItemType.TRUE_FALSE else None]]
        if _RECKONS.search(" ".join((draft.stem, quoted.text, *keys))):
            raise Unfit("it reckons a case")
        if any(_NO_KEY.search(one) for one in keys):
            raise Unfit("its key is no answer by itself")
        holding = quoted.holding(keys) if all(keys) else ()
        if not holding:
            raise Unfit("its quote does not hold the key")
        return self._of_type(draft, keys, quoted, self._common(draft, quoted, replace(quoted, statements=holding)))

    def case(self, scenario: str, drafts: Sequence[Draft], sections: Sequence[Section]) -> CaseStudy:
        """Return a case study of the questions that are fit, at least two of different sections.

        Raises:
            Unfit: there are not two, or the scenario is none.
        """
        if len(scenario.split()) < 12 or len(scenario) > 900 or speaks_to_assistant(scenario):
            raise Unfit("its scenario is not one of two to four sentences")
        items: dict[str, MultipleChoice] = {}
        for draft in drafts:
            item = self._question(draft, sections)
            if item and not any(locate(item.options[key].text, scenario) for key in item.key):
                items.setdefault(item.facts[0], item)
        asked = tuple(one.model_copy(update={"bloom": Bloom.APPLY}) for one in items.values())
        if len({one.citations[0].heading_path for one in asked}) < 2:
            raise Unfit("fewer than two questions on different sections")
        return CaseStudy(
            stem=scenario,
            items=asked,
            rationale=" ".join(one.rationale for one in asked),
            citations=tuple(
                replace(cited, number=at) for at, cited in enumerate((c for one in asked for c in one.citations), 1)
            ),
            facts=tuple(fact for one in asked for fact in one.facts),
            difficulty=Difficulty.HARD,
            bloom=Bloom.APPLY,
            generator=GENERATOR,
            model=self._model,
        )

    def _question(self, draft: Draft, sections: Sequence[Section]) -> MultipleChoice | None:
        try:
            item = self.item(draft, sections)
        except Unfit:
            return None
        return item if isinstance(item, MultipleChoice) else None

    def _common(self, draft: Draft, quoted: Quoted, holding: Quoted) -> dict[str, Any]:
        """Return what items of all types have; the words that a stem shares with its quote tell how hard it is."""
        citations = self._maker.cite(holding.section, *holding.statements)
        if not citations:
            raise Unfit("its quote is not in the text")
        asked = stems(draft.stem)
        shared = len(asked & stems(quoted.in_full)) / len(asked) if asked else 1.0
        hard = Difficulty.EASY if shared > _COPIED else Difficulty.MEDIUM if shared > _REWORDED else Difficulty.HARD
        return {
            "rationale": _rationale(draft, holding, self._evidence.scorer),
            "citations": citations,
            "facts": (fact_id(holding.section.document.id, holding.text),),
            "difficulty": hard,
            "bloom": Bloom.REMEMBER if shared > _REWORDED else Bloom.UNDERSTAND,
            "generator": GENERATOR,
            "model": self._model,
        }

    def _of_type(self, draft: Draft, keys: list[str], quoted: Quoted, common: dict[str, Any]) -> Item:
        stem = " ".join(draft.stem.split())
        if draft.type is ItemType.TRUE_FALSE:
            return self._true_or_false(stem, keys[0], draft, quoted, common)
        if not stem.endswith("?"):
            raise Unfit("its stem is no question")
        if _PRONOUN.match(stem):
            raise Unfit("its stem does not stand alone")
        if draft.type is ItemType.FLASHCARD:
            return Flashcard(stem=stem, back=sentence(", ".join(keys)), **common)
        if any(len(one.split()) > _LONGEST_KEY for one in keys):
            raise Unfit("its key is too long")
        if draft.type is ItemType.SHORT_ANSWER:
            facts = tuple((one,) for one in keys)
            return ShortAnswer(stem=stem, answer=" and ".join(keys), key_facts=facts, **common)
        if draft.type is ItemType.MULTIPLE_RESPONSE:
            return self._response(stem, keys, draft, quoted, common)
        if len(keys) != 1:
            raise Unfit("more than one key")
        return MultipleChoice(stem=stem, options=self._options(stem, keys, draft, quoted, _WRONG, common), **common)

    def _response(
        self, stem: str, keys: list[str], draft: Draft, quoted: Quoted, common: dict[str, Any]
    ) -> MultipleResponse:
        if len(keys) not in (2, 3):
            raise Unfit("not two or three keys")
        stem = stem if _STATED.search(stem) else f"{stem} Choose {MultipleResponse.NUMBERS[len(keys)]}."
        options = self._options(stem, keys, draft, quoted, _WRONG_RESPONSES, common)
        return MultipleResponse(stem=stem, options=options, **common)

    def _options(
        self, stem: str, keys: list[str], draft: Draft, quoted: Quoted, wrong: int, common: dict[str, Any]
    ) -> tuple[Option, ...]:
        right = [Option(text=option_text(key), right=True, rationale=common["rationale"]) for key in keys]
        others = self._distractors.options(stem, [one.text for one in right], quoted, draft.wrong, wrong)
        if len(others) < wrong:
            raise Unfit("too few wrong options in the text")
        return (*right, *others)

    def _true_or_false(self, said: str, key: str, draft: Draft, quoted: Quoted, common: dict[str, Any]) -> TrueFalse:
        """Return a statement as it was written, or with something else in place of its key, decided by its fact."""
        place = locate(key, said)
        if place is None or said.endswith("?") or said[: place[0]].endswith("("):
            raise Unfit("its statement does not hold the key")
        said = re.sub(r"^true or false:?\s*", "", said, flags=re.I)
        is_true = turn(common["facts"][0], 2) == 0
        if not is_true:
            options = self._distractors.options(said, [option_text(key)], quoted, draft.wrong, 1)
            if not options:
                raise Unfit("too few wrong options in the text")
            said = _exchanged(said, key, options[0].text)
        return TrueFalse(stem=f"True or false: {sentence(said)}", answer=is_true, **common)


def _key(text: str) -> str:
    return " ".join(text.split()).strip(' "“”').rstrip(".;,")


def _exchanged(said: str, key: str, other: str) -> str:
    """Return a statement with something else in place of its key, with the case and the article that this wants."""
    start, end = locate(key, said) or (0, 0)
    if said[start:end][:1].islower() and not other[1:2].isupper() and not any(one.isdigit() for one in other):
        other = other[:1].lower() + other[1:]
    before = re.sub(r"\b(a|an)(?= $)", lambda _: article(other), said[:start])
    return f"{before}{other}{said[end:]}"


def _rationale(draft: Draft, holding: Quoted, scorer: GroundingScorer) -> str:
    """Return the model's reason where the quote supports it, else what the text says."""
    told = sentence(draft.rationale)
    if len(told.split()) > 3 and stands_alone(told) and scorer.score(told, [holding.in_full]).supported:
        return told
    if len(holding.statements) == 1 and stands_alone(holding.text):
        return sentence(holding.text)
    if points_back(holding.text):
        raise Unfit("its quote does not stand alone")
    return f"The text says: “{holding.text.strip(' “”')}”"
