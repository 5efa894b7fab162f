"""How good is the bank of items that is made of texts? What was made and rejected, and what gives keys away.

A bar that is missed fails the command: `bars` names them all. They are those of writing guides for items (Haladyna,
Downing and Rodriguez 2002, https://doi.org/10.1207/S15324818AME1503_5), over a bank instead of an item.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter, process_time

from evals.suites import ROOT, Course, Suite, assistant_over
from rag.bootstrap import make_embedder, open_library, reader_or_none
from rag.extractive.match import VectorMemory
from rag.ports import Library
from rag.quiz.bank import Writer
from rag.quiz.blueprint import Blueprint
from rag.quiz.guesser import CUES, chosen, guess
from rag.quiz.items import Item, ItemType, MultipleChoice, TrueFalse, questions_of
from rag.quiz.place import choose_blueprint, placed
from rag.quiz.reading import plain
from rag.quiz.rules import REPEAT, soft_findings
from rag.quiz.rules.repeats import without_repeats
from rag.settings import Settings
from rag.types import Scope

SUITE = Suite("quiz", (Course("aws-ml", ROOT / "corpus"),))
ITEMS, SECONDS = 300, 120.0  # of the course we ship, at least and at most
LONGEST, P = 0.30, 0.01
UNEVEN = 0.15  # how far the share of true statements may lie from a half


@dataclass(frozen=True)
class Made:
    """A bank as it was made.

    Attributes:
        items: placed under the blueprint.
        rejected: how many for which rule and generator.
        seconds: for generators and rules.
        cpu_s: processor time of the same, which does not depend on what else runs.
        shipped: whether it is of the course that we ship, for which there are more bars.
    """

    documents: int
    items: tuple[Item, ...]
    rejected: Counter[tuple[str, str]]
    seconds: float
    cpu_s: float
    blueprint: Blueprint | None
    shipped: bool

    @property
    def choices(self) -> tuple[MultipleChoice, ...]:
        """Its multiple choice items, those of case studies among them."""
        return tuple(one for item in self.items for one in questions_of(item) if isinstance(one, MultipleChoice))


@dataclass(frozen=True, slots=True)
class Bar:
    """What a bank must reach."""

    name: str
    reached: bool
    told: str


def make(settings: Settings, *, home: bool, course: str, blueprint: str, told: Callable[[int, int], None]) -> Made:
    """Make a bank of the course we ship, or of the library of the settings.

    Raises:
        OpenbookError: there is no such library or blueprint, or a model failed.
    """
    tally: Counter[tuple[str, str]] = Counter()
    with _library(settings, home) as library:
        infos = library.documents(Scope(course=course if home else ""))
        embedder = make_embedder(settings)
        begun, begun_cpu = perf_counter(), process_time()
        writer = Writer(
            library, embedder, reader=reader_or_none(settings),
            rejected=lambda item, found: tally.update([(found[0].rule, item.generator)]),
        )  # fmt: skip
        items = []
        for done, info in enumerate(infos, 1):
            items += writer.write(info)[0]
            told(done, len(infos))
        kept, again = without_repeats(items)
        tally.update((REPEAT, item.generator) for item in again)
        seconds, cpu_s = perf_counter() - begun, process_time() - begun_cpu
        plan = choose_blueprint(blueprint, infos)
        made = tuple(placed(kept, plan, VectorMemory(embedder).vectors))
        return Made(len(infos), made, tally, seconds, cpu_s, plan, not home)


@contextmanager
def _library(settings: Settings, home: bool) -> Iterator[Library]:
    if not home:
        with assistant_over(SUITE, settings=settings) as assistant:
            yield assistant.library
        return
    library = open_library(settings, make_embedder(settings))
    try:
        yield library
    finally:
        library.close()


def bars(made: Made) -> list[Bar]:
    """Return what a bank must reach, and whether it does."""
    choices = made.choices
    places = Counter(one.key[0] for one in choices)
    p = even([places[at] for at in range(MultipleChoice.SIZE)])
    longest = sum(_key_is_longest(one) for one in choices)
    found = [
        Bar("key position", p > P, f"chi-square p = {p:.3f} over {dict(sorted(places.items()))}"),
        Bar("key longest", longest <= LONGEST * len(choices), f"{longest} of {len(choices)}"),
        *_guessed(choices),
        _true(made.items),
        Bar("repeated stems", not repeated(made.items), str(len(repeated(made.items)))),
    ]
    if made.blueprint:
        found += _covered(made, made.blueprint)
    if made.shipped:
        types = set(ItemType) - {one.type for one in made.items}
        found.append(Bar("items", len(made.items) >= ITEMS, f"{len(made.items)} of {made.documents} documents"))
        found.append(Bar("types", not types, f"missing: {', '.join(sorted(types)) or 'none'}"))
        found.append(Bar("time", made.seconds < SECONDS, f"{made.seconds:.0f} s, {made.cpu_s:.0f} s of processor time"))
    return found


def even(counts: Sequence[int]) -> float:
    """Return how likely counts at least as uneven are if all four places are equally likely (Pearson 1900).

    The tail of chi-square with three degrees of freedom, in closed form.
    """
    expected = sum(counts) / len(counts)
    if not expected:
        return 1.0
    x = sum((count - expected) ** 2 / expected for count in counts)
    return math.erfc(math.sqrt(x / 2)) + math.sqrt(2 * x / math.pi) * math.exp(-x / 2)


def repeated(items: Sequence[Item]) -> list[str]:
    """Return stems that items of one type share."""
    counts = Counter((one.type, plain(one.stem)) for one in items)
    return sorted(stem for (_, stem), count in counts.items() if count > 1)


def soft_counts(items: Sequence[Item]) -> Counter[str]:
    """Return how many items break which soft rule."""
    return Counter(rule for item in items for rule in {one.rule for one in soft_findings(item)})


def _key_is_longest(item: MultipleChoice) -> bool:
    lengths = [len(one.text) for one in item.options]
    return lengths[item.key[0]] == max(lengths) and lengths.count(max(lengths)) == 1


def _true(items: Sequence[Item]) -> Bar:
    """Return whether statements are true about as often as they are false."""
    answers = [one.answer for one in items if isinstance(one, TrueFalse)]
    reached = not answers or abs(sum(answers) / len(answers) - 0.5) <= UNEVEN
    return Bar("true as often as false", reached, f"{sum(answers)} of {len(answers)} are true")


def _guessed(choices: Sequence[MultipleChoice]) -> Iterator[Bar]:
    """Yield what one wins who has not read the texts: by all cues, and by each."""
    for name, cue in {"all cues": guess, **CUES}.items():
        hits = 0.0
        for one in choices:
            best = chosen(cue(one.stem, [option.text for option in one.options]))
            hits += (one.key[0] in best) / len(best)
        n, chance = len(choices), 1 / MultipleChoice.SIZE
        above = (hits - n * chance) / math.sqrt(n * chance * (1 - chance)) if n else 0.0
        p = math.erfc(above / math.sqrt(2)) / 2
        yield Bar(f"options only: {name}", p > P, f"{hits / max(n, 1):.1%} right, p = {p:.3f} that chance does as well")


def _covered(made: Made, blueprint: Blueprint) -> Iterator[Bar]:
    """Yield for each domain whether the bank holds as many items as an exam asks of it."""
    counts = Counter(one.placement.domain for one in made.items if one.type in blueprint.types)
    for domain in blueprint.domains:
        wanted = math.ceil(blueprint.questions * domain.weight / 100)
        yield Bar(
            f"domain: {domain.name}", counts[domain.name] >= wanted, f"{counts[domain.name]}, an exam asks {wanted}"
        )
