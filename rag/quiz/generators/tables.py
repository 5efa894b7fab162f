"""Items from tables: each fact of a table is asked for once, in the way that suits its column best."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import islice

from rag.quiz.generators.table_grids import NAME, Column, Grid, grid_of
from rag.quiz.generators.table_items import GridItems
from rag.quiz.generators.table_needs import is_need, need_items, needs_of
from rag.quiz.generators.table_options import usable
from rag.quiz.items import Item
from rag.quiz.language import names_in
from rag.quiz.making import Maker

_CHOICES, _CARDS = (4, 7), 2  # how many items of one table


class Tables:
    """Makes items from what tables say of things in their rows or columns."""

    name = NAME

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield the items of each table: multiple choice, multiple response, matching, flashcards."""
        text = "\n".join(section.text for section in maker.sections)
        names = names_in(text)
        for section in maker.sections:
            for table in section.tables:
                if not all(maker.cite_one(section, row) for row in table.rows):
                    continue
                if is_need(table):
                    if needs := needs_of(section, table, names):
                        yield from need_items(maker, needs, names)
                elif grid := grid_of(section, table, text, names):
                    yield from _of_grid(maker, grid, names)


def _of_grid(maker: Maker, grid: Grid, names: Collection[str]) -> Iterator[Item]:
    make = GridItems(maker, grid, names)
    for ask in (_responses, _matching, _choices, _cards):
        for item in ask(maker, grid, make):
            make.used.update(item.facts)
            yield item


def _responses(maker: Maker, grid: Grid, make: GridItems) -> Iterator[Item]:
    """Yield what several things share, and what is true of one; where tables compare things, single choice too."""
    yield from islice((item for column in grid.columns for item in make.of_shared(column)), 1)
    things = maker.chooser.sample(list(grid.things), len(grid.things))
    yield from islice((item for one in things if (item := make.of_truth(one, 2))), 1 + (len(things) > 5))
    if grid.turned:
        yield from islice((item for one in things if (item := make.of_truth(one, 1))), 2)


def _matching(maker: Maker, grid: Grid, make: GridItems) -> Iterator[Item]:
    """Yield one matching item, of a column of words that says most; in small tables it leaves rows for other items."""
    for column in sorted(maker.chooser.sample(grid.columns, len(grid.columns)), key=_numbers):
        things = [one for one in column.cells if make.is_new(column, one)]
        maker.chooser.shuffle(things)
        few = len(grid.columns) == 1 and len(things) < 8
        if item := make.matching(column, things[:4] if few else things):
            yield item
            return


def _numbers(column: Column) -> tuple[bool, int]:
    """Order columns of words before those of numbers, and those that say most first."""
    return any(cell.read == "number" for cell in column.cells.values()), -len(column.cells)


def _choices(maker: Maker, grid: Grid, make: GridItems) -> Iterator[Item]:
    """Yield multiple choice items: of each column one by its value and one for it, more of large tables."""
    most = min(_CHOICES[1], max(_CHOICES[0], len(grid.things) // 2))
    asks = (make.of_thing, make.of_cell, make.of_thing)
    columns = maker.chooser.sample(grid.columns, len(grid.columns))
    asked = (next(_asked(maker, column, make, ask), None) for ask in asks for column in columns)
    yield from islice(filter(None, asked), most)


def _asked(maker: Maker, column: Column, make: GridItems, ask: Callable[[Column, str], Item | None]) -> Iterator[Item]:
    """Yield what can be asked of a column and was not asked yet."""
    things = [one for one, cell in column.cells.items() if usable(cell) and make.is_new(column, one)]
    for thing in maker.chooser.sample(things, len(things)):
        if item := ask(column, thing):
            yield item


def _cards(maker: Maker, grid: Grid, make: GridItems) -> Iterator[Item]:
    left = [(column, one) for column in grid.columns for one, cell in column.cells.items() if usable(cell)]
    left = [(column, one) for column, one in left if make.is_new(column, one)]
    cards = (make.card(column, one) for column, one in maker.chooser.sample(left, len(left)))
    yield from islice(filter(None, cards), _CARDS)
