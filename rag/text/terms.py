"""Words of a text as they are compared: lower-cased, parted at joints, stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from Stemmer import Stemmer

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_JOINED = re.compile(r"[^\W_]+(?:[-_/.][^\W_]+)+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

STOP_WORDS = frozenset(
    """
    a about above after again against all also although am an and any anyone anything are aren't as at be because
    been before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't
    down during
    each either else ever every few for from further get gets getting give given gives go goes going got had has hasn't
    have haven't having he he's her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its itself
    just let let's like lot many may me might mine more most much must my myself near need needs no nor not now of off
    on once one ones only or other others ought our ours out over own please put quite rather really same say says shall
    she should since so some somebody someone something still such tell than that that's the their theirs them then
    there there's these they they're this those though through thus to too under until up upon us use used uses using
    very want was wasn't way we well were weren't what what's when where whether which while who who's whom whose why
    will with within without won't would wouldn't yes yet you you're your yours explain describe mean means meant show
    exactly actually simply kind kinds sort type types name called define definition difference differences differ
    different compare comparison compared versus vs main mainly key thing things does happen happens example eg ie etc
    upto via per
    """.split()
)


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer:
    from Stemmer import Stemmer

    return Stemmer("english")


# British endings and the American ones that they are compared as.
_SPELLINGS = (
    (re.compile(r"(?<=\w{3})is(?=(?:e[ds]?|ers?|ing|ations?)$)"), "iz"),
    (re.compile(r"(?<=\w{2})our(?=s?$|ed$|ing$|al$)"), "or"),
    (re.compile(r"ll(?=(?:ed|ing|ers?)$)"), "l"),
    (re.compile(r"(?<=\w{2})tre(?=s?$)"), "ter"),
)


def american(word: str) -> str:
    """Return a lower-cased word in the American spelling, as far as its ending tells.

    >>> american("regularisation"), american("labelling"), american("centre")
    ('regularization', 'labeling', 'center')
    """
    for pattern, ending in _SPELLINGS:
        word = pattern.sub(ending, word)
    return word


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the Snowball (Porter2) stem of a lower-cased word, the same for both spellings of it."""
    stemmed: str = _stemmer().stemWord(american(word))
    return stemmed


@lru_cache(maxsize=16384)
def words(text: str) -> tuple[str, ...]:
    """Return the lower-cased words of `text` in order; a joined or camel-case word gives its parts and itself whole.

    >>> words("SSE-KMS by FindMatches")
    ('sse', 'kms', 'ssekms', 'by', 'find', 'matches', 'findmatches')
    """
    return tuple(word for match in re.finditer(r"\S+", text) for word in _parts(match.group()))


def _parts(token: str) -> Iterator[str]:
    for match in WORD.finditer(token):
        camel = [part for part in _CAMEL.split(match.group()) if part]
        if len(camel) > 1:
            yield from (part.lower() for part in camel)
        yield match.group().lower().replace("’", "'").removesuffix("'s")
    for match in _JOINED.finditer(token):
        yield re.sub(r"[-_/.]", "", match.group()).lower()


def question_words(text: str) -> list[str]:
    """Return the lower-cased words of `text` as the lexical index knows them: parted at joints, not at capitals."""
    return [match.group().lower().replace("’", "'").removesuffix("'s") for match in WORD.finditer(text)]


def content_words(found: Iterable[str]) -> list[str]:
    """Return the words that carry meaning, in order, without repeats."""
    return list(dict.fromkeys(word for word in found if _carries_meaning(word)))


def _carries_meaning(word: str) -> bool:
    return word not in STOP_WORDS and (len(word) > 1 or word.isdigit())


@lru_cache(maxsize=16384)
def stems(text: str) -> frozenset[str]:
    """Return the stems of the content words of `text`."""
    return frozenset(stem(word) for word in content_words(words(text)))
