"""Which way an amount is bounded in a text: "at least 30 days", "up to 16", "5 minutes or less"."""

from __future__ import annotations

import re

_BEFORE = {
    "least": r"at least|not? (?:less|fewer) than|min(?:imum)?(?: of)?|≥",
    "most": r"at most|up ?to|not? more than|max(?:imum)?(?: of)?|within|≤",
    "more": r"(?:more|greater|longer|larger|higher) than|over|above|exceed(?:s|ing)?|>",
    "less": r"(?:less|fewer|shorter|smaller|lower) than|under|below|<",
}
_AFTER = {
    "least": r"\+|or (?:more|longer|larger|higher|above|over)\b|(?:as a |at )?(?:minimum|least|min)\b",
    "most": r"or (?:less|fewer|shorter|smaller|lower|below|under)\b|(?:as a |at )?(?:maximum|most|max)\b",
}


def _either(ways: dict[str, str]) -> str:
    return "|".join(f"(?P<{bound}>{words})" for bound, words in ways.items())


_IS_BEFORE = re.compile(rf"(?<!\w)(?:{_either(_BEFORE)})\s*$", re.I)
_IS_AFTER = re.compile(rf"[\s,]*(?:[^\W\d_]+\s+)?(?:{_either(_AFTER)})", re.I)
_IS_ASKED = re.compile(rf"(?<!\w)(?:{_either(_BEFORE)})\s+(?:how\b|_{{2,}})", re.I)
_EXTREME = re.compile(
    r"what is the (?:(?P<most>max(?:imum)?|longest|largest)|(?P<least>min(?:imum)?|shortest|smallest))\b", re.I
)
_UPWARDS = ("least", "more")


def bound_at(text: str, start: int, end: int) -> str:
    """Return how the amount at a span of `text` is bounded: "least", "most", "more", "less", or "" if it is not."""
    match = _IS_BEFORE.search(text[:start]) or _IS_AFTER.match(text[end:])
    return str(match.lastgroup) if match else ""


def bound_asked(stem: str) -> str:
    """Return which bound a stem asks for, before "how many" or a gap, or as "What is the maximum"; else ""."""
    match = _IS_ASKED.search(stem) or _EXTREME.match(stem)
    return str(match.lastgroup) if match else ""


def bounds_agree(said: str, true: str) -> bool:
    """Whether a bound may be said of an amount of which another is true; no bound need be said."""
    if said and true:
        return (said in _UPWARDS) == (true in _UPWARDS)
    return said not in ("more", "less")
