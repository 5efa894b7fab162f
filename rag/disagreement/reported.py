"""What a text only reports of others, or of a time that is over, which is not what it says itself."""

from __future__ import annotations

import re
from functools import lru_cache

_REPORTED = re.compile(
    r"\b(?:(?:some|many|most)\s+)?(?:(?:older|old|earlier|former|previous|study|exam)\s+(?:\w+\s+)?)?"
    r"(?:notes|manuals|handouts|sheets|texts|material|editions)\s+(?:that\s+)?"
    r"(?:say|says|said|claim|list|give|gave|name|mention|state|call|note|put|praise)\b[^.;]*"
    r"|\b(?:older|earlier|former|previous)\s+(?:study\s+)?(?:notes|manuals|handouts|sheets|texts)\b[^.;]*"
    r"|\b(?:raised|lifted|increased|lowered|reduced|changed|extended|cut)\s+from\s+[^.;,]*?(?=\s+to\b|[.;,]|$)"
    r"|\b(?:it|which)\s+(?:was|had been|used to be)\s+[^.;,]*\buntil\b[^.;,]*"
    r"|,\s+not\s+the\b[^.;,]*",
    re.I,
)


@lru_cache(maxsize=16384)
def own_words(text: str) -> str:
    """Return a text without what it only reports: "older notes say 5 TB", "raised from 5 TB"."""
    return _REPORTED.sub(" ", text)
