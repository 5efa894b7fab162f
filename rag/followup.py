"""Makes a follow-up question standalone by rules: what it lacks is carried over from the question before.

"and for video?" is the question before it asked of something else; "can it be longer?" speaks of what the
question before was about; "and the second one?" names an item of the answer before. A question that brings its
own subject is left as it is, so that a change of topic is not polluted by old turns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.terms import content_words, question_words, stem
from rag.types import Turn

_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "1st": 0, "2nd": 1, "3rd": 2}
# The question before, asked of something else.
_ELLIPSIS = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|so|hm+|right|thanks|cool|got it)\W+)*"
    r"(?:(?:and|or|but)?\s*(?:what|how) (?:about|abt|if)\b"
    r"|(?:and|or)\s+(?:for|in|on|with|without|at|from|to|of|the|a)\b|(?:same|also|ditto)\b)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\W*(?:and|but|so|ok(?:ay)?)?\W*"
    r"(?:why(?: (?:not|is that|so|that))?|how(?: so| come)?|when|where|who|which(?: one)?"
    r"|how (?:much|many|long|big|often)|such as|like what|for example|example|what else|anything else)\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|they|them|their|those|these|he|she|his|her|ones|both|either|neither"
    r"|(?:that|this)(?=\W*$|\s+(?:is|was|isn't|does|do|doesn't|work|happens?|one|way)\b)"
    r"|the (?:former|latter|same|other|two|three|other one))\b",
    re.IGNORECASE,
)
# "is it true that S3 ..." names what it is about.
_EMPTY = re.compile(r"\b(?:is|was|does|can|would) it (?:true|possible|make sense|matter|mean)\b", re.IGNORECASE)
_ORDINAL = re.compile(
    rf"\bthe ({'|'.join(_ORDINALS)})(?: one| item| option| of (?:them|these|those))?\b", re.IGNORECASE
)
_NAME = re.compile(r"(?<=\w )[A-Z][\w-]*")  # a name is a subject of its own
_OPENING = re.compile(r"^\W*(?:and|but|so|or|ok(?:ay)?|then)\b[\s,]*", re.IGNORECASE)
_FEW = 3  # content words up to which a question in a conversation is taken to lack its subject


def standalone(question: str, history: Sequence[Turn]) -> str:
    """Return the question so that it can be understood without `history` (oldest first)."""
    question = re.sub(r"\s+", " ", question).strip()
    if not history or not question:
        return question
    before = standalone(history[-1].question, history[:-1])
    if item := _item_named(question, history[-1].answer):
        named = _ORDINAL.sub(lambda _: item, question, count=1)
        return f"{named} ({_topic(before, named)})"
    if _BARE.match(question) or _ELLIPSIS.match(question):
        return f"{before.rstrip(' ?.!')}, {_OPENING.sub('', question)}"
    if _depends(question):
        return f"{question.rstrip()} ({_topic(before, question)})"
    return question


def _depends(question: str) -> bool:
    """Whether a question speaks of something that it does not name."""
    if _PRONOUN.search(_EMPTY.sub(" ", question)):
        return True
    return len(content_words(question_words(question))) <= _FEW and not _NAME.search(question)


def _topic(before: str, question: str) -> str:
    """Return the content words of the question before that this one does not have."""
    own = {stem(word) for word in question_words(question)}
    return " ".join(word for word in content_words(question_words(before)) if stem(word) not in own)


def _item_named(question: str, answer: str) -> str:
    """Return the item of a listing answer that the question points at by its number, or nothing."""
    match = _ORDINAL.search(question)
    items = [found.strip() for found in re.findall(r"^\s*(?:[-*•]|\d+[.)])\s+(.+)$", answer, re.MULTILINE)]
    if not match or not items:
        return ""
    index = _ORDINALS[match.group(1).lower()]
    return re.sub(r"\s*(?:\[\d+\])+\s*$", "", items[index]) if index < len(items) else ""
