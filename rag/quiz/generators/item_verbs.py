"""Which word of a list item is its finite verb, where the item begins with its subject: "Data filters limit rows"."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rag.quiz.language import (
    DETERMINERS,
    MODALS,
    POSSESSIVES,
    PREPOSITIONS,
    base,
    is_adjective,
    is_noun,
    is_plural_word,
    is_third_person,
    is_verb,
)

_STRONG = DETERMINERS | POSSESSIVES | frozenset("the only both how when until whether more just".split())
_CLOSES = PREPOSITIONS | frozenset(
    ["and", "or", "that", "which", "only", "such", "more", "than", "when", "where", ",", ";", ":", ""]
)
_MODIFIES = frozenset(["for", "of", "that", "which", "in", "as", "with"])  # what goes on a noun rather than a verb
ADVERBS = frozenset("always also only never often usually still".split())


def verb_at(words: Sequence[str], sure: Collection[str]) -> int | None:
    """Return which word is the finite verb, or None where that is not sure.

    Args:
        words: the first words of an item, with commas, colons and semicolons among them.
        sure: verbs of other items of the list; a word that is one of them is the verb here too.
    """
    ends = next((at for at, word in enumerate(words) if word in (",", ";", ":")), len(words))
    found = [at for at in range(1, ends) if _may_be_verb(words, at)]
    if not found or words[0].lower() in PREPOSITIONS:
        return None
    at = next((at for at in found if words[at] in sure), found[0])
    for other in found[1:]:
        if words[at] in ("is", "are", *sure) or not _is_next(words, at, other):
            break
        at = other
    return at if _is_sure(words, at) and not set(words[:at]) & MODALS else None


def _is_next(words: Sequence[str], at: int, other: int) -> bool:
    """Whether of two words that could be the verb the second is: "data filters limit rows"."""
    if other == at + 2 and words[at + 1] in ADVERBS:
        return True
    after = words[other + 1] if other + 1 < len(words) else ""
    closes = after in _CLOSES or after.endswith("ly")
    agrees = words[at].endswith("s") != words[other].endswith("s") or "of" in words[:at]
    return other == at + 1 and agrees and words[other] not in _STRONG and not closes


def _is_sure(words: Sequence[str], at: int) -> bool:
    """Whether a word is a verb rather than a noun that what follows describes."""
    after, subject = words[at + 1] if at + 1 < len(words) else "", words[at - 1]
    if after in (",", ";", ":", "") or (is_noun(words[at]) and after in _MODIFIES):
        return False
    return words[0].lower() in DETERMINERS or not is_adjective(subject) or after in _STRONG


def _may_be_verb(words: Sequence[str], at: int) -> bool:
    """Whether a word can be the finite verb of the words before it."""
    word, before = words[at], [one for one in words[:at] if one not in ADVERBS]
    if not (word.islower() and word.isalpha()) or not is_verb(word) or word in PREPOSITIONS | MODALS or not before:
        return False
    subject = before[-1]
    if subject.lower() in _STRONG | PREPOSITIONS | {"and", "or", "not"}:
        return False
    if word in ("is", "are"):
        return True
    if is_third_person(word):
        return not (is_plural_word(subject) and subject.islower() and subject.isalpha() and not is_verb(subject))
    if is_adjective(word) and words[at + 1 : at + 2] and words[at + 1] not in _STRONG:
        return False
    return base(word) == word and (is_plural_word(subject) or {"and", "or"} & set(words[:at]) != set())
