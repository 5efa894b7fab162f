"""Rules that an item must pass before it is shown: each is a function, and a line here.

A hard rule keeps an item from ever being shown; of items that break a soft one, a quiz has only a few. Soft rules read
the item alone, so that a draw can ask them of every item. A case study is judged with each of its questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from rag.quiz.items import CaseStudy, Item, questions_of
from rag.quiz.rules import shape, soft, solved, support, wording
from rag.quiz.rules.evidence import Evidence, Finding
from rag.text.terms import stems

__all__ = ["HARD", "REPEAT", "SOFT", "Evidence", "Finding", "findings", "soft_findings"]

HardRule: TypeAlias = Callable[[Item, Evidence], Iterator[str]]
SoftRule: TypeAlias = Callable[[Item], Iterator[str]]

# Cheap ones first: where one finds something, the others are not asked.
HARD: dict[str, HardRule] = {
    "count of options and keys": shape.shape,
    "number of keys not stated": shape.number_stated,
    "option without its own rationale": shape.reasons,
    "options alike": shape.apart,
    "all or none of the above": wording.all_or_none,
    "does not stand alone": wording.standing_alone,
    "broken text": wording.clean,
    "stem holds the key": wording.key_in_stem,
    "grammar gives the key away": wording.grammar,
    "step tells its place": wording.order_words,
    "quote not in the text": support.quoted,
    "key not supported": support.key_supported,
    "rationale does not agree": support.rationale_agrees,
    "distractor supported": support.distractors_wrong,
    "two ways to match": support.pairs_wrong,
    "truth not as stated": support.truth,
    "solver finds another key": solved.solved,
}
SOFT: dict[str, SoftRule] = {
    "key longest": soft.key_longest,
    "negative stem": soft.negative,
    "absolute terms": soft.absolutes,
    "words shared with the key": soft.shared_words,
    "numbers unsorted": soft.unsorted_numbers,
    "unfocused stem": soft.unfocused,
    "options of mixed kinds": soft.mixed_kinds,
    "guessable from the options": soft.guessable,
}
REPEAT = "repeat of another item"  # found over all items of a bank: rag.quiz.rules.repeats
_SAYS_ENOUGH = 3  # words of a question that carry meaning


def findings(item: Item, evidence: Evidence) -> list[Finding]:
    """Return what is wrong with an item: what the first hard rule finds that it breaks, else what the soft ones find.

    Raises:
        ModelError: the embedder, the scorer or the reader failed.
    """
    parts = list(_parts(item))
    for name, rule in HARD.items():
        found = [Finding(name, True, f"{where}{why}") for where, part in parts for why in rule(part, evidence)]
        if found:
            return found
    return soft_findings(item)


def soft_findings(item: Item) -> list[Finding]:
    """Return what a quiz must not have much of."""
    return [Finding(name, False, why) for name, rule in SOFT.items() for one in questions_of(item) for why in rule(one)]


def _parts(item: Item) -> Iterator[tuple[str, Item]]:
    """Yield an item, and the questions of a case study; one that says little is read with the scenario before it."""
    yield "", item
    if isinstance(item, CaseStudy):
        for number, question in enumerate(item.items, 1):
            alone = len(stems(question.stem)) >= _SAYS_ENOUGH
            stem = question.stem if alone else f"{item.stem} {question.stem}"
            yield f"question {number}: ", question.model_copy(update={"stem": stem})
