"""`openbook progress`: what is mastered, what comes up for review, readiness for an exam, what to read again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli_options import AsJson, Course, read_settings
from ui.cli_sitting import now

if TYPE_CHECKING:
    from rag.quiz.blueprint import Blueprint
    from rag.settings import Settings
    from rag.study.mastery import Answered
    from rag.study.progress import Mastered, Progress
    from rag.study.readiness import Readiness

_BAR, _NARROW_BAR, _WIDE = 24, 10, 100
_STEPS = "▁▂▃▄▅▆▇█"
_WEEK = 7
Exam = Annotated[
    str,
    typer.Option(
        "--exam",
        "-e",
        help="The exam whose domains are shown, or a blueprint file, instead of that of the course's texts.",
        show_default=False,
    ),
]


def progress(course: Course = "", exam: Exam = "", json: AsJson = False) -> None:
    """Show what is mastered by domain, what comes up for review, and what to read again; for an exam its odds."""
    from ui.cli_output import show_json

    settings = read_settings()
    blueprint, found = _read(settings, course, exam, now())
    show_json(_plain(blueprint, found)) if json else _show(blueprint, found)


def _read(settings: Settings, course: str, exam: str, at: datetime) -> tuple[Blueprint | None, Progress]:
    """Return the blueprint, and where the learner stands under it."""
    from rag.bootstrap import make_cards, make_sittings, open_library
    from rag.quiz.place import choose_blueprint
    from rag.study.mastery import answers
    from rag.study.progress import progress
    from rag.types import LOCAL, Scope
    from ui.cli_library import check_course

    with open_library(settings) as library:
        check_course(library, course)
        infos = library.documents(Scope(course))
        there = {info.id for info in library.documents()}
    blueprint = choose_blueprint(exam, infos)
    with closing(make_sittings(settings)) as sittings, closing(make_cards(settings)) as cards:
        held = cards.cards(LOCAL, course=course)
        given = answers(sittings.sittings(LOCAL, course=course), held, cards.reviews(LOCAL))
    given = _placed(settings, given, blueprint)
    return blueprint, progress(given, held, at, there.__contains__, blueprint)


def _placed(settings: Settings, given: Sequence[Answered], blueprint: Blueprint | None) -> list[Answered]:
    """Return answers with what they are about under a blueprint; the embedder is opened only if one needs it."""
    from rag.bootstrap import make_embedder
    from rag.quiz.place import placed

    own = blueprint.id if blueprint else ""
    others = [one.item for one in given if one.item.placement.blueprint != own or not one.item.placement.domain]
    anew = {one.id: one for one in placed(others, blueprint, make_embedder(settings).embed)} if others else {}
    return [replace(one, item=anew.get(one.item.id, one.item)) for one in given]


def _plain(blueprint: Blueprint | None, found: Progress) -> dict[str, Any]:
    return {
        "exam": blueprint.id if blueprint else "",
        "answers": found.answers,
        "outside": found.outside,
        "cards": {"held": found.cards, "due": found.due, "lost": found.lost},
        "domains": [_measured(one) for one in found.domains],
        "objectives": [_measured(one) for one in found.objectives],
        "forecast": [{"day": day, "cards": number} for day, number in found.forecast],
        "readiness": found.readiness,
    }


def _measured(one: Mastered) -> dict[str, Any]:
    low, high = one.estimate.interval
    measured = {"right": round(one.estimate.mean, 4), "low": round(low, 4), "high": round(high, 4)}
    named = {"domain": one.domain, "objective": one.objective}
    return {**named, **measured, "asked": one.estimate.asked, "passages": one.passages}


def _show(blueprint: Blueprint | None, found: Progress) -> None:
    from ui.cli_output import count, show_gap, show_hanging

    if blueprint:
        show_hanging(f"{blueprint.title}. {blueprint.note}".rstrip(), style="bold")
    outside = f", {found.outside} of them to questions that the exam does not ask" if found.outside else ""
    show_hanging(
        f"{count(found.answers, 'answer')}{outside}; {count(found.cards, 'review card')}, {found.due} due now."
    )
    if found.lost:
        show_hanging(lost_cards(found.lost), style="yellow")
    if not found.answers:
        show_hanging("`openbook quiz` asks questions; every answer counts here.", style="yellow")
        return
    show_gap()
    _show_domains(found.domains)
    _show_forecast(found.forecast)
    if blueprint and found.readiness:
        _show_readiness(blueprint, found.readiness)
    _show_weakest(found.weakest)


def lost_cards(number: int) -> str:
    """Return what is told of cards whose documents are gone."""
    from ui.cli_output import count

    return f"{count(number, 'card')} left out: what they cite is no longer in the library. They are kept."


def _show_domains(domains: Sequence[Mastered]) -> None:
    from rich.text import Text

    from rag.adapters.terminal import out
    from ui.cli_output import columns, show_hanging

    bar = _BAR if out().width >= _WIDE else _NARROW_BAR
    table = columns("mastery", "", "right", "likely range", "asked", right=("right", "asked"), fold=("mastery",))
    for one in domains:
        low, high = one.estimate.interval
        figures = (f"{one.estimate.mean:.0%}", f"{low:.0%} to {high:.0%}") if one.estimate.asked else ("?", "")
        drawn = _bar(low, one.estimate.mean, high, bar) if one.estimate.asked else "·" * bar
        table.add_row(Text(one.domain), Text(drawn, "cyan"), *figures, str(one.estimate.asked))
    out().print(table)
    told = "Right: what share of questions you would answer now; nine times of ten it is within the likely range."
    show_hanging(told, style="dim")


def _bar(low: float, mean: float, high: float, width: int) -> str:
    """Return a bar: full up to what is surely known, dark to what is likely, light to what is possible.

    >>> _bar(0.5, 0.7, 0.8, 10)
    '█████▓▓░··'
    """
    full, dark, light = (round(share * width) for share in (low, mean, high))
    return "█" * full + "▓" * (dark - full) + "░" * (light - dark) + "·" * (width - light)


def _show_forecast(forecast: Sequence[tuple[Any, int]]) -> None:
    from ui.cli_output import show_gap, show_hanging

    numbers = [number for _, number in forecast]
    if not any(numbers):
        return
    show_gap()
    show_hanging(f"Reviews in the next {len(numbers)} days, if you see what is due and remember it", style="bold")
    most = max(numbers)
    show_hanging("".join(_STEPS[-(-number * 7 // most)] if number else "·" for number in numbers), style="cyan")
    week = sum(numbers[:_WEEK])
    show_hanging(f"today {numbers[0]}, tomorrow {numbers[1]}, within a week {week}, in all {sum(numbers)}")


def _show_readiness(blueprint: Blueprint, found: Readiness) -> None:
    from ui.cli_output import show_gap, show_hanging

    show_gap()
    show_hanging("If the exam were now", style="bold")
    chance, score = found.chance, found.score
    if chance is None or score is None:
        show_hanging(f"Not enough answers yet. {found.missing}", style="yellow")
        return
    between = f"it may be anything from {_percent(chance.low)} to {_percent(chance.high)}"
    show_hanging(f"Chance to pass: about {_percent(chance.about)} ({between}).")
    range_ = f"about {score.about:.0f} ({score.low:.0f} to {score.high:.0f})"
    show_hanging(f"Score: {range_}; the pass mark is {blueprint.pass_mark}.")
    told = "From your answers here. How hard the real questions are beside these nobody has measured; the range allows"
    show_hanging(f"{told} for it.", style="dim")


def _percent(share: float) -> str:
    """Return a chance as nobody can know it better.

    >>> _percent(0.996), _percent(0.0), _percent(0.62)
    ('over 99 percent', 'under 1 percent', '62 percent')
    """
    if share > 0.99:
        return "over 99 percent"
    return "under 1 percent" if share < 0.01 else f"{share:.0%}".replace("%", " percent")


def _show_weakest(weakest: Sequence[Mastered]) -> None:
    from rich.text import Text

    from ui.cli_output import show_gap, show_hanging

    if not weakest:
        return
    show_gap()
    show_hanging("Weakest, with what to read again", style="bold")
    for number, one in enumerate(weakest, 1):
        place = one.objective if one.objective == one.domain or not one.domain else f"{one.domain}: {one.objective}"
        show_hanging(f"{place.rstrip(': ')} ({one.estimate.mean:.0%} right)", f"{number}. ")
        for cited in one.passages:
            show_hanging(Text.assemble(cited.place, ("  openbook show ", "dim"), (cited.reference, "cyan")), "   ")
