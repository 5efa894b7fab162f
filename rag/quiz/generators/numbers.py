"""Multiple choice on the figures that a document gives."""

from __future__ import annotations

from collections.abc import Iterator

from rag.quiz.generators.figures import Figure, figures
from rag.quiz.generators.near_numbers import near, value, written
from rag.quiz.generators.said import said
from rag.quiz.items import Item, MultipleChoice, Option
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.text.quantities import Quantity, quantities
from rag.text.statements import Statement
from rag.text.terms import stems

_WRONG = MultipleChoice.SIZE - 1
_SAME_THING = 0.6  # share of the words of a question from which a statement may give its answer
_FARTHEST = 20  # times larger or smaller than the key


class Numbers:
    """Asks for figures."""

    name = "numbers"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield an item for each figure that can be asked for."""
        given = [
            (amount, one, section)
            for section in maker.sections
            for one in section.statements
            if one.form in ("sentence", "item", "cell")
            for amount in quantities(one.text)
        ]
        for figure in figures(said(maker)):
            if figure.question and (item := _item(maker, figure, given)):
                yield item


def _item(maker: Maker, figure: Figure, given: list[tuple[Quantity, Statement, Section]]) -> Item | None:
    one = figure.one
    citations = maker.cite(one.section, one.statement)
    wrong = _wrong(maker, figure, given)
    if not citations or len(wrong) < _WRONG:
        return None
    key = Option(text=figure.answer, right=True, rationale=one.full)
    return MultipleChoice(
        stem=figure.question,
        rationale=one.full,
        citations=citations,
        facts=(one.fact,),
        generator=Numbers.name,
        options=tuple(sorted((key, *wrong[:_WRONG]), key=lambda option: value(option.text.split()[0]))),
    )


def _wrong(maker: Maker, figure: Figure, given: list[tuple[Quantity, Statement, Section]]) -> list[Option]:
    """Return wrong options: what the document gives for something else, then numbers of the same scale."""
    asked, amount = stems(figure.question), value(figure.digits)
    found: dict[float, Option] = {}
    taken = {amount}
    for other, statement, section in given:
        number = other.amount / (figure.quantity.amount / amount)
        same_unit = other.unit == figure.quantity.unit and other.written == figure.quantity.written
        told = statement.text == figure.one.statement.text
        if same_unit and not told and len(asked & stems(statement.in_context)) >= _SAME_THING * len(asked):
            taken.add(number)  # may be the answer too, with other words
        elif same_unit and number not in found and amount / _FARTHEST <= number <= amount * _FARTHEST and number >= 1:
            found[number] = _given(maker, figure, number, statement, section)
    options = [option for number, option in found.items() if number not in taken][: _WRONG - 1]
    short = _WRONG - len(options)
    below = maker.chooser.randint(0, short)
    for digits in near(figure.digits, figure.counted, taken | set(found), below, short - below):
        options.append(Option(text=f"{digits} {figure.counted}", right=False, rationale=figure.why_not(digits)))
    return options


def _given(maker: Maker, figure: Figure, number: float, statement: Statement, section: Section) -> Option:
    return Option(
        text=f"{written(number, figure.digits)} {figure.counted}",
        right=False,
        rationale=f"That number belongs to something else: {statement.text}",
        citation=maker.cite_one(section, statement),
    )
