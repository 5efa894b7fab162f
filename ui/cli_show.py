"""`openbook show`: a cited passage where it stands, as text or as a picture of its page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import ConfigError
from ui.cli_options import AsJson, FilePassword, read_settings

if TYPE_CHECKING:
    from rich.text import Text

    from rag.adapters.sqlite_library import SqliteLibrary
    from rag.types import Chunk, Citation, Document
    from ui.cli_places import Place

_MARKED = "black on yellow"
_NO_FILE_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that was drawn into a file; `marked` says whether a quote is marked on it."""

    page: int
    file: Path
    marked: bool


Cited = Annotated[
    list[str],
    typer.Argument(
        metavar="CITATION...",
        help="A reference as answers print it, the number of a source in the latest conversation,"
        " or DOCUMENT page NUMBER.",
        show_default=False,
    ),
]
AsPage = Annotated[bool, typer.Option("--page", help="Draw the page of a PDF as PNG, with the quote marked.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="The file to draw into, instead of NAME-page-N.png.", show_default=False),
]
Dpi = Annotated[int, typer.Option("--dpi", min=18, max=1200, help="Dots per inch of the picture.")]
Within = Annotated[
    str,
    typer.Option(
        "--conversation", help="The conversation of the number, by the beginning of its id.", show_default=False
    ),
]


def show(
    wanted: Cited,
    page: AsPage = False,
    output: Output = None,
    dpi: Dpi = 144,
    password: FilePassword = "",
    conversation: Within = "",
    json: AsJson = False,
) -> None:
    """Show a cited passage where it stands in its document, or a page."""
    from rag.bootstrap import open_library
    from ui.cli_output import show_json
    from ui.cli_places import cite, find_place

    if output and not page:
        raise ConfigError("--output names the file of a picture: give --page with it.")
    settings = read_settings()
    with open_library(settings) as library:
        place = find_place(library, settings, " ".join(wanted), conversation, drawn=page)
        document, chunks = library.document(place.info.id), library.document_chunks(place.info.id)
        citation = cite(library, place, chunks)
        low, high = (place.start, place.end) if page else _around(place, chunks)
        pictures = _draw(library, place, citation, output, dpi, password) if page else []
    if json:
        before, after = document.text[low : place.start], document.text[place.end : high]
        show_json({"citation": citation, "before": before, "after": after, "pictures": pictures})
        return
    _show_head(place, citation)
    if page:
        _show_pictures(pictures, place)
    else:
        _show_text(document, place, low, high)


def _around(place: Place, chunks: Sequence[Chunk]) -> tuple[int, int]:
    """Return the span of the passages that hold a quote, with the one before and the one after."""
    held = [at for at, one in enumerate(chunks) if one.start < place.end and place.start < one.end]
    if place.page is not None or not held:
        return place.start, place.end
    before, after = chunks[max(held[0] - 1, 0)], chunks[min(held[-1] + 1, len(chunks) - 1)]
    return min(before.start, place.start), max(after.end, place.end)


def _show_head(place: Place, citation: Citation | None) -> None:
    from ui.cli_answer import cited_place
    from ui.cli_output import show_hanging

    if place.question:
        show_hanging(f"From the answer to: {place.question}", style="dim")
    if citation is None:
        show_hanging(
            f"{place.info.name}, {place.info.page_unit} {place.page}: it has no text of its own.", style="bold"
        )
    else:
        show_hanging(cited_place(citation))


def _show_text(document: Document, place: Place, low: int, high: int) -> None:
    """Print a span, the quote in it marked, under the pages that it is on if they are several."""
    from ui.cli_output import show_gap, show_hanging

    parts = list(_parts(document, low, high))
    for page, start, end in parts:
        show_gap()
        if page and len(parts) > 1:
            show_hanging(f"— {page} —", style="dim")
        show_hanging(_marked(document.text, start, end, place))
    show_gap()


def _parts(document: Document, low: int, high: int) -> Iterator[tuple[str, int, int]]:
    """Yield the parts of a span that stand on one page each, with the page; "" for what stands before the first."""
    from rag.types import PageStart

    pages = (PageStart(0, 0), *document.pages)
    ends = (*(page.offset for page in document.pages), len(document.text))
    for page, page_end in zip(pages, ends, strict=True):
        start, end = max(low, page.offset), min(high, page_end)
        if document.text[start:end].strip():
            printed = f" (printed {page.label})" if page.label else ""
            yield f"{document.page_unit} {page.number}{printed}" if page.number else "", start, end


def _marked(text: str, start: int, end: int, place: Place) -> Text:
    """Return a part of a text with what it holds of the quote between » and «; a whole page is not marked."""
    from rich.text import Text

    first, last = max(start, place.start), min(end, place.end)
    if place.page is not None or first >= last:
        return Text(text[start:end].rstrip())
    quote = Text.assemble("»", (text[first:last], _MARKED), "«")
    return Text.assemble(text[start:first], quote, text[last:end].rstrip())


def _draw(
    library: SqliteLibrary, place: Place, citation: Citation | None, output: Path | None, dpi: int, password: str
) -> list[Picture]:
    """Draw each page that a place is on, with the words of the quote marked."""
    from rag.adapters.pdf_pages import render_page

    original = library.original(place.info.id)
    if original is None:
        raise ConfigError(
            f"{place.info.name} has no pages to draw, as only PDF has. Without --page the passage is printed."
        )
    boxes = [] if place.page else library.layout(place.info.id).boxes(place.start, place.end)
    first = citation.page_start if citation else place.page
    pages = sorted({box.page for box in boxes}) or [first or 1]
    drawn = []
    for page in pages:
        picture = Picture(page, _file(place.info.name, output, page, pages), marked=bool(boxes))
        png = render_page(original, page, boxes, dpi, password)
        try:
            picture.file.write_bytes(png)
        except OSError as error:
            raise ConfigError(f"{picture.file} cannot be written: {error.strerror}.") from error
        drawn.append(picture)
    return drawn


def _file(name: str, output: Path | None, page: int, pages: Sequence[int]) -> Path:
    """Return where a page is drawn into; of several, the number stands in the names of all but the first."""
    if output is None:
        return Path(f"{_NO_FILE_NAME.sub('-', Path(name).stem)}-page-{page}.png")
    return output if page == pages[0] else output.with_stem(f"{output.stem}-{page}")


def _show_pictures(pictures: Sequence[Picture], place: Place) -> None:
    from ui.cli_output import show_hanging

    for picture in pictures:
        show_hanging(f"Page {picture.page} is drawn in {picture.file}.")
    if place.page is None and not all(picture.marked for picture in pictures):
        show_hanging("Where the quote stands on the page is not known, so it is not marked.", style="yellow")
