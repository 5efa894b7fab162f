"""Whether a sentence can be read without those around it."""

from __future__ import annotations

import re

_PARTS = (
    r"(?:sections?|chapters?|tables?|figures?|examples?|lists?|pages?|paragraphs?|steps?|modules?|equations?|rules?"
    r"|notes?|sentences?|questions?|exercises?|texts?|lessons?|diagrams?|images?|screenshots?|procedures?|code|topics?)"
)
_BACK = re.compile(
    r"\b(?:he|she|him|this|these|those(?! (?:that|who|of|with))|such(?! as)|former|latter|aforementioned"
    rf"|we|(?-i:us)|ours?|(?:above|below|previous|preceding|earlier|next|following|last) (?:\w+ )?{_PARTS}"
    rf"|{_PARTS} (?:\d|above|below|following|gives|shows|lists|adds)"
    r"|as (?:above|below|before|follows|shown|mentioned|seen)"
    r"|(?:old|older|study|course|exam|some|many|most) (?:\w+ )?(?:notes?|materials?|sheets?|texts?)"
    r"|notes? (?:that|say|give|list|written)\w*|the following|in turn|the (?:other|others|rest)|see"
    r"|exams?|modules?|lessons?|chapters?|sections?|worked examples?)\b",
    re.I,
)  # fmt: skip
_OPENING = re.compile(
    r"(?:(?:\S+ ){0,3}(?:it|they|them|here)\b|(?:and|but|or|so|yet|then|thus|hence|therefore|however|moreover"
    r"|furthermore|also|instead|otherwise|likewise|similarly|consequently|accordingly|meanwhile|conversely|again|both"
    r"|neither|either|its|their|others?|another|that|there|two|three|four|five|six|now|today|suppose|let|note|notice"
    r"|recall|remember|in (?:this|that|such|the) \w+|as a (?:result|consequence)|in (?:contrast|addition|fact)"
    r"|on the other hand|with (?:this|that)|(?:one|all|some|many|most|each|any|none) of)\b)",
    re.I,
)
# "The service collects records": which one was said before.
_BARE = re.compile(r"The (?:[a-z-]+ ){1,2}(?!(?:of|in|for|between|from|behind|within)\b)[a-z]+\b")
_NAMED = re.compile(r"The (?:[\w-]+ ){1,4}(?:of|in|for|between|from|behind|within) |The (?:[a-z-]+ )?\S*[A-Z0-9_]")


def stands_alone(text: str) -> bool:
    """Whether a sentence says what it says without those around it: no pronoun for a thing before, no pointing back."""
    plain = " ".join(text.split())
    if _OPENING.match(plain) or _BACK.search(plain) or plain.endswith((":", "?")):
        return False
    return not _BARE.match(plain) or _NAMED.match(plain) is not None
