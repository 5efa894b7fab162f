"""The questions of a file, and how they read where a person reads them: as asked, as answered, and why."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rag.quiz.items import (
    Cloze,
    Flashcard,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Ordering,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from rag.quiz.seating import seats
from rag.study.remember import alone
from rag.types import Citation

_TITLE = 80  # characters


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of a file.

    Attributes:
        item: what is asked; a question of a case study with its scenario in the stem.
        whole: the item that it comes from.
    """

    item: Item
    whole: Item


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file is made of.

    Attributes:
        title: of the quiz, the deck, the category.
        at: now; only Anki's files hold it, since Anki takes a note in place of an older one.
        fonts: files of fonts for a PDF, tried before those that are always there.
    """

    items: Sequence[Item]
    title: str
    at: datetime
    fonts: Sequence[Path] = ()

    @property
    def entries(self) -> list[Entry]:
        """The questions."""
        return entries(self.items)


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and what a person must know of it."""

    content: bytes
    notes: tuple[str, ...] = ()


def entries(items: Iterable[Item]) -> list[Entry]:
    """Return what is asked, the questions of a case study one by one."""
    return [Entry(alone(seat), item) for item in items for seat in seats([item], 0)]


def short_title(item: Item) -> str:
    """Return the last line of the stem, cut to a length at which it can name the question."""
    line = " ".join(item.stem.rpartition("\n")[2].split()) or item.id
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1].rstrip()}…"


def letter(at: int) -> str:
    """Return the letter of what stands at a place from 0: A, B, and so on."""
    return chr(ord("A") + at) if at < 26 else str(at + 1)


def mixed(item: Ordering | Matching) -> list[str]:
    """Return the steps or matches in the order in which they are shown, always the same and never the right one."""
    texts = list(item.steps) if isinstance(item, Ordering) else matches(item)
    shown = list(texts)
    random.Random(item.id).shuffle(shown)
    return shown if shown != texts else [*shown[1:], *shown[:1]]


def matches(item: Matching) -> list[str]:
    """Return all that can be matched, each once."""
    return list(dict.fromkeys(item.matches))


def asked(item: Item) -> list[str]:
    """Return the lines under the stem."""
    if isinstance(item, Ordering):
        return _lettered(mixed(item))
    if isinstance(item, Matching):
        return [f"{at}. {pair.prompt}" for at, pair in enumerate(item.pairs, 1)] + _lettered(mixed(item))
    if isinstance(item, TrueFalse):
        return ["True or false?"]
    return _lettered([option.text for option in options_of(item)])


def answered(item: Item) -> list[str]:
    """Return the lines of the key."""
    if isinstance(item, MultipleChoice | MultipleResponse):
        return [f"{letter(at)}) {item.options[at].text}" for at in item.key]
    if isinstance(item, Ordering | Matching):
        right = item.steps if isinstance(item, Ordering) else [one.match for one in item.pairs]
        shown = mixed(item)
        return [f"{at}. {letter(shown.index(one))}) {one}" for at, one in enumerate(right, 1)]
    return [answer(item)]


def answer(item: Item) -> str:
    """Return the key in words alone, without letters."""
    if isinstance(item, TrueFalse):
        return "True" if item.answer else "False"
    if isinstance(item, Ordering):
        return " → ".join(item.steps)
    if isinstance(item, Matching):
        return "; ".join(f"{pair.prompt} = {pair.match}" for pair in item.pairs)
    if isinstance(item, Cloze):
        also = f" (or: {', '.join(item.answers[1:])})" if item.answers[1:] else ""
        return f"{item.answers[0]}{also}"
    if isinstance(item, ShortAnswer):
        return item.answer
    if isinstance(item, Flashcard):
        return item.back
    return "; ".join(option.text for option in options_of(item) if option.right)


def reasons(item: Item) -> list[str]:
    """Return why the key is the key, and then what is true of each wrong option."""
    wrong = [
        f"{letter(at)}) {option.rationale}"
        for at, option in enumerate(options_of(item))
        if option.rationale and not option.right
    ]
    return [item.rationale, *wrong]


def source(citation: Citation) -> str:
    """Return a citation as one line: where it stands, and how to open it."""
    return f"{citation.place} (openbook show {citation.reference})"


def sources(item: Item) -> list[str]:
    """Return each quote with its place."""
    return [f"“{' '.join(one.quote.split())}” — {source(one)}" for one in item.citations]


def accepted(item: Item) -> tuple[str, ...]:
    """Return the answers that are accepted word for word; none where several facts must be said."""
    if isinstance(item, Cloze):
        return item.answers
    if isinstance(item, ShortAnswer) and len(item.key_facts) == 1:
        return tuple(dict.fromkeys((item.answer, *item.key_facts[0])))
    return ()


def feedback(item: Item) -> tuple[str, ...]:
    """Return what is told in the end: why, from where, and before that the answer where no program can grade it."""
    told = (item.rationale, *sources(item))
    graded = accepted(item) or not isinstance(item, ShortAnswer | Flashcard)
    return told if graded else (answer(item), *told)


def matched(item: Ordering | Matching) -> list[tuple[str, str]]:
    """Return prompts with their matches: steps with their numbers; what belongs to no prompt stands with ""."""
    if isinstance(item, Ordering):
        return [(step, str(at)) for at, step in enumerate(item.steps, 1)]
    return [*((one.prompt, one.match) for one in item.pairs), *(("", decoy) for decoy in item.decoys)]


def labels(item: Item) -> dict[str, str]:
    """Return what items are sorted by, by kind; what is not known is left out."""
    told = {
        "domain": item.placement.domain,
        "objective": item.placement.objective,
        "document": item.citations[0].document,
        "type": item.type.value,
        "difficulty": item.difficulty.value,
    }
    return {kind: " ".join(value.split()) for kind, value in told.items() if value.strip()}


def _lettered(texts: Iterable[str]) -> list[str]:
    return [f"{letter(at)}) {text}" for at, text in enumerate(texts)]
