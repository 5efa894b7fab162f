"""Whether the texts say what an item says: quotes stand where they are said to, the key is in them, distractors not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.grounding.contrast import turned
from rag.quiz.items import (
    Cloze,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Ordering,
    TrueFalse,
    answers_of,
    cited,
    options_of,
)
from rag.quiz.reading import Reading, amounts_there, coverage, plain, says, share
from rag.quiz.rules.evidence import Evidence
from rag.text.quantities import quantities
from rag.text.terms import stems
from rag.types import Citation

_HELD = 0.7  # share of an answer's words that its quotes must hold
_AS_WELL = 0.9  # of what stands beside the key
_SAID = 0.97  # share of a false statement's words that no part of the text may have
_BORNE_OUT = 0.85  # share of a true statement's words that one part of the text must have
_IN_RATIONALE = 0.5  # share of the key's words
_BOUND = re.compile(r"\b(?:least|most|over|under|up)\b")
_TRUE_OR_FALSE = re.compile(r"^true or false:?\s*", re.I)


def quoted(item: Item, evidence: Evidence) -> Iterator[str]:
    """Yield quotes that do not stand in the texts."""
    for one in cited(item):
        if evidence.index_of(one) is None:
            yield f"no such quote in the text: “{one.quote[:80]}”"


def key_supported(item: Item, evidence: Evidence) -> Iterator[str]:
    """Yield answers that the quotes do not hold."""
    for answer, citations in _answers(item):
        held = " ".join(f"{' '.join(one.heading_path)} {one.quote}" for one in citations)
        value = answer.rpartition(": ")[2]  # of "column: cell" a quoted row has the cell
        if not any(_holds(held, one, evidence) for one in (answer, value)):
            yield f"no quote says “{answer}”"


def _holds(text: str, answer: str, evidence: Evidence) -> bool:
    if plain(answer) in plain(text) or share(evidence.reading.weights(stems(answer)), stems(text)) >= _HELD:
        return True
    return evidence.scorer.score(answer, [text]).supported


def distractors_wrong(item: Item, evidence: Evidence) -> Iterator[str]:
    """Yield distractors that the texts say of the stem as well as the key."""
    options = options_of(item)
    keys = [Spoken.of(item.stem, one.text, evidence.reading) for one in options if one.right]
    for one in options:
        if not one.right and keys and all(key.holds_of(one.text, evidence.reading) for key in keys):
            yield f"the text may say “{one.text}” too"


def pairs_wrong(item: Item, evidence: Evidence) -> Iterator[str]:
    """Yield matches that the texts say of another prompt too."""
    if not isinstance(item, Matching):
        return
    for pair in item.pairs:
        others = [one for one in item.matches if one != pair.match]
        both = [part for part in evidence.reading.parts if says(pair.prompt, part)]
        for other in others:
            if any(says(other, part) and not says(pair.match, part) for part in both):
                yield f"the text says “{other}” of “{pair.prompt}” too"


def truth(item: Item, evidence: Evidence) -> Iterator[str]:
    """Yield statements that the texts do not bear out though they are to be true, or bear out though they are not."""
    if not isinstance(item, TrueFalse):
        return
    claim = _TRUE_OR_FALSE.sub("", item.stem)
    weights = evidence.reading.weights(stems(claim))
    if item.answer and not _borne_out(claim, item, evidence):
        yield "the cited section does not say what is to be true"
    if not item.answer and any(coverage(weights, part) >= _SAID for part in evidence.reading.parts):
        yield "the text says what is to be false"


def _borne_out(claim: str, item: Item, evidence: Evidence) -> bool:
    """Whether one part of a cited section has the words of a claim, as far as the text knows them, and its amounts."""
    cited_here = {evidence.index_of(one) for one in item.citations}
    known = stems(claim).intersection(frozenset().union(*(part.own for part in evidence.reading.parts)))
    weights = evidence.reading.weights(known)
    return any(
        part.section in cited_here
        and share(weights, part.own, part.around) >= _BORNE_OUT
        and amounts_there(claim, part.text)
        and not turned(claim, part.text)
        for part in evidence.reading.parts
    )


def rationale_agrees(item: Item, evidence: Evidence) -> Iterator[str]:
    """Yield a rationale that does not speak of the key, or says that another option is right."""
    told = stems(f"{item.stem} {item.rationale}")
    for answer, _ in () if isinstance(item, Ordering | Matching) else _answers(item):
        weights = evidence.reading.weights(stems(answer))
        if weights and answer not in item.rationale and share(weights, told) < _IN_RATIONALE:
            yield f"the rationale does not speak of “{answer}”"
    if isinstance(item, TrueFalse) and not item.answer and plain(item.stem).strip() in plain(item.rationale):
        yield "the rationale says that the false statement is true"
    if isinstance(item, MultipleChoice):
        yield from _spoken_for(item)


@dataclass(frozen=True, slots=True)
class Spoken:
    """How a text says a key of a stem: what another option must be said of to be as right.

    Attributes:
        stem, key: what is asked, and the answer.
        weights: how much each word of the stem tells that stands with the key.
        strength: how much of them stands right beside it.
        measured: whether the amounts of the stem stand with the key too.
    """

    stem: str
    key: str
    weights: Mapping[str, float]
    strength: float
    measured: bool = False

    @classmethod
    def of(cls, stem: str, key: str, reading: Reading) -> Spoken:
        """Find the part that says the key of the stem."""
        weights = reading.weights(stems(stem) - stems(key) or stems(stem))
        parts = [part for part in reading.parts if says(key, part)]
        best = max(parts, key=lambda part: coverage(weights, part), default=None)
        if best is None:
            return cls(stem, key, {}, 1.0)
        held = {word: weight for word, weight in weights.items() if word in best.own or word in best.around}
        return cls(stem, key, held, coverage(held, best), amounts_there(stem, best.text))

    def holds_of(self, option: str, reading: Reading) -> bool:
        """Whether the text says another option of the stem too; one that the stem names is not said of it again."""
        if stems(option) <= stems(self.stem) or not self.weights:
            return False
        wanted = {word: weight for word, weight in self.weights.items() if word not in stems(option)} or self.weights
        return any(
            coverage(wanted, part) >= _AS_WELL * self.strength
            and says(option, part)
            and (amounts_there(self.stem, part.text) or not self.measured)
            and not _is_other_amount(self.key, option, part.text)
            for part in reading.parts
        )


def _is_other_amount(key: str, option: str, text: str) -> bool:
    """Whether a text says two amounts of different things: other words stand between them."""
    places = [
        next((one for one in quantities(text) if one.same(wanted)), None)
        for wanted in (*quantities(key)[:1], *quantities(option)[:1])
    ]
    if len(places) != 2 or None in places:
        return False
    first, second = sorted((one for one in places if one), key=lambda one: one.start)
    between = text[first.end : second.start]
    return bool(stems(between) or _BOUND.search(between))


def _spoken_for(item: MultipleChoice) -> Iterator[str]:
    """Yield wrong options that the key's rationale names in place of the key."""
    key = item.options[item.key[0]]
    for one in item.options:
        if not one.right and plain(one.text) in plain(item.rationale) and plain(key.text) not in plain(item.rationale):
            yield f"the rationale speaks of “{one.text}”, not of the key"


def _answers(item: Item) -> Sequence[tuple[str, Sequence[Citation]]]:
    """Return what must stand in quotes, and in which."""
    match item:
        case MultipleChoice() | MultipleResponse():
            right = [one for one in item.options if one.right]
            return [(one.text, (one.citation, *item.citations) if one.citation else item.citations) for one in right]
        case Matching():
            return [(one.match, (one.citation,) if one.citation else item.citations) for one in item.pairs]
        case Cloze():
            return [(item.answers[0], item.citations)]
        case _:
            return [(one, item.citations) for one in answers_of(item)]
