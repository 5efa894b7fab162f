"""What a good item has little of. These rules read the item alone, so that a draw can ask them of every item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.quiz.arrange import amounts
from rag.quiz.guesser import ABSOLUTE, chosen, guess, is_sure
from rag.quiz.items import Item, MultipleChoice, options_of
from rag.text.quantities import DIMENSIONS, quantities
from rag.text.terms import STOP_WORDS, question_words, stems

_LONGER, _MORE = 1.4, 8  # times the mean of the distractors, and characters beyond the longest of them
_NEGATIVE = re.compile(r"\b(?:not|except|never|incorrect|false|untrue|least likely|cannot|n't|wrong)\b", re.I)
_UNFOCUSED = re.compile(
    r"^(?:which|what)(?: (?:one|two|three))?(?: of (?:the|these)(?: following)?)?(?: \w+)?"
    r" (?:is|are) (?:true|correct|right)\W*$",
    re.I,
)
_VERB_OF_STEM = re.compile(
    r"[?:]|_{3,}|^(?:choose|select|name|put|match|order|arrange|complete|say|give|state|explain)\b", re.I
)
_LEADING_NUMBER = re.compile(r"\W{0,2}(?:about |up to |at least |at most |over |under )?\W{0,2}\d", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!])\s+(?=[A-Z])")
_SUBJECT = re.compile(r"(?:It|They|You|There)\b")


def key_longest(item: Item) -> Iterator[str]:
    """Yield a key that is much longer than every distractor."""
    if isinstance(item, MultipleChoice):
        key, *others = sorted(item.options, key=lambda one: not one.right)
        lengths = [len(one.text) for one in others]
        if len(key.text) > _LONGER * sum(lengths) / len(lengths) and len(key.text) > max(lengths) + _MORE:
            yield f"the key has {len(key.text)} characters, the longest distractor {max(lengths)}"


def negative(item: Item) -> Iterator[str]:
    """Yield a stem that asks for what is not so."""
    asked = _SENTENCE_END.split(item.stem)[-1]
    if options_of(item) and (found := _NEGATIVE.search(asked)):
        yield f"the stem asks in the negative: “{found.group()}”"


def absolutes(item: Item) -> Iterator[str]:
    """Yield absolute terms that only distractors have."""
    options = options_of(item)
    if not any(ABSOLUTE.search(one.text) for one in options if one.right):
        for one in options:
            if found := ABSOLUTE.search(one.text):
                yield f"only distractors are absolute: “{found.group()}”"
                return


def shared_words(item: Item) -> Iterator[str]:
    """Yield words that the stem shares with the key and with no distractor."""
    if isinstance(item, MultipleChoice):
        others = [stems(one.text) for one in item.options if not one.right]
        shared = (stems(item.stem) & stems(item.options[item.key[0]].text)).difference(*others)
        if shared:
            yield f"only the key says what the stem says: {', '.join(sorted(shared))}"


def unsorted_numbers(item: Item) -> Iterator[str]:
    """Yield numeric options that do not ascend."""
    found = amounts([one.text for one in options_of(item)])
    if found != sorted(found):
        yield "the numbers of the options do not ascend"


def unfocused(item: Item) -> Iterator[str]:
    """Yield a stem that does not say what is asked before the options are read."""
    content = [word for word in question_words(item.stem) if word not in STOP_WORDS]
    if options_of(item) and (_UNFOCUSED.match(item.stem) or not content or not _VERB_OF_STEM.search(item.stem)):
        yield "the stem does not say what is asked"


def mixed_kinds(item: Item) -> Iterator[str]:
    """Yield options that are not all of one kind: numbers, phrases or sentences."""
    kinds = {_kind(one.text) for one in options_of(item)}
    if len(kinds) > 1:
        yield f"options are of several kinds: {', '.join(sorted(kinds))}"


def guessable(item: Item) -> Iterator[str]:
    """Yield a key that the options alone give away."""
    if isinstance(item, MultipleChoice):
        scores = guess(item.stem, [one.text for one in item.options])
        if chosen(scores) == list(item.key) and is_sure(scores):
            yield "length, words of the stem and likeness give the key away"


def _kind(option: str) -> str:
    if _LEADING_NUMBER.match(option) or any(one.unit in DIMENSIONS and not one.start for one in quantities(option)):
        return "numbers"
    if option.endswith((".", "?")) or _SUBJECT.match(option):
        return "sentences"
    return "phrases"
