"""Items from numbered steps: put them in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.quiz.generators.goals import Goal, goal
from rag.quiz.generators.siblings import nested
from rag.quiz.generators.steps import LEAST, MOST, in_order, on_screen, shown, without_branches
from rag.quiz.items import Bloom, Difficulty, Item, Ordering, fact_id
from rag.quiz.language import names_in
from rag.quiz.making import Maker
from rag.quiz.material import Listing, Section

_HARDER = {3: Difficulty.EASY, 4: Difficulty.MEDIUM, 5: Difficulty.HARD}


class Procedures:
    """Asks for the order of steps, where the text or the steps themselves leave no other."""

    name = "procedures"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield one item for each procedure of the document."""
        names = names_in("\n".join(section.text for section in maker.sections))
        for section in maker.sections:
            for listing in section.lists:
                found = goal(section, listing, names)
                if found and (listing.numbered or found.scale):
                    yield from _ordering(maker, section, listing, found)


def _ordering(maker: Maker, section: Section, listing: Listing, to: Goal) -> Iterator[Ordering]:
    named = [step for step in without_branches(listing.items) if shown(step)]
    steps = named[:MOST] if to.stated else in_order(named)
    texts = [shown(step) for step in steps]
    citations = maker.cite(section, *steps)
    again = any(nested(one, other) for one, other in combinations(texts, 2))
    if len(steps) < LEAST or on_screen([step.text for step in listing.items]) or again or not citations:
        return
    yield Ordering(
        stem=to.stem,
        steps=tuple(texts),
        rationale=_in_words(to, texts),
        citations=citations,
        facts=(fact_id(section.document.id, to.steps, "order"),),
        difficulty=_HARDER[len(steps)],
        bloom=Bloom.UNDERSTAND,
        generator=Procedures.name,
    )


def _in_words(to: Goal, texts: Sequence[str]) -> str:
    """Return the order in a sentence: "To clean a lens: (1) Blow the dust away; (2) Wet a cloth."."""
    return f"{to.purpose}: {'; '.join(f'({at}) {text}' for at, text in enumerate(texts, 1))}."
