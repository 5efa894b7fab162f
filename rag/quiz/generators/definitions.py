"""Multiple choice on what a term is or does, asked from the term, or from what it is or does to the term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.quiz.generators.beside import Terms, can_mislead, gives_away, options_of, same_form
from rag.quiz.generators.said import Said, said
from rag.quiz.generators.stems import what_stem, which_stem
from rag.quiz.items import Bloom, Difficulty, Item, MultipleChoice, Option
from rag.quiz.making import Maker

_WRONG = MultipleChoice.SIZE - 1
_SHORTEST, _LONGEST = 4, 20  # words of what is an option or a stem
_ALIKE = 2  # wrong terms that are at least of the form of the right one
_LONGER = 1.8  # times that one option may be longer than another


class Definitions:
    """Asks what a term is or does, or which term it is that is or does something."""

    name = "definitions"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield an item for each term of the document that has enough others beside it."""
        found = said(maker)
        terms = Terms(maker, found)
        for one in found:
            fits = one.is_telling and one.kind in ("is", "does") and _SHORTEST <= len(one.claim.split()) <= _LONGEST
            if not fits or gives_away(one):
                continue
            ways = [_which, _what] if terms.claims(one) == 1 else [_which]
            maker.chooser.shuffle(ways)
            yield from [item for way in ways if (item := way(maker, terms, one))][:1]


def _which(maker: Maker, terms: Terms, one: Said) -> Item | None:
    """Ask for the term: "Which of these turns a log pattern into a metric?"."""
    others = terms.beside(one, lambda other: can_mislead(other, one))
    others = sorted(others, key=lambda other: (not same_form(one, other), not other.is_telling))[:_WRONG]
    if sum(same_form(one, other) for other in others) < _ALIKE:
        return None
    return _choice(
        maker, one, which_stem(one), options_of(maker, one, others, lambda term: term.subject), Bloom.REMEMBER
    )


def _what(maker: Maker, terms: Terms, one: Said) -> Item | None:
    """Ask for what it is or does: "What does a metric filter do?"."""
    others = terms.beside(one, lambda other: _alike(one, other))[:_WRONG]
    return _choice(maker, one, what_stem(one), options_of(maker, one, others, _definition), Bloom.UNDERSTAND)


def _definition(one: Said) -> str:
    return one.rest if one.kind == "is" else one.claim


def _alike(one: Said, other: Said) -> bool:
    """Whether what is said of two terms has one form and a similar length."""
    shorter, longer = sorted((len(_definition(one)), len(_definition(other))))
    return (
        other.is_term
        and other.is_tidy
        and one.kind == other.kind
        and one.plural == other.plural
        and longer <= _LONGER * shorter
    )


def _choice(maker: Maker, one: Said, stem: str, options: Sequence[Option], bloom: Bloom) -> Item | None:
    citations = maker.cite(one.section, one.statement)
    if len(options) != MultipleChoice.SIZE or not citations:
        return None
    return MultipleChoice(
        stem=stem,
        rationale=one.full,
        citations=citations,
        facts=(one.fact,),
        difficulty=Difficulty.MEDIUM if bloom is Bloom.UNDERSTAND else Difficulty.EASY,
        bloom=bloom,
        generator=Definitions.name,
        options=tuple(options),
    )
