"""Whether someone who reads the texts finds the key: an item that a reader solves otherwise has two keys, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from rag.quiz.items import Cloze, Item, Matching, MultipleChoice, MultipleResponse, Ordering
from rag.quiz.reading import Reading, plain, share
from rag.quiz.rules.evidence import Evidence
from rag.quiz.solver import Solver
from rag.text.terms import stems

_FOUND = 0.6  # share of a step's words that a part must hold to be where it stands


def solved(item: Item, evidence: Evidence) -> Iterator[str]:
    """Yield where the solver chooses otherwise, or cannot decide.

    Its scores do not depend on the order of options: where the key leads, it is found on every shuffle.
    """
    reading = evidence.reading_of(item.citations)
    if not reading.parts:
        return
    solver = Solver(reading, evidence.vectors, evidence.reader)
    match item:
        case MultipleChoice() | MultipleResponse():
            yield from _chosen(item, solver)
        case Matching():
            yield from _matched(item, solver)
        case Ordering():
            yield from _ordered(item, reading)
        case Cloze():
            told = " ".join(one.text for one in reading.sections)
            if _bare(item.stem.replace(Cloze.BLANK, item.answers[0])) not in _bare(told):
                yield "the text does not read as the stem does with its gap filled"
        case _:
            pass


def _chosen(item: MultipleChoice | MultipleResponse, solver: Solver) -> Iterator[str]:
    """Yield a distractor that scores no less than every key."""
    scores = solver.scores(item.stem, [one.text for one in item.options])
    least = min(scores[at] for at in item.key)
    rivals = [one.text for one, score in zip(item.options, scores, strict=True) if not one.right and score >= least]
    if rivals:
        yield f"a solver that reads the passage chooses “{rivals[0]}”"


def _matched(item: Matching, solver: Solver) -> Iterator[str]:
    """Yield two matches that are better exchanged: then the key is not the best way to match all."""
    matches = item.matches
    scores = [solver.scores(pair.prompt, matches) for pair in item.pairs]
    scores += [[0.0] * len(matches)] * len(item.decoys)  # a decoy may be left over as well as any
    for one, two in combinations(range(len(matches)), 2):
        if scores[one][two] + scores[two][one] > scores[one][one] + scores[two][two]:
            yield f"a solver that reads the passage exchanges “{matches[one]}” and “{matches[two]}”"
            return


def _ordered(item: Ordering, reading: Reading) -> Iterator[str]:
    """Yield steps that do not stand in the text in their order."""
    last = -1
    for step in item.steps:
        weights = reading.weights(stems(step))
        places = [at for at, part in enumerate(reading.parts) if share(weights, part.own) >= _FOUND]
        later = [at for at in places if at >= last]
        if not later:
            yield f"the text does not have “{step}” where the order has it"
            return
        last = max(later, key=lambda at: (share(weights, reading.parts[at].own), -at))


def _bare(text: str) -> str:
    """Return the words of a text without articles, which a gap may hide."""
    return plain(re.sub(r"\ba\(n\)|\ban?\b", " ", text, flags=re.I))
