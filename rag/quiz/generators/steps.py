"""Steps of a procedure: each cut to what is done, and which of them can stand in one order only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.quiz.language import DETERMINERS, POSSESSIVES, PREPOSITIONS, base, is_infinitive, is_noun, is_verb
from rag.text.sentences import first_sentence
from rag.text.statements import Statement
from rag.text.terms import stem

MOST = 5
LEAST = 3
_OPTIONAL = re.compile(r"^\W*option(?:al|ally)\b|\boptionally\b", re.I)
_ORDER_WORDS = re.compile(
    r"^(?:first(?:ly)?|second(?:ly)?|third|next|then|now|finally|last(?:ly)?|afterwards|after that|at the end)\b,?\s+"
    r"|\s+(?:again|first|at last|afterwards)$",
    re.I,
)
_REASON = re.compile(
    r"\s*(?:[;:](?=\s)|,? (?:because|so that|in order that)\b|, (?:since|such as|for example|for instance|which|where"
    r"|so|as|or the|but|although|while|until|unless|with the)\b).*$"
)
_MORE = re.compile(r"^([^,]+), (?:and|then) .*$")  # without a comma before, it is no series but another clause
_ASIDE = re.compile(
    r"(?<=\w) \([^()]*[a-z]{3}[^()]*\)(?! [/×*=])"
    r"|, (?:such as|for example|for instance) [^,]+,(?= (?:may|can|must|should|will|is|are)\b)"
)
_BACK = re.compile(
    r"\b(?:steps? \d|(?:previous|above|next|earlier|last) steps?|as follows|following)\b|\b(?:above|below)$|:$", re.I
)
_SCREEN = re.compile(
    r"\b(?:click|console|button|menu|pane|tab|icon|drop-?down|dialog|check ?box|navigation|page)\b"
    r"|^(?:choose|select|enter|under|for|in the) [A-Z]",
    re.I,
)
_LATE = re.compile(r"^(?:then|next|finally|afterwards|at the end|at last|lastly)\b", re.I)
_FAILURE = re.compile(r"\b(?:that|which|if [^,]+|who) fail(?:s|ed)?\b", re.I)
_KNOWN = frozenset("the that those these its their each every this".split())
_ENDS = PREPOSITIONS | _KNOWN | frozenset("and or a an is are may must can".split())
# What is done at the beginning, in the middle and at the end of most procedures.
_PHASES = tuple(
    frozenset(verbs.split())
    for verbs in (
        "choose pick select define decide name list collect gather identify connect import open read take download",
        "create write build draw prepare make provide set clean split divide convert fill",
        "run start train fit launch submit apply process retrain calculate compute count",
        "test evaluate validate verify audit compare review score",
        "deploy publish release ship share push promote switch pool retire delete",
    )
)
# What is done here or there: such steps stand in a list because they are all needed, not because of their order.
_LOOSE = frozenset(
    "set give add keep limit allow return use avoid include remember ensure make put extend shuffle specify enter"
    " enable turn consider note for with at alarm search combine".split()
)


def shown(statement: Statement) -> str:
    """Return what is done in a step, without reasons, asides and words that tell its place; "" if nothing is left."""
    plain = _ASIDE.sub("", first_sentence(statement.text)).strip()
    if _OPTIONAL.search(plain) or statement.former >= 0:
        return ""
    plain = _ORDER_WORDS.sub("", without_reasons(plain)).strip(" ,")
    return plain[:1].upper() + plain[1:] if 3 <= len(plain.split()) <= 22 and not _BACK.search(plain) else ""


def without_reasons(text: str) -> str:
    """Return a sentence, or the rest of one, without reasons, examples and what hangs on by a semicolon."""
    return _MORE.sub(r"\1", _REASON.sub("", text)).strip(" ,")


def is_instruction(text: str) -> bool:
    """Whether a text tells what to do: "Keep ranges narrow"."""
    if re.match(r"[A-Z]\w* [A-Z]", text):
        return False
    word, second, *_ = [*text.lower().split(), "", ""]
    if not is_infinitive(word):
        return False
    return not is_noun(word) or second in DETERMINERS | POSSESSIVES or word in _LOOSE or _phase(text) >= 0


def on_screen(texts: Sequence[str]) -> bool:
    """Whether steps are clicks through a program rather than a procedure worth knowing."""
    return sum(_SCREEN.search(text) is not None for text in texts) * 3 > len(texts)


def without_branches(steps: Sequence[Statement]) -> list[Statement]:
    """Return the steps that are always taken: of neighbours that begin with "if" the first, and none for a failure."""
    kept = list(steps[:1])
    kept += [after for before, after in pairwise(steps) if not (_is_condition(before) and _is_condition(after))]
    return [step for step in kept if not _FAILURE.search(step.text)]


def in_order(steps: Sequence[Statement]) -> list[Statement]:
    """Return the steps of a numbered list that cannot well be exchanged; none where more than half of them could be.

    The numbers are the author's word for the order. Steps that set or add something are often in any order, and so
    are those that do the same to different things; they are left out.
    """
    verbs = [_verb(step.text) for step in steps]
    firm = [verb not in _LOOSE and (not verb or verbs.count(verb) < 2) for verb in verbs]
    kept = [step for step, holds in zip(steps, firm, strict=True) if holds]
    kept = kept[:MOST] if len(kept) * 2 > len(steps) else []
    tied = sum(any(follows(before, after) for before in kept[:at]) for at, after in enumerate(kept))
    return kept if tied * 2 >= len(kept) - 1 else []


def follows(before: Statement, after: Statement) -> bool:
    """Whether it can be seen from two steps that the second comes after the first."""
    first, second = _phase(before.text), _phase(after.text)
    if first >= 0 and second >= 0 and first != second:
        return first < second
    taken_up = _nouns(shown(after), known=True) & _nouns(shown(before), known=False)
    return _LATE.match(after.text) is not None or bool(taken_up)


def _verb(text: str) -> str:
    word = text.split(" ", 1)[0].strip(",.:").lower()
    return base(word) if is_verb(word) else ""


def _phase(text: str) -> int:
    return next((at for at, verbs in enumerate(_PHASES) if _verb(text) in verbs), -1)


def _nouns(text: str, known: bool) -> set[str]:
    """Return the stems of the nouns that a step speaks of as known, after a definite word; or of all others."""
    found, within = set(), False
    for word in (one.strip(".,;:()").lower() for one in text.split()[1:]):
        within = word in _KNOWN or (within and word not in _ENDS)
        if within == known and len(word) > 2 and word not in _ENDS and is_noun(word):
            found.add(stem(word))
    return found


def _is_condition(step: Statement) -> bool:
    return re.match(r"(?:if|otherwise|or)\b", step.text, re.I) is not None
