"""The bank: what generators yield is checked, arranged, written once, and given out only while its texts are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rag.adapters.sql_quizzes import SqlQuizItems
from rag.adapters.state_database import open_state
from rag.quiz.arrange import arranged
from rag.quiz.bank import Bank, Writer
from rag.quiz.items import Item, MultipleChoice, Option, TrueFalse
from rag.quiz.making import Generator, Maker
from rag.quiz.rules import REPEAT
from rag.quiz.rules.repeats import without_repeats
from tests.fakes import HashEmbedder
from tests.quiz_maker import OneText
from tests.unit.quiz_text import EMBEDDER, INFO, TEXT, cited, options

AT = datetime(2026, 11, 20, tzinfo=UTC)
WIRE = cited("A coil spring stores energy in a wound wire.")


def said(stem: str, *facts: str, answer: bool = True) -> TrueFalse:
    return TrueFalse(
        stem=stem, answer=answer, rationale="A coil spring stores energy in a wound wire.", citations=(WIRE,),
        facts=facts or (stem,), generator="by hand",
    )  # fmt: skip


def choice(stem: str, made: tuple[Option, ...]) -> MultipleChoice:
    return MultipleChoice(
        stem=stem, options=made, rationale="So it is.", citations=(WIRE,), facts=(stem,), generator="by hand"
    )


class Listed:
    """Yields the items it was given, and one that depends on chance."""

    name = "listed"

    def __init__(self, *items: Item) -> None:
        self.given = items

    def items(self, maker: Maker) -> Iterator[Item]:
        yield from self.given
        yield said("A coil spring stores energy in a wound wire.", str(maker.chooser.random()))


@pytest.fixture
def store(tmp_path: Path) -> SqlQuizItems:
    return SqlQuizItems(open_state(tmp_path / "state.db"))


def written(*generators: Generator, **more: Any) -> tuple[list[Item], Counter[str]]:
    return Writer(OneText(TEXT), EMBEDDER, generators=generators, **more).write(INFO)


def test_what_breaks_a_rule_is_not_kept_and_is_counted() -> None:
    told: list[str] = []
    bad = said("This table says that it is so.")

    items, rejected = written(Listed(bad), rejected=lambda item, found: told.append(f"{item.id} {found[0].rule}"))

    assert [one.stem for one in items] == ["A coil spring stores energy in a wound wire."]
    assert rejected == {"does not stand alone": 1}
    assert told == [f"{bad.id} does not stand alone"]


def test_the_same_text_gives_the_same_items() -> None:
    assert written(Listed()) == written(Listed())


def test_what_asks_the_same_again_is_a_repeat() -> None:
    first, again = said("A coil spring stores energy."), said("a coil spring stores  ENERGY.", "other")
    same_fact, other = said("A wire stores energy.", first.facts[0]), said("A leaf spring carries a cart.")

    kept, repeats = without_repeats([first, again, same_fact, other])

    assert (kept, repeats) == ([first, other], [again, same_fact])


def test_repeats_are_counted_among_the_rejected() -> None:
    items, rejected = written(Listed(said("A coil spring stores energy in a wound wire.")))

    assert (len(items), rejected[REPEAT]) == (1, 1)


def test_the_place_of_the_key_is_uniform_and_does_not_change_the_item() -> None:
    made = [choice(f"Which part has number {at}?", options("key", "one", "two", "three")) for at in range(400)]
    places = Counter(one.key[0] for item in made if isinstance(one := arranged(item), MultipleChoice))

    assert all(70 <= places[at] <= 130 for at in range(4)), places
    assert [arranged(item).id for item in made] == [item.id for item in made]


def test_numbers_ascend() -> None:
    made = arranged(choice("How long does it last?", options("2 days", "90 minutes", "1 week", "30 hours")))

    assert isinstance(made, MultipleChoice)
    assert [one.text for one in made.options] == ["90 minutes", "30 hours", "2 days", "1 week"]


def test_a_document_is_written_once_for_a_version(store: SqlQuizItems) -> None:
    told: list[tuple[int, int]] = []
    banks = [Bank(OneText(TEXT), embedder, store) for embedder in (EMBEDDER, HashEmbedder(name="other"))]

    for bank in (banks[0], banks[0], banks[1]):
        bank.ensure([INFO], AT, lambda done, of: told.append((done, of)))

    assert told == [(0, 1), (1, 1)] * 2  # once for each embedder
    assert banks[1].items([INFO])
    assert banks[1].rejected([INFO]) == store.rejected([INFO.id], banks[1].version)


def test_items_whose_texts_are_gone_are_not_given_out(store: SqlQuizItems) -> None:
    library = OneText(TEXT)
    bank = Bank(library, EMBEDDER, store)
    store.put(INFO.id, bank.version, [said("A coil spring stores energy in a wound wire.")], {}, AT)

    assert len(bank.items([INFO])) == 1
    library.gone = True
    assert bank.items([INFO]) == []


def test_real_generators_make_items_of_any_text() -> None:
    items, _ = Writer(OneText(TEXT), EMBEDDER).write(INFO)

    assert items
    assert all(one.document_id == INFO.id for item in items for one in item.citations)
