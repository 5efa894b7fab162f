"""The terminal: `openbook`. Commands import what they need when they run, so that `--help` is instant."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError, IngestError, OpenbookError, QuestionError, QuizError
from ui.cli_ask import ask, search
from ui.cli_chat import chat
from ui.cli_conversations import conversations_app
from ui.cli_dev import dev_app
from ui.cli_documents import documents_app
from ui.cli_exam import exam
from ui.cli_export import export
from ui.cli_import import import_questions
from ui.cli_keys import keys_app
from ui.cli_models import models_app
from ui.cli_options import (
    EXIT_INGEST,
    EXIT_OTHER,
    EXIT_REFUSAL,
    EXIT_USAGE,
    AsJson,
    Course,
    FilePassword,
    Tags,
    read_settings,
)
from ui.cli_progress import progress
from ui.cli_quiz import quiz
from ui.cli_review import review
from ui.cli_serve import serve
from ui.cli_show import show
from ui.cli_watch import watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pipeline import Ingestor
    from ingest.report import IngestReport

_EPILOG = (
    "Exit codes: 0 done; 1 an error, or problems that doctor found; 2 a wrong argument, question or setting; "
    "3 some files were not ingested; 4 the texts do not answer the question, or hold too little for the quiz; "
    "130 interrupted."
)
app = typer.Typer(
    name="openbook",
    help="An open-book tutor: answers from your course texts, every sentence with its source.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (ask, chat, exam, export, progress, quiz, review, search, serve, show, watch):
    app.command()(_command)
app.command("import")(import_questions)
app.add_typer(conversations_app, name="conversations", invoke_without_command=True)
app.add_typer(documents_app, name="documents", invoke_without_command=True)
app.add_typer(keys_app, name="keys", invoke_without_command=True)
app.add_typer(models_app, name="models", invoke_without_command=True)
app.add_typer(dev_app, name="dev")


def main() -> None:
    """Run a command; errors that Openbook raises on purpose become one line and an exit code."""
    from ui.cli_output import show_error

    try:
        app(prog_name="openbook")
    except OpenbookError as error:
        show_error(" ".join([str(error), *getattr(error, "__notes__", ())]))
        sys.exit(exit_code(error))


def exit_code(error: OpenbookError) -> int:
    """Return the exit code that tells a script what kind of error it was."""
    if isinstance(error, ConfigError | QuestionError):
        return EXIT_USAGE
    if isinstance(error, QuizError):
        return EXIT_REFUSAL
    return EXIT_INGEST if isinstance(error, IngestError) else EXIT_OTHER


@app.callback()
def _openbook(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import version as version_of

        sys.stdout.write(f"openbook {version_of('openbook')}\n")
        raise typer.Exit


@app.command()
def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files, folders, globs, s3://BUCKET/PREFIX, or - for standard input."),
    ],
    course: Course = "",
    tag: Tags = None,
    name: Annotated[str, typer.Option("--name", help="File name of what standard input holds.")] = "",
    password: FilePassword = "",
    json: AsJson = False,
) -> None:
    """Add course texts to the library; only what is new or changed costs time."""
    from ingest.sources import S3Access, find_sources
    from ui.cli_ingest import ingest_bar

    sources = find_sources(paths, S3Access.of(read_settings()), name)
    with ingest_bar("Ingesting") as bar, _ingestor(password) as ingestor:
        report = ingestor.ingest(sources, course, tuple(tag or ()), bar)
    _finish(report, json=json)


@app.command()
def sync(
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help="The folder or s3://BUCKET/PREFIX that the library is to match.")
    ],
    course: Course = "",
    tag: Tags = None,
    password: FilePassword = "",
    json: AsJson = False,
) -> None:
    """Make the library match a folder or a prefix in S3, deletions included."""
    from ui.cli_ingest import ingest_bar

    with ingest_bar("Syncing") as bar, _ingestor(password) as ingestor:
        report = ingestor.sync(place, course, tuple(tag or ()), bar)
    _finish(report, json=json)


@app.command()
def reindex(json: AsJson = False) -> None:
    """Chunk and embed every stored text anew, after a change of embedder or chunk size."""
    from ui.cli_ingest import ingest_bar

    with ingest_bar("Indexing anew") as bar, _ingestor(check=False) as ingestor:
        report = ingestor.reindex(bar)
    _finish(report, json=json)


@app.command()
def doctor(json: AsJson = False) -> None:
    """Check versions, weights, the library, the disk and settings, and say what to do."""
    from ui.cli_doctor import diagnose, show_diagnosis
    from ui.cli_output import show_json

    diagnosis = diagnose(read_settings())
    show_json(diagnosis) if json else show_diagnosis(diagnosis)
    if diagnosis.problems:
        raise typer.Exit(EXIT_OTHER)


@contextmanager
def _ingestor(password: str = "", *, check: bool = True) -> Iterator[Ingestor]:
    from ingest.pipeline import Ingestor
    from rag.bootstrap import make_embedder, open_library
    from ui.cli_ingest import give_way

    give_way()
    settings = read_settings()
    embedder = make_embedder(settings)
    with open_library(settings, embedder, check=check) as library:
        yield Ingestor(library, embedder, settings, password)


def _finish(report: IngestReport, *, json: bool) -> None:
    from ui.cli_ingest import show_report
    from ui.cli_output import show_json

    show_json(report) if json else show_report(report)
    if report.failed:
        raise typer.Exit(EXIT_INGEST)


if __name__ == "__main__":
    main()
