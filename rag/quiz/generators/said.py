"""What a document says of its terms: sentences that stand alone, parted at their verb."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.quiz.generators.claims import Kind, is_tidy, kind_of, main_clause, one_verb
from rag.quiz.generators.definites import definite_terms, without_the
from rag.quiz.generators.subjects import is_case, is_term, place_of, speaks_for_itself
from rag.quiz.items import fact_id
from rag.quiz.language import (
    Clause,
    clause,
    is_name,
    is_noun_phrase,
    lower_first,
    names_in,
    sentence,
    stands_alone,
    without_article,
)
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.text.statements import Statement
from rag.types import content_id

_WORKED = re.compile(r"\b(?:examples?|exercises?|practice|problems?|solutions?|homework|try it|quiz|exam)\b", re.I)
_CALLED = re.compile(
    r"(?P<what>An? [^,;:]{15,150}?) is (?:called|known as|termed|referred to as)"
    r" (?P<name>(?:an?|the) [\w-]+(?: [\w-]+){0,2})(?: \([^)]*\))?"
)
_RUN_IN = re.compile(r"^(?:(?:[A-Z][\w’'-]*|of|and|the|in) )+?(?=The [a-z])|^([A-Z]\w+) (?=\1 )")
_LONGEST = 400  # characters of a sentence; longer ones are run together
# Reckoning, references and dates, which hold for a case, another page or a day.
_ELSEWHERE = re.compile(r"[=×≈√²³∑·→←]|\b\d+ [+/*−-] \d|https?://|\[\d|©|“[^”]*$|\bas of\b", re.I)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a sentence says of a term.

    Attributes:
        subject: the term as it reads within a sentence: "a lag feature".
        verb: the finite verb alone.
        rest: what follows it, as far as the main clause goes.
        kind: what sort of thing is said.
        is_term: whether the subject is something that can be asked for.
        is_tidy: whether what is said is one thing, and compares with nothing.
        is_telling: whether the term can be known by what is said.
        place: what the term belongs to, where it does not stand alone: "Kinesis Data Streams" of "a producer".
        full: the whole sentence.
    """

    section: Section
    statement: Statement
    subject: str
    verb: str
    rest: str
    plural: bool
    kind: Kind
    is_term: bool
    is_tidy: bool
    is_telling: bool
    place: str
    full: str

    @property
    def term(self) -> str:
        """The term without its article."""
        return without_article(self.subject)

    @property
    def claim(self) -> str:
        """What is said of it: "turns a log pattern into a metric"."""
        return f"{self.verb} {self.rest}"

    @property
    def main(self) -> str:
        """The main clause as a sentence."""
        return sentence(f"{self.subject} {self.claim}")

    @property
    def named(self) -> bool:
        """Whether the term is a name."""
        return any(word[:1].isupper() or is_name(word) for word in self.term.split())

    def placed(self, text: str) -> str:
        """Return a statement with what it is about before it: "In Kinesis Data Streams, a shard holds records"."""
        return f"In {self.place}, {text}" if self.place else text

    @property
    def fact(self) -> str:
        """The id of what is said."""
        return fact_id(self.section.document.id, self.term, self.claim)


def said(maker: Maker) -> list[Said]:
    """Return what the sentences of a document say of its terms, in order."""
    names, definite = document_names(maker), definite_terms(maker.sections)
    return [one for section in maker.sections if not is_worked(section) for one in _of(section, names, definite)]


def claims_of(found: Sequence[Said]) -> Counter[str]:
    """Return how many things that tell it are said of each term, by the term in lower case."""
    return Counter(one.term.lower() for one in found if one.is_telling)


def document_names(maker: Maker) -> frozenset[str]:
    """Return what a document writes with a capital within sentences."""
    plain = [one.text for section in maker.sections for one in section.sentences]
    headings = {heading for section in maker.sections for heading in section.path}
    titled = [heading for heading in headings if re.match(r"[A-Z]\w*(?: [A-Z]\w*)+$", heading)]
    if len(titled) * 2 > len(headings):
        titled = []  # all headings have capitals
    return names_in("\n".join((*plain, *(f"in {heading}" for heading in titled))))


def is_worked(section: Section) -> bool:
    """Whether a section reckons a case through or asks questions itself, so that what it says holds there only."""
    return any(_WORKED.search(heading) for heading in section.path)


def _plain_sentences(section: Section, definite: frozenset[str]) -> Iterator[tuple[Statement, str]]:
    """Yield the sentences of a section that can be read without those around them, with what each says."""
    for one in section.sentences:
        text = without_furniture(one.text)
        loose = one.parent < 0 and not one.children and len(text) <= _LONGEST
        if loose and stands_alone(without_the(text, definite)) and not _ELSEWHERE.search(text):
            yield one, text


def without_furniture(text: str) -> str:
    """Return a sentence without what is left of a reference to a figure, and a heading that ran into it.

    >>> without_furniture("The Ulna The ulna is a long bone ().")
    'The ulna is a long bone.'
    """
    return _RUN_IN.sub("", text.replace(" ()", ""))


def _of(section: Section, names: frozenset[str], definite: frozenset[str]) -> Iterator[Said]:
    for one, text in _plain_sentences(section, definite):
        found = clause(text, names) or _called(text)
        found = replace(found, rest=main_clause(found.rest)) if found else None
        if found is None or not found.rest or found.negated:
            continue
        found = _named(found)
        term, kind = is_term(found.subject) or found.subject.removeprefix("the ") in definite, kind_of(found)
        if kind == "is":
            found = replace(found, rest=one_verb(found.rest))
        place = "" if speaks_for_itself(found.subject) else place_of(section, names, found.subject)
        tidy = is_tidy(found, kind)
        yield Said(
            section=section,
            statement=one,
            subject=found.subject,
            verb=found.verb,
            rest=found.rest,
            plural=found.plural,
            kind=kind,
            is_term=term,
            is_tidy=tidy,
            is_telling=term and tidy and _is_telling(found.subject, kind, place),
            place=place,
            full=sentence(text),
        )


def _named(found: Clause) -> Clause:
    """Return "a result of an experiment is called an outcome" as "an outcome is a result of an experiment"."""
    name = re.fullmatch(
        r"(?:called|known as|termed|named|referred to as) ((?:an? |the )?[\w’' -]+?)(?: \([^)]*\))?", found.rest
    )
    if name is None or found.verb not in ("is", "are") or not re.match(r"(?:an?|the)\s", found.subject):
        return found
    return replace(found, subject=name[1], rest=found.subject)


def _called(text: str) -> Clause | None:
    """Return "a joint that turns is called a pivot" as "a pivot is a joint that turns"."""
    found = _CALLED.fullmatch(text.rstrip("."))
    if found is None or not is_noun_phrase(re.split(r" (?:that|which|in|for) ", found["what"])[0]):
        return None
    return Clause(lower_first(found["name"]), "is", lower_first(found["what"]), plural=False)


def _is_telling(subject: str, kind: Kind, place: str) -> bool:
    """Whether a term can be known by what is said of it."""
    if kind != "does":
        return kind in ("is", "means")
    return bool(place or speaks_for_itself(subject)) and not is_case(subject)


def turn(fact: str, ways: int) -> int:
    """Return which of several ways a fact is asked in, so that it is not asked in all of them."""
    return int(content_id(fact)[:8], 16) % ways
