"""Multiple choice on what a term is or does, asked from the term, or from what it is or does to the term."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from rag.quiz.generators.beside import Terms, can_mislead, names_itself, same_form
from rag.quiz.generators.said import Said, claims_of, said
from rag.quiz.generators.siblings import Fact, choice_of
from rag.quiz.generators.stems import what_stem, which_stem
from rag.quiz.items import Bloom, Difficulty, Item, MultipleChoice
from rag.quiz.language import upper_first
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
        terms, claims = Terms(maker, found), claims_of(found)
        for one in found:
            fits = one.is_telling and one.kind in ("is", "does") and _SHORTEST <= len(one.claim.split()) <= _LONGEST
            if not fits or names_itself(one):
                continue
            ways = [_which, _what] if claims[one.term.lower()] == 1 else [_which]
            maker.chooser.shuffle(ways)
            yield from islice(filter(None, (way(maker, terms, one) for way in ways)), 1)


def _which(maker: Maker, terms: Terms, one: Said) -> Item | None:
    """Ask for the term: "Which of these turns a log pattern into a metric?"."""
    others = terms.beside(one, lambda other: can_mislead(other, one))
    others = sorted(others, key=lambda other: (not same_form(one, other), not other.is_telling))[:_WRONG]
    if sum(same_form(one, other) for other in others) < _ALIKE:
        return None
    return _choice(maker, which_stem(one), (one, *others), lambda term: term.subject, Bloom.REMEMBER)


def _what(maker: Maker, terms: Terms, one: Said) -> Item | None:
    """Ask for what it is or does: "What does a metric filter do?"."""
    others = terms.beside(one, lambda other: _alike(one, other))[:_WRONG]
    return _choice(maker, what_stem(one), (one, *others), _definition, Bloom.UNDERSTAND)


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


def _choice(maker: Maker, stem: str, terms: Sequence[Said], text: Callable[[Said], str], bloom: Bloom) -> Item | None:
    return choice_of(
        maker,
        [Fact(upper_first(text(one)), one.full, one.section, one.statement) for one in terms],
        stem=stem,
        facts=(terms[0].fact,),
        difficulty=Difficulty.MEDIUM if bloom is Bloom.UNDERSTAND else Difficulty.EASY,
        bloom=bloom,
        generator=Definitions.name,
    )
