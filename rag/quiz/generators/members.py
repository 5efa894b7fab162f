"""Items from lists that say which things are of a kind: "Remedies for vanishing gradients are the following"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.quiz.generators.siblings import nearest
from rag.quiz.generators.topics import in_sentence
from rag.quiz.items import Bloom, Item, MultipleResponse, Option, fact_id
from rag.quiz.language import head, is_name, is_noun_phrase, is_plural_word, upper_first
from rag.quiz.making import Maker
from rag.quiz.material import Listing, Section
from rag.text.statements import Statement
from rag.text.terms import stem, stems

_STATED = re.compile(r"^(?P<kind>.+?) (?:are|include)(?: the following| these)?$", re.I)
# Nouns for kinds of things; a line such as "Video streams" may as well be the name of what its list describes.
_KINDS = frozenset(
    """
    types kinds forms tools libraries functions errors metrics measures methods techniques algorithms services formats
    languages remedies cures causes symptoms signs risks effects parts stages phases roles sources destinations
    transformations transforms policies solutions stores elements organs tissues theories models laws principles
    """.split()
)
_FEATURE = re.compile(
    r"(?:, (?:which|whose|where|as in|such as|for|with|beside|including)\b|:| – | — ).*$|\s*\([^)]*\)"
)
_VAGUE = re.compile(r"\b(?:these|this|its|their|following|key|good|other|more|use cases?|using)\b|[()<>/+]", re.I)
_RIGHT, _WRONG = 2, 3


@dataclass(frozen=True, slots=True)
class _Members:
    """Things of one kind, each with the item of the list that names it."""

    kind: str
    section: Section
    named: tuple[tuple[str, Statement], ...]

    @property
    def noun(self) -> str:
        return stem(head(self.kind).lower())


class Members:
    """Asks which of several things are of a kind, among things of other kinds that the document lists."""

    name = "members"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield one item for each list whose lead says what its items are."""
        known = [found for section in maker.sections for one in section.lists if (found := _members(section, one))]
        for one in known:
            yield from _response(maker, one, [other for other in known if _is_apart(one, other)])


def _members(section: Section, listing: Listing) -> _Members | None:
    stated = _STATED.match(listing.lead.rstrip(": "))
    kind = in_sentence(stated["kind"] if stated else listing.lead.rstrip(": "), section.text)
    noun = head(kind)
    if listing.numbered or " " not in kind or _VAGUE.search(kind) or not is_noun_phrase(kind):
        return None
    items = [item for item in listing.items if item.former < 0]
    named = tuple((name, item) for item in items if (name := _name(item.text)))
    if not is_plural_word(noun) or not (stated or noun in _KINDS) or len(named) < max(_RIGHT, len(items) - 1):
        return None
    return _Members(kind, section, named)


def _name(text: str) -> str:
    """Return what an item names; "" for what is no name or noun phrase, or one word that could be anything."""
    name = _FEATURE.sub("", text.rstrip("."))
    telling = (" " in name or is_name(name) or name[:1].islower()) and not _VAGUE.search(name)
    return upper_first(name) if telling and is_noun_phrase(name) and len(name.split()) <= 6 else ""


def _is_apart(one: _Members, other: _Members) -> bool:
    """Whether two lists hold things of different kinds, and nothing of both."""
    shared = {name.lower() for name, _ in one.named} & {name.lower() for name, _ in other.named}
    return one.noun != other.noun and not shared


def _response(maker: Maker, one: _Members, others: Sequence[_Members]) -> Iterator[MultipleResponse]:
    told = stems(one.kind)  # a name that has a word of the kind in it would give itself away
    fair = [(name, item) for name, item in one.named if not stems(name) & told]
    pool = [(name, item, other) for other in others for name, item in other.named if not stems(name) & told]
    right = [fair[at] for at in sorted(maker.chooser.sample(range(len(fair)), k=min(_RIGHT, len(fair))))]
    wrong = nearest(maker, one.kind, pool, lambda found: found[0], _WRONG)
    options = [_option(maker, one, name, item, True) for name, item in right]
    options += [_option(maker, other, name, item, False) for name, item, other in wrong]
    citations = maker.cite(one.section, *(item for _, item in right))
    if len(options) < _RIGHT + _WRONG or len(citations) < _RIGHT:
        return
    yield MultipleResponse(
        stem=f"Which TWO of these are {one.kind}?",
        options=tuple(options),
        rationale=f"{upper_first(one.kind)} include {right[0][0]} and {right[1][0]}.",
        citations=citations,
        facts=tuple(fact_id(one.section.document.id, one.kind, name) for name, _ in right),
        bloom=Bloom.UNDERSTAND,
        generator=Members.name,
    )


def _option(maker: Maker, of: _Members, name: str, item: Statement, right: bool) -> Option:
    rationale = f"“{name}” is one of the {of.kind}." if right else f"“{name}” is listed under {of.kind}."
    return Option(text=name, right=right, rationale=rationale, citation=maker.cite_one(of.section, item))
