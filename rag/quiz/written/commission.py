"""Has a model write items until there are enough of them, or its budget is spent; what is good is kept at once."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from time import monotonic

from rag.cite import Citer
from rag.extractive.match import VectorMemory
from rag.grounding.ground import PlainGrounding
from rag.ports import Embedder, Reader, Texts
from rag.quiz.arrange import arranged
from rag.quiz.bank import Bank
from rag.quiz.generators.said import is_worked
from rag.quiz.items import Item, ItemType, cited
from rag.quiz.making import Maker
from rag.quiz.material import Section, sections
from rag.quiz.rules import REPEAT, Evidence, findings
from rag.quiz.rules.repeats import without_repeats
from rag.quiz.written.assemble import GENERATOR, Assembler, Unfit
from rag.quiz.written.author import Author, Reply
from rag.quiz.written.prompt import case_messages, question_messages
from rag.text.orders import order_spans, speaks_to_assistant
from rag.text.terms import stems
from rag.types import DocumentInfo

_ROUNDS = 2  # how often a section is read
_FAILURES = 3  # in a row after which a model is given up
_FEWEST_WORDS = 15  # that carry meaning, in a section that is worth reading
_OF_A_CASE = 3  # sections, at most
_TOLD = 8  # stems that the model is told not to ask again

ENOUGH, CALLS, TIME, FAILING, ALL_READ = "enough", "calls", "time", "failing", "all read"  # how writing ended


@dataclass(frozen=True, slots=True)
class Budget:
    """What writing may cost.

    Attributes:
        calls: of the model, at most.
        seconds: after which no call is begun, and what is being written is broken off.
    """

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written.

    Attributes:
        types: shares of the types of items.
        seed: what sections are shuffled with.
        about: whether a section is one to ask about.
    """

    types: Mapping[ItemType, float]
    seed: int = 0
    about: Callable[[Section], bool] = lambda _: True


@dataclass
class Outcome:
    """How writing went.

    Attributes:
        ended: why it ended.
        kept: items that are fit.
        thrown_out: how many drafts or replies were not, by reason.
        usage: tokens.
        failure: what the model failed with last, "" for nothing.
    """

    ended: str = ENOUGH
    calls: int = 0
    seconds: float = 0.0
    kept: int = 0
    thrown_out: Counter[str] = field(default_factory=Counter)
    usage: Counter[str] = field(default_factory=Counter)
    failure: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """A document with all that its items are made and judged with, and those that were kept."""

    info: DocumentInfo
    evidence: Evidence
    assembler: Assembler
    kept: list[Item]
    thrown_out: Counter[str]


class Commission:
    """Has an author write about the documents of a library.

    Args:
        library: where the documents are.
        embedder: tells near terms, and how near a text is to a stem.
        bank: keeps the items of this author.
        author: what writes.
        reader: reads stem and statement together; None for none.
        clock: seconds that pass.
    """

    def __init__(
        self, library: Texts, embedder: Embedder, bank: Bank, author: Author, reader: Reader | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:  # fmt: skip
        self._library, self._bank, self._author, self._reader, self._clock = library, bank, author, reader, clock
        self._memory, self._citer, self._scorer = VectorMemory(embedder), Citer(library), PlainGrounding(embedder)
        self._desk = lru_cache(maxsize=None)(self._opened)

    def write(
        self,
        infos: Sequence[DocumentInfo],
        order: Order,
        budget: Budget,
        at: datetime,
        enough: Callable[[Sequence[Item]], bool],
        told: Callable[[Outcome], None] = lambda _: None,
    ) -> Outcome:
        """Have items written until `enough` says of all that are kept that they are.

        Args:
            infos: the documents to ask about.
            order: what is wanted.
            budget: when to give up.
            at: now; stored as the time of writing.
            enough: asked before each call.
            told: after each call.

        Raises:
            ModelError: the model cannot be used at all; what it wrote before is kept.
        """
        outcome, began, failures = Outcome(), self._clock(), 0
        asked: Counter[ItemType] = Counter()
        for desk, section in self._turns(infos, order):
            outcome.seconds = self._clock() - began
            if enough(self._kept(infos)):
                return _ended(outcome, ENOUGH)
            if failures == _FAILURES:
                return _ended(outcome, FAILING)
            if outcome.calls >= budget.calls or outcome.seconds >= budget.seconds:
                return _ended(outcome, CALLS if outcome.calls >= budget.calls else TIME)
            reply, shown, is_case = self._ask(
                desk, section, order, asked, outcome, lambda: self._clock() - began > budget.seconds
            )
            failures = failures + 1 if reply.failure and not reply.drafts else 0
            outcome.failure = str(reply.failure or outcome.failure)
            self._take(desk, reply, shown, is_case, outcome, at)
            told(outcome)
        outcome.seconds = self._clock() - began
        ended = FAILING if failures == _FAILURES else ALL_READ
        return _ended(outcome, ENOUGH if enough(self._kept(infos)) else ended)

    def _kept(self, infos: Sequence[DocumentInfo]) -> list[Item]:
        return without_repeats([item for info in infos for item in self._desk(info).kept])[0]

    def _opened(self, info: DocumentInfo) -> _Desk:
        evidence = Evidence(sections(self._library, info), self._memory.vectors, self._scorer, self._reader)
        chooser = random.Random(f"{info.id} {GENERATOR}")
        maker = Maker(evidence.sections, chooser, self._memory.vectors, self._citer)
        assembler = Assembler(maker, evidence, self._author.name)
        return _Desk(info, evidence, assembler, self._bank.items([info]), Counter(self._bank.rejected([info])))

    def _turns(self, infos: Sequence[DocumentInfo], order: Order) -> Iterator[tuple[_Desk, Section]]:
        """Yield sections to ask about, document by document in turn; first those that nothing was asked about."""
        chooser = random.Random(order.seed)
        shuffled = chooser.sample(list(infos), k=len(infos))
        for _ in range(_ROUNDS):
            yield from _in_turn([self._sections(info, order, chooser.random()) for info in shuffled])

    def _sections(self, info: DocumentInfo, order: Order, seed: float) -> Iterator[tuple[_Desk, Section]]:
        desk = self._desk(info)
        readable = [one for one in desk.evidence.sections if is_readable(one) and order.about(one)]
        random.Random(seed).shuffle(readable)
        asked = {desk.evidence.index_of(one) for item in desk.kept for one in cited(item)}
        readable.sort(key=lambda one: desk.evidence.sections.index(one) in asked)
        yield from ((desk, one) for one in readable)

    def _ask(
        self, desk: _Desk, section: Section, order: Order, asked: Counter[ItemType], outcome: Outcome,
        is_over: Callable[[], bool],
    ) -> tuple[Reply, Sequence[Section], bool]:  # fmt: skip
        """Have the model write about a section, and what stands beside it where a case study is due."""
        outcome.calls += 1
        around = self._around(desk, section, order)
        types = _due(order.types, asked, self._author.questions_a_call, case=len(around) > 1)
        if types == [ItemType.CASE_STUDY]:
            messages = case_messages(around, self._author.characters)
            return self._author.write(messages, types, outcome.usage, is_over), around, True
        place = desk.evidence.sections.index(section)
        before = [one.stem for one in desk.kept if desk.evidence.index_of(one.citations[0]) == place][-_TOLD:]
        messages = question_messages(section, types, before, self._author.characters, example=self._author.example)
        return self._author.write(messages, types, outcome.usage, is_over), [section], False

    def _around(self, desk: _Desk, section: Section, order: Order) -> list[Section]:
        """Return a section with those after it that can be asked about too."""
        readable = [one for one in desk.evidence.sections if is_readable(one) and order.about(one)]
        at = readable.index(section)
        return readable[max(0, min(at, len(readable) - 2)) :][:_OF_A_CASE]

    def _take(
        self, desk: _Desk, reply: Reply, shown: Sequence[Section], is_case: bool, outcome: Outcome, at: datetime
    ) -> None:
        """Keep what is fit, and count what is not."""
        thrown_out = Counter(reply.spoilt)
        for make in self._makes(desk, reply, shown, is_case):
            reason = self._judged(desk, make)
            thrown_out[reason] += bool(reason)
            outcome.kept += not reason
        thrown_out = +thrown_out
        desk.thrown_out.update(thrown_out)
        outcome.thrown_out.update(thrown_out)
        self._bank.keep(desk.info, desk.kept, desk.thrown_out, at)

    def _makes(
        self, desk: _Desk, reply: Reply, shown: Sequence[Section], is_case: bool
    ) -> Iterator[Callable[[], Item]]:
        if is_case and reply.drafts:
            yield lambda: desk.assembler.case(reply.scenario, reply.drafts, shown)
        elif not is_case:
            yield from ((lambda one=one: desk.assembler.item(one, shown)) for one in reply.drafts)

    def _judged(self, desk: _Desk, make: Callable[[], Item]) -> str:
        """Keep an item that is fit, or return why it is not."""
        try:
            item = arranged(make())
        except Unfit as reason:
            return str(reason)
        if without_repeats([*desk.kept, item])[1]:
            return REPEAT
        if hard := [one.rule for one in findings(item, desk.evidence) if one.hard]:
            return hard[0]
        desk.kept.append(item)
        return ""


def is_readable(section: Section) -> bool:
    """Whether a section says enough to be asked about, reckons no case, and nothing in it speaks to the assistant."""
    told = section.text
    if is_worked(section) or order_spans(told) or any(speaks_to_assistant(heading) for heading in section.path):
        return False
    return len(stems(told)) >= _FEWEST_WORDS


def _ended(outcome: Outcome, why: str) -> Outcome:
    outcome.ended = why
    return outcome


def _due(types: Mapping[ItemType, float], asked: Counter[ItemType], number: int, *, case: bool) -> list[ItemType]:
    """Return the types that are lacking most, and count them as asked; a case study comes alone."""
    shares = {one: share for one, share in types.items() if share > 0}
    if not case and len(shares) > 1:
        shares.pop(ItemType.CASE_STUDY, None)
    found: list[ItemType] = []
    for _ in range(number):
        total = sum(asked.values()) + 1
        due = max(shares, key=lambda one: shares[one] / sum(shares.values()) * total - asked[one])
        if due is ItemType.CASE_STUDY and found:
            break
        asked[due] += 1
        found.append(due)
        if due is ItemType.CASE_STUDY:
            break
    return found


def _in_turn(several: Iterable[Iterator[tuple[_Desk, Section]]]) -> Iterator[tuple[_Desk, Section]]:
    """Yield the first of each, then the second of each, and so on."""
    waiting = deque(several)
    while waiting:
        one = waiting.popleft()
        if (found := next(one, None)) is not None:
            yield found
            waiting.append(one)
