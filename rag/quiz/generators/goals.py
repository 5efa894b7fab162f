"""What numbered steps lead to, as an instruction to put them in order, from their heading and the line before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.quiz.generators.topics import topic
from rag.quiz.language import (
    clause,
    is_infinitive,
    is_name,
    is_noun_phrase,
    is_verb,
    lower_first,
    stands_alone,
    upper_first,
)
from rag.quiz.material import Listing, Section
from rag.text.terms import stems

_STATED = re.compile(
    r"\b(?:(?:this|the following|the right) order|the order is|(?:these|the following|\w+) steps|in this way|as follows"
    r"|(?:this|the following) (?:procedure|process))\b",
    re.I,
)
_FOLLOWS = re.compile(
    r",? *(?:in|by|with|through)? *\b(?:(?:this|the following) (?:order|way|procedure|process)"
    r"|(?:these|the following|two|three|four|five|six|seven) steps|as follows)$",
    re.I,
)
_SCALE = re.compile(r"^The (\w+) run (from .+ to .+)$")
_ORDER_IS = re.compile(r"^((?:Inside|In|Within|During|For|With) [^,]+),? the order is$")
_ACRONYM = re.compile(r"^(\w*[A-Z]{2}\w*), [^,]+, [a-z]+s\b")
_WHAT_TO_DO = re.compile(r"^What to do ((?:on|when|if|after|before|with|about) .+)$", re.I)
_TO = re.compile(r"^(?:How to|To|Steps to|Steps for) (.+)$", re.I)
_USE_STEPS = re.compile(r",? (?:use|do|follow|complete|perform) (?:the|these|this)\b.*$", re.I)
_NUMBERING = re.compile(r"^(?:step|part) \d+\s*[:.–-]\s*|\s*\((?:console|api|cli|optional)[^)]*\)$", re.I)
_EXAMPLE = re.compile(r"\bexamples?\b", re.I)
_BARE_VERBS = frozenset("follow work have go proceed run consist".split())
_FLOW = re.compile(r"\b(?:workflow|pipeline|process|procedure|routine|cycle|loop)\b", re.I)


@dataclass(frozen=True, slots=True)
class Goal:
    """What steps lead to.

    Attributes:
        steps: which steps they are: "the steps to compile a model".
        purpose: how a sentence about them begins: "To compile a model".
        stated: whether the text says itself that the order counts.
        scale: from what to what they run, where they are choices on a scale; else "".
    """

    steps: str
    purpose: str
    stated: bool
    scale: str = ""

    @property
    def stem(self) -> str:
        """The instruction."""
        order = f"order, {self.scale}" if self.scale else "the right order"
        return f"{self.steps} in {order}."


def goal(section: Section, listing: Listing, names: frozenset[str]) -> Goal | None:
    """Return what the items of a list lead to, or None where neither heading nor lead says it.

    Args:
        section: where the list stands.
        listing: the steps.
        names: what `rag.quiz.language.names_in` found in the document.
    """
    lead = listing.lead.rstrip(": ")
    if _EXAMPLE.search(f"{lead} {section.title}"):
        return None
    stated = bool(_STATED.search(lead) or re.search(r"step by step", section.title, re.I))
    if scale := _SCALE.match(lead):
        about = topic(section, own=True)
        run = f"{scale[1]} of {about}"
        return Goal(f"Put the {run}", upper_first(run), True, scale[2]) if about else None
    for steps, purpose in (*_of_how_to(section, names), *_of_lead(lead, names), *_of_heading(section, stated, names)):
        wanting = _needs_topic(steps, names)
        about = topic(section, own=purpose.startswith("When")) if wanting else ""
        if wanting and not about and len(stems(steps)) < 3:
            return None
        put = f"For {about}, put {steps}" if about and not stems(about) <= stems(steps) else f"Put {steps}"
        return Goal(put, purpose, stated)
    return None


def _of_lead(lead: str, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    if acronym := _ACRONYM.match(lead):
        yield f"the steps of {acronym[1]}", f"In {acronym[1]}"
    elif inside := _ORDER_IS.match(lead):
        yield f"these steps {lower_first(inside[1], names)}", inside[1]
    elif (to := _TO.match(_USE_STEPS.sub("", lead))) and _plain_verb(to[1]) and stands_alone(to[1]):
        yield f"the steps to {to[1]}", f"To {to[1]}"
    elif _FOLLOWS.search(lead) and (found := clause(re.sub(r", [^,]+, (?=\w+s\b)", " ", lead), names)):
        said = _FOLLOWS.sub("", f"{found.verb} {found.rest}").strip()
        if (said == found.verb and found.lemma in _BARE_VERBS) or "this order" in lead:
            yield f"the steps of {found.subject}", f"In {found.subject}"
        elif stands_alone(f"{found.subject} {said}"):
            yield f"the steps by which {found.subject} {said}", f"When {found.subject} {said}"


def _of_how_to(section: Section, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    title = _title(section)
    if what := _WHAT_TO_DO.match(title):
        yield f"the steps to take {what[1]}", f"As for what to do {what[1]}"
    elif (to := _TO.match(title)) and _plain_verb(to[1]) and " " in to[1]:
        yield f"the steps to {to[1]}", f"To {to[1]}"
    elif title.startswith("How ") and (found := clause(title.removeprefix("How ") + " so", names)):
        said = f"{found.subject} {found.verb} {found.rest}".removesuffix(" so")
        yield f"the steps by which {said}", f"When {said}"


def _of_heading(section: Section, stated: bool, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    title = re.sub(r"\s+step by step$", "", _title(section), flags=re.I)
    first, flows = title.split(" ", 1)[0], _FLOW.search(title) is not None
    if " " in title and first.endswith("ing") and is_verb(first) and not flows:
        yield f"the steps of {lower_first(title, names)}", f"In {lower_first(title, names)}"
    elif " " in title and _plain_verb(title):
        yield f"the steps to {lower_first(title)}", f"To {lower_first(title)}"
    elif (stated or flows) and is_noun_phrase(title) and not re.search(r"\b(?:and|or|worked)\b", title, re.I):
        yield f"the steps of {lower_first(title, names)}", f"In {lower_first(title, names)}"


def _title(section: Section) -> str:
    return _NUMBERING.sub("", section.title).strip()


def _plain_verb(phrase: str) -> bool:
    first = phrase.split(" ", 1)[0].lower().split("-")[-1]
    return is_infinitive(first)


def _needs_topic(steps: str, names: frozenset[str]) -> bool:
    """Whether a reader would ask: of what?"""
    said = steps.split(" ", 2)[-1]
    bare = re.search(r"\bthe \w+$", said) is not None
    return bare or (len(stems(said)) < 4 and not any(is_name(word, names) for word in said.split()))
