"""The order of options: amounts ascend, else the key stands anywhere, decided by the item's id."""

from __future__ import annotations

from collections.abc import Sequence

from rag.quiz.items import CaseStudy, Item, MultipleChoice, MultipleResponse, Option
from rag.text.quantities import quantities
from rag.types import content_id

_LEAD = 12  # characters that may stand before an amount, as in "about 5 minutes"


def arranged(item: Item) -> Item:
    """Return an item with its options in the order in which they are kept; its id does not change."""
    match item:
        case MultipleChoice() | MultipleResponse():
            return item.model_copy(update={"options": tuple(_arranged(item))})
        case CaseStudy():
            return item.model_copy(update={"items": tuple(arranged(one) for one in item.items)})
        case _:
            return item


def amounts(texts: Sequence[str]) -> list[float]:
    """Return the amount that each text is, where all are one of the same unit; else nothing."""
    found = [quantities(one) for one in texts]
    if any(len(one) != 1 or one[0].start > _LEAD for one in found) or len({one[0].unit for one in found}) != 1:
        return []
    return [one[0].amount for one in found]


def _arranged(item: MultipleChoice | MultipleResponse) -> list[Option]:
    options = sorted(item.options, key=lambda one: content_id(item.id, one.text))
    order = amounts([one.text for one in options])
    return [options[at] for at in sorted(range(len(options)), key=order.__getitem__)] if order else options
