"""Words: what they can be, which are names, and the article and the case that they want."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise

from rag.text.terms import american

DETERMINERS = frozenset(
    "a an the each every no any some all many most several few both another one two three four five six seven eight"
    " nine ten".split()
)
POSSESSIVES = frozenset("its their your his her our my".split())
PREPOSITIONS = frozenset(
    "about above across after against along among around at before behind below beneath beside between beyond by down"
    " during for from in inside into like near of off on onto out outside over past per since than through to toward"
    " towards under until unto up upon via with within without".split()
)
MODALS = frozenset("can could may might must shall should will would cannot".split())
SINGULAR_VERBS = frozenset({"is", "was", "has", "does"})
PLURAL_VERBS = frozenset({"are", "were", "have", "do"})
FINITE = MODALS | SINGULAR_VERBS | PLURAL_VERBS  # verbs that are never anything else
LINKS = frozenset(
    "that which who whom whose where when while if because although though unless so but whether as since once"
    " not never also only then there now often still thus therefore usually always sometimes typically generally"
    " it they them he she we you i this these those what how why".split()
)
# What the lexicon has as verbs alone.
_ALSO_NOUNS = frozenset("log template upload download backup build fetch login setup embedding".split())
_ORDINARY = re.compile(
    r"(?:ism|osis|itis|ings?|tion|ity|ment|ology|ness|cytes?|ase|ised?|ises|ic|al|ive|ous|able|less|ful)$"
)
_CAPITALISED = re.compile(r"(?P<before>(?<=[a-z0-9,)] ))?\b(?P<name>[A-Z][\w-]*(?: [A-Z0-9][\w-]*)*)")
# Letters whose names begin with a vowel sound, and words whose first sound is not that of their first letter.
_VOWEL_LETTERS = frozenset("AEFHILMNORSX8")
_CONSONANT_SOUND = re.compile(r"(?:uni(?!n|m)|us(?:e|u|a)|eu|one\b|once|ubiq|uti|ura|ure\w)", re.I)
_SILENT_H = re.compile(r"(?:hour|honest|honou?r|heir)", re.I)
_SPELT_OUT = re.compile(r"(?:[A-Z]{1,2}\d|[A-Z](?![a-z])|\d|[B-DF-HJ-NP-TV-XZ]{2,}s?\b)")
_SPOKEN = frozenset("LIME NASA RAM ROM SAML LASSO SHAP RAID SOAP REST FIFO LIFO NAT LAN NUMA SIM SAN MAC RAG".split())


@lru_cache(maxsize=65536)
def senses(word: str) -> dict[str, tuple[str, ...]]:
    """Return the plain forms of a word, by what it can be: NOUN, VERB, AUX, ADJ, ADV."""
    from lemminflect import getAllLemmas

    found: dict[str, tuple[str, ...]] = getAllLemmas(word.lower())
    plain = word.lower().removesuffix("s")
    return {**found, "NOUN": (plain,)} if plain in _ALSO_NOUNS else found


def is_known(word: str) -> bool:
    """Whether the lexicon has the word, in any form."""
    return bool(senses(word)) or word.lower() in PREPOSITIONS | DETERMINERS | POSSESSIVES | LINKS | {"and", "or"}


def is_noun(word: str) -> bool:
    """Whether a word can be a noun; one that the lexicon does not have can."""
    found = senses(word)
    parts = word.rpartition("-")
    return "NOUN" in found or "PROPN" in found or (not is_known(word) and (not parts[0] or is_noun(parts[2])))


def is_verb(word: str) -> bool:
    """Whether a word can be a form of a verb."""
    return bool({"VERB", "AUX"} & set(senses(word)))


def is_adjective(word: str) -> bool:
    """Whether a word can describe a noun."""
    return "ADJ" in senses(word)


def is_infinitive(word: str) -> bool:
    """Whether a word can be the plain form of a verb: "store"."""
    return is_verb(word) and base(word) == word


def is_third_person(word: str) -> bool:
    """Whether a word can be the present form of a verb that agrees with one: "stores"."""
    return word.endswith("s") and base(word) != word and agreed(word, False) == word


def is_helper(verb: str) -> bool:
    """Whether a finite verb goes before its subject in a question: "is", "can", not "has" or "keeps"."""
    return verb.lower() in MODALS or verb.lower() in {"is", "are", "was", "were"}


@lru_cache(maxsize=16384)
def base(verb: str) -> str:
    """Return the plain form of a verb: "store" of "stores" and "stored"."""
    return (senses(verb).get("VERB") or senses(verb).get("AUX") or (verb,))[0]


@lru_cache(maxsize=16384)
def inflected(word: str, form: str) -> str:
    """Return a plain form in another form (Penn tag: VBZ, VBN, NNS), or "" where the lexicon has none."""
    from lemminflect import getInflection

    found: tuple[str, ...] = getInflection(word, form)
    return found[0] if found else ""


def singular(noun: str) -> str:
    """Return a noun for one of its things: "node" of "nodes"."""
    return (senses(noun).get("NOUN") or (noun.removesuffix("s"),))[0]


def agreed(verb: str, plural: bool) -> str:
    """Return a present verb in the form that agrees with one or with many: "store", False -> "stores"."""
    if verb.lower() in MODALS:
        return verb
    lemma = base(verb)
    if lemma == "be":
        return "are" if plural else "is"
    return lemma if plural else inflected(lemma, "VBZ") or verb


def is_name(word: str, names: Collection[str] = ()) -> bool:
    """Whether a word keeps its capital within a sentence: one of `names`, an acronym, mixed case, unknown to lexicons.

    Args:
        word: a single word.
        names: what `names_in` found in the text.
    """
    plain = word.strip("“”\"'()[].,;:")
    if not plain[:1].isupper():
        return any(mark.isupper() or mark.isdigit() or mark == "_" for mark in plain)
    if plain in names or any(mark.isupper() or mark.isdigit() for mark in plain[1:]):
        return True
    return len(plain) > 1 and not _is_ordinary(plain)


def _is_ordinary(word: str) -> bool:
    """Whether a word, or each part of a joined one, is in the lexicon or ends as such words do."""
    parts = [part for part in re.split(r"[-’'/]", word) if part]
    return all(is_known(american(part.lower())) or _ORDINARY.search(part) for part in parts)


@lru_cache(maxsize=64)
def names_in(text: str) -> frozenset[str]:
    """Return what a text writes with a capital within sentences: words ("Lambda") and pairs ("Linear Learner")."""
    alone: Counter[str] = Counter()
    pairs: set[str] = set()
    for match in _CAPITALISED.finditer(text):
        words = match["name"].split()
        within = match["before"] is not None
        if within:
            alone.update(words if len(words) == 1 else (word for word in words if not _is_ordinary(word)))
        pairs.update(f"{one} {two}" for one, two in pairwise(words) if within or _is_titled(one, two))
    lower = Counter(re.findall(r"\b[a-z]+\b", text))
    names = {word for word, count in alone.items() if count >= lower[word.lower()]}
    return frozenset(names | {pair for pair in pairs if pair.split()[1] not in names})


def _is_titled(one: str, two: str) -> bool:
    """Whether two words at the beginning of a sentence are the words of a name, rather than a word before a name."""
    return one.istitle() and two.istitle() and one.lower() not in DETERMINERS | PREPOSITIONS | LINKS


def lower_first(text: str, names: Collection[str] = ()) -> str:
    """Return a text as it reads within a sentence: its first word in lower case, unless that is a name."""
    first, _, second = text.partition(" ")
    first, second = first.rstrip(",;:"), (second.split() or [""])[0].rstrip(",;:.")
    if not first or first == "I" or is_name(first, names) or f"{first} {second}" in names:
        return text
    titled = re.fullmatch(r"[A-Z][a-z]+", second) and second not in names
    if titled and first.lower() not in DETERMINERS and (is_known(second) or text == f"{first} {second}"):
        return text
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Return a text as it reads at the beginning of a sentence; what is written with inner capitals stays ("dbt")."""
    first = re.match(r"\S+", text)
    if first is None or any(mark.isupper() or mark == "_" for mark in first.group()):
        return text
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a text as a sentence: with a capital and a full stop."""
    plain = " ".join(text.split()).rstrip(" ,;:")
    return upper_first(plain) + ("" if plain.endswith((".", "!", "?")) else ".")


def listed(parts: Sequence[str]) -> str:
    """Return parts as they are listed in a sentence: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def article(phrase: str) -> str:
    """Return "a" or "an", as the first sound of a phrase wants it.

    >>> article("S3 bucket"), article("unit"), article("hour"), article("8-bit number"), article("UDP packet")
    ('an', 'a', 'an', 'an', 'a')
    """
    word = phrase.lstrip("“”\"'`(*")
    if re.match(r"[a-z]-", word):
        word = word.upper()
    if _SPELT_OUT.match(word) and re.split(r"\W", word)[0] not in _SPOKEN:
        return "an" if word[0] in _VOWEL_LETTERS or re.match(r"1[18](?!\d)", word) else "a"
    if _SILENT_H.match(word):
        return "an"
    return "an" if word[:1].lower() in "aeiou" and not _CONSONANT_SOUND.match(word) else "a"
