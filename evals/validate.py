"""Is the gold set sound? Each item against its texts, items against each other, and the balance of the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from evals.item_rules import ITEM_RULES, Documents
from evals.items import Evidence, Item, Kind, Split, read_items
from evals.suites import Course, Suite, require
from evals.verdict import normal
from ingest.sources import find_folder
from rag.text.terms import stems

_ITEMS, _UNANSWERABLE = 320, 60
_OVERLAP = 0.5  # from this share of the question's words on, it is asked in the passage's own words
_ALIKE = 90.0  # token_set_ratio from which two questions are one
_SOMETIMES = frozenset({Kind.YESNO, Kind.REASON, Kind.CHOICE, Kind.PUBLIC})  # kinds that a gold set may do without


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an item, or, where `file` is empty, with the whole set."""

    file: str
    id: str
    rule: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(filter(None, (self.file, self.id))) or "the whole set"
        return f"{place}: {self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Filed:
    """An item with the name of the file that it stands in."""

    file: str
    item: Item

    def fault(self, rule: str, message: str) -> Fault:
        """Return a fault of the item."""
        return Fault(self.file, self.item.id, rule, message)


def check_gold(suite: Suite) -> list[Fault]:
    """Return everything that is wrong with the items of a suite; a line that holds no item does not hide the others.

    Raises:
        ConfigError: texts of the suite are not here, or a file of items cannot be read.
    """
    require(suite)
    faults, items = [], []
    for path in suite.files:
        read, lines = read_items(path)
        items += [Filed(path.name, item) for item in read]
        faults += [Fault(path.name, "", "line", line.removeprefix(f"{path}, ")) for line in lines]
    documents = {course.name: texts_of(course) for course in suite.courses}
    return [*faults, *check_items(items, documents), *check_balance([one.item for one in items])]


def texts_of(course: Course) -> dict[str, str]:
    """Return the texts of a course by the names that the library shows them under."""
    if course.texts.is_dir():
        files = find_folder(course.texts).files
        return {file.name: (course.texts / file.name).read_text("utf-8", errors="replace") for file in files}
    return {f"{one['book']}/{one['module']}.md": one["text"] for one in course.read(course.texts)}


def check_items(items: Sequence[Filed], documents: Documents) -> list[Fault]:
    """Return what is wrong with items, each for itself and among each other."""
    own = [
        one.fault(rule, message)
        for one in items
        for rule, check in ITEM_RULES.items()
        for message in check(one.item, documents)
    ]
    return [*own, *_same_ids(items), *_duplicates(items), *_leaks(items)]


def _same_ids(items: Sequence[Filed]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for one in items:
        if one.item.id in seen:
            yield one.fault("id", f"stands in {seen[one.item.id]} already")
        seen.setdefault(one.item.id, one.file)


def _duplicates(items: Sequence[Filed]) -> Iterator[Fault]:
    """Two questions of the same words that ask for the same."""
    asked = [(one, " ".join(sorted(stems(one.item.question)))) for one in items]
    for (first, words), (second, other) in combinations(asked, 2):
        if fuzz.token_set_ratio(words, other) >= _ALIKE and _ask_the_same(first.item, second.item):
            yield second.fault("duplicate", f"asks what {first.item.id} asks: {first.item.question}")


def _ask_the_same(first: Item, second: Item) -> bool:
    return (first.course, first.history) == (second.course, second.history) and _same_facts(first, second)


def _same_facts(first: Item, second: Item) -> bool:
    """Whether each fact of one has a wording in common with a fact of the other; no facts are the same as none."""
    one, other = ([set(map(normal, fact)) for fact in item.facts] for item in (first, second))
    return len(one) == len(other) and all(any(fact & same for same in other) for fact in one)


def _leaks(items: Sequence[Filed]) -> Iterator[Fault]:
    """What is tuned on and what is reported on do not ask one passage for the same."""
    quoted: dict[tuple[str, Evidence], list[Filed]] = defaultdict(list)
    for one in items:
        for evidence in one.item.evidence:
            quoted[one.item.course, evidence].append(one)
    told = set()
    for sharing in quoted.values():
        for first, second in combinations(sharing, 2):
            pair = first.item.id, second.item.id
            if first.item.split != second.item.split and pair not in told and _same_facts(first.item, second.item):
                told.add(pair)
                yield second.fault(
                    "leak", f"is {second.item.split}, and {first.item.id}, which is {first.item.split}, asks the same"
                )


def check_balance(items: Sequence[Item]) -> list[Fault]:
    """Return what the set lacks as a whole."""
    unanswerable = [item for item in items if not item.answerable]
    near = sum(bool(item.near) for item in unanswerable)
    overlaps = [word_overlap(item) for item in items if item.answerable]
    reworded = sum(overlap < _OVERLAP for overlap in overlaps)
    lacks = [
        (len(items) < _ITEMS, f"there are {len(items)} items, {_ITEMS} are needed"),
        (
            len(unanswerable) < _UNANSWERABLE,
            f"{len(unanswerable)} items are unanswerable, {_UNANSWERABLE} are needed",
        ),
        (2 * near < len(unanswerable), f"{near} of {len(unanswerable)} unanswerable items are near misses, not half"),
        (
            2 * reworded < len(overlaps),
            f"{reworded} of {len(overlaps)} answerable questions avoid the passage's own words, not half",
        ),
        *(
            (True, f"no item of kind {kind} is {split}")
            for kind in Kind
            for split in Split
            if _is_missing(items, kind, split)
        ),
    ]
    return [Fault("", "", "balance", message) for lacking, message in lacks if lacking]


def _is_missing(items: Sequence[Item], kind: Kind, split: Split) -> bool:
    splits = {item.split for item in items if item.kind is kind}
    return split not in splits and (kind not in _SOMETIMES or bool(splits))


def word_overlap(item: Item) -> float:
    """Return which share of the question's content words its evidence has too, compared as stems."""
    asked = stems(item.question)
    quoted = frozenset().union(*(stems(one.quote) for one in item.evidence))
    return len(asked & quoted) / len(asked) if asked else 0.0
