"""`openbook quiz --model`: has a language model write the questions, and says how that went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rag.adapters.terminal import err
from rag.errors import ConfigError, ModelError, QuizError
from rag.quiz.focus import find_focus
from rag.quiz.items import Item, ItemType
from rag.quiz.material import Section
from rag.quiz.place import sections_placed
from rag.quiz.written.author import Author
from rag.quiz.written.commission import ALL_READ, CALLS, ENOUGH, FAILING, TIME, Budget, Commission, Order, Outcome
from rag.quiz.written.drafts import WRITABLE
from ui.cli_output import count
from ui.cli_quiz import Drawing, wanted_domains
from ui.cli_sitting import CourseItems, now

_CALLS = 3  # for each question, and as many more
_REASONS = 6  # that a message names


def have_written(
    author: Author, found: CourseItems, drawing: Drawing, calls: int | None, minutes: float
) -> tuple[CourseItems, Drawing]:
    """Have a model write until enough that is new to the learner can be drawn, or its budget is spent.

    Returns:
        the course with all that the model wrote, and what is to be drawn of it.

    Raises:
        ConfigError: models write no such types.
        ModelError: the model cannot be used at all.
    """
    drawing = replace(drawing, wanted=replace(drawing.wanted, types=_written_types(drawing.wanted.types)))
    budget = Budget(calls or _CALLS * (drawing.wanted.number + 1), minutes * 60)
    outcome = _write(author, found, drawing, budget)
    number = drawing.wanted.number
    drawing = replace(drawing, too_few=lambda error: _too_few(author, outcome, number, error))
    return found.with_items(found.bank.items(found.infos)), drawing


def _written_types(types: Mapping[ItemType, float]) -> Mapping[ItemType, float]:
    if found := {one: share for one, share in types.items() if one in WRITABLE}:
        return found
    raise ConfigError(f"A model writes none of these types of questions. It writes: {', '.join(WRITABLE)}.")


def _write(author: Author, found: CourseItems, drawing: Drawing, budget: Budget) -> Outcome:
    new = replace(drawing, wanted=replace(drawing.wanted, allow_fewer=False))

    def enough(items: Sequence[Item]) -> bool:
        try:
            new.items(found.with_items([one for one in items if not _is_seen(one, drawing.seen)]))
        except QuizError:
            return False
        return True

    order = Order(drawing.wanted.types, drawing.wanted.seed, _about(found, drawing))
    commission = Commission(found.library, found.embedder, found.bank, author, found.reader)
    with err().status(f"{author.name} writes questions") as status:
        outcome = commission.write(
            found.infos, order, budget, now(), enough,
            lambda so_far: status.update(f"{author.name}: {count(so_far.kept, 'question')} kept, call {so_far.calls}"),
        )  # fmt: skip
    if outcome.calls:
        err().print(_account(author, outcome), style="dim", soft_wrap=True)
    return outcome


def _is_seen(item: Item, seen: Mapping[str, datetime]) -> bool:
    return any(one.id in seen for one in (item, *getattr(item, "items", ())))


def _about(found: CourseItems, drawing: Drawing) -> Callable[[Section], bool]:
    """Return whether a section is in the domains, and about the focus, that are wanted."""
    focus = find_focus(found.library, found.embedder, drawing.focus, found.scope) if drawing.focus else None
    domains = wanted_domains(found, drawing.domains) if drawing.domains else []

    def about(section: Section) -> bool:
        if focus and not focus.reaches(section.passage.chunk):
            return False
        return not domains or sections_placed([section], found.blueprint, found.vectors)[0].domain in domains

    return about


def _account(author: Author, outcome: Outcome) -> str:
    """Return what writing took and gave, in a line."""
    cost = author.cost_usd(outcome.usage)
    parts = [
        f"{author.name}: {count(outcome.calls, 'call')} in {outcome.seconds:.1f} s",
        f"{count(outcome.kept, 'question')} kept, {outcome.thrown_out.total():,} thrown out",
        *(f"{name} {number:,}" for name, number in outcome.usage.items()),
        "cost unknown" if cost is None else f"cost ${cost:.6f}",
    ]
    return ", ".join(parts) + "."


def _too_few(author: Author, outcome: Outcome, wanted: int, error: QuizError) -> ModelError | QuizError:
    """Return the error that says why there are too few questions, and what was thrown out for what."""
    if outcome.ended == ENOUGH or not outcome.calls:
        return error
    ends = {
        CALLS: f"its {count(outcome.calls, 'call')} were spent (--calls allows more)",
        TIME: f"its time was over after {count(outcome.calls, 'call')} (--write-minutes allows more)",
        FAILING: f"it failed again and again: {outcome.failure.rstrip('.')}",
        ALL_READ: f"all texts were read, in {count(outcome.calls, 'call')}",
    }
    reasons = "; ".join(f"{number} {why}" for why, number in outcome.thrown_out.most_common(_REASONS))
    told = [
        f"{author.name} did not write the {count(wanted, 'question')} wanted: {ends[outcome.ended]}.",
        f"Thrown out: {reasons}." if reasons else "",
        f"{count(outcome.kept, 'question')} more {'is' if outcome.kept == 1 else 'are'} kept.",
        str(error),
        "The same command goes on; `openbook models` lists other models.",
    ]
    return ModelError(" ".join(filter(None, told)), retryable=True)
