"""Terms that a text always writes with "the", since there is one of them or it means the kind: "the left ventricle"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.quiz.language import is_known, is_noun_phrase
from rag.quiz.language.words import senses
from rag.quiz.material import Section

_FEWEST, _OFTEN = 2, 8  # times that a term, and one of a single common word, is written
# What one was said before, or will be.
_POINTS = re.compile(
    r"^(?:following|next|first|second|third|last|same|other|whole|entire|main|final|initial|default|new|old|best|only"
    r"|current|previous|given|resulting|remaining|available|appropriate|necessary|specific|general|total|various"
    r"|different|possible|correct|actual|original|additional|relevant|important|common|single|average|most|more|less"
    r"|good|bad|high|low|large|small|usual|simple|right (?:answer|way|one|choice))\b"
    r"|\b(?:example|image|table|figure|code|section|chapter|screenshot|diagram|way|result|reason|answer|question|idea)s?$"
)
_ONE_OF_MANY = r"an?|this|that|these|those|each|every|any|your|another|one|some"


def definite_terms(sections: Sequence[Section]) -> frozenset[str]:
    """Return the terms, without "the", that sentences begin with and that the document never writes as one of many."""
    texts = [one.text for section in sections for one in section.sentences]
    found = {term for text in texts for term in _openings(text)}
    whole = "\n".join(texts).lower()
    return frozenset(term for term in found if _is_term(term) and _is_definite(term, whole))


def without_the(text: str, terms: frozenset[str]) -> str:
    """Return a sentence that begins with one of the terms without its "The"; any other as it is."""
    return text.removeprefix("The ") if any(term in terms for term in _openings(text)) else text


def _openings(text: str) -> list[str]:
    """Return what can be the subject of a sentence that begins with "The": its first words, one to three."""
    words = re.match(r"The ((?:[a-z]+ ){1,3})", text)
    parts = words[1].split() if words else []
    return [" ".join(parts[: end + 1]) for end in range(len(parts))]


def _is_term(term: str) -> bool:
    """Whether a phrase names something: by a word that lexicons do not have, or an adjective that tells it apart."""
    words = term.split()
    if _POINTS.search(term) or not is_noun_phrase(term) or ("NOUN" not in senses(words[-1]) and is_known(words[-1])):
        return False
    if any(not is_known(word) for word in words):
        return True
    first = set(senses(words[0]))
    return len(words) == 1 or ("ADJ" in first and "VERB" not in first)


def _is_definite(term: str, text: str) -> bool:
    count = len(re.findall(rf"\bthe {term}\b", text))
    common = " " not in term and is_known(term)
    return count >= (_OFTEN if common else _FEWEST) and not re.search(rf"\b(?:{_ONE_OF_MANY}) {term}\b", text)
