"""What commands have in common: options, exit codes, settings, and what a question is put to."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rag.answer import Assistant
    from rag.settings import Settings
    from rag.types import Scope

EXIT_OTHER, EXIT_USAGE, EXIT_INGEST, EXIT_REFUSAL = 1, 2, 3, 4

Course = Annotated[str, typer.Option("--course", "-c", help="Name of the course.", show_default=False)]
Tags = Annotated[list[str] | None, typer.Option("--tag", "-t", help="A tag; may be repeated.", show_default=False)]
Only = Annotated[
    list[str] | None,
    typer.Option("--document", "-d", help="Only this document, by name or id; may be repeated.", show_default=False),
]
TopK = Annotated[int | None, typer.Option("--top-k", "-k", min=1, max=100, help="Passages to retrieve.")]
Model = Annotated[
    str,
    typer.Option("--model", "-m", help="What answers, instead of OPENBOOK_CHAT_MODEL: see `openbook models`.",
                 show_default=False),
]  # fmt: skip
Explain = Annotated[
    bool, typer.Option("--explain", help="Show passages, ranks, scores, timings, what was dropped, cost.")
]
GoOn = Annotated[bool, typer.Option("--continue", help="Go on with the newest conversation, of the course if named.")]
Wanted = Annotated[
    str,
    typer.Option("--conversation", help="Go on with this conversation, by the beginning of its id; new begins one.",
                 show_default=False),
]  # fmt: skip
FilePassword = Annotated[str, typer.Option("--password", help="Tried on files that ask for one.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question; - reads it from standard input.")]
Names = Annotated[list[str], typer.Argument(metavar="ID_OR_NAME...", help="Ids or names.", show_default=False)]


def read_settings(chat_model: str = "") -> Settings:
    """Return the settings, with another chat model if one is named."""
    from rag.settings import load_settings

    settings = load_settings()
    return settings.model_copy(update={"chat_model": chat_model}) if chat_model else settings


@contextmanager
def open_assistant(settings: Settings) -> Iterator[Assistant]:
    """Yield what answers questions."""
    from rag.bootstrap import build_assistant

    assistant = build_assistant(settings)
    try:
        yield assistant
    finally:
        assistant.library.close()


def read_question(argument: str, settings: Settings) -> str:
    """Return the question, read from standard input for "-"; bytes that are no UTF-8 become question marks."""
    if argument == "-":
        # Four bytes a character at most; a little more shows that it is too long.
        raw = sys.stdin.buffer.read(settings.max_question_characters * 4 + 4)
        return raw.decode("utf-8", "replace").strip()
    return argument.encode("utf-8", "replace").decode()


def find_scope(settings: Settings, course: str, names: Sequence[str] | None, tags: Sequence[str] | None) -> Scope:
    """Return where to look; what is searched instead of the library knows its own courses and tags.

    Raises:
        ConfigError: there is no such course or document in the library.
    """
    from rag.bootstrap import open_library
    from rag.settings import LIBRARY
    from rag.types import Scope
    from ui.cli_library import check_course, find_documents

    if settings.retriever != LIBRARY or not (course or names):
        return Scope(course, tuple(names or ()), tuple(tags or ()))
    with open_library(settings) as library:
        check_course(library, course)
        ids = tuple(info.id for info in find_documents(library, names or (), course))
    return Scope(course, ids, tuple(tags or ()))
