"""Makes a follow-up question standalone by rules: what it lacks is carried over from the question before.

"and for video?" is the question before it asked of something else; "can it be longer?" speaks of what the
question before was about; "the second one" names an item of the answer before. A question that brings its own
subject is left as it is, so that a change of topic is not polluted by old turns. Words alone do not always tell
("how many shards?"): where a question may lack its subject, the texts say which reading they come nearer to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from rag.conversation.carry import PREPOSITION, VERB, continued, with_item, with_topic
from rag.text.terms import content_words, question_words
from rag.types import Turn

Nearness: TypeAlias = Callable[[str], float]  # how near the texts come to a question: a cosine similarity

_FILLER = r"(?:so|ok(?:ay)?|then|hm+|right|thanks|cool|got it|no|sorry)\b\W*"
_OPENING = re.compile(rf"^\W*(?:{_FILLER}|(?:and|or|but)\b\W*)+", re.IGNORECASE)
_JOINED = re.compile(rf"^\W*(?:{_FILLER})*(?:and|or|but)\b", re.IGNORECASE)
# The question before, asked of something else.
_ELLIPSIS = re.compile(
    r"^(?:(?:what|how) (?:about|abt|if)\b|(?:same|also|ditto)\b|i meant?\b)|\bi meant?\W*$", re.IGNORECASE
)
_CLAUSE = re.compile(
    rf"\b(?:{VERB}|what|how|why|when|where|who|which|explain|describe|list|show|tell)\b", re.IGNORECASE
)
_BARE = re.compile(
    r"^(?:why(?: (?:not|is that|so|that))?|how(?: so| come)?|when|where|who|which(?: one)?"
    r"|how (?:much|many|long|big|often)|such as|like what|what else|anything else"
    r"|(?:(?:give|show) (?:me )?)?(?:for |an |some )?examples?)\W*$",
    re.IGNORECASE,
)
# What stands for something named before; after other words of its own question, it stands for those.
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|they|them|their|those|these|he|she|his|her|ones|both|either|neither"
    rf"|(?:that|this)(?=\W*$|\s+(?:{VERB}|{PREPOSITION}|one|way|though)\b)"
    rf"|one(?=\W*$|\s+(?:{VERB}|{PREPOSITION})\b)"
    rf"|the (?:former|latter|other(?: one)?|(?:same|two|three)(?=\W*$|\s+(?:{VERB}|for|with)\b)))\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"\b(?:there|then|instead|too|though)\W*$", re.IGNORECASE)
# "is it true that S3 ..." names what it is about.
_EMPTY = re.compile(
    r"\b(?:is|was|does|can|would) it (?:true|possible|make sense|matter|mean)\b|\b(?:they|people|ppl) mean\b",
    re.IGNORECASE,
)
# What is to be defined is named: "what is a shard", "explain dropout".
_DEFINES = re.compile(
    r"^(?:what|wat)(?:['’]?s| is| are) (?:an?\b|[\w-]+\W*$)|^(?:define|describe|explain) (?!the\b)", re.IGNORECASE
)
_NAME = re.compile(r"(?<=\w )[A-Z][\w-]*")  # a name is a subject of its own
_REACH = 6  # turns back to which a chain of follow-ups is read
_LONG = 400  # characters above which a question stands alone, and leaves only words of it to the next
_KEPT = 20  # of those words
_FEW = 3  # content words up to which a question in a conversation may lack its subject
# How much nearer the texts must come to a question with the old topic than to it alone: a short one that points
# back may lose a little by it, any other must gain. Chosen on the dev conversations of `evals followups`.
_POINTING, _OTHER = -0.05, 0.15


def standalone(question: str, history: Sequence[Turn], nearness: Nearness | None = None) -> str:
    """Return the question so that it can be understood without `history` (oldest first).

    Args:
        question: as it was put.
        history: the turns before it.
        nearness: asked where a question may have a subject of its own; without it, the words alone decide.
    """
    question = re.sub(r"\s+", " ", question).strip()
    if not history or not question or len(question) > _LONG:
        return question
    turns = history[-_REACH:]
    before = _shortened(standalone(turns[-1].question, turns[:-1], nearness))
    if named := with_item(question, turns[-1].answer):
        return with_topic(named, before)
    rest = _OPENING.sub("", question)
    if _BARE.match(rest):
        return continued(before, rest)
    elliptic = _is_elliptic(question, rest)
    carried = continued(before, rest) if elliptic else with_topic(question, before)
    return carried if _lacks_subject(question, carried, nearness, pointing=elliptic or _points(question)) else question


def _shortened(before: str) -> str:
    return before if len(before) <= _LONG else " ".join(content_words(question_words(before))[:_KEPT])


def _lacks_subject(question: str, carried: str, nearness: Nearness | None, *, pointing: bool) -> bool:
    """Whether a question is to be read as `carried`; `pointing` if words of it point at what was said before."""
    few = len(content_words(question_words(question))) <= _FEW
    if not pointing and (not few or _DEFINES.match(_OPENING.sub("", question))):
        return False
    if nearness is None:
        return pointing or not _NAME.search(question)
    return nearness(carried) - nearness(question) > (_POINTING if pointing and few else _OTHER)


def _is_elliptic(question: str, rest: str) -> bool:
    """Whether a question, `rest` without its opening, says only what is other than in the question before."""
    return bool(_ELLIPSIS.search(rest) or (_JOINED.match(question) and not _CLAUSE.search(rest)))


def _points(question: str) -> bool:
    """Whether some word of a question, or the want of any, points at what was said before."""
    if _JOINED.match(question) or _CLOSING.search(question) or not content_words(question_words(question)):
        return True
    found = _PRONOUN.search(said := _EMPTY.sub(" ", question))
    return found is not None and len(content_words(question_words(said[: found.start()]))) <= 1
