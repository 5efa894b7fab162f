"""What a section is about, in a few words that can stand in a sentence."""

from __future__ import annotations

import re

from rag.quiz.generators.steps import is_instruction
from rag.quiz.language import is_noun_phrase, is_verb, lower_first, names_in
from rag.quiz.material import Section

_FLUFF = re.compile(
    r"\s*(?:,? in (?:depth|practice|detail|short|brief|numbers|action)|, worked|: .*|\([^)]*\)| basics| explained"
    r"| at a glance| to (?:recognise|recognize|know|remember))$"
    r"|^(?:\d+(?:\.\d+)*\.?\s+|overview of (?:the )?|guide to |types of (?=\w+ \w+))",
    re.I,
)
_GENERIC = re.compile(
    r"\b(?:overview|introduction|summary|conclusion|examples?|worked|exam|guide|notes|check-?list|prerequisites|tutorial"
    r"|chapter|topics?|types|kinds|one|two|three|four|five|six|the|its|their|this|these|which|choosing|general|features|pieces)\b",
    re.I,
)


def topic(section: Section, own: bool = False) -> str:
    """Return what a section is about, as it reads within a sentence ("automatic scaling"), or "".

    Args:
        section: the section.
        own: whether its own heading may name it; else only those above.
    """
    path = section.path if own else section.path[:-1]
    for heading in (*reversed(path), section.document.title):
        plain = plain_heading(heading)
        if is_noun_phrase(plain) and _names_one_thing(plain) and len(plain.split()) <= 7:
            return in_sentence(plain, section.text)
    return ""


def plain_heading(heading: str) -> str:
    """Return a heading without its number and words that tell nothing of what it is about."""
    return _FLUFF.sub("", _FLUFF.sub("", heading)).strip()


def _names_one_thing(heading: str) -> bool:
    first = heading.split(" ", 1)[0]
    return not (_GENERIC.search(heading) or "," in heading or (first.endswith("ing") and is_verb(first)))


def subject(section: Section, context: str) -> str:
    """Return what the document of a section is about, as it reads within a sentence; "" where its title is no name.

    Args:
        section: the section.
        context: the whole document, which shows what is a name.
    """
    title = plain_heading(section.path[0] if section.path else section.document.title)
    tells = not (is_instruction(title) or re.match(r"(?:how|why|what|when|where)", title, re.I) or "?" in title)
    return in_sentence(title, context) if tells else ""


def in_sentence(phrase: str, context: str) -> str:
    """Return a phrase as it reads within a sentence; its first word keeps the capital that it has in the context."""
    first, _, rest = phrase.partition(" ")
    if re.match(r"[A-Z][a-z]", rest) and first.isalpha() and first not in ("A", "An", "The"):
        return phrase
    names, word = names_in(context), first.rstrip(",;:")
    if word not in names and word.istitle() and re.search(rf"\b{re.escape(word.lower())}\b", context):
        return phrase[:1].lower() + phrase[1:]  # a word that lexicons lack is no name where it stands in lower case
    return lower_first(phrase, names)
