"""Sentences parted at their finite verb."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.quiz.language.phrases import EITHER, head, is_noun_phrase, is_plural, is_plural_word
from rag.quiz.language.words import (
    DETERMINERS,
    FINITE,
    LINKS,
    MODALS,
    PLURAL_VERBS,
    POSSESSIVES,
    PREPOSITIONS,
    SINGULAR_VERBS,
    base,
    inflected,
    is_helper,
    is_infinitive,
    is_noun,
    is_third_person,
    lower_first,
    senses,
)

# What can follow a verb but hardly a noun.
_OBJECTS = DETERMINERS | POSSESSIVES | {"not", "only", "that", "how", "when", "whether", "which", "what", "up"}
_NEGATION = re.compile(r"\b(?:not|never|no|none|nothing|neither|cannot|without|nor)\b|n't\b", re.I)
_TOKEN = re.compile(r"[,;:]|[^\s,;:()\[\]“”\"]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence parted at its finite verb.

    Attributes:
        subject: with its article, as it reads within a sentence ("a shard", "Amazon MSK").
        verb: the finite verb alone: "keeps", "is", "can".
        rest: what follows it, without the full stop.
        plural: whether the verb agrees with many.
    """

    subject: str
    verb: str
    rest: str
    plural: bool

    @property
    def lemma(self) -> str:
        """The verb as in "does it ...": "keep" of "keeps"."""
        return base(self.verb)

    @property
    def helper(self) -> str:
        """The word that a question about the clause puts before the subject: "does", "do", "is", "can"."""
        return self.verb if is_helper(self.verb) else ("do" if self.plural else "does")

    @property
    def negated(self) -> bool:
        """Whether it says what is not so."""
        return _NEGATION.search(f"{self.verb} {self.rest}") is not None


@lru_cache(maxsize=16384)
def clause(text: str, names: frozenset[str] = frozenset()) -> Clause | None:
    """Part a sentence at its finite verb; None where that is not sure.

    Args:
        text: one sentence, with or without its full stop.
        names: what `names_in` found in the text it is from.
    """
    plain = " ".join(text.split()).rstrip(".")
    if re.search(r"[.!?]\s", plain):
        return None
    bare = re.sub(r"\([^)]*\)", lambda inner: "(" * len(inner.group()), plain)
    found = [(match.start(), match.end(), match.group()) for match in _TOKEN.finditer(bare)]
    doubtful = False  # a word before may have been the verb
    for at, (start, end, word) in enumerate(found[1:14], 1):
        subject, after = lower_first(plain[:start].strip(), names), [one for _, _, one in found[at + 1 :]]
        if word.lower() in LINKS or word in ",;:" or not after:
            return None
        plural = _agrees(word, subject)
        if plural is None or not is_noun_phrase(subject):
            continue
        if word in FINITE or _is_plain_verb(word, after, plural, subject, doubtful):
            return Clause(subject, word, plain[end:].strip(), plural)
        doubtful = True
    return None


def _agrees(word: str, subject: str) -> bool | None:
    """Return whether a word is a finite verb of many (True) or one (False) that fits the subject, or None."""
    last = head(subject)
    if word != word.lower() or not word.isalpha() or word in PREPOSITIONS:
        return None
    many = is_plural(subject)
    either = last.lower() in EITHER or (last[:1].isupper() and last.endswith("s"))
    if word in MODALS:
        return many
    if word in SINGULAR_VERBS | PLURAL_VERBS:
        wants = word in PLURAL_VERBS
        return wants if either or wants == many else None
    if is_third_person(word):
        return False if either or not many else None
    return True if many and is_infinitive(word) and not subject.endswith("ing") else None


def _is_plain_verb(word: str, after: list[str], plural: bool, subject: str, doubtful: bool) -> bool:
    """Whether a word that agrees as a verb is one, rather than a noun or participle of the subject."""
    follows, last = after[0].lower(), subject.split()[-1]
    if follows in (",", "and", "or"):
        return False
    if not {"NOUN", "ADJ", "ADV"} & set(senses(word)):
        return follows in _OBJECTS or not _is_participle(word) if plural else not _binds_many(after)
    clear = follows != "that" or base(word) in ("mean", "say", "show", "state", "require", "ensure")
    if (
        (doubtful and not (plural and follows in _OBJECTS))
        or not clear
        or follows in ("such", "plus")
        or last.isdigit()
    ):
        return False
    if plural:
        return is_plural_word(last) and (follows in _OBJECTS or not _is_participle(word))
    if follows in _OBJECTS:
        return not _binds_many(after[1:])
    if subject.split()[0].lower() in DETERMINERS:
        return not _binds_many(after)
    verbal = is_infinitive(follows)  # "GPU instances suit models"
    return last[:1].isupper() and not verbal and not _binds_many(after)


def _binds_many(words: list[str]) -> bool:
    """Whether a verb that agrees with many stands in the words before the next clause, so that a noun stood before."""
    if len(words) > 1 and is_infinitive(words[0]) and (not is_noun(words[0]) or words[1].lower() in _OBJECTS):
        return True  # "ARMA models assume", "BERT-like models give each"
    former = ""
    for word in words[:8]:
        if word in ",;:" or word.lower() in LINKS:
            return False
        many = former[:1].isupper() or is_plural_word(former)
        if word in MODALS | PLURAL_VERBS or (many and set(senses(word)) == {"VERB"} and base(word) == word):
            return True
        former = word
    return False


def _is_participle(word: str) -> bool:
    """Whether the plain form of a verb is its participle too: "set", "read"."""
    return inflected(word, "VBN") == word
