"""Lists and shows documents, and finds them by what people type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from rag.adapters.terminal import out
from rag.errors import ConfigError
from rag.types import Chunk, Document, DocumentInfo, Scope, Source
from ui.cli_output import columns, count, show_gap, show_hanging

if TYPE_CHECKING:
    from rag.adapters.sqlite_library import SqliteLibrary

SHORT_ID = 8
_LISTED = 5


def find_documents(library: SqliteLibrary, wanted: Sequence[str], course: str = "") -> list[DocumentInfo]:
    """Return the documents of ids, beginnings of ids (eight characters or more), or names.

    Raises:
        ConfigError: one matches no document, or several.
    """
    infos = library.documents(Scope(course=course)) if wanted else []
    return [_only(one, [info for info in infos if _matches(info, one)]) for one in wanted]


def _matches(info: DocumentInfo, wanted: str) -> bool:
    by_id = len(wanted) >= SHORT_ID and info.id.startswith(wanted.lower())
    return by_id or any(wanted in _names(source) for source in info.sources)


def _names(source: Source) -> tuple[str, ...]:
    return source.name, source.name.rsplit("/", 1)[-1], source.uri


def _only(wanted: str, found: Sequence[DocumentInfo]) -> DocumentInfo:
    if not found:
        raise ConfigError(f"The library holds no document '{wanted}'. `openbook documents` lists names and ids.")
    if len(found) > 1:
        ids = ", ".join(f"{info.id[:SHORT_ID]} ({info.name})" for info in found[:_LISTED])
        raise ConfigError(f"'{wanted}' names {len(found)} documents: {ids}. Give an id.")
    return found[0]


def check_course(library: SqliteLibrary, course: str) -> None:
    """Refuse a course that the library does not have.

    Raises:
        ConfigError: there is none of that name; the message lists those there are.
    """
    if course and not library.documents(Scope(course=course)):
        courses = sorted({source.course for info in library.documents() for source in info.sources})
        known = f"The library has: {', '.join(courses)}." if courses else "The library is empty."
        raise ConfigError(f"There is no course '{course}'. {known}")


def remove(library: SqliteLibrary, wanted: str, course: str = "") -> Iterator[str]:
    """Remove a document by its id, or one of its names; yield what was done, for a person to read."""
    (info,) = find_documents(library, [wanted], course)
    if info.id.startswith(wanted.lower()):
        library.remove_document(info.id)
        yield f"Removed {info.name} ({count(info.chunks, 'chunk')})."
        return
    for source in info.sources:
        if wanted in _names(source):
            library.remove_source(source.course, source.uri)
            kept = library.has_document(info.id)
            yield f"Removed {source.name} from {source.course}" + (
                "; the document stays under another name." if kept else f" ({count(info.chunks, 'chunk')})."
            )


def show_documents(infos: Sequence[DocumentInfo]) -> None:
    """Print a table of documents and their names."""
    if not infos:
        show_hanging("No documents. `openbook ingest PATH` adds course texts.", style="yellow")
        return
    tagged = any(source.tags for info in infos for source in info.sources)
    names = ("id", "name", "course", *(("tags",) if tagged else ()), "chunks", "added")
    table = columns(*names, right=("chunks",), fold=("name",))
    for info in infos:
        for at, source in enumerate(info.sources):
            tags = (Text(", ".join(source.tags)),) if tagged else ()
            same = at > 0
            table.add_row(
                Text("" if same else info.id[:SHORT_ID], "cyan"), Text(f"= {source.name}" if same else source.name),
                Text(source.course), *tags, "" if same else f"{info.chunks:,}", "" if same else info.added_at[:10],
            )  # fmt: skip
    out().print(table)
    show_gap()
    chunks = sum(info.chunks for info in infos)
    show_hanging(f"{count(len(infos), 'document')}, {count(chunks, 'chunk')}", style="dim")


def show_document(info: DocumentInfo, document: Document) -> None:
    """Print what a document is and its stored text."""
    show_hanging(document.title, style="bold")
    for source in info.sources:
        tags = f", tagged {', '.join(source.tags)}" if source.tags else ""
        show_hanging(f"{source.name} in {source.course}{tags}: {source.uri}", style="dim")
    pages = f", {count(len(document.pages), document.page_unit)}" if document.pages else ""
    size = f"{count(info.characters, 'character')}, {count(info.chunks, 'chunk')}{pages}"
    show_hanging(f"{info.id}: {size}, added {info.added_at}", style="dim")
    show_gap()
    out().print(Text(document.text), soft_wrap=True)


def show_chunks(chunks: Sequence[Chunk], page_unit: str) -> None:
    """Print the chunks of a document with their places."""
    for chunk in chunks:
        place = f"{chunk.place(page_unit)}, characters {chunk.start:,} to {chunk.end:,}"
        show_hanging(Text.assemble((f"{chunk.position}. ", "cyan"), (place, "dim")), "", "   ")
        for line in chunk.text.split("\n"):
            show_hanging(line, "   ")
        show_gap()
