"""Whether words of a learner name a fact as one of several: "availability or durability" is no answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from rag.text.terms import STOP_WORDS, stem

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|\((?!or\b)|[.:!)](?=\W|$)|[,;?/|\n]")
_OR = frozenset("or either maybe perhaps possibly alternatively / | ?".split())
_JOINTS = _OR | frozenset((",", ";", "and", "\n"))
_ARTICLES = frozenset("a an the".split())
# What offers no choice: "30 days or more", and an explanation in brackets.
_NO_CHOICE = re.compile(r"\bor (?:more|less|longer|later|so|fewer|above|over|below|under)\b|\((?!or\b)[^()]*\)", re.I)
# Words that may follow a name, and makers that may stand before it, without making another name of it.
_HEADS = frozenset("service api volume queue metric score value method technique algorithm tool library".split())
_MAKERS = frozenset("amazon aws apache google microsoft azure ibm oracle meta facebook nvidia intel openai".split())


@dataclass(slots=True)
class _Run:
    """Words that stand together, as stems and joints, and whether the sentence goes on after them."""

    words: list[str] = field(default_factory=list)
    goes_on: bool = False


def named_beside(answer: str) -> frozenset[str]:
    """Return the words that may stand beside an answer: kinds of things, and before a name the one who makes it."""
    found = _HEADS | _MAKERS if any(letter.isupper() for letter in answer) else _HEADS
    return found | {stem(one) for one in found}


def is_one_of_several(text: str, fact: Collection[str], known: Collection[str], *, naming: bool) -> bool:
    """Whether a text names a fact beside something else, joined by "or" or, where a name is asked for, in any way.

    Args:
        text: what the learner wrote.
        fact: stems of the words of the fact.
        known: stems of the words that may stand beside it: those of all facts and of the question.
        naming: whether a name is asked for, so that a second one beside it is a second guess.
    """
    return any(_is_several(run, fact, known, naming) for run in _runs(_NO_CHOICE.sub(" ", text), fact, naming))


def _is_several(run: _Run, fact: Collection[str], known: Collection[str], naming: bool) -> bool:
    held = [at for at, word in enumerate(run.words) if word in fact]
    if not held or not (naming or not _OR.isdisjoint(run.words)):
        return False
    after = run.words[held[-1] + 1 :]
    told = run.words[: held[-1]] if run.goes_on and _JOINTS.isdisjoint(after) else run.words
    return any(word not in known and word not in _JOINTS for word in told)


def _runs(text: str, fact: Collection[str], naming: bool) -> Iterator[_Run]:
    """Yield the words that stand together; function words part them, but for those of the fact and after an "or"."""
    joints = _JOINTS if naming else _OR | {","}
    run = _Run()
    for match in _TOKEN.finditer(text):
        token = match.group().lower().replace("’", "'").removesuffix("'s")
        if token in joints:
            run.words.append(token)
        elif token in _ARTICLES or (run.words and run.words[-1] in _OR and token in STOP_WORDS):
            continue
        elif (token in STOP_WORDS and stem(token) not in fact) or not token[0].isalnum():
            run.goes_on = token[0].isalnum()
            yield run
            run = _Run()
        else:
            run.words.append(stem(token))
    yield run
