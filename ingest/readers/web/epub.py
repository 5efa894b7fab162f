"""Reads books in EPUB: chapters in reading order, with the pages of the printed edition where the book tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html

from ingest.readers import Reading, ReadOptions, document_id
from ingest.readers.web.blocks import markdown_lines
from ingest.readers.web.epub_package import Package, open_package, page_label
from ingest.readers.web.furniture import drop_unseen
from ingest.readers.web.page import decode_html, parse_html
from rag.errors import IngestError
from rag.types import Document, PageStart

_LISTS = frozenset(("toc", "landmarks", "page-list", "loi", "lot"))  # parts that only point to others
_ONLY_PARTS = ("table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl")  # hold no words of their own
_PRINTED = 12  # characters of a page number as it is printed
_MARK = re.compile("\ue000(\\d+)\ue001")
_BEFORE_WORDS = re.compile(r"\s*(?:#+ |- |\d+\. |\| )?")


def read_epub(path: Path, raw: bytes, options: ReadOptions = ReadOptions()) -> Reading:
    """Return the text of a book below its title, chapter by chapter; its lists of contents are left out.

    Pages are those of the printed edition, where page breaks or a list of pages tell them: by number where all are
    numbers that rise, else counted from 1, with what is printed as their label.

    Raises:
        IngestError: the book is damaged, protected, too large, has too many pages, or has no text.
    """
    package = open_package(raw, str(path))
    labels: list[str] = []
    chapters = [text for name in package.chapters if (text := _chapter(package, name, labels, str(path)))]
    if not chapters:
        raise IngestError("the book has no text; pictures of pages cannot be read", str(path))
    if len(labels) > options.max_pages:
        raise IngestError(f"the book has {len(labels)} pages, more than the {options.max_pages} allowed", str(path))
    heading = [f"# {package.title}"] if package.title else []
    text, places = _without_marks("\n\n".join([*heading, *chapters]))
    pages = _page_starts([(offset, labels[number]) for offset, number in places])
    document = Document(
        id=document_id(raw),
        title=package.title or path.stem,
        media_type="application/epub+zip",
        text=text,
        pages=pages,
        page_unit="page" if pages else "",
    )
    return Reading(document, tuple(f"{name} is listed in the book but not in the file" for name in package.missing))


def _chapter(package: Package, name: str, labels: list[str], path: str) -> str:
    """Return the text of a chapter, its headings one level down, marks where pages begin; `labels` grow with them."""
    if not package.chapters[name].strip():
        return ""
    body = parse_html(decode_html(package.chapters[name], path), path).find("body")
    if body is None or _is_list(body):
        return ""
    for element, label in _breaks(package, name, body):
        _mark(element, len(labels))
        labels.append(label)
    drop_unseen(body)
    for nav in list(body.iter("nav")):
        nav.drop_tree()
    headings = list(body.iter("h1", "h2", "h3", "h4", "h5"))
    for heading in headings:
        heading.tag = f"h{int(heading.tag[1]) + 1}"
    lines = markdown_lines(body)
    if lines and not headings and name in package.headings:
        lines = [f"## {package.headings[name]}", "", *lines]
    return "\n".join(lines)


def _is_list(body: Any) -> bool:
    """Whether a chapter is a table of contents or the like, as it or its one part says."""
    parts = [body, *(body if len(body) == 1 else ())]
    return any(not _LISTS.isdisjoint((part.get("epub:type") or "").split()) for part in parts)


def _breaks(package: Package, name: str, body: Any) -> Iterator[tuple[Any, str]]:
    """Yield what begins a printed page with its label, in order."""
    for element in list(body.iter()):
        is_break = "pagebreak" in (element.get("epub:type") or "").split() or element.get("role") == "doc-pagebreak"
        label = package.pages.get((name, element.get("id") or ""))
        if is_break and not label:
            told = (element.get("title"), element.get("aria-label"), element.text_content())
            label = page_label(next(filter(None, told), ""))
        if is_break or label:
            yield element, label or ""


def _mark(element: Any, number: int) -> None:
    """Put a mark before an element, or in the place of one that is nothing but a page number."""
    place = element
    while place.getparent().tag in _ONLY_PARTS:
        place = place.getparent()
    mark = lxml.html.Element("span")
    mark.text = f"\ue000{number}\ue001"
    place.addprevious(mark)
    names = (element.get("epub:type"), element.get("role"))
    if any("pagebreak" in (name or "") for name in names) and len(element.text_content().strip()) <= _PRINTED:
        element.drop_tree()


def _without_marks(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its marks, and offset and number of each; one before the words of a line begins it."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    done = length = 0
    for match in _MARK.finditer(text):
        parts.append(text[done : match.start()])
        length += match.start() - done
        done = match.end()
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        before = _MARK.sub("", line)
        places.append((length - len(before) if _BEFORE_WORDS.fullmatch(before) else length, int(match.group(1))))
    return "".join([*parts, text[done:]]), places


def _page_starts(places: list[tuple[int, str]]) -> tuple[PageStart, ...]:
    labels = [label for _, label in places]
    numbers = [int(label) for label in labels if label.isdecimal() and len(label) < 6]
    if len(numbers) == len(labels) and all(one < two for one, two in pairwise(numbers)):
        return tuple(PageStart(offset, number) for (offset, _), number in zip(places, numbers, strict=True))
    return tuple(
        PageStart(offset, number, label if label != str(number) else "")
        for number, (offset, label) in enumerate(places, 1)
    )
