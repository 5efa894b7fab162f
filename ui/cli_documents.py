"""`openbook documents`: what the library holds."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli_options import AsJson, Course, Names, Tags, read_settings

documents_app = typer.Typer(add_completion=False)


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

    with open_library(read_settings()) as library:
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

    with open_library(read_settings()) as library:
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

    with open_library(read_settings()) as library:
        cli_library.find_documents(library, names, course)  # all must be there before any is removed
        for name in names:
            for line in cli_library.remove(library, name, course):
                show_hanging(line)
