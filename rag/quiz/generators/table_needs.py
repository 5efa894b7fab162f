"""Items from tables of needs and what fits them: "Requirement | Service", "Problem | Feature", "Purpose | Chart"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rag.quiz.generators.siblings import Fact, choice_of, matching_of
from rag.quiz.generators.table_cells import fits, overlap, readings, within
from rag.quiz.generators.table_grids import MOST_ROWS, NAME, Cell, Column
from rag.quiz.generators.table_headers import Frame
from rag.quiz.generators.table_options import matchable, options_for_cell
from rag.quiz.items import Bloom, Item, Matching, MultipleChoice, fact_id
from rag.quiz.language import is_name, is_noun_phrase, is_plural, without_brackets
from rag.quiz.making import Maker
from rag.quiz.material import Section, Table

_NEED = re.compile(r"\b(?:needs?|requirements?|problems?|situations?|goals?|scenarios?|purposes?|use cases?|want)$")
_CHOICES = frozenset(
    ["best fit", "fit", "best choice", "first choice", "choice", "solution", "recommendation", "answer", "pick"]
)
_NO_FIT = re.compile(
    r"\b(?:causes?|reasons?|notes?|remarks?|examples?|descriptions?|explanations?|effects?|costs?|prices?|priority|status"
    r"|owner|details?|meaning|comments?|values?|why|importance)\b"
)
_TROUBLE = frozenset("problem symptom sign error issue".split())
_MOST, _LEFT = 4, 5  # choices of one table, and needs that it leaves for matching


@dataclass(frozen=True, slots=True)
class Needs:
    """What a table of needs says.

    Attributes:
        need: what its rows are: "requirement".
        fit: what its second column is: "service", "best fit".
        about: what all of it is about, or "".
        column: what fits, by the need.
        read: how each need reads (see `rag.quiz.generators.table_cells.readings`).
    """

    section: Section
    need: str
    fit: str
    about: str
    column: Column
    read: dict[str, str]

    def stem(self, need: str, names: Collection[str]) -> str:
        """Return the question for what fits a need."""
        read, said = self.read[need], within(need, names)
        asked = f"What is the {_best(self.fit)}" if self.fit in _CHOICES else f"Which {self.fit}"
        opening = f"For {self.about}, " if self.about else ""
        if read == "do":
            end = "?" if self.fit in _CHOICES else " fits best?"
            return f"A team needs to {said}. {asked}{end}"
        if read == "question":
            return f"{asked} answers the question “{need}”" if self.fit not in _CHOICES else ""
        if read == "clause" and self.need in _TROUBLE and self.fit not in _CHOICES:
            return f"{opening}{asked.lower() if opening else asked} helps when {said}?"
        if self.fit in _CHOICES:
            return f"{asked} for the {self.need} “{need}”?"
        return f"{asked} fits the {self.need} “{need}” best?"

    def says(self, need: str) -> str:
        """Return a need with what fits it, as a statement."""
        fit, need_is = self.column.cells[need].text, f"the {self.need} “{need}”"
        if self.read[need] == "question":
            return f"{fit} answers {need_is}"
        return f"{fit} is the {self.fit} {'for' if self.fit in _CHOICES else 'that fits'} {need_is}."


def is_need(table: Table) -> bool:
    """Whether the rows of a table are needs, and its second column what fits them."""
    first = table.columns[0].strip().lower()
    asked = all(row.cells[0][1].endswith("?") for row in table.rows)
    return len(table.columns) > 1 and (asked or bool(_NEED.search(first)))


def needs_of(section: Section, table: Table, names: Collection[str]) -> Needs | None:
    """Return a table of needs as such, or None where its columns are not named so."""
    need, fit = (without_brackets(one).strip().lower() for one in table.columns[:2])
    told = [(dict(row.cells), row) for row in table.rows[:MOST_ROWS]]
    rows = {cells.get(table.columns[0], ""): (cells.get(table.columns[1], ""), row) for cells, row in told}
    rows = {
        one: (cell, row) for one, (cell, row) in rows.items() if fits(one) and fits(cell) and not overlap(one, cell)
    }
    if len(rows) < 3 or not need or not is_noun_phrase(fit) or is_plural(fit) or _NO_FIT.search(fit):
        return None
    asked = all(one.endswith("?") for one in rows)
    frame = Frame("", "", f"its {_best(fit)}" if fit in _CHOICES else f"the {fit} that fits it")
    how = readings([cell for cell, _ in rows.values()], names)
    if "number" in how:
        return None
    cells = {one: Cell(rows[one][0], read, rows[one][1]) for one, read in zip(rows, how, strict=True)}
    read = dict(zip(rows, readings(list(rows), names), strict=True))
    named = all(is_name(word, names) for word in section.title.split())
    named = named and not any(overlap(section.title, cell.text) for cell in cells.values())
    about = section.title if named else ""
    return Needs(section, "question" if asked else need, fit, about, Column(table.columns[1], frame, cells, {}), read)


def need_items(maker: Maker, needs: Needs, names: Collection[str]) -> Iterator[Item]:
    """Yield multiple choice items of a table of needs, and one of matching of the needs that are left."""
    order = list(needs.column.cells)
    maker.chooser.shuffle(order)
    most = min(_MOST, max(2, len(order) - _LEFT)) if len(order) > 4 else len(order) - 3
    asked: list[str] = []
    for need in order:
        if len(asked) < most and (item := _choice(maker, needs, need, names)):
            asked.append(need)
            yield item
    if match := _matching(maker, needs, [one for one in order if one not in asked]):
        yield match


def _choice(maker: Maker, needs: Needs, need: str, names: Collection[str]) -> MultipleChoice | None:
    stem = needs.stem(need, names)
    others = options_for_cell(maker, needs.column, need, stem) if stem else None
    if others is None:
        return None
    cells = needs.column.cells
    options = [Fact(cells[one].text, needs.says(one), needs.section, cells[one].row) for one in (need, *others)]
    return choice_of(maker, options, stem=stem, facts=(_fact(needs, need),), bloom=Bloom.APPLY, generator=NAME)


def _matching(maker: Maker, needs: Needs, left: Sequence[str]) -> Matching | None:
    cells = needs.column.cells
    chosen = matchable({one: cells[one] for one in left})
    if len(chosen) < 3 or needs.need == "question":
        return None
    opening = f"For {needs.about}, match" if needs.about else "Match"
    return matching_of(
        maker,
        [(one, Fact(cells[one].text, needs.says(one), needs.section, cells[one].row)) for one in chosen],
        stem=f"{opening} each {needs.need} to {needs.column.frame.to}.",
        facts=tuple(_fact(needs, one) for one in chosen),
        bloom=Bloom.APPLY,
        generator=NAME,
    )


def _fact(needs: Needs, need: str) -> str:
    return fact_id(needs.section.document.id, need, needs.column.header)


def _best(fit: str) -> str:
    return fit if fit.startswith(("best", "first", "right")) else f"best {fit}"
