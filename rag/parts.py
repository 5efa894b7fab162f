"""The parts of a question, each as a question of its own: the sides of a comparison, questions that are joined.

No single statement answers them together, so what reads question and statement together reads them one by one. Rules
over the words alone.
"""

from __future__ import annotations

import re

from rag.question import Kind, Question
from rag.text.sentences import sentence_spans
from rag.text.terms import content_words, question_words

_NAME = r"[\w./+-]+(?:\s[\w./+-]+){0,4}?"
_NAMED_FIRST = re.compile(  # "X or Y, how do they differ"
    rf"(?:^|[,:;]\s*)(?P<a>{_NAME})\s+(?:and|or)\s+(?P<b>{_NAME})[,:;]\s*"
    r"(?:how|what|which)\b.*\b(?:differ\w*|diff?e?rence|diff|each|compare)\b",
    re.I,
)
_DIFF = re.compile(rf"\bdiff\s+(?:between\s+)?(?P<a>{_NAME})\s+(?:and|to|vs\.?)\s+(?P<b>{_NAME})\s*\??$", re.I)
_MEASURED = re.compile(  # "how much X do I get from Y compared with Z"
    r"(?P<asked>how \w+ .{0,120}\b(?:from|of|in|for|with|on|to|by|is|are|does|do|can)\s+)(?P<a>.{1,80}?)\s+"
    r"(?:compared (?:to|with)|versus|vs\.?|as opposed to)\s+(?P<b>.{1,80}?)[?.]*$",
    re.I,
)
_SIDE_END = re.compile(r"[?!]|\s+differ\b", re.I)
_COMPARING = re.compile(
    r"\b(?:what(?:'?s| is| are)?|how|in what way|do(?:es)?|is|are|the|an?|main|they|diff(?:e?rences?|ers?|erent)?"
    r"|distinctions?|distinguish\w*|comparison|compared?|contrast|between|of|from|with|to|versus|vs\.?|against|and)\b",
    re.I,
)
_ASKS_TO_COMPARE = re.compile(
    r"[,;:]?\s*\b(?:how|what(?:'?s)?)\b[^,;:]*\b(?:differ\w*|diff?e?rences?|diff|compare)\b.*$", re.I
)
_QUESTION = r"(?:(?:for|on|in|to|by|with|at|under|from)\s+)?(?:what|which|how|why|who)\b"
_JOINED = re.compile(rf"(?:,?\s+(?:and|but|or)|[,;])\s+(?=(?:{_QUESTION}|when\b|where\b))", re.I)
_ASKED = re.compile(rf"^(?:when|where)\b|(?:^|(?<=[:,;\s])){_QUESTION}", re.I)
_LEANS = re.compile(r"\b(?:it|its|that|them|they|this|those|there|then)\b", re.I)
_SHORT = 2  # content words of a part that says what it is about


def parts_of(question: Question) -> tuple[str, ...]:
    """Return the parts of a question, in the order of its sides where it has such; none where it asks one thing."""
    if question.kind is Kind.COMMON:  # one statement says what two things share
        return ()
    if question.kind is Kind.COMPARISON and len(question.sides) == 2:
        one, two = (_SIDE_END.split(side)[0] for side in question.sides)
        return _about(one, two, question.text), _about(two, one, question.text)
    if match := _NAMED_FIRST.search(question.text) or _DIFF.search(question.text):
        return _about(match["a"], match["b"], question.text), _about(match["b"], match["a"], question.text)
    if match := _MEASURED.search(question.text):
        return f"{match['asked']}{match['a']}?", f"{match['asked']}{match['b']}?"
    return _joined(question.text)


def _about(side: str, other: str, text: str) -> str:
    """Return a comparison as a question about one side: what else is asked stays, else what it is."""
    places = [text.find(name) for name in (side, other)]
    if min(places) < 0:
        return f"What is {side}?"
    before, after = text[: min(places)], text[max(places[0] + len(side), places[1] + len(other)) :]
    after = _ASKS_TO_COMPARE.sub("", after)
    if content_words(question_words(_COMPARING.sub(" ", f"{before} {after}"))):
        return f"{before}{side}{after}"
    return f"What is {side}?"


def _joined(text: str) -> tuple[str, ...]:
    said: list[str] = []
    asked: list[str] = []
    for start, end in sentence_spans(text):
        sentence = text[start:end].rstrip(" ?.")
        opening = _ASKED.search(sentence)
        if opening is None and text[end - 1] != "?":
            said.append(text[start:end])
            continue
        at = opening.start() if opening else 0
        said.append(sentence[:at].strip())
        asked += _JOINED.split(sentence[at:])
    if len(asked) < 2:
        return ()
    context = " ".join(filter(None, said))
    leading = [f"{asked[0]}? " if at and _leans(part) else "" for at, part in enumerate(asked)]
    return tuple(f"{context} {lead}{part}?".strip() for lead, part in zip(leading, asked, strict=True))


def _leans(part: str) -> bool:
    """Whether a part cannot be understood without the one before it."""
    return _LEANS.search(part) is not None or len(content_words(question_words(part))) < _SHORT
