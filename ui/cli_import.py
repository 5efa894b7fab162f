"""`openbook import`: questions of other programs as review cards, each with its source in the course texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError
from ui.cli_options import EXIT_INGEST, AsJson, Course, read_settings

if TYPE_CHECKING:
    from rag.quiz.items import Item
    from rag.settings import Settings
    from rag.study.adopt import Refused
    from rag.study.drafts import Draft

_SHOWN = 20  # refused questions that are listed


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        added: how many review cards it made.
        known: how many questions had one.
    """

    questions: int
    added: int
    known: int
    refused: Sequence[Refused]


def import_questions(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A .gift, .xml (Moodle, QTI), .zip (QTI), .apkg, .csv, .tsv, .txt or .md.",
                       show_default=False),
    ],
    course: Course = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Make review cards of the questions in a file; one whose answer the texts do not hold is refused."""
    from ingest.questions import read_questions
    from ui.cli_output import show_json

    settings = read_settings()
    drafts = read_questions(file, _read(file, settings))
    items, refused = _adopted(settings, course, drafts)
    done = _kept(settings, course, items, refused, dry_run=dry_run)
    show_json(done) if json else _show(done, dry_run=dry_run)
    if refused:
        raise typer.Exit(EXIT_INGEST)


def _read(file: Path, settings: Settings) -> bytes:
    try:
        if file.stat().st_size > settings.max_file_mb * 1_000_000:
            raise ConfigError(
                f"{file} is larger than {settings.max_file_mb:g} MB; split it, or set OPENBOOK_MAX_FILE_MB."
            )
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error


def _adopted(settings: Settings, course: str, drafts: Sequence[Draft]) -> tuple[list[Item], list[Refused]]:
    """Return the items of questions, each once, and what was refused."""
    from rag.bootstrap import make_embedder, open_library, reader_or_none
    from rag.grounding.ground import PlainGrounding
    from rag.quiz.place import choose_blueprint, placed
    from rag.study.adopt import Adopter, Refused
    from rag.types import Scope
    from ui.cli_library import check_course

    embedder = make_embedder(settings)
    with open_library(settings, embedder) as library:
        check_course(library, course)
        scope = Scope(course)
        adopter = Adopter(library, embedder, PlainGrounding(embedder), scope, reader=reader_or_none(settings))
        found = [adopter.adopt(draft) for draft in _told(drafts)]
        items = {one.id: one for one in found if not isinstance(one, Refused)}
        unplaced = [one for one in items.values() if not one.placement.domain]
        blueprint = choose_blueprint("", library.documents(scope))
        items |= {one.id: one for one in placed(unplaced, blueprint, adopter.vectors)}
    return list(items.values()), [one for one in found if isinstance(one, Refused)]


def _told(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Yield questions with a bar on standard error; silent where that is no terminal."""
    from rich.progress import track

    from rag.adapters.terminal import err

    yield from track(drafts, "Looking the questions up", console=err(), transient=True, disable=not err().is_terminal)


def _kept(
    settings: Settings, course: str, items: Sequence[Item], refused: Sequence[Refused], *, dry_run: bool
) -> Imported:
    """Make a review card of each question that has none, unless nothing is to be done."""
    from rag.bootstrap import make_cards
    from rag.study.exports.entries import entries
    from rag.study.schedule import new_card
    from rag.types import LOCAL
    from ui.cli_sitting import now

    made = [new_card(LOCAL, course, entry.item, now()) for entry in entries(items)]
    with closing(make_cards(settings)) as cards:
        known = {card.id for card in cards.cards(LOCAL)}
        new = [card for card in made if card.id not in known]
        for card in () if dry_run else new:
            cards.add(card)
    return Imported(len(made) + len(refused), len(new), len(made) - len(new), refused)


def _show(done: Imported, *, dry_run: bool) -> None:
    from ui.cli_output import count, show_hanging

    would = "would be made" if dry_run else "made"
    told = [f"{count(done.added, 'review card')} {would}"]
    told += [f"{done.known:,} known already"] if done.known else []
    told += [f"{len(done.refused):,} refused"] if done.refused else []
    show_hanging(f"{count(done.questions, 'question')}: {', '.join(told)}.")
    for one in done.refused[:_SHOWN]:
        show_hanging(f"{one.place}, “{' '.join(one.stem.split())[:60]}”: {one.why}", style="yellow")
    if len(done.refused) > _SHOWN:
        show_hanging(f"{len(done.refused) - _SHOWN:,} more were refused; --json lists all.", style="yellow")
    if done.added and not dry_run:
        show_hanging("`openbook review` asks them.", style="dim")
