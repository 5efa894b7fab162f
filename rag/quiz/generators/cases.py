"""Case studies: a scenario with several needs, and for each the question what fits it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from rag.quiz.generators.choices import Choice, choices
from rag.quiz.generators.choosing import choice_item
from rag.quiz.generators.topics import in_sentence, subject
from rag.quiz.items import Bloom, CaseStudy, Difficulty, Item
from rag.quiz.language import listed, sentence, upper_first
from rag.quiz.making import Maker, numbered
from rag.quiz.material import Section
from rag.text.terms import stems

_FEWEST, _MOST = 2, 3  # questions
_POOL = 4  # choices that a section must set side by side
_WHO = (
    "a logistics company", "a regional bank", "a public library", "an online shop", "a group of hospitals",
    "a news publisher", "a travel agency", "a city council", "a university", "an insurance company",
    "a chain of bakeries", "an energy supplier",
)  # fmt: skip
_OPENINGS = (
    "{Who} is collecting ideas on {subject}.",
    "{Who} has asked for advice on {subject}.",
    "{Who} is reworking its plans for {subject}.",
    "At {who}, the first talk on {subject} has just ended.",
)
_NOTES = (
    "The list of requirements reads: {needs}. For each of them the team has to name the choice that fits best.",
    "So far, {count} points have come up: {needs}. The team wants the right choice for each of them.",
    "The notes of the last meeting name {count} needs: {needs}. The work goes on when there is a choice for each.",
    "The reviewers have written down: {needs}. The team now has to say what it would choose for each point.",
)
_ASKED = (
    "Which choice fits “{need}”?",
    "What should the team choose for “{need}”?",
    "The next point is “{need}”. Which choice is right for it?",
)
_COUNTS = {2: "two", 3: "three"}


class Cases:
    """Weaves what fits which need into a scenario, from one section or two of a document."""

    name = "cases"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield a case study for every two sections that set choices side by side."""
        known = choices(maker.sections)
        pools = _pools(known)
        for at in range(0, len(pools), 2):
            made = (_case(maker, known, pools[at : at + 2], most) for most in (_MOST, _FEWEST))
            yield from islice(filter(None, made), 1)


def _pools(known: Sequence[Choice]) -> list[list[Choice]]:
    """Return the choices of each section that exclude one another, where there are enough."""
    pools: dict[Section, list[Choice]] = {}
    for one in known:
        pool = pools.setdefault(one.section, [])
        apart = all(one.leaves_out(other) and other.leaves_out(one) for other in pool)
        if apart and one.is_telling and not one.is_contrast:
            pool.append(one)
    return [pool for pool in pools.values() if len(pool) >= _POOL]


def _case(maker: Maker, known: Sequence[Choice], pools: Sequence[Sequence[Choice]], most: int) -> CaseStudy | None:
    needs = _needs(maker, pools, most)
    # The feedback on a wrong option says what it fits, so none may be the key of a question that is still to come.
    keys = {one.title.lower() for one in needs}
    wrong = [one for one in known if one.title.lower() not in keys and not one.is_contrast]
    asked = [choice_item(maker, one, wrong, _ASKED[at].format(need=one.wanted)) for at, one in enumerate(needs)]
    items = tuple(one for one in asked if one)
    if len(items) < max(_FEWEST, len(needs)) or not subject(needs[0].section, maker.text):
        return None
    return CaseStudy(
        stem=_scenario(needs, maker.text),
        items=items,
        rationale=" ".join(one.rationale for one in items),
        citations=numbered(cited for one in items for cited in one.citations),
        facts=tuple(one.fact for one in needs),
        difficulty=Difficulty.HARD,
        bloom=Bloom.APPLY,
        generator=Cases.name,
    )


def _needs(maker: Maker, pools: Sequence[Sequence[Choice]], most: int) -> list[Choice]:
    """Choose needs, as evenly from the pools as can be, that nobody takes for one another."""
    turns = [maker.chooser.sample(pool, k=len(pool)) for pool in pools]
    chosen: list[Choice] = []
    for at in range(max(map(len, turns))):
        for turn in turns:
            fits = at < len(turn) and len(chosen) < most
            if fits and all(turn[at].leaves_out(one) and one.leaves_out(turn[at]) for one in chosen):
                chosen.append(turn[at])
    return chosen


def _scenario(needs: Sequence[Choice], context: str) -> str:
    """Return who wants what: tasks and sentences told as such, other needs as notes."""
    turn = int(needs[0].fact, 16)  # the same case reads the same whatever else is made; cases differ from one another
    who, opening, notes = (some[turn // by % len(some)] for some, by in ((_WHO, 1), (_OPENINGS, 12), (_NOTES, 48)))
    about = subject(needs[0].section, context)
    if any(stems(one.title) & stems(about) for one in needs):
        about = "a new project"  # the subject would name the key
    begin = opening.format(who=who, Who=upper_first(who), subject=about)
    if all(one.is_clause for one in needs):
        return " ".join([begin, *(sentence(one.need) for one in needs)])
    if all(one.is_task for one in needs):
        return f"{begin} The team wants {listed([f'to {in_sentence(one.need, one.section.text)}' for one in needs])}."
    points = listed([f"“{one.wanted}”" for one in needs])
    return f"{begin} {notes.format(needs=points, count=_COUNTS[len(needs)])}"
