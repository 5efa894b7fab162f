"""Items from lists that name things and say something of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.quiz.generators.categories import category, owner
from rag.quiz.generators.named import Named, named_items
from rag.quiz.generators.siblings import Fact, choice_of, matching_of, nearest
from rag.quiz.generators.subjects import opened
from rag.quiz.generators.topics import in_sentence, subject, topic
from rag.quiz.items import Bloom, Difficulty, Flashcard, Item, Matching, MultipleChoice, fact_id
from rag.quiz.language import agreed, base
from rag.quiz.making import Maker
from rag.quiz.material import Listing, Section
from rag.text.terms import stems

_STATES = frozenset("suit take have need consist come matter be contain include cost apply belong require last".split())
_UNIQUE = re.compile(r"\b(?:[A-Z]{2}|[A-Z]?[a-z]+[A-Z_]|[a-z]+_|[A-Z]\w+ [A-Z])")  # "UV", "CamelCase", "Red Giant"
_FEWEST_PAIRS, _MOST_PAIRS = 3, 5
_MOST_CHOICES = 3


@dataclass(frozen=True, slots=True)
class _Group:
    """Named things of one list: what they are ("gate"; "" where nothing says it), and what they belong to."""

    section: Section
    things: Sequence[Named]
    category: str
    about: str

    @property
    def has_states(self) -> bool:
        """Whether some of what is said is nothing that a thing does: "suits small jobs"."""
        return any(base(one.verb) in _STATES for one in self.things)

    def fact(self, one: Named) -> str:
        """Return the id of what is said of a thing."""
        return fact_id(self.section.document.id, one.title, one.kind)

    def question(self, one: Named) -> str:
        """Return what is asked of a thing: "What does the driver do?"."""
        name = f"“{one.title}”" if one.is_label else one.name
        if one.kind == "is":
            return f"What {one.verb} {name}?"
        if self.has_states:
            return f"Which of these is true of {name}?"
        return f"What {'do' if one.plural else 'does'} {name} do?"

    def claim(self, one: Named, of: Named) -> str:
        """Return what is said of a thing, as if it were said of another."""
        if one.kind == "does" and self.has_states:
            return f"{'They' if of.plural else 'It'} {agreed(one.verb, of.plural)} {one.says}"
        return one.said(of.plural)

    def scoped(self, question: str, named: str = "") -> str:
        """Return a question that stands alone: with what it is about, unless the name in it is one of a kind."""
        if (_UNIQUE.search(named) and not self.has_states) or stems(self.about) <= stems(question):
            return question
        return opened(question, self.about)


class Lists:
    """Asks what each thing of a list does or is, and which of them does something."""

    name = "lists"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield matching items, multiple choice and flashcards of each list that names three things or more."""
        for section in maker.sections:
            for listing in section.lists:
                things = named_items(section, listing)
                group = _group(maker, section, listing, things)
                if len(things) > 2 and group.about:
                    yield from filter(None, (_matching(maker, group), *_choices(maker, group)))
                    yield from _cards(maker, group)


def _group(maker: Maker, section: Section, listing: Listing, things: Sequence[Named]) -> _Group:
    what = category(listing.lead, [one.name for one in things], section.title)
    again = bool(stems(what) & stems(section.title))  # "in parts of a series, which part ..."
    about = in_sentence(owner(listing.lead), section.text) or topic(section, own=not again)
    about = about or subject(section, maker.text)
    return _Group(section, things, what, about)


def _matching(maker: Maker, group: _Group) -> Matching | None:
    things = [one for one in group.things if not (one.plural and " and " in one.says)][:_MOST_PAIRS]
    kind = group.things[0].kind
    if len(things) < _FEWEST_PAIRS or not (group.category or kind != "label"):
        return None
    what = f"each {group.category}" if group.category else "each term"
    asked = "what it does" if kind == "does" and not group.has_states else "its description"
    return matching_of(
        maker,
        [(one.title, Fact(one.said(), one.text, group.section, one.statement)) for one in things],
        stem=group.scoped(f"Match {what} with {asked}."),
        facts=tuple(group.fact(one) for one in things),
        difficulty=Difficulty.EASY if len(things) == 3 else Difficulty.MEDIUM,
        bloom=Bloom.UNDERSTAND,
        generator=Lists.name,
    )


def _choices(maker: Maker, group: _Group) -> Iterator[MultipleChoice | None]:
    """Yield questions about some of the things, in turn what one does and which one does it."""
    order = [one for one in group.things if one.kind != "label"]
    maker.chooser.shuffle(order)
    for at, key in enumerate(order[:_MOST_CHOICES]):
        if at % 2:
            what = f"Which {group.category}" if group.category and not key.plural else "Which of these"
            stem = group.scoped(f"{what} {key.verb} {key.says}?")
            options = {one: one.title for one in group.things if one.plural == key.plural}
        else:
            stem = group.scoped(group.question(key), key.name)
            options = {
                one: group.claim(one, key)
                for one in group.things
                if one.plural == key.plural or " and " not in one.says
            }
        yield _multiple_choice(maker, group, key, stem, options)


def _multiple_choice(
    maker: Maker, group: _Group, key: Named, stem: str, options: Mapping[Named, str]
) -> MultipleChoice | None:
    others = [one for one in options if one is not key]
    wrong = nearest(maker, options[key], others, options.__getitem__, MultipleChoice.SIZE - 1)
    shown = [Fact(options[one], one.text, group.section, one.statement) for one in (key, *wrong)]
    return choice_of(maker, shown, stem=stem, facts=(group.fact(key),), generator=Lists.name)


def _cards(maker: Maker, group: _Group) -> Iterator[Flashcard]:
    for one in group.things:
        citations = maker.cite(group.section, one.statement)
        if citations and one.kind != "label" and not group.has_states:
            yield Flashcard(
                stem=group.scoped(group.question(one), one.name),
                back=f"{one.said(one.plural)}.",
                rationale=one.text,
                citations=citations,
                facts=(group.fact(one),),
                difficulty=Difficulty.EASY,
                generator=Lists.name,
            )
