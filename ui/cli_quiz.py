"""`openbook quiz`: questions about the course texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError, OpenbookError, QuizError
from ui.cli_options import AsJson, Course, Only, read_settings
from ui.cli_sitting import (
    CourseItems,
    ExplainItems,
    Fewer,
    Plain,
    Resume,
    SeedOption,
    left_before,
    new_seed,
    now,
    open_items,
    show_rejected,
    take,
)

if TYPE_CHECKING:
    from datetime import datetime

    from rag.quiz.draw import Narrowed, Wanted
    from rag.quiz.items import Item, ItemType

_NUMBER = 10
_PATIENCE = 15.0  # minutes
Domains = Annotated[
    list[str] | None,
    typer.Option("--domain", help="Only this domain, by name, part of it or number; may be repeated.",
                 show_default=False),
]  # fmt: skip
Difficulty = Annotated[
    str, typer.Option("--difficulty", help="Only easy, medium or hard questions.", show_default=False)
]
Types = Annotated[
    list[str] | None,
    typer.Option("--type", help="Only this type, such as multiple_choice; may be repeated.", show_default=False),
]
Number = Annotated[int, typer.Option("--number", "-n", min=1, max=200, help="How many questions.")]
Focus = Annotated[str, typer.Option("--focus", help='Only about these words, such as "S3 encryption".')]
Exam = Annotated[
    str, typer.Option("--exam", help="The exam whose domains count; else that of the course.", show_default=False)
]
Model = Annotated[
    str,
    typer.Option("--model", "-m", help="Let this chat model write the questions: see `openbook models`.",
                 show_default=False),
]  # fmt: skip
Calls = Annotated[
    int | None,
    typer.Option("--calls", min=1, help="Calls of the model at most; else three for each question, and three more.",
                 show_default=False),
]  # fmt: skip
Patience = Annotated[
    float, typer.Option("--write-minutes", min=0.01, help="Minutes after which the model writes no more.")
]
Minutes = Annotated[float | None, typer.Option("--minutes", min=0.1, help="Time allowed.", show_default=False)]


def quiz(
    course: Course = "",
    document: Only = None,
    domain: Domains = None,
    difficulty: Difficulty = "",
    type_: Types = None,
    number: Number = _NUMBER,
    focus: Focus = "",
    exam: Exam = "",
    seed: SeedOption = None,
    minutes: Minutes = None,
    at_end: Annotated[bool, typer.Option("--at-end", help="Tell what is right at the end only.")] = False,
    fewer: Fewer = False,
    resume: Resume = False,
    listed: Annotated[bool, typer.Option("--list", help="Print the questions with their keys instead.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a question.")] = False,
    plain: Plain = False,
    explain: ExplainItems = False,
    model: Model = "",
    calls: Calls = None,
    write_minutes: Patience = _PATIENCE,
    json: AsJson = False,
) -> None:
    """Take a quiz on the course texts: every question with its key, why, and where it stands."""
    from rag.bootstrap import make_sittings
    from rag.quiz.draw import Wanted
    from rag.quiz.items import json_schema
    from rag.quiz.seating import seats
    from rag.quiz.sittings import Kind
    from rag.quiz.taking import begin
    from rag.types import LOCAL
    from ui.cli_output import show_json

    if schema:
        show_json(json_schema())
        return
    settings = read_settings()
    with closing(make_sittings(settings)) as sittings:
        if resume:
            take(settings, sittings, left_before(sittings, Kind.QUIZ, course), plain=plain, json=json)
            return
        types, drawn_by = shares_of_types(type_ or ()), new_seed(seed)
        with open_items(settings, course, document or (), exam, model) as found:
            weights = _weights(found, whole=not (document or domain or focus))
            wanted = Wanted(number, types, weights, drawn_by, allow_fewer=fewer)
            drawing = Drawing(domain or (), difficulty, focus, wanted, sittings.seen(LOCAL))
            if found.author:
                from ui.cli_written import have_written

                found, drawing = have_written(found.author, found, drawing, calls, write_minutes)
            if explain:
                show_rejected(found.rejected, len(found.items))
            items = drawing.items(found)
            blueprint = exam or (found.blueprint.id if found.blueprint else "")
        if listed:
            _show_list(items, json=json)
            return
        limit_s = minutes * 60 if minutes else None
        sitting = begin(
            sittings, seats(items, drawn_by), Kind.QUIZ, now(), course=course, blueprint=blueprint, limit_s=limit_s,
            seed=drawn_by, at_end=at_end,
        )  # fmt: skip
        take(settings, sittings, sitting, plain=plain, json=json)


def shares_of_types(wanted: Sequence[str]) -> Mapping[ItemType, float]:
    """Return the shares of the types that are wanted, or of the usual ones.

    Raises:
        ConfigError: one is none.
    """
    from rag.quiz.draw import MIX
    from rag.quiz.items import ItemType

    try:
        return {ItemType(one.lower().replace("-", "_")): 1.0 for one in wanted} or MIX
    except ValueError as error:
        raise ConfigError(f"There is no such type of question. Valid are: {', '.join(ItemType)}.") from error


def _weights(found: CourseItems, *, whole: bool) -> Mapping[str, float]:
    """Return the weights of the domains where nothing narrower is wanted."""
    return {one.name: one.weight for one in found.blueprint.domains} if found.blueprint and whole else {}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn from the questions of a course.

    Attributes:
        seen: when the learner last answered questions, by id.
        too_few: the error for too few questions, made of that of the draw.
    """

    domains: Sequence[str]
    difficulty: str
    focus: str
    wanted: Wanted
    seen: Mapping[str, datetime]
    too_few: Callable[[QuizError], OpenbookError] = lambda error: error

    def items(self, found: CourseItems) -> list[Item]:
        """Return the questions drawn. Raises `too_few` where there are."""
        from rag.quiz.draw import draw

        pool = narrowed(found, self.domains, self.difficulty, self.wanted.types, self.focus)
        try:
            return draw(pool, self.wanted, self.seen)
        except QuizError as error:
            raise self.too_few(error) from None


def narrowed(
    found: CourseItems, domains: Sequence[str], difficulty: str, types: Mapping[ItemType, float], focus: str
) -> Narrowed:
    """Return the questions that may be drawn, narrowed step by step."""
    from rag.quiz.draw import Narrowed
    from rag.quiz.focus import find_focus
    from rag.quiz.items import Difficulty

    pool = Narrowed.of(found.items, "in all")
    if domains:
        wanted = wanted_domains(found, domains)
        pool = pool.by(f"in {', '.join(f'“{one}”' for one in wanted)}", lambda one: one.placement.domain in wanted)
    if focus:
        about = find_focus(found.library, found.embedder, focus, found.scope).chosen(pool.items)
        pool = pool.by(f"about “{focus}”", lambda one: one.id in about)
    if difficulty:
        if difficulty not in set(Difficulty):
            raise ConfigError(f"There is no difficulty '{difficulty}'. Valid are: {', '.join(Difficulty)}.")
        pool = pool.by(difficulty, lambda one: one.difficulty == difficulty)
    return pool.by("of the types asked for", lambda one: one.type in types)


def wanted_domains(found: CourseItems, domains: Sequence[str]) -> list[str]:
    """Return the domains of a course that are named, by its blueprint or by the titles of its texts."""
    from rag.quiz.place import match_domains

    named = [one.name for one in found.blueprint.domains] if found.blueprint else []
    return match_domains(domains, named or list(dict.fromkeys(info.title for info in found.infos)))


def _show_list(items: Sequence[Item], *, json: bool) -> None:
    """Print questions with their keys."""
    from rag.adapters.terminal import out
    from rag.quiz.seating import seats
    from ui.cli_output import show_json
    from ui.quiz.feedback import key_lines, reason_lines
    from ui.quiz.lines import Line, show_lines
    from ui.quiz.views import stem_lines

    if json:
        show_json([one.model_dump(mode="json") for one in items])
        return
    for number, seat in enumerate(seats(items, 0), 1):
        show_lines([Line(), Line(f"{number}. {seat.item.type.value.replace('_', ' ')}", "dim")])
        for lines in (stem_lines, key_lines, reason_lines):
            show_lines(lines(seat, out().width))
