"""What `openbook quiz` and `openbook exam` have in common: the questions of a course, and taking a sitting of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError

if TYPE_CHECKING:
    from rag.adapters.sqlite_library import SqliteLibrary
    from rag.ports import Embedder, Reader, Vectors
    from rag.quiz.bank import Bank
    from rag.quiz.blueprint import Blueprint
    from rag.quiz.items import Item
    from rag.quiz.ports import Sittings
    from rag.quiz.sittings import Kind, Sitting
    from rag.quiz.taking import Taking
    from rag.quiz.written.author import Author
    from rag.settings import Settings
    from rag.types import DocumentInfo, Scope
    from ui.quiz.session import Session

SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Draw by this number; the same gives the same questions to a new learner.",
                             show_default=False)
]  # fmt: skip
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the latest that was left.")]
Fewer = Annotated[bool, typer.Option("--fewer", help="Take what there is where there are too few questions.")]
Plain = Annotated[bool, typer.Option("--plain", help="Line by line, as through a pipe, instead of on a full screen.")]
ExplainItems = Annotated[bool, typer.Option("--explain", help="Print how many questions were thrown out, and why.")]


@dataclass(frozen=True, slots=True)
class CourseItems:
    """The questions of a course, placed under a blueprint or by its texts.

    Attributes:
        bank: where they are kept.
        infos: the documents they are about.
        author: the language model that writes them, None for none.
    """

    items: tuple[Item, ...]
    blueprint: Blueprint | None
    library: SqliteLibrary
    embedder: Embedder
    scope: Scope
    bank: Bank
    infos: Sequence[DocumentInfo]
    reader: Reader | None
    vectors: Callable[[Sequence[str]], Vectors]
    author: Author | None

    @property
    def rejected(self) -> dict[str, int]:
        """How many were thrown out for which rule."""
        return self.bank.rejected(self.infos)

    def with_items(self, items: Sequence[Item]) -> CourseItems:
        """Return the course with other questions, placed where they belong."""
        from rag.quiz.place import placed

        return replace(self, items=tuple(placed(items, self.blueprint, self.vectors)))


def new_seed(seed: int | None) -> int:
    """Return the seed, or else one that the clock gives."""
    return time.time_ns() % 2**31 if seed is None else seed


@contextmanager
def open_items(
    settings: Settings, course: str, documents: Sequence[str], exam: str, model: str = ""
) -> Iterator[CourseItems]:
    """Yield the questions of a course, or of some of its documents; those of new texts are written first.

    Of a language model these are the questions that it wrote before.

    Raises:
        ConfigError: there is no such course, document or blueprint, or no document at all.
    """
    from rag.bootstrap import make_author, make_embedder, make_quiz_items, open_library, reader_or_none
    from rag.extractive.match import VectorMemory
    from rag.quiz.bank import Bank
    from rag.quiz.place import choose_blueprint
    from rag.types import Scope
    from ui.cli_library import check_course, find_documents

    author = make_author(settings, model) if model else None
    embedder = make_embedder(settings)
    with open_library(settings, embedder) as library:
        check_course(library, course)
        all_of_it = library.documents(Scope(course=course))
        if not all_of_it:
            raise ConfigError("The library is empty. `openbook ingest PATH` adds course texts.")
        infos = find_documents(library, documents, course) or all_of_it
        blueprint = choose_blueprint(exam, all_of_it)
        with closing(make_quiz_items(settings)) as store:
            reader = reader_or_none(settings)
            bank = Bank(library, embedder, store, reader, author.version if author else "")
            if author is None:
                _write(bank, infos)
            scope = Scope(course, tuple(info.id for info in infos) if documents else ())
            vectors = VectorMemory(embedder).vectors
            found = CourseItems((), blueprint, library, embedder, scope, bank, infos, reader, vectors, author)
            yield found.with_items(bank.items(infos))


def _write(bank: Bank, infos: Sequence[DocumentInfo]) -> None:
    """Write the questions of texts that have none yet, with a bar on standard error, or a line where none can move."""
    from rich.progress import Progress

    from rag.adapters.terminal import err
    from ui.cli_output import count

    def tell(done: int, total: int) -> None:
        if err().is_dumb_terminal and not done:
            err().print(f"Writing questions of {count(total, 'document')}...", style="dim")
        bar.update(task, completed=done, total=total, visible=True)

    with Progress(console=err(), transient=True, disable=not err().is_terminal or err().is_dumb_terminal) as bar:
        task = bar.add_task("Writing questions", total=None, visible=False)
        bank.ensure(infos, now(), tell)


def now() -> datetime:
    """Return the time, in the learner's own zone."""
    return datetime.now().astimezone()


def show_rejected(rejected: dict[str, int], kept: int) -> None:
    """Say on standard error how many questions were written, and why others were thrown out."""
    from rag.adapters.terminal import err
    from ui.cli_output import columns, count

    err().print(f"{count(kept, 'item')} passed the rules, {sum(rejected.values()):,} did not.", soft_wrap=True)
    table = columns("thrown out", "rule", right=("thrown out",))
    for rule, number in rejected.items():
        table.add_row(f"{number:,}", rule)
    err().print(table)


def left_before(sittings: Sittings, kind: Kind, course: str) -> Sitting:
    """Return the latest sitting of a kind that was left.

    Raises:
        ConfigError: there is none.
    """
    from rag.types import LOCAL

    left = [one for one in sittings.sittings(LOCAL, course=course, unfinished=True) if one.kind is kind]
    if not left:
        about = f" of the course '{course}'" if course else ""
        raise ConfigError(f"No {kind.value}{about} was left. `openbook {kind.value}` begins one.")
    return left[0]


def take(settings: Settings, sittings: Sittings, sitting: Sitting, *, plain: bool, json: bool) -> None:
    """Let the learner take a sitting, then show how it went; left, it says how to go on.

    Raises:
        ConfigError: all its texts are gone, or its blueprint.
    """
    from rag.bootstrap import make_cards, open_library
    from rag.quiz.taking import Taking
    from rag.study.remember import remember, remember_all
    from ui.quiz.session import Memory, Session

    with open_library(settings) as library:
        taking = Taking(sittings, sitting, library.has_document)
    if not taking.places:
        raise ConfigError(f"The texts of this {sitting.kind.value} are no longer in the library. Begin another.")
    on_screen = fills_screen(plain=plain)
    with closing(make_cards(settings)) as cards:
        session = Session(taking, Memory(partial(remember, cards), partial(remember_all, cards)))
        _run(session, on_screen=on_screen, to_error=json)
    _tell(taking, on_screen=on_screen, json=json)


def fills_screen(*, plain: bool) -> bool:
    """Whether there is a whole terminal to draw on, one that can move its cursor, and the learner wants it so."""
    from rag.adapters.terminal import out

    return sys.stdin.isatty() and sys.stdout.isatty() and not plain and not out().is_dumb_terminal


def _run(session: Session, *, on_screen: bool, to_error: bool) -> None:
    try:
        if on_screen:
            from ui.quiz.screen import Screen

            Screen(session, f"openbook {session.sitting.kind.value} --resume").run()
            return
        from rag.adapters.terminal import err, out
        from ui.quiz.lines import show_lines
        from ui.quiz.typed import take_lines

        console = err() if to_error else out()
        take_lines(session, typed_lines(), lambda lines: show_lines(lines, to_error=to_error), console.width)
    except KeyboardInterrupt:
        session.keep()


def typed_lines() -> Iterator[str]:
    """Yield what is typed, or piped, a line at a time."""
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    while True:
        try:
            yield input("> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            return


def _tell(taking: Taking, *, on_screen: bool, json: bool) -> None:
    from rag.adapters.terminal import out
    from rag.quiz.blueprint import read_blueprint
    from rag.quiz.exam import report
    from ui.cli_output import show_json
    from ui.quiz.lines import show_lines
    from ui.quiz.result import as_plain, item_lines, show_report

    sitting = taking.sitting
    blueprint = read_blueprint(sitting.blueprint) if sitting.blueprint else None
    made = report(sitting, blueprint, taking.withdrawn)
    if json:
        show_json(as_plain(taking, made))
    elif sitting.finished_at is None:
        _say_left(taking)
    else:
        if on_screen or taking.at_end:
            show_lines(item_lines(taking, out().width))
        show_report(made, blueprint)


def _say_left(taking: Taking) -> None:
    from ui.cli_output import show_hanging

    kind, still = taking.sitting.kind.value, len(taking.open_places)
    show_hanging(f"Left with {still} of {len(taking.places)} open. `openbook {kind} --resume` goes on.")
