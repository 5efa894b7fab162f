"""Which view shows which type of item."""

from __future__ import annotations

from rag.quiz.items import ItemType
from rag.quiz.sittings import Seat
from ui.quiz.arranging import Match, Order
from ui.quiz.choosing import Choice, Choices, TrueOrFalse
from ui.quiz.views import View
from ui.quiz.writing import Card, Written

VIEWS: dict[ItemType, type[View]] = {
    ItemType.MULTIPLE_CHOICE: Choice,
    ItemType.MULTIPLE_RESPONSE: Choices,
    ItemType.TRUE_FALSE: TrueOrFalse,
    ItemType.ORDERING: Order,
    ItemType.MATCHING: Match,
    ItemType.SHORT_ANSWER: Written,
    ItemType.CLOZE: Written,
    ItemType.FLASHCARD: Card,
}


def view_of(seat: Seat) -> View:
    """Return a view of a seat's item; a case study is seated question by question."""
    return VIEWS[seat.item.type](seat)
