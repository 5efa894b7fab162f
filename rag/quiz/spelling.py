"""Reads words as a learner writes them: slips of spelling, and other ways of writing the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from rag.text.terms import WORD, stem

_SHORTEST = 5  # letters of a word in which a slip is forgiven
_LONG = 12  # letters from which on two are; in shorter words two make another word, as of "reflection" "refraction"
_PREFIX = 2  # letters that a slip rarely touches
# Two words that begin so differ in more than a slip.
_CONTRASTS = (("inter", "intra"), ("hyper", "hypo"), ("macro", "micro"), ("pre", "pro"))
_TIDIED: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<!\w)[^\W\d_](?:\.[^\W\d_])+\.?(?!\w)"), lambda found: found.group().replace(".", "")),
    (re.compile(r"\s*&\s*"), " and "),
    (re.compile(r"(?<=[^\W\d_])/s(?:ec)?\b"), " per second"),
    (re.compile(r"\b\d{1,3}(?: \d{3})+\b"), lambda found: found.group().replace(" ", "")),
    (re.compile(r"(?:\ba |^)(?=(?:hundred|thousand|million|billion)\b)", re.I), "one "),
    (re.compile(r"^\s*an? (?=(?:second|minute|hour|day|week|month|year)\b)", re.I), "1 "),
    (re.compile(r"(?<=\d)(?= (?:max(?:imum)?|minimum|(?:in )?total|altogether)\b)", re.I), ","),
    (re.compile(r"^\s*(\d+) ?d\s*$"), r"\1 days"),
    (re.compile(r"^\s*half an? (?=\w)", re.I), "0.5 "),
)


def tidied(text: str) -> str:
    """Return a text with what is only another way of writing written as the texts have it."""
    for pattern, plainly in _TIDIED:
        text = pattern.sub(plainly, text)
    return text


def respelt(text: str, sources: Iterable[str]) -> str:
    """Return a text in which words that are slips of words of `sources` are spelt as those."""
    known = {match.group() for source in sources for match in WORD.finditer(source)}
    stems = {stem(word.lower()) for word in known}

    def respell(match: re.Match[str]) -> str:
        word, lowered = match.group(), match.group().lower()
        if stem(lowered) in stems:
            return word
        return _of_one_root(lowered, known) or _nearest(lowered, known) or word

    return WORD.sub(respell, text)


def _of_one_root(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` is another form of: "storage" of "store", "adaptor" of "adapter"; else ""."""
    roots = {word.removesuffix("age"), f"{word.removesuffix('age')}e", f"{word}age", f"{word.removesuffix('e')}age"}
    roots |= {re.sub("or$", "er", word), re.sub("er$", "or", word)}
    return min((one for one in known if len(one) >= _SHORTEST and one.lower() in roots), default="")


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word of which `word` is a slip; "" if it is none, or a word of its own."""
    from rapidfuzz.distance import OSA

    close = []
    for one in known:
        lowered = one.lower()
        most = 1 if len(lowered) < _LONG else 2
        if len(lowered) < _SHORTEST or one.isupper() or not lowered.isalpha() or word[:_PREFIX] != lowered[:_PREFIX]:
            continue
        distance = OSA.distance(word, lowered, score_cutoff=most)
        if distance <= most and not _contrast(word, lowered):
            close.append((distance, lowered))
    return min(close)[1] if close and not _is_english(word) else ""


def _contrast(one: str, two: str) -> bool:
    return any(
        {one.startswith(a) and two.startswith(b), one.startswith(b) and two.startswith(a)} != {False}
        for a, b in _CONTRASTS
    )


@lru_cache(maxsize=1024)
def _is_english(word: str) -> bool:
    from lemminflect import getAllLemmas

    return bool(getAllLemmas(word))
