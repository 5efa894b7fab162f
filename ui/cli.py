"""The terminal: `openbook`. Commands import what they need when they run, so that `--help` is instant."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError, IngestError, OpenbookError, QuestionError
from ui.cli_dev import dev_app
from ui.cli_models import models_app

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.pipeline import Ingestor
    from ingest.report import IngestReport
    from rag.answer import Assistant
    from rag.settings import Settings
    from rag.types import Scope

EXIT_OTHER, EXIT_USAGE, EXIT_INGEST, EXIT_REFUSAL = 1, 2, 3, 4
_EPILOG = (
    "Exit codes: 0 done; 1 an error, or problems that doctor found; 2 a wrong argument, question or setting; "
    "3 some files were not ingested; 4 the texts do not answer the question; 130 interrupted."
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
documents_app = typer.Typer(add_completion=False)
app.add_typer(documents_app, name="documents", invoke_without_command=True)
app.add_typer(models_app, name="models", invoke_without_command=True)
app.add_typer(dev_app, name="dev")

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
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question; - reads it from standard input.")]
Names = Annotated[list[str], typer.Argument(metavar="ID_OR_NAME...", help="Ids or names.", show_default=False)]


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
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders or globs.")],
    course: Course = "",
    tag: Tags = None,
    json: AsJson = False,
) -> None:
    """Add course texts to the library; only what is new or changed costs time."""
    from ingest.sources import find_sources
    from ui.cli_ingest import ingest_bar

    with ingest_bar("Ingesting") as bar, _ingestor() as ingestor:
        report = ingestor.ingest(find_sources(paths), course, tuple(tag or ()), bar)
    _finish(report, json=json)


@app.command()
def sync(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder that the library is to match.")],
    course: Course = "",
    tag: Tags = None,
    json: AsJson = False,
) -> None:
    """Make the library match a folder, deletions included."""
    from ui.cli_ingest import ingest_bar

    with ingest_bar("Syncing") as bar, _ingestor() as ingestor:
        report = ingestor.sync(folder, course, tuple(tag or ()), bar)
    _finish(report, json=json)


@app.command()
def reindex(json: AsJson = False) -> None:
    """Chunk and embed every stored text anew, after a change of embedder or chunk size."""
    from ui.cli_ingest import ingest_bar

    with ingest_bar("Indexing anew") as bar, _ingestor(check=False) as ingestor:
        report = ingestor.reindex(bar)
    _finish(report, json=json)


@documents_app.callback()
def _documents(context: typer.Context, course: Course = "", tag: Tags = None, json: AsJson = False) -> None:
    """List, show and remove the documents of the library; without a command, list them."""
    if context.invoked_subcommand is None:
        list_documents(course, tag, json)


@documents_app.command("list")
def list_documents(course: Course = "", tag: Tags = None, json: AsJson = False) -> None:
    """List documents with their ids, courses and chunks."""
    from rag.bootstrap import open_library
    from rag.types import Scope
    from ui.cli_library import check_course, show_documents
    from ui.cli_output import show_json

    with open_library(_settings()) as library:
        check_course(library, course)
        infos = library.documents(Scope(course=course, tags=tuple(tag or ())))
    show_json(infos) if json else show_documents(infos)


@documents_app.command("show")
def show_document(
    name: Annotated[str, typer.Argument(metavar="ID_OR_NAME", show_default=False)],
    chunks: Annotated[bool, typer.Option("--chunks", help="Show how the text was parted.")] = False,
    json: AsJson = False,
) -> None:
    """Show the stored text of a document, or its chunks."""
    from rag.bootstrap import open_library
    from ui import cli_library
    from ui.cli_output import show_json

    with open_library(_settings()) as library:
        (info,) = cli_library.find_documents(library, [name])
        document = library.document(info.id)
        parts = library.document_chunks(info.id) if chunks else []
    if json:
        show_json({"info": info, "chunks": parts} if chunks else {"info": info, "document": document})
    elif chunks:
        cli_library.show_chunks(parts, info.page_unit)
    else:
        cli_library.show_document(info, document)


@documents_app.command("remove")
def remove_documents(names: Names, course: Course = "") -> None:
    """Remove documents by id, or single names of them; they can never answer again."""
    from rag.bootstrap import open_library
    from ui import cli_library
    from ui.cli_output import show_hanging

    with open_library(_settings()) as library:
        cli_library.find_documents(library, names, course)  # all must be there before any is removed
        for name in names:
            for line in cli_library.remove(library, name, course):
                show_hanging(line)


@app.command()
def search(
    question: Question,
    course: Course = "",
    document: Only = None,
    tag: Tags = None,
    top_k: TopK = None,
    full: Annotated[bool, typer.Option("--full", help="Show passages whole.")] = False,
    json: AsJson = False,
) -> None:
    """Show the passages that a question finds, with both ranks and why."""
    from rag.settings import EXTRACTIVE
    from ui.cli_answer import show_passages
    from ui.cli_output import show_json

    settings = _settings(EXTRACTIVE)  # nothing is written here
    words = _question(question, settings)
    scope = _scope(settings, course, document, tag)
    with _assistant(settings) as assistant:
        passages = assistant.search(words, scope, top_k)
    show_json(passages) if json else show_passages(words, passages, full=full)


@app.command()
def ask(
    question: Question,
    course: Course = "",
    document: Only = None,
    tag: Tags = None,
    top_k: TopK = None,
    model: Model = "",
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show passages, ranks, scores, timings, what was dropped, cost."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Answer a question from the course texts, with numbered sources."""
    from rag.adapters.terminal import out
    from ui.cli_answer import show_answer, show_stream
    from ui.cli_output import show_json

    settings = _settings(model)
    words = _question(question, settings)
    scope = _scope(settings, course, document, tag)
    with _assistant(settings) as assistant:
        if settings.answers_by_chat and out().is_terminal and not json:
            answer = show_stream(assistant.stream(words, scope, top_k), explain=explain)
        else:
            answer = assistant.ask(words, scope, top_k)
            show_json(answer) if json else show_answer(answer, explain=explain)
    if answer.refusal is not None:
        raise typer.Exit(EXIT_REFUSAL)


@app.command()
def doctor(json: AsJson = False) -> None:
    """Check versions, weights, the library, the disk and settings, and say what to do."""
    from ui.cli_doctor import diagnose, show_diagnosis
    from ui.cli_output import show_json

    diagnosis = diagnose(_settings())
    show_json(diagnosis) if json else show_diagnosis(diagnosis)
    if diagnosis.problems:
        raise typer.Exit(EXIT_OTHER)


def _settings(chat_model: str = "") -> Settings:
    from rag.settings import load_settings

    settings = load_settings()
    return settings.model_copy(update={"chat_model": chat_model}) if chat_model else settings


@contextmanager
def _ingestor(*, check: bool = True) -> Iterator[Ingestor]:
    from ingest.pipeline import Ingestor
    from rag.bootstrap import make_embedder, open_library

    settings = _settings()
    embedder = make_embedder(settings)
    with open_library(settings, embedder, check=check) as library:
        yield Ingestor(library, embedder, settings)


@contextmanager
def _assistant(settings: Settings) -> Iterator[Assistant]:
    from rag.bootstrap import build_assistant

    assistant = build_assistant(settings)
    try:
        yield assistant
    finally:
        assistant.library.close()


def _finish(report: IngestReport, *, json: bool) -> None:
    from ui.cli_ingest import show_report
    from ui.cli_output import show_json

    show_json(report) if json else show_report(report)
    if report.failed:
        raise typer.Exit(EXIT_INGEST)


def _question(argument: str, settings: Settings) -> str:
    """Return the question, read from standard input for "-"; bytes that are no UTF-8 become question marks."""
    if argument == "-":
        # Four bytes a character at most; a little more shows that it is too long.
        raw = sys.stdin.buffer.read(settings.max_question_characters * 4 + 4)
        return raw.decode("utf-8", "replace").strip()
    return argument.encode("utf-8", "replace").decode()


def _scope(settings: Settings, course: str, names: Sequence[str] | None, tags: Sequence[str] | None) -> Scope:
    from rag.bootstrap import open_library
    from rag.types import Scope
    from ui.cli_library import check_course, find_documents

    if not (course or names):
        return Scope(tags=tuple(tags or ()))
    with open_library(settings) as library:
        check_course(library, course)
        ids = tuple(info.id for info in find_documents(library, names or (), course))
    return Scope(course, ids, tuple(tags or ()))


if __name__ == "__main__":
    main()
