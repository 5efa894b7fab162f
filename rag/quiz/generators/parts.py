"""What a sentence says that things are made of or include: "The axial skeleton consists of the skull, ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.quiz.generators.said import is_worked, without_furniture
from rag.quiz.generators.siblings import nearest
from rag.quiz.items import Bloom, Difficulty, Item, MultipleResponse, Option, fact_id
from rag.quiz.language import (
    PREPOSITIONS,
    is_noun_phrase,
    is_plural,
    lower_first,
    upper_first,
    without_article,
    without_brackets,
)
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.text.statements import Statement
from rag.text.terms import stems

NAME = "parts"
_MADE_OF = re.compile(
    r"(?P<whole>(?:The |An? )?[A-Za-z][\w -]+?) (?P<verb>consists? of|comprises?|(?:is|are) (?:composed|made up) of"
    r"|includes?|contains?) (?P<list>[^.;:()]+?)\.?"
)
_KINDS = re.compile(
    r"(?:The|There are) (?:two|three|four|five|six) (?:main |major |basic |common )?(?P<whole>(?:types|kinds|forms"
    r"|parts|stages|phases|levels|branches|categories|groups|classes) of [a-z][\w -]+?)"
    r"(?: are|:) (?P<list>[^.;:()]+?)\.?"
)
_BETWEEN = re.compile(r", (?:and |or )?| and | or ")
_VAGUE = re.compile(
    r"\b(?:which|that|who|this|these|its|their|such|other|others|many|several|various|both|each|some|all|any|more|plus"
    r"|following|example|examples|well|etc|it|they|we|our|you|your|not)\b",
    re.I,
)
_RIGHT, _WRONG = 2, 3
_LONGEST = 250  # characters of a sentence


@dataclass(frozen=True, slots=True)
class _Whole:
    """Something with what belongs to it.

    Attributes:
        name: as it reads within a sentence: "the axial skeleton", "types of joints".
        ask: the question which two of some things belong to it.
        told: the sentence that says it.
        members: without articles.
    """

    name: str
    ask: str
    told: str
    members: tuple[str, ...]
    section: Section
    statement: Statement


class Parts:
    """Asks which two of five things belong to a whole, among parts of other wholes that the text speaks of."""

    name = NAME

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield an item for each whole of which a sentence names three members or more."""
        told = [(section, one) for section in maker.sections if not is_worked(section) for one in section.sentences]
        wholes = [found for section, one in told if (found := _whole(section, one))]
        for one in wholes:
            yield from _response(maker, one, [other for other in wholes if _is_apart(one, other)])


def _whole(section: Section, one: Statement) -> _Whole | None:
    text = without_furniture(without_brackets(one.text))
    found = _KINDS.fullmatch(text) or _MADE_OF.fullmatch(text)
    if found is None or _VAGUE.search(text) or len(one.text) > _LONGEST:
        return None
    name = lower_first(found["whole"])
    members = tuple(without_article(part.strip()) for part in _BETWEEN.split(found["list"]) if part.strip())
    plain = all(is_noun_phrase(part) and len(part.split()) <= 4 for part in members)
    if len(members) <= _RIGHT or not plain or not is_noun_phrase(name) or not _is_of_its_own(name):
        return None
    belongs = "belong to" if is_plural(name) or "include" in found[0] else "are parts of"
    verb = belongs if "verb" in found.groupdict() else "are"
    return _Whole(name, f"Which TWO of these {verb} {name}?", f"{text.rstrip('.')}.", members, section, one)


def _is_of_its_own(whole: str) -> bool:
    """Whether a whole is known by its words alone: "the axial skeleton", not "the wall"."""
    return len(without_article(whole).split()) > 1 and not set(whole.split()) & PREPOSITIONS - {"of"}


def _is_apart(one: _Whole, other: _Whole) -> bool:
    """Whether two wholes are different things and have nothing in common."""
    mine, theirs = stems(one.name), stems(other.name)
    shared = set(map(str.lower, one.members)) & set(map(str.lower, other.members))
    return not shared and not (mine <= theirs or theirs <= mine)


def _response(maker: Maker, one: _Whole, others: Sequence[_Whole]) -> Iterator[MultipleResponse]:
    asked = stems(one.name)  # a member that has a word of the whole in it would give itself away
    fair = [member for member in one.members if not stems(member) & asked]
    pool = [
        (member, other)
        for other in others
        for member in other.members
        if not stems(member) & asked and not _are_named_together(maker, one.name, member)
    ]
    right = [fair[at] for at in sorted(maker.chooser.sample(range(len(fair)), k=min(_RIGHT, len(fair))))]
    wrong = nearest(maker, right[0], pool, lambda found: found[0], _WRONG) if right else []
    citations = maker.cite(one.section, one.statement)
    if len(right) < _RIGHT or len(wrong) < _WRONG or not citations:
        return
    yield MultipleResponse(
        stem=one.ask,
        options=(
            *(_option(maker, one, member, True) for member in right),
            *(_option(maker, other, member, False) for member, other in wrong),
        ),
        rationale=one.told,
        citations=citations,
        facts=tuple(fact_id(one.section.document.id, one.name, member) for member in right),
        difficulty=Difficulty.MEDIUM,
        bloom=Bloom.UNDERSTAND,
        generator=NAME,
    )


def _are_named_together(maker: Maker, name: str, member: str) -> bool:
    """Whether a statement names a whole and something together, so that it may belong to it too."""
    wanted = stems(name) | stems(member)
    return any(wanted <= stems(found.in_context) for section in maker.sections for found in section.statements)


def _option(maker: Maker, of: _Whole, member: str, right: bool) -> Option:
    cited = maker.cite_one(of.section, of.statement)
    return Option(text=upper_first(member), right=right, rationale=of.told, citation=cited)
