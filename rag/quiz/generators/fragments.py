"""What notes say in less than a sentence: "Runs batch jobs", "Used for alerts", "NoSQL data store"."""

from __future__ import annotations

import re
from typing import Literal

from rag.quiz.generators.claims import main_clause
from rag.quiz.language import (
    DETERMINERS,
    MODALS,
    PREPOSITIONS,
    agreed,
    base,
    clause,
    is_helper,
    is_noun_phrase,
    is_verb,
    is_verb_phrase,
    upper_first,
)
from rag.quiz.language.words import senses
from rag.text.sentences import sentence_spans
from rag.text.terms import stems

Form = Literal["does", "can", "is", "clause", "verb", "noun", ""]

_ASIDE = re.compile(
    r"\s*\((?:e\.?g|ex|i\.?e|for example|such as|like|see|new|optional)\b[^)]*\)|\s*\([^)]*(?:\betc|,)[^)]*\)", re.I
)
_TAIL = re.compile(
    r"(?:,? *\b(?:e\.g|eg|ex|i\.e|such as|for example)\b[.:,]? .*|,? (?:etc|and (?:so on|more))\.*|[\s.,;:!…-]+)$", re.I
)
_EXPLAINED = re.compile(r"(?: [–—-] |; |, but ).*$")
_MARKUP = re.compile(r"\*\*|__|`")
_QUOTES = re.compile(r"(?<!\w)['‘\"]([^'‘’\"]+)['’\"](?!\w)")
_NO_WORDS = re.compile(r"->|=>|<-|→|←|≥|≤|[<>{}\[\]=|~#?:]|\w+/s\b|\w\.\w+\(|\w ?\+|\+\w|\* | & \w+$")
_POINTS = re.compile(
    r"\b(?:this|these|those|they|them|such|others?|former|latter|above|below|following|here|ones?|we|our|ours?|ourselves"
    r"|us|my|I|exams?|slides?|lectures?|chapters?|videos?|links?|answers?|examples?)\b",
    re.I,
)
_OPEN_END = re.compile(r"\b(?:can|that|to|for|of|in|over|from|using|by|with|are|is|use|and|or|the|an?)$", re.I)
_NEGATED = re.compile(r"\b(?:no|not|never|none|cannot|nothing|without|neither|nor|rather than|instead)\b|n't\b", re.I)
_OPENS = re.compile(
    r"(?:note|new|remember|because|so|and|but|if|when|where|which|or|also|then|usually|by default|each|just|pay)\b",
    re.I,
)
# Nouns too, but at the beginning of a note hardly ever.
_ORDERS = frozenset(
    "use run load find make get look keep help let give take set start stop show move copy train transfer hire grant"
    " schedule query track read handle return turn need work pay send add remove bring".split()
)
# What tells a reader what to do, rather than what a thing is for.
_ADVICE = frozenset(
    "get make need remove hire pay start stop try avoid keep remember set beware look limit turn".split()
)
_STATES = frozenset("great good free similar able ideal best".split())  # in the lexicon as nouns or verbs too
# What is said of many things, so that it tells none of them.
_COMMON = """
    serverless fully managed manage management pay consumed cost effective cheap expensive free scalable scaling scales
    scale automatic automatically automated available availability highly secure security easy easily simple fast quick
    resource integration integrate service infrastructure administration support various many format good great useful
    powerful popular important common large big high low better best feature data type tool
    """
_DEFINES = re.compile(
    r"(?:,| in which| that| which| who| where| to| using| used| based| designed| provided| representing| containing"
    r"| describing| showing| specifying| indicating| consisting| holding| running)\s"
)
_FEWEST, _MOST, _LONGEST = 2, 20, 130  # words, words and characters


def cleaned(text: str) -> str:
    """Return what a note says, without markup, examples and asides; "" for what is no plain text, or points elsewhere.

    >>> cleaned("Great for streaming frameworks (Eg: Spark), etc."), cleaned("A -> B"), cleaned("It learns fast – new!")
    ('Great for streaming frameworks', '', 'Learns fast')
    """
    plain = _MARKUP.sub("", " ".join(text.split()))
    spans = sentence_spans(plain)
    plain = _ASIDE.sub("", plain[slice(*spans[0])] if spans else "")
    plain = main_clause(_EXPLAINED.sub("", _QUOTES.sub(r"“\1”", plain)))
    while (shorter := _TAIL.sub("", plain)) != plain:
        plain = shorter
    plain = re.sub(r"^It (?=[a-z]+s\b)", "", plain)
    if any(found.search(plain) for found in (_NO_WORDS, _POINTS, _NEGATED, _OPEN_END)) or _OPENS.match(plain):
        return ""
    fits = _FEWEST <= len(plain.split()) <= _MOST and len(plain) <= _LONGEST
    return upper_first(plain) if fits and plain.count("(") == plain.count(")") and plain.count('"') == 0 else ""


def form_of(says: str) -> Form:
    """Return how a fragment goes on after the name of its thing; "" where that is not sure.

    >>> [form_of(one) for one in ("Runs batch jobs", "Must name a key", "Used for alerts", "Shards are ordered")]
    ['does', 'can', 'is', 'clause']
    >>> [form_of(one) for one in ("Run batch jobs", "Granting access to a bucket", "NoSQL data store")]
    ['verb', 'noun', 'noun']
    """
    words = re.findall(r"[^\s,;:()“”\"]+", says)
    first, second = words[0].lower(), (words[1] if len(words) > 1 else "").lower()
    if first in MODALS:
        return "can" if is_verb(second) else ""
    if _is_state(first, second):
        return "is"
    if _is_sentence(says):
        return "clause"
    if _is_third_person(first) and ("NOUN" not in senses(first) or not _is_described(second)):
        return "does"
    if _is_order(words, first, second):
        return "verb"
    return "noun" if _is_nominal(says) else ""


def is_telling(says: str, of: str) -> bool:
    """Whether what is said can tell a thing: more than what holds of many, and none of the words of its name."""
    own = stems(says) - stems(_COMMON)
    return len(own) > 1 and not own & stems(of)


def _is_state(first: str, second: str) -> bool:
    """Whether a fragment says how something is: "Used for alerts", "Available as a target"."""
    participle = is_verb(first) and base(first) != first and not first.endswith(("s", "ing"))
    adjective = "ADJ" in senses(first) and not {"VERB", "NOUN"} & set(senses(first))
    return (participle or adjective or first in _STATES) and second in PREPOSITIONS | {"to", "as"}


def _is_described(second: str) -> bool:
    """Whether the word after a plural noun goes on it: "types of", "keys managed"."""
    return second in ("of", "for", "and", "or", "in") or second.endswith("ed")


def _is_third_person(word: str) -> bool:
    return word.endswith("s") and is_verb(word) and base(word) != word and agreed(base(word), False) == word


def _is_order(words: list[str], first: str, second: str) -> bool:
    """Whether a fragment says what to do: "Run batch jobs"."""
    if not is_verb(first) or base(first) != first or "ADJ" in senses(first) or len(words) < 2:
        return False
    third = words[2] if len(words) > 2 else ""
    if _is_third_person(second) and ("NOUN" not in senses(second) or third in DETERMINERS | {"the"}):
        return False  # "Retain keeps the table"
    if "NOUN" not in senses(first):
        return second not in ("for", "of") and first not in _ADVICE
    if first in _ORDERS:
        return len(words) > 2 and second not in PREPOSITIONS | {"and", "or"} and first not in _ADVICE
    return is_verb_phrase(" ".join(words)) and second not in PREPOSITIONS


def _is_sentence(says: str) -> bool:
    """Whether a fragment has its own subject and verb, and surely so: "logs" may be a verb or not."""
    found = clause(says) or (clause(f"{says} so") if re.match(r"(?:an?|the)\s", says, re.I) else None)
    if found is None or (found.subject[:1].isupper() and all(word[:1].isupper() for word in found.subject.split())):
        return False
    return is_helper(found.verb) or found.verb in ("has", "have") or "NOUN" not in senses(found.verb)


def _is_nominal(says: str) -> bool:
    """Whether a fragment is a noun phrase, with what defines it."""
    plain = re.sub(r"\([^)]*\)", "", says)
    head = _DEFINES.split(plain)[0]
    words = re.findall(r"[^\s“”]+", re.sub(r"^(?:(?:fully|highly|an?|the) )+", "", head, flags=re.I))
    before = words[: next((at for at, word in enumerate(words) if at and word in PREPOSITIONS), len(words))]
    if not before or says.count(",") > 1 or any(is_helper(word) or set(senses(word)) == {"VERB"} for word in words[1:]):
        return False
    first = before[0].lower()
    if first.endswith("ing") and is_verb(first):
        return len(words) > 1
    order = is_verb(first) and base(first) == first and not {"NOUN", "ADJ"} & set(senses(first))
    return (
        not order and first not in PREPOSITIONS and set(senses(first)) != {"ADV"} and is_noun_phrase(" ".join(before))
    )
