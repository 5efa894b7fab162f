"""What a sitting leaves behind: a card for each fact that was not known, a review for each that has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from rag.quiz.items import Flashcard, Item, Matching, fact_id
from rag.quiz.sittings import Response, Seat, Sitting
from rag.study.cards import Card, Rating, Review
from rag.study.ports import Cards
from rag.study.schedule import last_review, new_card, reviewed

_CARRIED = ("placement", "difficulty", "bloom", "generator", "model")


def remember(cards: Cards, sitting: Sitting, position: int, at: datetime) -> list[Card]:
    """Let what was given to an item feed the cards: a wrong answer makes a card of that fact, a right one reviews it.

    Call it when a response can no longer be changed: at once where feedback follows, else at the end (`remember_all`).
    Called again for the same response, as after a crash, it changes nothing.

    Args:
        cards: where cards are kept.
        sitting: as it stands, with the response in its seat.
        position: of the seat, from 0.
        at: now, in the learner's time zone.

    Returns:
        The cards that it made or reviewed, as they stand now.

    Raises:
        StateError: the store cannot be read or written.
    """
    return _remember(cards, sitting, (sitting.seats[position],), at)


def remember_all(cards: Cards, sitting: Sitting, at: datetime) -> list[Card]:
    """Do for each seat of a sitting that has ended what `remember` does; what was done already is not done again."""
    return _remember(cards, sitting, sitting.seats, at)


def rating_of(item: Item, response: Response) -> Rating:
    """Return how well it was remembered: the learner's own word of a flashcard, else whether it was right."""
    if isinstance(item, Flashcard) and response.given:
        return Rating(int(response.given[0]))
    return Rating.GOOD if response.grade.right else Rating.AGAIN


def alone(seat: Seat) -> Item:
    """Return the item of a seat such that it can be asked by itself: a question of a case with its scenario."""
    if not seat.scenario:
        return seat.item
    return type(seat.item)(**{**dict(seat.item), "id": "", "stem": f"{seat.scenario}\n\n{seat.item.stem}"})


def _remember(cards: Cards, sitting: Sitting, seats: Sequence[Seat], at: datetime) -> list[Card]:
    known = {card.id: card for card in cards.cards(sitting.learner)}
    changed = []
    for seat in seats:
        for item, review in _outcomes(seat, at):
            own = [card for card in known.values() if _concerns(review.rating, item, card)]
            if not own and review.rating is Rating.AGAIN:
                own = [new_card(sitting.learner, sitting.course, item, review.at)]
                cards.add(own[0])
            for card in own:
                last = last_review(card)
                if last is None or last < review.at:
                    after = known[card.id] = reviewed(card, review.rating, review.at)
                    cards.review(after, replace(review, card_id=card.id))
                    changed.append(after)
    return changed


def _outcomes(seat: Seat, at: datetime) -> Iterator[tuple[Item, Review]]:
    """Yield what a seat asked, each with how well it was known; the pairs of a matching one by one."""
    if (response := seat.response) is None:
        return
    review = Review("", rating_of(seat.item, response), response.at.astimezone(at.tzinfo), response.seconds)
    if not isinstance(seat.item, Matching) or isinstance(response.given, str):
        yield alone(seat), review
        return
    for given, card in zip(response.given, _pairs(seat.item), strict=True):
        known = given >= 0 and seat.item.matches[given] == card.back
        yield card, replace(review, rating=Rating.GOOD if known else Rating.AGAIN)


def _pairs(item: Matching) -> Iterator[Flashcard]:
    """Yield a card of each pair of a matching; its facts are those of its pairs in their order if they are as many."""
    of_pairs = len(item.facts) == len(item.pairs)
    for at, pair in enumerate(item.pairs):
        yield Flashcard(
            stem=f"{item.stem}\n{pair.prompt} = ?",
            back=pair.match,
            rationale=pair.rationale or item.rationale,
            citations=(pair.citation,) if pair.citation else item.citations,
            facts=(item.facts[at] if of_pairs else fact_id(item.id, pair.prompt),),
            **{name: getattr(item, name) for name in _CARRIED},
        )


def _concerns(rating: Rating, item: Item, card: Card) -> bool:
    """Whether an answer says something of a card: a wrong one of the same facts, a right one of any it proves."""
    asked, held = set(item.facts), set(card.item.facts)
    return held == asked if rating is Rating.AGAIN else held <= asked
