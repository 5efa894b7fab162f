"""What a follow-up takes over from the question and the answer before it."""

from __future__ import annotations

import re

from rag.text.terms import content_words, question_words, stem

VERB = (
    r"(?:is|are|was|were|isn't|do|does|did|doesn't|can|could|should|would|will|may|must|has|have|work|works|happens?"
    r"|mean|means|need|needs|cost|costs|take|takes|lasts?)"
)
PREPOSITION = r"(?:for|in|on|with|without|at|from|to|of|by|below|above|under|over)"
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "1st": 0, "2nd": 1, "3rd": 2}
_ORDINAL = re.compile(
    rf"\bthe ({'|'.join(_ORDINALS)})(?: (?:one|item|option)\b| of (?:them|these|those)\b|(?=\W*$|\s+{VERB}\b))",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"^(?:(?:what|how) (?:about|abt)|i meant?)\s+|^(?:the|an?)\s+|\s+i meant?\W*$|[\s?.!]+$", re.IGNORECASE
)
_MOST = 4  # words of a phrase that stands in for another of the same last word


def continued(before: str, rest: str) -> str:
    """Return the question before, asked of what the follow-up names.

    >>> continued("What is the sort key of Redshift for?", "the distribution key?")
    'What is the distribution key of Redshift for'
    >>> continued("Who holds the key with SSE-KMS?", "with SSE-C?")
    'Who holds the key with SSE-C'
    >>> continued("How do LightGBM trees grow?", "why?")
    'How do LightGBM trees grow, why?'
    """
    before = before.rstrip(" ?.!")
    phrase = _FRAME.sub("", _FRAME.sub("", rest))
    return (
        _after_preposition(before, phrase) or _before_noun(before, phrase) or (f"{before}, {rest}" if rest else before)
    )


def _after_preposition(before: str, phrase: str) -> str:
    """Put a phrase where the last one of the same preposition begins; "" where there is none."""
    match = re.match(rf"{PREPOSITION}\b", phrase, re.IGNORECASE)
    found = list(re.finditer(rf"\b{match.group()}\b", before, re.IGNORECASE)) if match else []
    return before[: found[-1].start()] + phrase if found else ""


def _before_noun(before: str, phrase: str) -> str:
    """Put a phrase in place of as many words that end in the same noun; "" where there are none."""
    old, new = before.split(), phrase.split()
    ends = [at for at, word in enumerate(old, 1) if new and stem(word.lower()) == stem(new[-1].lower())]
    if not ends or not 1 < len(new) <= min(_MOST, ends[-1]):
        return ""
    return " ".join((*old[: ends[-1] - len(new)], *new, *old[ends[-1] :]))


def with_topic(question: str, before: str) -> str:
    """Return a question with the content words of the one before that it does not have, in brackets."""
    own = {stem(word) for word in question_words(question)}
    topic = " ".join(word for word in content_words(question_words(before)) if stem(word) not in own)
    return f"{question} ({topic})" if topic else question


def with_item(question: str, answer: str) -> str:
    """Return a question that points at an item of a listing answer by its number with the item itself, or ""."""
    match = _ORDINAL.search(question)
    items = [found.strip() for found in re.findall(r"^\s*(?:[-*•]|\d+[.)])\s+(.+)$", answer, re.MULTILINE)]
    index = _ORDINALS[match.group(1).lower()] if match else 0
    if not match or not items or index >= len(items):
        return ""
    item = re.sub(r"\s*(?:\[\d+\])+\s*$", "", items[index])
    return question[: match.start()] + item + question[match.end() :]
