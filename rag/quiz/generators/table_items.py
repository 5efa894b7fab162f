"""The items that a table gives: asking for a cell, for a thing by its cell, for what things share, and matching."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

from rag.quiz.generators.siblings import Fact, matching_of, nested
from rag.quiz.generators.table_cells import gives_away, overlap, quoted, within
from rag.quiz.generators.table_grids import NAME, Column, Grid
from rag.quiz.generators.table_options import matchable, options_for_cell, options_for_thing, usable
from rag.quiz.items import Bloom, Difficulty, Flashcard, Matching, MultipleChoice, MultipleResponse, Option
from rag.quiz.language import listed, lower_first, sentence, upper_first
from rag.quiz.making import Maker
from rag.text.statements import Statement
from rag.types import Citation


class GridItems:
    """Makes the items of one grid.

    Args:
        maker: what items are made with.
        grid: the table.
        names: what `rag.quiz.language.names_in` found in the document.

    Attributes:
        used: facts that items ask for already.
    """

    def __init__(self, maker: Maker, grid: Grid, names: Collection[str]) -> None:
        self._maker, self._grid, self._names = maker, grid, names
        self._called = grid.things
        self.used: set[str] = set()

    def of_cell(self, column: Column, thing: str) -> MultipleChoice | None:
        """Ask for what a column says of a thing."""
        if not column.frame.ask:
            return None
        stem = self._stem(column.frame.ask, n=self._called[thing])
        others = options_for_cell(self._maker, column, thing, stem)
        if others is None:
            return None
        options = [self._option(column, one, column.cells[one].text, one == thing) for one in (thing, *others)]
        number = column.cells[thing].read == "number"
        return self._choice(stem, options, column, thing, Difficulty.MEDIUM if number else Difficulty.EASY)

    def of_thing(self, column: Column, thing: str) -> MultipleChoice | None:
        """Ask for a thing by what a column says of it."""
        cell = column.cells[thing]
        which = column.frame.by_value(cell.read)
        if not which:
            return None
        value = within(cell.text, self._names)
        if which.endswith(" for {v}?") and " for " in value:
            return None
        stem = self._stem(which, c=self._grid.kind.phrase or "of these", v=value, q=self._quoted(column, thing))
        others = options_for_thing(self._maker, column, thing, stem)
        if others is None:
            return None
        options = [self._option(column, one, one, one == thing) for one in (thing, *others)]
        return self._choice(stem, options, column, thing, Difficulty.MEDIUM)

    def of_shared(self, column: Column) -> Iterator[MultipleResponse]:
        """Ask which things have a value that several have."""
        for value, right, wrong in self._parted(column):
            if len(wrong) < 3 or not column.frame.share:
                continue
            count = 2 if len(right) < 3 or len(wrong) < 4 else 3
            chosen = self._maker.chooser.sample(right, count)
            others = self._maker.chooser.sample(wrong, 3 if count == 2 else 4)
            if any(nested(one, two) for one in chosen for two in others):
                continue
            kind = f" {self._grid.kind.many}" if self._grid.kind.phrase else ""
            many = f"{MultipleResponse.NUMBERS[count]} of these{kind}"
            stem = self._stem(column.frame.share, many=many, v=value, q=self._quoted(column, chosen[0]))
            if gives_away(stem, " ".join(chosen), others):
                continue
            options = [self._option(column, one, one, one in chosen) for one in (*chosen, *others)]
            yield self._response(stem, options, [(column, one) for one in chosen])

    def of_truth(self, thing: str, count: int) -> MultipleChoice | MultipleResponse | None:
        """Ask what is true of a thing: one or two things that columns say of it, against what they say of others."""
        fit = [
            one for one in self._grid.columns if one.frame.titled and thing in one.cells and usable(one.cells[thing])
        ]
        columns = {one.header: one for one in fit}
        mine = [header for header, column in columns.items() if self.is_new(column, thing)]
        wrong = [(header, one) for header, column in columns.items() for one in _beside(column, thing)]
        if len(mine) < count or len({header for header, _ in wrong}) < 3:
            return None
        held = [(header, thing) for header in self._maker.chooser.sample(mine, count)]
        held += self._maker.chooser.sample(wrong, 3)
        texts = [f"{header}: {columns[header].cells[one].text}" for header, one in held]
        which = "Which TWO of these are" if count == 2 else "Which of these is"
        stem = self._stem(f"{which} true of {{n}}?", n=self._called[thing])
        pairs = combinations([(header, columns[header].cells[one].text) for header, one in held], 2)
        alike = any(one[0] == two[0] and overlap(one[1], two[1]) for one, two in pairs)
        if alike or gives_away(stem, " ".join(texts[:count]), texts[count:]):
            return None
        told = zip(texts, held, strict=True)
        options = [self._option(columns[header], one, text, one == thing) for text, (header, one) in told]
        asked = [(columns[header], thing) for header, _ in held[:count]]
        if count == 1:
            return self._choice(stem, options, *asked[0], Difficulty.MEDIUM)
        return self._response(stem, options, asked)

    def is_new(self, column: Column, thing: str) -> bool:
        """Whether no item asks yet for what a column says of a thing."""
        return self._grid.fact(thing, column.header) not in self.used

    def matching(self, column: Column, things: Sequence[str]) -> Matching | None:
        """Ask to match things to what a column says of them."""
        chosen = matchable({one: column.cells[one] for one in things})
        if len(chosen) < 3:
            return None
        every = f"each of {listed([self._called[one] for one in chosen])}"
        each = f"each {self._grid.kind.phrase}" if self._grid.kind.phrase else every
        told = {one: self._say(column, one) for one in chosen}
        cells, section = column.cells, self._grid.section
        return matching_of(
            self._maker,
            [(one, Fact(cells[one].text, told[one], section, self._row(column, one))) for one in chosen],
            stem=f"{self._stem('Match {c} to {v}', c=each, v=column.frame.to)}.",
            rationale=self._placed(" ".join(told.values())),
            facts=tuple(self._grid.fact(one, column.header) for one in chosen),
            bloom=Bloom.UNDERSTAND,
            generator=NAME,
        )

    def card(self, column: Column, thing: str) -> Flashcard | None:
        """Ask for what a column says of a thing, to be recalled."""
        thin = " " not in column.header and (self._grid.turned or column.frame.ask.startswith("What are the"))
        if not column.frame.ask or "Which of these" in column.frame.ask or (thin and "the" in column.frame.ask):
            return None
        return Flashcard(
            stem=self._stem(column.frame.ask, n=self._called[thing]),
            back=column.cells[thing].text,
            rationale=self._placed(self._say(column, thing)),
            citations=self._cite([self._row(column, thing)]),
            facts=(self._grid.fact(thing, column.header),),
            difficulty=Difficulty.EASY,
            generator=NAME,
        )

    def _parted(self, column: Column) -> Iterator[tuple[str, list[str], list[str]]]:
        """Yield values that several things have, with those things and those that certainly do not have it."""
        if column.frame.polar:
            yield (
                "",
                [one for one, yes in column.polar.items() if yes],
                [one for one, yes in column.polar.items() if not yes],
            )
            return
        for text in dict.fromkeys(cell.text for cell in column.cells.values()):
            right = [one for one, cell in column.cells.items() if cell.text.casefold() == text.casefold()]
            wrong = [one for one, cell in column.cells.items() if not overlap(cell.text, text)]
            if len(right) > 1:
                yield within(text, self._names), right, wrong

    def _response(self, stem: str, options: Sequence[Option], asked: Sequence[tuple[Column, str]]) -> MultipleResponse:
        return MultipleResponse(
            stem=stem,
            options=tuple(options),
            rationale=self._placed(" ".join(option.rationale for option in options if option.right)),
            citations=self._cite(self._row(column, one) for column, one in asked),
            facts=tuple(self._grid.fact(one, column.header) for column, one in asked),
            difficulty=Difficulty.HARD,
            bloom=Bloom.UNDERSTAND,
            generator=NAME,
        )

    def _choice(
        self, stem: str, options: Sequence[Option], column: Column, thing: str, difficulty: Difficulty
    ) -> MultipleChoice:
        return MultipleChoice(
            stem=stem,
            options=tuple(options),
            rationale=self._placed(self._say(column, thing)),
            citations=self._cite([self._row(column, thing)]),
            facts=(self._grid.fact(thing, column.header),),
            difficulty=difficulty,
            bloom=Bloom.REMEMBER if difficulty is Difficulty.EASY else Bloom.UNDERSTAND,
            generator=NAME,
        )

    def _option(self, column: Column, thing: str, text: str, right: bool) -> Option:
        cited = self._maker.cite_one(self._grid.section, self._row(column, thing))
        return Option(text=text, right=right, rationale=self._say(column, thing), citation=cited)

    def _say(self, column: Column, thing: str) -> str:
        """Return what a column says of a thing, as a sentence."""
        name = self._called[thing]
        if column.frame.polar:
            return sentence(_filled(column.frame.say if column.polar[thing] else column.frame.deny, n=name))
        cell = column.cells[thing]
        value = within(cell.text, self._names)
        if cell.read == "does" and "does" in column.frame.which:
            return sentence(f"{name} {value}")
        if cell.read in ("", "other") or re.search("[;:]", value):
            value = quoted(cell.text)
        return sentence(_filled(column.frame.say, n=name, v=value, q=self._quoted(column, thing)))

    def _placed(self, said: str) -> str:
        """Return a sentence that stands alone."""
        place = self._grid.kind.place
        return f"{place}{lower_first(said, self._names)}" if place else said

    def _quoted(self, column: Column, thing: str) -> str:
        cell = column.cells.get(thing)
        if cell is None:
            return ""  # it is "yes" or "no"
        return within(cell.text, self._names) if cell.read == "number" else quoted(cell.text)

    def _stem(self, template: str, **parts: str) -> str:
        """Return a template filled in, standing alone: the kind of things is named, or what they belong to."""
        kind = self._grid.kind
        opening = kind.place if "n" in parts else kind.opening
        if template.startswith("When"):
            opening = re.sub("^When", "For", opening)
        text = _filled(template, **parts)
        return upper_first(f"{opening}{text[:1].lower()}{text[1:]}" if opening else text).replace("?”?", "?”")

    def _row(self, column: Column, thing: str) -> Statement:
        return self._grid.rows[thing, column.header]

    def _cite(self, rows: Iterable[Statement]) -> tuple[Citation, ...]:
        return self._maker.cite(self._grid.section, *dict.fromkeys(rows))


def _beside(column: Column, thing: str) -> list[str]:
    """Return the things of which a column says something else than of one."""
    key = column.cells[thing].text
    return [one for one, cell in column.cells.items() if usable(cell) and not overlap(cell.text, key)]


def _filled(template: str, **parts: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: parts.get(found[1], found[0]), template)
