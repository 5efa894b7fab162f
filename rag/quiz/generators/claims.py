"""What a sentence says of its subject: its main clause, of what kind that is, and whether it can be asked for."""

from __future__ import annotations

import re
from typing import Literal

from rag.quiz.language import FINITE, PREPOSITIONS, Clause, clause, is_verb, sentence

Kind = Literal["is", "means", "does", "other"]

# Where what is said first is whole, and what follows explains it.
_AFTER_MAIN = re.compile(
    r";|:\s|,\s(?:so|because|which|who|whose|where|while|whereas|although|though|since|as of|for (?:example|instance)"
    r"|such as|including|e\.g\.)\s|\s(?:because|whereas|while(?= [A-Z]))\s| – | — "
)
_AND_CLAUSE = re.compile(r",\s(?:(?:and|but|or)\s)?|\s(?:and|but)\s(?=(?:an?|the)\s)")
_EXAMPLE = re.compile(r"such as|for (?:example|instance)|including")
_ASIDE = re.compile(r"[^,;]+,(?![^;]*\b(?:and|or)\b)")
_CONDITION = re.compile(r"\b(?:if|unless|except|provided|only when|as long as)\b", re.I)
_LINKING = frozenset(
    "that which who whose where when if while how what whether because as and before after until".split()
)
_SECOND_VERB = re.compile(
    r",? (?:and|but) (?:is|are|was|has|can|could|may|must|will|would|\w+(?:oses|izes|ises|eeps|ives|ows|ains))\b"
)
_VERBS = FINITE | {"means", "needs"}
# Verbs that say how a thing is or what goes with it, which can be true of its siblings too.
_STATES = frozenset(
    "have do need require suit cost matter help support work go run be get become seem remain depend include contain"
    " use exist apply offer allow let want appear belong bring benefit call change come consist differ end fail fall"
    " fit follow give grow hold involve keep know last lead lie live make mean occur play rely rest rise save say show"
    " sit stand start stay read stop take tell tend trade try vary win lose serve see look feel happen favour favor"
    " beat arrive accept bill charge gain finish cap learn listen publish handle cover expect assume"
    " expose exceed equal point".split()
)
_RELATIVE = re.compile(
    r"−|\b(?:more|less|fewer|better|worse|richer|faster|slower|cheaper|higher|lower|larger|smaller|instead|too|both"
    r"|also|as well|first two|one's)\b",
    re.I,
)
_VAGUE = re.compile(
    r"^(?:an?|the) (?:\w+ )?(?:better|best|right|wrong|safe|safest|same|opposite|answer|choice|replacement|alternative"
    r"|name|favourite|question|route|usual|only|first|last|main|key|good|common|important|great|suggested|recommended"
    r"|reason|result|case|example|way|kind|type|sort|part|mistake|problem|symptom|goal|one|separate|former|new|old)\b",
    re.I,
)


def main_clause(rest: str) -> str:
    """Return what follows a verb without what only explains it; conditions stay, since it is not true without them."""
    cuts = [*_AFTER_MAIN.finditer(rest), *(one for one in _AND_CLAUSE.finditer(rest) if _is_clause(rest[one.end() :]))]
    for cut in sorted(cuts, key=lambda match: match.start()):
        if _EXAMPLE.search(cut.group()) and _ASIDE.match(rest[cut.end() :]):
            return rest  # the example stands in the middle
        if rest.count("(", 0, cut.start()) == rest.count(")", 0, cut.start()):
            return rest if _CONDITION.search(rest[cut.end() :]) else rest[: cut.start()].rstrip(" ,")
    return rest


def one_verb(rest: str) -> str:
    """Return what is said of a thing as far as its first verb goes: "a disk inside the host"."""
    cut = _SECOND_VERB.search(rest)
    return rest if cut is None or set(rest[: cut.start()].split()) & _LINKING else rest[: cut.start()]


def _is_clause(text: str) -> bool:
    words = re.split(r"[,;:]", text)[0].split()
    finite = next((at for at, word in enumerate(words[1:7], 1) if word in _VERBS), 0)
    if finite and not _LINKING & set(words[:finite]):
        return True
    return clause(sentence(text)) is not None


def kind_of(found: Clause) -> Kind:
    """Return what sort of thing a clause says of its subject."""
    if found.lemma == "be":
        return "is" if found.verb == "is" and _defines(found.rest) else "other"
    if found.lemma == "mean":
        return "means"
    return "does" if found.helper in ("do", "does") and found.lemma not in ("have", "be") else "other"


def _defines(rest: str) -> bool:
    """Whether what follows "is" says what a thing is, well enough to be known by it."""
    return re.match(r"(?:an?|the)\s", rest) is not None and len(rest.split()) > 4 and not _VAGUE.match(rest)


def is_tidy(found: Clause, kind: Kind) -> bool:
    """Whether what is said is one thing that something is or does, and compares with nothing."""
    words = found.rest.split()
    if kind == "does" and (found.lemma in _STATES or words[0] in PREPOSITIONS or len(words) < 3):
        return False
    if _RELATIVE.search(found.rest) or _runs_on(found.rest):
        return False
    verb = next((at for at, word in enumerate(words) if word in _VERBS), 0)
    return not verb or bool(_LINKING & set(words[:verb]))


def _runs_on(rest: str) -> bool:
    """Whether a part between commas may be a clause of its own: "prepares an account, cdk diff shows changes"."""
    for part in rest.split(",")[1:]:
        words = [word for word in part.split() if word not in ("and", "or", "but")]
        if words and not is_verb(words[0]) and any(is_verb(word) and word.endswith("s") for word in words[1:6]):
            return True
    return False
