"""The schema of items: ids, what is refused, and that everything comes back from JSON."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from rag.quiz.items import ITEM, Item, ItemType, MultipleChoice, Option, Placement, fact_id, json_schema
from rag.types import Citation
from tests.quiz_items import ALL_TYPES

QUOTE = Citation(1, "d" * 32, "optics.md", "Optics", ("Optics", "Lenses"), "A lens focuses light.", 10, 31, 3)
WHY = {"rationale": "A lens focuses light.", "citations": (QUOTE,), "facts": ("f",), "generator": "by hand"}
FOUR = (
    Option(text="A lens", right=True, rationale="A lens focuses light."),
    Option(text="A mirror", right=False, rationale="A mirror reflects light.", citation=QUOTE),
    Option(text="A prism", right=False, rationale="A prism parts colours."),
    Option(text="A filter", right=False, rationale="A filter absorbs light."),
)


def choice(**changed: object) -> MultipleChoice:
    return MultipleChoice(**{"stem": "What focuses light?", "options": FOUR, **WHY, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("item", ALL_TYPES, ids=lambda item: item.type.value)
def test_an_item_comes_back_from_json_as_it_was(item: Item) -> None:
    assert ITEM.validate_json(ITEM.dump_json(item)) == item


@pytest.mark.parametrize("item", ALL_TYPES, ids=lambda item: item.type.value)
def test_the_published_schema_accepts_every_type(item: Item) -> None:
    Draft202012Validator(json_schema()).validate(ITEM.dump_python(item, mode="json"))


def test_the_published_schema_refuses_an_item_without_citation() -> None:
    raw = ITEM.dump_python(choice(), mode="json") | {"citations": []}
    assert not Draft202012Validator(json_schema()).is_valid(raw)


def test_every_type_has_an_id_of_its_own() -> None:
    assert {item.type for item in ALL_TYPES} == set(ItemType)
    assert len({item.id for item in ALL_TYPES}) == len(ALL_TYPES)


def test_an_id_does_not_depend_on_the_order_of_options_nor_on_the_placement() -> None:
    turned = choice(options=FOUR[::-1], placement=Placement(domain="Optics"))
    assert turned.id == choice().id


@pytest.mark.parametrize(
    "changed",
    [
        {"stem": "What bends light?"},
        {"options": (*FOUR[:3], Option(text="A slit", right=False))},
        {
            "options": (
                FOUR[0].model_copy(update={"right": False}),
                FOUR[1].model_copy(update={"right": True}),
                *FOUR[2:],
            )
        },
    ],
    ids=["stem", "option", "key"],
)
def test_another_question_has_another_id(changed: dict[str, object]) -> None:
    assert choice(**changed).id != choice().id


def test_an_item_that_was_changed_under_its_id_is_refused() -> None:
    raw = ITEM.dump_python(choice(), mode="json") | {"stem": "What bends light?"}
    with pytest.raises(ValidationError, match="the item was changed"):
        ITEM.validate_python(raw)


def test_facts_are_the_same_whatever_their_case_and_spaces() -> None:
    assert fact_id("d", "Lens", "focuses  light") == fact_id("d", "lens", "Focuses light")
    assert fact_id("d", "lens", "focuses light") != fact_id("e", "lens", "focuses light")
