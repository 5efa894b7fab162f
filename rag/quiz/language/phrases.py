"""Noun phrases: what they are about, one or many, and whether a text is one."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.quiz.language.words import (
    DETERMINERS,
    FINITE,
    LINKS,
    POSSESSIVES,
    PREPOSITIONS,
    article,
    base,
    inflected,
    is_infinitive,
    is_known,
    is_name,
    is_noun,
    senses,
)

_PLURALS = frozenset("people children men women mice feet teeth criteria phenomena vertices indices axes".split())
_SINGULAR_S = re.compile(r"(?:ss|us|is|ics|news|series|species|lens|alias|bias|canvas|atlas|analysis|https?)$", re.I)
EITHER = frozenset({"data", "series", "species", "metadata", "media"})
_SEVERAL = re.compile(r"(?:two|three|four|five|six|seven|eight|nine|ten|several|many|few|both|these|those|\d+)\b", re.I)
_ARTICLES = POSSESSIVES | DETERMINERS - {"one", "all", "few", "most"}
_WORD = re.compile(r"[^\s,;:()\[\]“”\"]+")


def head(phrase: str) -> str:
    """Return the noun that a noun phrase is about: "cost" of "the cost of a query"."""
    words = words_of(phrase)
    for at, word in enumerate(words):
        if at and (word.lower() in PREPOSITIONS or word.lower() in LINKS):
            return words[at - 1]
    return words[-1] if words else ""


def is_plural_word(word: str) -> bool:
    """Whether a noun stands for many."""
    plain = word.strip("“”\"'().,").lower()
    if plain in _PLURALS:
        return True
    if not plain.endswith("s") or (_SINGULAR_S.search(plain) and plain not in ("buses", "statuses")):
        return False
    if word.isupper() or any(mark.isdigit() for mark in word):
        return False
    return any(lemma != plain for lemma in senses(plain).get("NOUN", ())) or (not is_known(plain) and len(plain) > 3)


def is_plural(phrase: str) -> bool:
    """Whether a noun phrase stands for many: by its head, or two things joined by "and"."""
    plain = core(phrase)
    if re.match(r"(?:a|an|one|each|every|this)\b", plain, re.I):
        return False
    if _SEVERAL.match(plain):
        return True
    return bool(re.search(r"\band\b", plain)) or is_plural_word(head(plain))


def is_countable_single(phrase: str) -> bool:
    """Whether a noun phrase without an article would need one: "shard", not "shards", "access" or "Amazon MSK"."""
    word = head(phrase)
    return word.islower() and not is_plural_word(word) and word not in EITHER and _counted(word)


@lru_cache(maxsize=16384)
def _counted(word: str) -> bool:
    """Whether a noun has a plural that differs from it."""
    endings = ("ing", "ness", "ity", "ism", "ion", "ics", "ment")
    return inflected(word, "NNS") not in ("", word) and not word.endswith(endings)


def with_article(phrase: str) -> str:
    """Return a noun phrase with "a" or "an" where it is one counted thing without an article: "a shard", "S3"."""
    first = (words_of(phrase) or [""])[0].lower()
    if first in DETERMINERS | POSSESSIVES or not is_countable_single(phrase):
        return phrase
    return f"{article(phrase)} {phrase}"


def without_article(phrase: str) -> str:
    """Return a noun phrase without the article it begins with."""
    return re.sub(r"^(?:an?|the)\s+", "", phrase, flags=re.I)


def without_brackets(text: str) -> str:
    """Return a text without what stands in brackets."""
    return re.sub(r"\s*\([^)]*\)", "", text)


def is_noun_phrase(text: str) -> bool:
    """Whether a text is a noun phrase and no clause: "a set of shards", "Amazon MSK", not "splits a shard"."""
    plain = core(text)
    words = words_of(plain)
    if not words or len(words) > 12 or re.search(r"[;:?!]|\.\s", plain) or words[0].lower() in PREPOSITIONS:
        return False
    if any(word.lower() in FINITE | LINKS or set(senses(word)) == {"ADV"} for word in words):
        return False
    return _nominal(words)


def is_verb_phrase(text: str) -> bool:
    """Whether a text begins with a plain verb and goes on as its object: "Store records", "Run Apache Kafka"."""
    words = words_of(text)
    if len(words) < 2 or not is_infinitive(words[0].lower()):
        return False
    if "NOUN" not in senses(words[0]) or is_plural_word(words[1]):
        return True
    return words[1].lower() in DETERMINERS | POSSESSIVES | {"from", "to", "into", "only", "on", "with"}


def _nominal(words: list[str]) -> bool:
    """Whether words make up noun phrases joined by prepositions, "and" and "or"."""
    part: list[str] = []
    for word in [*words, "and"]:
        if word.lower() not in PREPOSITIONS and word.lower() not in ("and", "or"):
            part.append(word)
        elif not part or not _is_simple(part):
            return False
        else:
            part = []
    return True


def _is_simple(words: list[str]) -> bool:
    """Whether words are an article, what describes, and a noun."""
    lowered = [word.lower() for word in words]
    start = lowered[0] in DETERMINERS | POSSESSIVES
    rest = words[start:]
    if not rest or any(word in _ARTICLES for word in lowered[1:]):
        return False
    last = rest[-1]
    if (
        is_noun(last)
        or last.endswith("ing")
        or is_name(last)
        or (len(rest) > 1 and last[:1].isupper())
        or re.fullmatch(r"[\d.,%]+", last)
    ):
        return True
    return start and len(rest) > 1 and base(last) == last  # "a GET fetch"


def core(phrase: str) -> str:
    """Return a noun phrase without brackets and quotation marks."""
    return without_brackets(phrase).strip(" “”\"'.,")


def words_of(text: str) -> list[str]:
    """Return the words of a phrase as they are written, without the marks around them."""
    return [word.rstrip(".?!") for word in _WORD.findall(text) if word.rstrip(".?!")]
