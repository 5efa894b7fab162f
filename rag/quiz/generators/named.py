"""List items that name a thing and say something of it: "The driver plans the work", "Label shift: the classes change".

Where a list has several of them, each is a true fact about one of several sibling things; that makes good distractors.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from rag.quiz.generators.item_verbs import ADVERBS, verb_at
from rag.quiz.generators.steps import is_instruction, without_reasons
from rag.quiz.generators.topics import in_sentence
from rag.quiz.language import (
    DETERMINERS,
    agreed,
    base,
    is_noun_phrase,
    is_plural,
    upper_first,
    with_article,
    without_article,
)
from rag.quiz.material import Listing, Section
from rag.text.sentences import first_sentence
from rag.text.statements import Statement
from rag.text.terms import stems

_WORD = re.compile(r"[^\s,;:]+|[,;:]")
_APPOSITION = re.compile(r"^([^,:;]+), [^,:;]+,(?= [a-z])")
_LABEL = re.compile(r"^(?P<name>[^:–—]{2,50}?)(?: \([^)]*\))?(?::| [–—]) (?P<says>.+)$")
_NUMBERS = re.compile(r"[×=≈]|\d+ / \d+")
_POINTS = re.compile(r"\b(?:this|these|those|they|them|such|others?|former|latter|in the same way)\b", re.I)
_EXAMPLE = re.compile(r"\bexample\b", re.I)
_GIVEN = re.compile(r"\b(?:are|is|have been) (?:given|cleaned)\b|^(?:take|given|suppose|let|for a)\b", re.I)
_WANTS = frozenset("mean need require call point get favour favor belong".split())  # see `choices`
_ROOT = 5  # letters by which forms of a word are known
_LONGEST = 18  # words of what is said


@dataclass(frozen=True, slots=True)
class Named:
    """A thing with what a list says of it.

    Attributes:
        name: as it reads within a sentence ("the driver", "ResolveChoice").
        verb: the finite verb; "" where the name is followed by a colon.
        says: what follows the verb, or the colon; its main clause.
        plural: whether the name stands for many.
        statement: the item.
    """

    name: str
    verb: str
    says: str
    plural: bool
    statement: Statement

    @property
    def kind(self) -> str:
        """Which of them can stand beside one another: what something is, what it does, or a label's text."""
        return "is" if self.verb in ("is", "are") else "does" if self.verb else "label"

    @property
    def title(self) -> str:
        """The name alone: "Driver"."""
        bare = without_article(self.name)
        return bare if self.statement.text[:1].islower() else upper_first(bare)

    @property
    def is_label(self) -> bool:
        """Whether the name is a word that only the list makes one: "canary", "memory", "all at once"."""
        if not self.name.islower() or self.plural or self.name.endswith("ing"):
            return False
        return " " not in self.name or with_article(self.name) != self.name or not is_noun_phrase(self.name)

    def said(self, plural: bool = False) -> str:
        """What is said, as it would be of one thing or of many: "Plans the work"."""
        return upper_first(f"{agreed(self.verb, plural)} {self.says}" if self.kind == "does" else self.says)

    @property
    def text(self) -> str:
        """The fact in a sentence, as the text says it."""
        return first_sentence(self.statement.text) + "."

    def is_apart_from(self, other: Named) -> bool:
        """Whether what is said of one thing is surely not said of the other."""
        mine, theirs = stems(f"{self.verb} {self.says}"), stems(f"{other.verb} {other.says}")
        return len(mine & theirs) < 0.7 * min(len(mine), len(theirs))


def named_items(section: Section, listing: Listing) -> list[Named]:
    """Return what a list says of the things that it names; those of the commonest kind.

    Names that what is said gives away are left out, and of things of which nearly the same is said the later one.
    """
    if listing.numbered or _EXAMPLE.search(section.title) or _GIVEN.search(listing.lead):
        return []
    items = [item for item in listing.items if item.former < 0 and not item.children]
    sure = {found.verb for item in items if (found := _named(item, section.text, frozenset()))}
    named = [one for item in items if (one := _named(item, section.text, sure))]
    kinds = [one.kind for one in named]
    return _apart([one for one in named if one.kind == max(kinds, key=kinds.count)])


def _named(item: Statement, context: str, sure: Collection[str]) -> Named | None:
    text = first_sentence(item.text)
    label = _LABEL.match(text)
    made = _labelled(label, item, context) if label else _clause(text, item, context, sure)
    if made is None or _NUMBERS.search(made.says) or _POINTS.search(f"{made.name} {made.says}"):
        return None
    return made if 1 < len(made.said().split()) <= _LONGEST else None


def _labelled(label: re.Match[str], item: Statement, context: str) -> Named | None:
    name, says = label["name"], label["says"].split("; ")[0]
    if len(name.split()) > 5 or " or " in name or re.search(r"\d", name) or is_instruction(f"{name} x"):
        return None
    return Named(in_sentence(name, context), "", says, is_plural(name), item)


def _clause(text: str, item: Statement, context: str, sure: Collection[str]) -> Named | None:
    """Part an item at its verb; None where it is not sure which word that is. `sure` are verbs of other items."""
    words = [(one.start(), one.end(), one.group()) for one in _WORD.finditer(text)]
    at = verb_at([word for _, _, word in words[:10]], sure)
    if at is None:
        plain = _APPOSITION.sub(r"\1", text)
        return _clause(plain, item, context, sure) if plain != text else None
    start, end, verb = words[at]
    name = re.sub(rf"(?: \([^)]*\)| (?:{'|'.join(ADVERBS)}))+$", "", text[:start].strip())
    says = without_reasons(text[end:].strip())
    if (is_instruction(text) and not name.isupper()) or " or " in name or base(verb) in _WANTS:
        return None
    if verb in ("is", "are") and not _describes(says):
        return None
    return Named(in_sentence(name, context), verb, says, verb == base(verb) or verb == "are", item)


def _describes(says: str) -> bool:
    return says.split(" ", 1)[0].lower() in DETERMINERS | {"what"} or is_noun_phrase(says.split(" that ")[0])


def _apart(found: list[Named]) -> list[Named]:
    common = frozenset.intersection(*(stems(one.name) for one in found)) if found else frozenset()
    kept: list[Named] = []
    for one in found:
        apart = all(one.is_apart_from(other) and other.name != one.name for other in kept)
        if apart and not _tells(stems(one.name) - common, stems(f"{one.verb} {one.says}")):
            kept.append(one)
    return kept


def _tells(name: frozenset[str], says: frozenset[str]) -> bool:
    """Whether what is said has a word of the name, in another form perhaps: "the slicer slices"."""
    return bool({one[:_ROOT] for one in name} & {one[:_ROOT] for one in says})
