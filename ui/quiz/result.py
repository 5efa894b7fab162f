"""How a sitting went: every item with its key, the score, and what to read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rich.text import Text

from rag.adapters.terminal import out
from rag.quiz.blueprint import Blueprint
from rag.quiz.exam import Report, Tally
from rag.quiz.taking import Taking
from ui.cli_output import columns, count, show_gap, show_hanging
from ui.quiz.feedback import feedback_lines
from ui.quiz.lines import Line
from ui.quiz.views import stem_lines

_REREAD = 5  # passages of a domain that are named


def item_lines(taking: Taking, width: int) -> Iterator[Line]:
    """Yield every item that was asked, what was given, the key with reasons, and the passages."""
    scenario = ""
    for number, place in enumerate(taking.places, 1):
        seat = taking.sitting.seats[place]
        yield from (Line(), Line(f"{number}.{'' if seat.scored else ' (does not count)'}", "dim"))
        yield from stem_lines(replace(seat, scenario="") if seat.scenario == scenario else seat, width)
        yield from feedback_lines(seat, width)
        scenario = seat.scenario


def show_report(report: Report, blueprint: Blueprint | None) -> None:
    """Print the score, the domains, and what to read again."""
    show_gap()
    total = report.scored
    if report.score is not None and blueprint:
        passed = "passed" if report.passed else "not passed"
        told = f"{report.score} of {blueprint.highest}: {passed} (the pass mark is {blueprint.pass_mark})."
        show_hanging(told, style="bold green" if report.passed else "bold red")
    part = f" With partial credit: {total.credit:.1f}." if total.credit != total.right else ""
    show_hanging(f"{total.right} of {total.asked} right, {total.share:.0%}.{part}", style="bold")
    if report.unscored:
        show_hanging(f"{count(report.unscored, 'question')} more did not count.", style="dim")
    if report.withdrawn:
        gone = f"{count(report.withdrawn, 'question')} left out: the texts are no longer in the library."
        show_hanging(gone, style="yellow")
    _show_domains(report, exam=report.score is not None)
    for domain in report.domains:
        _show_reread(domain)


def _show_domains(report: Report, *, exam: bool) -> None:
    named = [one for one in report.domains if one.name]
    if not named:
        return
    show_gap()
    weights = ("weight",) if exam else ()
    table = columns("right", "of", "", *weights, "domain", right=("right", "of", "", *weights), fold=("domain",))
    for one in named:
        weight = (f"{one.weight:g}%",) if exam else ()
        table.add_row(str(one.right), str(one.asked), f"{one.share:.0%}", *weight, Text(one.name))
    out().print(table)


def _show_reread(domain: Tally) -> None:
    if not domain.reread:
        return
    show_gap()
    show_hanging(f"To read again{f': {domain.name}' if domain.name else ''}", style="bold")
    for one in domain.reread[:_REREAD]:
        show_hanging(Text.assemble(one.place, (f"  openbook show {one.reference}", "dim")), "  • ")
    if len(domain.reread) > _REREAD:
        show_hanging(f"and {count(len(domain.reread) - _REREAD, 'passage')} more", "    ", style="dim")


def as_plain(taking: Taking, report: Report) -> Mapping[str, Any]:
    """Return a sitting and how it went as what JSON is made of; keys of questions still open are left out."""
    sitting = taking.sitting
    return {
        "id": sitting.id,
        "kind": sitting.kind.value,
        "course": sitting.course,
        "blueprint": sitting.blueprint,
        "seed": sitting.seed,
        "begun_at": sitting.begun_at.isoformat(),
        "finished_at": sitting.finished_at.isoformat() if sitting.finished_at else None,
        "spent_s": round(sitting.spent_s, 1),
        "report": report if sitting.finished_at else None,
        "questions": [{"number": number, **_question(taking, place)} for number, place in enumerate(taking.places, 1)],
    }


def _question(taking: Taking, place: int) -> Mapping[str, Any]:
    seat = taking.sitting.seats[place]
    head = {"id": seat.item.id, "type": seat.item.type.value, "flagged": seat.flagged}
    given = seat.response.given if seat.response else None
    if not (taking.sitting.finished_at or taking.is_settled(place)):
        return {**head, "stem": seat.item.stem, "given": given}
    grade = seat.response.grade if seat.response else None
    return {
        **head,
        "given": given,
        "right": bool(grade and grade.right),
        "credit": grade.credit if grade else 0.0,
        "reason": grade.reason if grade else "not answered",
        "seconds": round(seat.response.seconds, 1) if seat.response else 0.0,
        "scored": seat.scored,
        "scenario": seat.scenario,
        "shown": seat.shown,
        "item": seat.item.model_dump(mode="json"),
        "references": [one.reference for one in seat.item.citations],
    }
