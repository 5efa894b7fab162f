"""The order in which options are shown: numbers ascend, else the key stands anywhere, decided by the item's id."""

from __future__ import annotations

from rag.quiz.items import CaseStudy, Item, MultipleChoice, MultipleResponse, Option
from rag.quiz.rules.soft import sorted_by
from rag.types import content_id


def arranged(item: Item) -> Item:
    """Return an item with its options in the order in which they are shown; its id does not change."""
    match item:
        case MultipleChoice() | MultipleResponse():
            return item.model_copy(update={"options": tuple(_arranged(item))})
        case CaseStudy():
            return item.model_copy(update={"items": tuple(arranged(one) for one in item.items)})
        case _:
            return item


def _arranged(item: MultipleChoice | MultipleResponse) -> list[Option]:
    options = sorted(item.options, key=lambda one: content_id(item.id, one.text))
    amounts = sorted_by([one.text for one in options])
    if amounts:
        return [option for _, option in sorted(zip(amounts, options, strict=True), key=lambda pair: pair[0])]
    return options
