"""Flashcards and short answers on what terms are and do, and on figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag.quiz.generators.beside import names_itself
from rag.quiz.generators.figures import Figure, figures
from rag.quiz.generators.said import Said, claims_of, said, turn
from rag.quiz.generators.stems import what_stem
from rag.quiz.items import Bloom, Difficulty, Flashcard, Item, ShortAnswer
from rag.quiz.language import sentence
from rag.quiz.making import Maker

_LONGEST = 12  # words of a definition whose term is asked for


class Recall:
    """Asks for what is to be known by heart."""

    name = "recall"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield a flashcard or a short answer for some of what is said, and of the figures."""
        found = said(maker)
        claims = claims_of(found)
        asked = {figure.one: figure for figure in figures(found) if figure.question}
        for one in found:
            citations = maker.cite(one.section, one.statement)
            if citations and (one in asked or one.is_telling):
                common = {"rationale": one.full, "citations": citations, "facts": (one.fact,), "generator": self.name}
                item = _figure(asked[one], common) if one in asked else _term(one, claims[one.term.lower()], common)
                if item:
                    yield item


def _figure(figure: Figure, common: dict[str, Any]) -> Item | None:
    way = turn(figure.one.fact, 3)
    if way == 0:
        return Flashcard(stem=figure.question, back=sentence(figure.answer), **common)
    if way == 1:
        return ShortAnswer(stem=figure.question, answer=figure.answer, key_facts=((figure.answer,),), **common)
    return None


def _term(one: Said, claims: int, common: dict[str, Any]) -> Item | None:
    way = turn(one.fact, 3)
    if way == 0 and (stem := _called(one)):
        ways = dict.fromkeys((one.term, one.subject))
        return ShortAnswer(stem=stem, answer=one.term, key_facts=(tuple(ways),), difficulty=Difficulty.HARD, **common)
    if way == 1 and claims == 1:
        return Flashcard(stem=what_stem(one), back=_back(one), bloom=Bloom.UNDERSTAND, **common)
    return None


def _called(one: Said) -> str:
    """Return "What is an earlier value used as an input called?", or "" where a term cannot be asked for so."""
    plain = one.kind == "is" and not one.named and not one.place and "," not in one.rest
    if not plain or names_itself(one) or len(one.rest.split()) > _LONGEST:
        return ""
    return f"What is {one.rest} called?"


def _back(one: Said) -> str:
    if one.kind == "does":
        return sentence(f"{'They' if one.plural else 'It'} {one.claim}")
    return sentence(one.rest.removeprefix("that "))
