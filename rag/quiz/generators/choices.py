"""What fits what need, as lists and tables of a text say it: "Stateful windows mean Flink", "Choose when: ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.quiz.generators.siblings import nested
from rag.quiz.generators.steps import is_instruction
from rag.quiz.items import fact_id
from rag.quiz.language import FINITE, head, is_adjective, is_noun_phrase, is_verb_phrase, upper_first, without_article
from rag.quiz.material import Listing, Section, Table
from rag.text.sentences import first_sentence
from rag.text.statements import Statement
from rag.text.terms import stems

_SIGNALS = re.compile(r"^(?P<need>.+?) (?:means?|calls? for|points? to) (?P<thing>.+)$")
_TAKES = re.compile(
    r"^(?P<need>.+?) (?:needs?|requires?|gets?|takes?|favours?|favors?|belongs? in|goes? to) (?P<thing>.+)$"
)
_SUITS = re.compile(r"^(?P<thing>.+?) (?:suits?|is right for|works best for) (?P<need>.+)$")
_EITHER = re.compile(r"^(?P<one>[^:;,]+?) (?:or|against|versus|vs\.?) (?P<other>[^:;,]+): (?P<needs>.+)$")
_AGAINST = re.compile(r"^(?P<one>[^;?]+?)(?: against | versus |, or )(?P<other>[^;?]+)$")
_LABEL = re.compile(r"^(?P<need>[^:]+): (?P<thing>[^:]+)$")
_LABEL_LEAD = re.compile(r"\b(?:situations?|matches|cases|problems|tasks|needs|requirements|scenarios)\b", re.I)
_TAIL = re.compile(
    r"(?:, (?:not|rather than|because|since|so|which|but|and|plus)\b|,? rather than | because ).*$|\s*\([^)]*\)"
)
_CLAUSE_TAIL = re.compile(r",? and (?:has|have|is|are|can|may)\b.*$")
_NEED_COLUMN = re.compile(r"^(?:need|requirement|problem|situation|purpose|scenario|goal|you (?:need|want))s?$", re.I)
_WHEN_COLUMN = re.compile(
    r"^(?:(?:choose|use|pick)(?: it)? (?:when|for|if)|(?:best|used|good) for|suits|suited to|typical use|use cases?)$",
    re.I,
)
_VERBS = FINITE | {"need", "needs", "take", "takes"}
_NO_NEED = re.compile(
    r"^(?:always|default|the default|almost|ordinary|general|any\w+|none|never|no|yes|when|a first)\b", re.I
)
_NO_THING = re.compile(
    r"^(?:more|less|better|worse|the same|both|no|nothing|none|only|fewer|lower|higher|default|other|one)\b"
    r"| (?:or|and) ",
    re.I,
)
_UNCLEAR = re.compile(
    r"\b(?:it|this|these|them|such|former|latter|ones?|many|few|others?|that|which)$|\?|[×=≈]|, which\b", re.I
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that fits a need.

    Attributes:
        need: what is wanted, as the text says it: a noun phrase, an order or a clause.
        thing: what fits it.
        rival: what the text sets against it, which does not fit; "" for none.
        is_contrast: whether the text speaks of these two only, so that others in its list are for other questions.
        fact: id of what is said.
        section, statement: where it stands.
    """

    need: str
    thing: str
    rival: str
    is_contrast: bool
    fact: str
    section: Section
    statement: Statement

    @property
    def title(self) -> str:
        """The thing as an option: "Presigned URL"; a code such as "io2" as it is."""
        bare = without_article(self.thing)
        return bare if re.match(r"[a-z]+\d", bare) else upper_first(bare)

    @property
    def wanted(self) -> str:
        """The need as a prompt."""
        return upper_first(self.need)

    @property
    def text(self) -> str:
        """The fact in a sentence."""
        return f"“{self.wanted}” points to “{self.title}”."

    @property
    def is_telling(self) -> bool:
        """Whether the need can stand alone: a row has its column, an item of a list needs words enough."""
        return self.statement.form == "row" or (len(stems(self.need)) > 2 and not self.need.lower().startswith("the "))

    @property
    def is_clause(self) -> bool:
        """Whether the need is said in a sentence: "nobody may delete"."""
        words = set(self.need.lower().split())
        return not words & {"that", "which", "who"} and bool(words & _VERBS)

    @property
    def is_task(self) -> bool:
        """Whether the need is something to do: "detect logins from unusual addresses"."""
        return is_verb_phrase(self.need) and not is_adjective(self.need.split()[0])

    def leaves_out(self, other: Choice) -> bool:
        """Whether another thing surely does not fit this need, and no one takes it for the same thing."""
        if {other.title.lower(), other.title.rstrip("s").lower()} & {
            self.title.lower(),
            self.title.rstrip("s").lower(),
        }:
            return False
        if re.findall(r"\w+", self.rival.lower()) == re.findall(r"\w+", other.thing.lower()):
            return True
        things, needs = (stems(self.thing), stems(other.thing)), (stems(self.need), stems(other.need))
        inside = things[0] <= things[1] or things[1] <= things[0]
        return not inside and len(needs[0] & needs[1]) * 2 < min(len(needs[0]), len(needs[1]))


def choices(sections: Sequence[Section]) -> list[Choice]:
    """Return what the sections of a document say of which choice fits which need, in order."""
    text = "\n".join(section.text for section in sections)
    found = []
    for section in sections:
        found += [one for listing in section.lists for one in _of_listing(section, listing, text)]
        found += [one for table in section.tables for one in _of_table(section, table)]
    return [one for one in found if _is_clear(one)]


def _of_listing(section: Section, listing: Listing, document: str) -> list[Choice]:
    if listing.numbered:
        return []
    items = [item for item in listing.items if item.former < 0 and not item.children]
    firm = [(item, list(_of_item(first_sentence(item.text), listing.lead, document))) for item in items]
    loose = [(item, list(_of_parts(first_sentence(item.text), _TAKES))) for item, found in firm if not found]
    if 2 * sum(bool(found) for _, found in (*firm, *loose)) >= len(items):
        firm += loose  # "needs" and "takes" tell of a choice only in a list of choices
    return [
        Choice(need, thing, rival, _is_contrast(item), fact_id(section.document.id, need, "choice"), section, item)
        for item, found in firm
        for need, thing, rival in found
    ]


def _is_contrast(item: Statement) -> bool:
    return _EITHER.match(first_sentence(item.text)) is not None


def _of_item(text: str, lead: str, document: str) -> Iterator[tuple[str, str, str]]:
    """Yield need, thing and rival."""
    if either := _EITHER.match(text):
        one, other = _in_full(either["one"], either["other"], document)
        if _is_term(one, document) and _is_term(other, document):
            yield from _of_two(one, other, either["needs"])
    elif (label := _LABEL.match(text)) and _LABEL_LEAD.search(lead):
        yield label["need"], _TAIL.sub("", label["thing"]), ""
    elif ":" not in text:
        yield from _of_parts(text, _SIGNALS, _SUITS)


def _of_parts(text: str, *patterns: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Yield need, thing and rival of each part of an item."""
    for part in text.split("; ") if ":" not in text else ():
        if said := next(filter(None, (pattern.match(part) for pattern in patterns)), None):
            rival = re.search(r"(?:, not|,? rather than) ([^,;]+)$", part)
            yield (
                _CLAUSE_TAIL.sub("", said["need"].strip(' “”",')),
                _TAIL.sub("", said["thing"]),
                rival[1] if rival else "",
            )


def _of_two(one: str, other: str, needs: str) -> Iterator[tuple[str, str, str]]:
    """Yield what two things are for, which are set against one another."""
    if both := _AGAINST.match(needs):
        if not re.search(r"\b(?:choose|does|do|should)\b", needs):
            yield both["one"], one, other
            yield both["other"], other, one
        return
    for part in needs.split("; "):
        said = _TAKES.match(part) or _SIGNALS.match(part)
        for thing, rival in ((one, other), (other, one)):
            if said and _same(said["thing"], thing) and not _same(said["thing"], rival):
                yield said["need"], thing, rival


def _of_table(section: Section, table: Table) -> Iterator[Choice]:
    by_need = _NEED_COLUMN.match(table.columns[0]) is not None
    for row in table.rows:
        name = row.cells[0][1]
        for column, cell in row.cells[1:]:
            if by_need or _WHEN_COLUMN.match(column):
                need, thing = (name, cell) if by_need else (cell, name)
                yield Choice(need, thing, "", False, fact_id(section.document.id, name, column), section, row)
                break


def _in_full(one: str, other: str, document: str) -> tuple[str, str]:
    """Return two names, the first with the noun that it shares with the second: "gateway or interface endpoint"."""
    noun = head(other)
    if " " in other and re.search(rf"\b{re.escape(f'{one} {noun}')}", document, re.I):
        return f"{one} {noun}", other
    return one, other


def _is_term(name: str, document: str) -> bool:
    """Whether a document speaks of a thing elsewhere too, as of something known."""
    return len(re.findall(rf"\b{re.escape(name)}", document, re.I)) > 1


def _same(one: str, other: str) -> bool:
    return nested(without_article(one), without_article(other))


def _is_clear(one: Choice) -> bool:
    """Whether need and thing can each stand alone."""
    return (
        1 < len(stems(one.need)) <= 12
        and not re.match(r"[a-z-]+ [a-z-]*[a-rt-z]$|two |one ", one.need)
        and is_noun_phrase(one.thing)
        and not is_instruction(one.thing)
        and len(one.thing.split()) <= 6
        and not (_NO_NEED.match(one.need) or _UNCLEAR.search(one.need) or _NO_THING.search(one.thing))
        and not stems(one.thing) & stems(one.need)
    )
