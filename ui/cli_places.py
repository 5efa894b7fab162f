"""Finds the place in a document that a person names: a quote by its reference or number, or a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.cite import Citer
from rag.errors import ConfigError
from rag.types import LOCAL, Chunk, Citation, Document, DocumentInfo, Passage
from ui.cli_conversations import find_conversation, open_conversations
from ui.cli_library import SHORT_ID, find_documents

if TYPE_CHECKING:
    from rag.adapters.sqlite_library import SqliteLibrary
    from rag.settings import Settings

_SPAN = re.compile(r"(?P<document>.+):(?P<start>\d+)-(?P<end>\d+)")
_PAGE = re.compile(r"(?P<document>.+?),? (?:page|slide) (?P<page>\S+)", re.IGNORECASE)
_NUMBER = re.compile(r"\[?(\d+)\]?")
_MOST_DIGITS = 9  # of the number of a page


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a stored document.

    Attributes:
        page: the page whose whole text it is; None for a quote.
        question: what was asked when it was cited, where that is known.
    """

    info: DocumentInfo
    start: int
    end: int
    page: int | None = None
    question: str = ""


def find_place(
    library: SqliteLibrary, settings: Settings, wanted: str, conversation: str = "", *, drawn: bool = False
) -> Place:
    """Return the place of a reference (DOCUMENT:START-END), a page (DOCUMENT page N) or a source (N).

    A source is one of the last answer of a conversation: of the one whose id begins so, or else of the latest. A page
    of a PDF whose text the library does not keep is found too, behind the last that it keeps only if it is `drawn`:
    the original says whether there is such a page.

    Raises:
        ConfigError: there is no such place, or `wanted` names several documents.
    """
    if match := _NUMBER.fullmatch(wanted):
        return _source(library, settings, int(match[1]), conversation)
    if match := _SPAN.fullmatch(wanted):
        (info,) = find_documents(library, [match["document"]])
        start, end = int(match["start"]), int(match["end"])
        if not library.text(info.id, start, end).strip() or end > info.characters:
            raise ConfigError(f"{info.name} has no text at {start}-{end}: it ends at {info.characters}.")
        return Place(info, start, end)
    if match := _PAGE.fullmatch(wanted):
        (info,) = find_documents(library, [match["document"]])
        return _page(info, library.document(info.id), match["page"], drawn=drawn)
    raise ConfigError(
        f"'{wanted}' names no passage. Give the reference that answers print behind a source, such as "
        "3f2a91c04b7d:120-245, the number of a source in the latest conversation, or DOCUMENT page NUMBER."
    )


def _page(info: DocumentInfo, document: Document, wanted: str, *, drawn: bool) -> Place:
    """Return the page of a number, or else the one on which `wanted` is printed."""
    if not document.pages:
        raise ConfigError(f"{info.name} has no pages. `openbook documents show {info.id[:SHORT_ID]}` prints its text.")
    for at, page in enumerate(document.pages):
        if wanted == str(page.number) or (not wanted.isdecimal() and wanted.casefold() == page.label.casefold()):
            rest = document.pages[at + 1 :]
            return Place(info, page.offset, rest[0].offset if rest else len(document.text), page.number)
    unit, first, last = document.page_unit, document.pages[0].number, document.pages[-1].number
    is_pdf = document.media_type == "application/pdf"
    number = int(wanted) if wanted.isdecimal() and len(wanted) < _MOST_DIGITS else 0
    if is_pdf and number and (drawn or number < last):
        at = next((page.offset for page in document.pages if page.number > number), len(document.text))
        return Place(info, at, at, number)
    hint = " --page draws a page without text." if is_pdf and number else ""
    raise ConfigError(f"{info.name} holds no text of {unit} {wanted}; its {unit}s are {first} to {last}.{hint}")


def _source(library: SqliteLibrary, settings: Settings, number: int, conversation: str) -> Place:
    with open_conversations(settings) as conversations:
        if conversation:
            found = [find_conversation(conversations, conversation)]
        else:
            found = conversations.conversations(LOCAL, limit=1)
        said = conversations.exchanges(LOCAL, found[0].id, last=1) if found else []
    if not said:
        raise ConfigError(f"No conversation is kept that {number} could be a source in. Give the source's reference.")
    answer = said[0].answer
    for one in answer.refusal.closest if answer.refusal else answer.citations:
        if one.number == number:
            return _place(library, one, said[0].question)
    raise ConfigError(f"The answer to '{said[0].question}' has no source {number}.")


def _place(library: SqliteLibrary, citation: Citation, question: str) -> Place:
    """Return the place of a citation that was made earlier."""
    if library.text(citation.document_id, citation.start, citation.end) != citation.quote:
        raise ConfigError(
            f"The library no longer holds {citation.document} as it was when '{question}' was answered. Ask again."
        )
    (info,) = find_documents(library, [citation.document_id])
    return Place(info, citation.start, citation.end, question=question)


def cite(library: SqliteLibrary, place: Place, chunks: Sequence[Chunk]) -> Citation | None:
    """Return a citation of the text of a place, given the chunks of its document; None for an empty page."""
    text = library.text(place.info.id, place.start, place.end)
    paths = [one.heading_path for one in chunks if one.start <= place.start < one.end and place.page is None]
    path = paths[0] if paths else ()
    chunk = Chunk(place.info.id, 0, text, path, place.start, place.end, line=0)
    return Citer(library).citation(Passage(chunk, place.info, score=0.0), place.start, place.end, number=0)
