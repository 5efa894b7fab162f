"""Short forms that a document spells out, "Kinesis Producer Library (KPL)", asked for in full.

There is no multiple choice on them: the first letters would give the key away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.quiz.generators.said import document_names, turn
from rag.quiz.items import Difficulty, Flashcard, Item, ShortAnswer, fact_id
from rag.quiz.language import agreed, is_plural_word, lower_first
from rag.quiz.making import Maker
from rag.quiz.material import Section
from rag.text.statements import Statement

_SHORT = re.compile(r"(?P<before>(?:[A-Za-z][\w’'/-]* ){1,8})\((?P<short>[A-Za-z][A-Za-z0-9]{1,9}?)(?P<many>s?)\)")
_LABEL = re.compile(r"(?P<short>[A-Z][A-Za-z0-9]{1,9}): (?P<before>[^,;.:()]+)")
_SMALL = frozenset("of for and the in on to with by a an".split())


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A short form with what it stands for.

    Attributes:
        many: whether it stands in the text for many: "units (KPUs)".
    """

    short: str
    full: str
    many: bool
    section: Section
    statement: Statement


class Acronyms:
    """Asks what short forms stand for."""

    name = "acronyms"

    def items(self, maker: Maker) -> Iterator[Item]:
        """Yield an item for each short form of the document."""
        for one in {form.short: form for form in reversed(list(short_forms(maker)))}.values():
            if item := _item(maker, one):
                yield item


def short_forms(maker: Maker) -> Iterator[ShortForm]:
    """Yield the short forms that are spelt out in the sentences and items of a document."""
    names = document_names(maker)
    for section in maker.sections:
        for one in section.statements:
            if one.form not in ("sentence", "item"):
                continue
            label = _LABEL.match(one.text)
            for match in (*_SHORT.finditer(one.text), *([label] if label else [])):
                full = spelt_out(f"{match['before']} ", match["short"])
                if full and sum(letter.isupper() for letter in match["short"]) > 1:
                    full = full if re.search(r"[ -][A-Z]", full) else lower_first(full, names)
                    yield ShortForm(match["short"], full, bool(match.groupdict().get("many")), section, one)


def spelt_out(before: str, short: str) -> str:
    """Return the words at the end of `before` whose first letters make up a short form, or "".

    >>> spelt_out("The Kinesis Producer Library ", "KPL")
    'Kinesis Producer Library'
    """
    words = re.findall(r"[^\s-]+(?:-(?=\S))?", before)
    wanted = [letter.lower() for letter in short if letter.isalpha()]
    for at in range(len(words) - 1, -1, -1):
        if words[at].lower().strip("-") in _SMALL:
            continue
        letters = [word[0].lower() for word in words[at:] if word.lower().strip("-") not in _SMALL]
        if letters == wanted:
            return "".join(word if word.endswith("-") else f"{word} " for word in words[at:]).strip()
    return ""


def _item(maker: Maker, one: ShortForm) -> Item | None:
    citations = maker.cite(one.section, one.statement)
    if not citations:
        return None
    full = one.full if not one.many or is_plural_word(one.full.split()[-1]) else f"{one.full}s"
    short = f"{one.short}s" if one.many else one.short
    fact = fact_id(one.section.document.id, one.short, "stands for")
    common: dict[str, Any] = {
        "stem": f"What {agreed('do', one.many)} {short} stand for?",
        "rationale": f"{short} {agreed('stand', one.many)} for {full}.",
        "citations": citations,
        "facts": (fact,),
        "difficulty": Difficulty.EASY,
        "generator": Acronyms.name,
    }
    if turn(fact, 2):
        return Flashcard(back=full, **common)
    return ShortAnswer(answer=full, key_facts=((full,),), **common)
