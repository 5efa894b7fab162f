"""What notes and slides say of things: bullets under a name, and "NAME: text", "NAME - text", "NAME -> text"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from rag.quiz.generators.acronyms import spelt_out
from rag.quiz.generators.fragments import Form, cleaned, form_of
from rag.quiz.generators.owners import Owner, is_facet, is_named, label, owner_above, owner_in
from rag.quiz.generators.said import is_worked, said
from rag.quiz.generators.subjects import speaks_for_itself
from rag.quiz.generators.topics import in_sentence
from rag.quiz.items import fact_id
from rag.quiz.language import (
    MODALS,
    PREPOSITIONS,
    base,
    clause,
    is_known,
    is_name,
    is_plural,
    is_verb,
    upper_first,
    with_article,
    without_article,
)
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.text.statements import Statement
from rag.text.terms import american, stems, words

_TELLING = 4  # words of a line with others under it that says something of what is above it
_LINKING = PREPOSITIONS | {"to", "that", "which", "used", "using", "based", "like", "such"}
_STATES = frozenset("be have need require cost include contain support run depend".split())
_HOW = re.compile(
    r"(?:used|designed|made|composed|built|based|responsible|suited|suitable|named|attached|connected)\b", re.I
)
_SMALL = frozenset(("a", "an", "and", "of", "or", "the"))
_NO_DEFINITION = re.compile(r"(?:ability|way|need|\w+ing)\b", re.I)


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """Something that notes say of a thing.

    Attributes:
        name: the thing as the text writes it, without an article.
        owner: the same as it reads within a sentence.
        says: what is said, in words that go on after the name or describe it.
        form: how it goes on.
        facet: what of the thing it is: "use case", "advantage"; "" where nothing says it.
        is_label: whether it stands on one line with the name.
        claim: of a sentence, what it says with its verb; "" for a fragment.
        under: the item above it that has the name; None where the line itself has it, or the heading.
    """

    name: str
    owner: str
    says: str
    form: Form
    facet: str
    is_label: bool
    section: Section
    statement: Statement
    under: Statement | None = None
    claim: str = ""

    @property
    def title(self) -> str:
        """The thing as an option."""
        return upper_first(self.name)

    @property
    def within(self) -> str:
        """What is said, as it reads within a sentence."""
        if self.form == "noun":
            return in_sentence(self.says, self.section.text)
        return self.says[:1].lower() + self.says[1:]

    @property
    def definition(self) -> str:
        """What is said with its article, where it says what the thing is: "a store for records"; else ""."""
        if self.form != "noun" or not self.is_label or self.is_plural or _NO_DEFINITION.match(self.says):
            return ""
        told = self.within
        if re.match(r"(?:an?|the) ", told, re.I):
            return told[:1].lower() + told[1:] if set(told.split()[1:]) & _LINKING and not _ends_in_verb(told) else ""
        return with_article(told) if "," not in told and len(told.split()) > 2 and with_article(told) != told else ""

    @property
    def is_state(self) -> bool:
        """Whether it says how a thing is, rather than what it does: "needs an instance"."""
        return base(self.says.split()[0].lower()) in _STATES

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What the note rests on."""
        return (self.under, self.statement) if self.under else (self.statement,)

    @property
    def fact(self) -> str:
        """The id of what is said, the same as where other generators ask for it."""
        told = self.claim or ("label" if self.is_label else self.says)
        return fact_id(self.section.document.id, self.title, told)

    @property
    def is_plural(self) -> bool:
        """Whether the thing is many."""
        return is_plural(self.owner)

    @property
    def is_named(self) -> bool:
        """Whether the thing has a name of its own."""
        return is_named(self.name)

    @property
    def sentence(self) -> str:
        """What is said, as a sentence."""
        return self.said_of(self)

    def said_of(self, other: Note) -> str:
        """Return what is said, as a sentence about another thing."""
        thing = upper_first(other.owner)
        match self.form:
            case "does" | "can":
                return f"{thing} {self.within}."
            case "is":
                return f"{thing} {'are' if other.is_plural else 'is'} {self.within}."
            case "noun" if self.definition and not other.is_plural:
                return f"{thing} is {self.definition}."
            case _:
                return f"“{self.says}” is said of {other.owner}."


class Notes:
    """The notes of a document."""

    def __init__(self, maker: Maker) -> None:
        """Read the document."""
        self._maker = maker
        self._found: list[Note] = []
        seen = set()
        fragments = (one for section in maker.sections for one in _of(section))
        for note in chain(fragments, _of_sentences(maker)):
            key = (stems(note.name), stems(note.says))
            if key not in seen and self._is_spelt(note.says) and self._is_spelt(note.name):
                seen.add(key)
                self._found.append(note)

    def __iter__(self) -> Iterator[Note]:
        """Iterate over the notes, in order; each once."""
        return iter(self._found)

    def bare(self, name: str) -> frozenset[str]:
        """Return the words that tell a name: without those at its beginning that many names begin with."""
        found = name.split()
        while len(found) > 1 and self._openings[found[0].lower()] > 2:
            found = found[1:]
        return stems(" ".join(found)) or stems(name)

    def are_kin(self, one: Note, other: Note) -> bool:
        """Whether two notes may be about one thing, or one about a part of the other's."""
        mine, theirs = self.bare(one.name), self.bare(other.name)
        return (
            mine <= stems(other.name)
            or theirs <= stems(one.name)
            or mine <= stems(" ".join(other.statement.path))
            or theirs <= stems(" ".join(one.statement.path))
        )

    @cached_property
    def _openings(self) -> Counter[str]:
        return Counter(name.split()[0].lower() for name in {note.name for note in self._found})

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(word for section in self._maker.sections for word in words(section.text))

    def _is_spelt(self, says: str) -> bool:
        """Whether each plain word is one that lexicons have, or the document more than once: else it may be a slip."""
        plain = re.findall(r"(?<![\w-])[a-z]{4,}(?![\w-])", f"{says[:1].lower()}{says[1:]}")
        return all(is_known(american(word)) or self._counts[word] > 1 for word in plain)


def _of(section: Section) -> Iterator[Note]:
    if is_worked(section):
        return
    slide = all(one.form != "sentence" for one in section.statements)
    heading = owner_in(section.title) if slide else Owner()
    for one in section.statements:
        if one.form not in ("item", "sentence") or one.step or one.former >= 0:
            continue
        above = owner_above(one, section, heading) if one.form == "item" else Owner()
        if labelled := label(one.text):
            if is_named(labelled[0]) or not is_named(above.name):
                yield from _note(Owner(labelled[0]), labelled[1], True, section, one)
        elif above.name and not (one.children and one.text.rstrip().endswith(":")):
            yield from _note(above, one.text, False, section, one)


def _of_sentences(maker: Maker) -> Iterator[Note]:
    """Yield what sentences say of how a thing is, which no other generator asks for: "is made of dense tissue"."""
    for one in said(maker):
        if not one.is_term or one.is_telling or one.verb not in ("is", "are") or one.place:
            continue
        says = cleaned(one.rest)
        if says and form_of(says) == "is" and _HOW.match(says) and speaks_for_itself(one.subject):
            yield Note(one.term, one.subject, says, "is", "", False, one.section, one.statement, None, one.claim)


def _note(about: Owner, text: str, is_label: bool, section: Section, one: Statement) -> Iterator[Note]:
    says = cleaned(text)
    if not says or is_facet(says) or (one.children and len(says.split()) < _TELLING):
        return
    owner = with_article(_in_sentence(about.name, section.text))
    says, form = _about(about.name, says)
    if form == "does" and is_plural(owner):
        return
    if _describes(says, form, is_label) and not spelt_out(f"{says} ", about.name.split()[-1]):
        yield Note(about.name, owner, says, form, about.facet, is_label, section, one, about.under)


def _about(name: str, says: str) -> tuple[str, Form]:
    """Return what is said and its form, without the name where it is the subject: "Kinesis is a stream"."""
    found = clause(says)
    if found is None or not f" {name.lower()}".endswith(f" {without_article(found.subject).lower()}"):
        return says, form_of(says)
    if found.verb in ("is", "are"):
        return upper_first(found.rest), "is"
    return upper_first(f"{found.verb} {found.rest}"), "can" if found.verb in MODALS else "does"


def _describes(says: str, form: Form, is_label: bool) -> bool:
    """Whether a note says something of a thing, rather than names another, or several."""
    if form != "noun":
        return form not in ("", "verb") or (form == "verb" and len(says.split()) > 2)
    words = says.split(",")[0].split()
    if {word.lower() for word in words[1:]} & _LINKING:
        return True
    return is_label and any(word.islower() and word not in _SMALL for word in words)


def _in_sentence(name: str, context: str) -> str:
    """Return a name as it reads within a sentence; one with other capitals stays as it is."""
    rest = name.split()[1:]
    return name if any(word[:1].isupper() or is_name(word) for word in rest) else in_sentence(name, context)


def _ends_in_verb(text: str) -> bool:
    """Whether a text may be a clause: "the share of classes changes"."""
    last = text.split()[-1]
    return last.endswith("s") and is_verb(last) and base(last) != last
