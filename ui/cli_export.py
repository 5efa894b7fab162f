"""`openbook export`: questions for other programs and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError, QuizError
from ui.cli_options import AsJson, Course, Only, read_settings
from ui.cli_quiz import Difficulty, Domains, Exam, Focus, Types
from ui.cli_sitting import Fewer, SeedOption

if TYPE_CHECKING:
    from rag.quiz.items import Item
    from rag.settings import Settings

_FORMATS = "anki, csv, quizlet, gift, moodle, qti, markdown or pdf"
_ALL = "takes all there is; of the choices only --course goes with it."


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which questions of the texts are wanted; of all that pass, as many as `number`, or all."""

    seed: int | None
    documents: Sequence[str] = ()
    domains: Sequence[str] = ()
    difficulty: str = ""
    types: Sequence[str] = ()
    number: int | None = None
    focus: str = ""
    exam: str = ""
    fewer: bool = False


def export(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {_FORMATS}.", show_default=False)],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="To write; the ending of its name may be left out.",
                             show_default=False)
    ],
    course: Course = "",
    document: Only = None,
    domain: Domains = None,
    difficulty: Difficulty = "",
    type_: Types = None,
    number: Annotated[
        int | None, typer.Option("--number", "-n", min=1, help="Draw so many, as a quiz does; else all.",
                                 show_default=False)
    ] = None,
    focus: Focus = "",
    exam: Exam = "",
    seed: SeedOption = None,
    fewer: Fewer = False,
    cards: Annotated[bool, typer.Option("--cards", help="Your review cards instead.")] = False,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="What you answered wrongly when asked last.")] = False,
    title: Annotated[
        str, typer.Option("--title", help="Of the quiz or deck; else the name of the course.", show_default=False)
    ] = "",
    font: Annotated[
        list[Path] | None,
        typer.Option("--font", help="A TrueType font for the PDF, tried first; may be repeated.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Write questions into a file for Anki, Quizlet, Moodle, other learning platforms, or a printer."""
    from rag.adapters.terminal import err
    from rag.study.exports import FORMATS, Exported, write_export
    from ui.cli_output import count, show_hanging, show_json
    from ui.cli_sitting import now

    settings = read_settings()
    if format_ not in FORMATS:
        raise ConfigError(f"There is no format '{format_}'. Valid are: {', '.join(FORMATS)}.")
    file = file if file.suffix else file.with_suffix(FORMATS[format_].suffix)
    if file.exists() and not force:
        raise ConfigError(f"{file} is there already. Name another file, or write over it with --force.")
    chosen = _Chosen(seed, document or (), domain or (), difficulty, type_ or (), number, focus, exam, fewer)
    if cards or mistakes:
        if cards and mistakes:
            raise ConfigError("--cards and --mistakes exclude each other.")
        if chosen != _Chosen(seed):
            raise ConfigError(f"{'--cards' if cards else '--mistakes'} {_ALL}")
        items = _of_cards(settings, course) if cards else _of_mistakes(settings, course)
    else:
        items = _of_texts(settings, course, chosen)
    exported = Exported(items, title or course or "Openbook", now(), font or ())
    written, questions = write_export(format_, exported), len(exported.entries)
    _write(file, written.content)
    if json:
        show_json({"file": file, "format": format_, "questions": questions, "notes": written.notes})
        return
    show_hanging(f"{count(questions, 'question')} in {file}: {FORMATS[format_].about}.")
    for note in written.notes:
        err().print(note, style="yellow", soft_wrap=True)


def _of_texts(settings: Settings, course: str, chosen: _Chosen) -> Sequence[Item]:
    """Return questions of the texts.

    Raises:
        QuizError: there is none, or there are too few.
    """
    from rag.quiz.draw import Wanted, draw
    from rag.quiz.items import ItemType
    from ui.cli_quiz import narrowed, shares_of_types
    from ui.cli_sitting import new_seed, open_items

    usual = chosen.types or chosen.number
    types = shares_of_types(chosen.types) if usual else dict.fromkeys(ItemType, 1.0)
    with open_items(settings, course, chosen.documents, chosen.exam) as found:
        pool = narrowed(found, chosen.domains, chosen.difficulty, types, chosen.focus)
        if chosen.number:
            wanted = Wanted(chosen.number, types, seed=new_seed(chosen.seed), allow_fewer=chosen.fewer)
            return draw(pool, wanted, {})
    if not pool.items:
        raise QuizError(f"There is no question to export ({pool}). `openbook quiz --explain` tells more.")
    return pool.items


def _of_cards(settings: Settings, course: str) -> Sequence[Item]:
    from rag.bootstrap import make_cards
    from rag.types import LOCAL

    with closing(make_cards(settings)) as store:
        return _still_there(settings, [card.item for card in store.cards(LOCAL, course=course)], "review cards")


def _of_mistakes(settings: Settings, course: str) -> Sequence[Item]:
    from rag.bootstrap import make_cards, make_sittings
    from rag.study.mastery import answers, mistakes
    from rag.types import LOCAL

    with closing(make_sittings(settings)) as sittings, closing(make_cards(settings)) as cards:
        held = cards.cards(LOCAL, course=course)
        given = answers(sittings.sittings(LOCAL, course=course), held, cards.reviews(LOCAL))
    return _still_there(settings, mistakes(given), "mistakes")


def _still_there(settings: Settings, items: Sequence[Item], what: str) -> list[Item]:
    """Return items without those whose documents are gone.

    Raises:
        QuizError: there is none.
    """
    from rag.bootstrap import open_library
    from rag.quiz.items import cited_documents

    with open_library(settings) as library:
        there = [one for one in items if all(map(library.has_document, cited_documents(one)))]
    if not there:
        gone = f" The texts of {len(items)} are gone." if items else ""
        raise QuizError(f"There are no {what} to export.{gone} `openbook quiz` asks questions.")
    return there


def _write(file: Path, content: bytes) -> None:
    """Write a file whole, or not at all."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_bytes(content)
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise ConfigError(f"{file} cannot be written: {error.strerror}.") from error
