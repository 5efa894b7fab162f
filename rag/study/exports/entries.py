"""The questions of a file, and how they read where a person reads them: as asked, as answered, and why."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rag.quiz.items import (
    CaseStudy,
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
from rag.quiz.sittings import Seat
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
    return [Entry(one, item) for item in items for one in _questions(item)]


def _questions(item: Item) -> Iterator[Item]:
    if isinstance(item, CaseStudy):
        for one in item.items:
            yield alone(Seat(one, scenario=item.stem)).model_copy(update={"placement": item.placement})
    else:
        yield item


def short_title(item: Item) -> str:
    """Return the last line of the stem, cut to a length at which it can name the question."""
    line = " ".join(item.stem.rpartition("\n")[2].split()) or item.id
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1].rstrip()}…"


def letter(at: int) -> str:
    """Return the letter of what stands at a place from 0: A, B, and so on."""
    return chr(ord("A") + at) if at < 26 else str(at + 1)


def mixed(item: Ordering | Matching) -> list[str]:
    """Return the steps or matches in the order in which they are shown, always the same and never the right one."""
    texts = list(item.steps) if isinstance(item, Ordering) else list(dict.fromkeys(matches(item)))
    shown = list(texts)
    random.Random(item.id).shuffle(shown)
    return shown if shown != texts else [*shown[1:], *shown[:1]]


def matches(item: Matching) -> list[str]:
    """Return all that can be matched: to each prompt its own, then what belongs to none."""
    return [*(pair.match for pair in item.pairs), *item.decoys]


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
    if isinstance(item, Ordering):
        shown = mixed(item)
        return [f"{at}. {letter(shown.index(step))}) {step}" for at, step in enumerate(item.steps, 1)]
    if isinstance(item, Matching):
        shown = mixed(item)
        return [f"{at}. {letter(shown.index(one.match))}) {one.match}" for at, one in enumerate(item.pairs, 1)]
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
