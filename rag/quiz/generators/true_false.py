"""True or false: what a document says, or the same with one thing changed that is surely not so."""

from __future__ import annotations

from collections.abc import Iterator

from rag.quiz.generators.beside import Terms, names_itself, same_form
from rag.quiz.generators.figures import Figure, figures
from rag.quiz.generators.near_numbers import near
from rag.quiz.generators.said import Said, said, turn
from rag.quiz.generators.stems import statement
from rag.quiz.items import Bloom, Item, TrueFalse
from rag.quiz.language import sentence, upper_first
from rag.quiz.making import Maker

_SHORTEST, _LONGEST = 5, 25  # words of what is said


class TrueFalseStatements:
    """Asks whether a statement is true."""

    name = "true_false"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield statements for some of what is said, and of the figures; hardly more true ones than false ones."""
        found = [one for one in said(maker) if len(one.claim.split()) <= _LONGEST]
        terms = Terms(maker, found)
        counted = {figure.one: figure for figure in figures(found) if figure.is_only}
        lead = 0  # how many more are true than false
        for one in found:
            if turn(one.fact, 2) or len(one.claim.split()) < _SHORTEST:
                continue
            changed = _other_number(counted[one]) if one in counted else _other_term(terms, one)
            if changed and lead >= 0:
                yield from _item(maker, one, *changed, False)
                lead -= 1
            elif lead <= 0 and (one in counted or one.is_telling):
                yield from _item(maker, one, statement(one), one.full, True)
                lead += 1


def _other_number(figure: Figure) -> tuple[str, str] | None:
    """Return what is said with another number, and why it is false."""
    digits = next(iter(near(figure.digits, figure.counted, (), 0, 1)), None)
    return (figure.one.placed(figure.with_number(digits)), figure.why_not(digits)) if digits else None


def _other_term(terms: Terms, one: Said) -> tuple[str, str] | None:
    """Return what is said of another term, and why it is false."""
    if not one.is_telling or names_itself(one):
        return None
    others = terms.beside(one, lambda other: other.is_telling and other.kind == one.kind and same_form(one, other))
    if not others:
        return None
    why = f"{upper_first(one.subject)}, not {others[0].subject}, {one.claim}"
    return statement(one, others[0].subject), sentence(why)


def _item(maker: Maker, one: Said, text: str, why: str, answer: bool) -> Iterator[Item]:
    citations = maker.cite(one.section, one.statement)
    if citations:
        yield TrueFalse(
            stem=f"True or false: {sentence(text)}",
            answer=answer,
            rationale=why,
            citations=citations,
            facts=(one.fact,),
            bloom=Bloom.UNDERSTAND,
            generator=TrueFalseStatements.name,
        )
