"""`openbook exam`: a practice exam as the real one is."""

from __future__ import annotations

import math
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError
from ui.cli_options import AsJson, Course, read_settings
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
    from rag.quiz.blueprint import Blueprint
    from rag.quiz.draw import Narrowed

Name = Annotated[
    str, typer.Argument(metavar="[EXAM]", help="Such as MLA-C01, or a blueprint file; else that of the course.",
                        show_default=False)
]  # fmt: skip
Unscored = Annotated[bool, typer.Option("--unscored", help="Some questions do not count, as in the real exam.")]


def exam(
    name: Name = "",
    course: Course = "",
    seed: SeedOption = None,
    unscored: Unscored = False,
    fewer: Fewer = False,
    resume: Resume = False,
    plain: Plain = False,
    explain: ExplainItems = False,
    json: AsJson = False,
) -> None:
    """Take a practice exam: its number of questions, weights, time and pass mark; what was right comes at the end."""
    from rag.bootstrap import make_sittings
    from rag.quiz.draw import draw
    from rag.quiz.exam import exam_wanted, with_unscored
    from rag.quiz.seating import seats
    from rag.quiz.sittings import Kind
    from rag.quiz.taking import begin
    from rag.types import LOCAL

    settings = read_settings()
    with closing(make_sittings(settings)) as sittings:
        if resume:
            take(settings, sittings, left_before(sittings, Kind.EXAM, course), plain=plain, json=json)
            return
        drawn_by = new_seed(seed)
        with open_items(settings, course, (), name) as found:
            if explain:
                show_rejected(found.rejected, len(found.items))
            blueprint = _blueprint(found)
            wanted = exam_wanted(blueprint, drawn_by, allow_fewer=fewer)
            items = draw(_pool(found, blueprint), wanted, sittings.seen(LOCAL))
        placed = seats(items, drawn_by)
        if unscored:
            placed = with_unscored(placed, blueprint, drawn_by)
        minutes = math.ceil(blueprint.minutes * len(placed) / blueprint.questions)
        _introduce(blueprint, len(placed), minutes)
        sitting = begin(
            sittings, placed, Kind.EXAM, now(), course=course, blueprint=name or blueprint.id,
            limit_s=minutes * 60.0, seed=drawn_by, at_end=True,
        )  # fmt: skip
        take(settings, sittings, sitting, plain=plain, json=json)


def _blueprint(found: CourseItems) -> Blueprint:
    from rag.quiz.blueprint import blueprint_names

    if found.blueprint is None:
        names = ", ".join(blueprint_names())
        raise ConfigError(f"The texts are not those of an exam that is known. Name one: {names}, or a blueprint file.")
    return found.blueprint


def _pool(found: CourseItems, blueprint: Blueprint) -> Narrowed:
    from rag.quiz.draw import Narrowed

    pool = Narrowed.of(found.items, "in all")
    pool = pool.by("in the domains of the exam", lambda one: bool(one.placement.domain))
    return pool.by("of its types", lambda one: one.type in blueprint.types)


def _introduce(blueprint: Blueprint, number: int, minutes: int) -> None:
    """Say on standard error what is ahead."""
    from rag.adapters.terminal import err
    from ui.cli_output import count

    told = (
        f"{blueprint.title}: {count(number, 'question')} in {count(minutes, 'minute')}; passed with "
        f"{blueprint.pass_mark} of {blueprint.highest}. Ctrl-C leaves it; the time stands still until --resume."
    )
    err().print(" ".join(filter(None, (told, blueprint.note))), style="dim", soft_wrap=True)
