"""`openbook review`: the cards that are due, on a full screen or line by line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli_options import AsJson, Course, read_settings
from ui.cli_sitting import Plain, fills_screen, now, typed_lines

if TYPE_CHECKING:
    from rag.study.session import ReviewSession
    from ui.quiz.reviewing import Reviewing

Limit = Annotated[int | None, typer.Option("--limit", "-n", min=1, help="No more cards than this.", show_default=False)]


def review(course: Course = "", limit: Limit = None, plain: Plain = False, json: AsJson = False) -> None:
    """Review what you are about to forget; --json lists what is due instead."""
    from ui.cli_output import show_json
    from ui.quiz.reviewing import Reviewing

    with _session(course, limit) as session:
        if json:
            show_json(_plain(session))
            return
        try:
            _run(Reviewing(session, now), plain=plain)
        except KeyboardInterrupt:  # every rating is stored when it is given
            sys.stdout.write("\n")
        _tell_end(session)


def _run(going: Reviewing, *, plain: bool) -> None:
    if going.card is None:
        return
    if fills_screen(plain=plain):
        from ui.quiz.review_screen import ReviewScreen

        ReviewScreen(going).app.run()
        return
    from rag.adapters.terminal import out
    from ui.quiz.lines import show_lines
    from ui.quiz.review_typed import review_lines

    review_lines(going, typed_lines(), show_lines, out().width)


@contextmanager
def _session(course: str, limit: int | None) -> Iterator[ReviewSession]:
    """Yield a session over the cards; those of documents that the library no longer holds are left out."""
    from rag.bootstrap import make_cards, open_library
    from rag.study.session import ReviewSession
    from rag.types import LOCAL
    from ui.cli_library import check_course

    settings = read_settings()
    with open_library(settings) as library:
        check_course(library, course)
        there = {info.id for info in library.documents()}
    with closing(make_cards(settings)) as cards:
        yield ReviewSession(cards, LOCAL, course, there.__contains__, limit)


def _plain(session: ReviewSession) -> dict[str, Any]:
    due = [
        {"id": card.id, "course": card.course, "due_at": card.due_at, "item": card.item.model_dump(mode="json")}
        for card in session.served(now())
    ]
    return {"due": due, "next_at": session.next_at(), "lost": session.lost()}


def _tell_end(session: ReviewSession) -> None:
    """Say what was done, what is left, and when to come back."""
    from ui.cli_output import count, show_hanging
    from ui.cli_progress import lost_cards

    at, next_at, lost = now(), session.next_at(), session.lost()
    if session.rated:
        show_hanging(f"{count(session.rated, 'card')} reviewed.")
    if due := len(session.due(at)):
        show_hanging(f"{count(due, 'card')} left: `openbook review` goes on.")
    elif next_at:
        show_hanging(f"Nothing is due. The next card comes {_told_day(next_at.astimezone(at.tzinfo), at)}.")
    elif not lost:
        show_hanging("There are no review cards. A wrong answer in `openbook quiz` makes one.", style="yellow")
    if lost:
        show_hanging(lost_cards(lost), style="yellow")


def _told_day(due: datetime, at: datetime) -> str:
    from rag.study.schedule import study_day
    from ui.quiz.reviewing import told_span

    days = (study_day(due) - study_day(at)).days
    if days <= 0:
        return f"in {told_span(due - at)}"
    return "tomorrow" if days == 1 else f"in {days} days, on {study_day(due):%A %d %B}"
