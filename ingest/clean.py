"""Makes a converted text readable: drops slide furniture, keeps what a student would read.

Pure: Document -> Document. Every line of the result knows the line it came from, in the file where it has lines.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, groupby

from ingest.carry import carried
from ingest.hidden import without_hidden
from ingest.inline import plain_inline
from ingest.pages import Line, split_pages
from ingest.tables import html_tables_to_pipes, tabs_to_pipes
from rag.layout import Layout
from rag.types import Document, PageStart

# An info string holds no backtick: "```x``` is code" opens no fence.
_FENCE = re.compile(r"^\s*(`{3,}+(?![^`]*`)|~{3,})")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})[ \t]+(.*)$")
_CLOSING_HASHES = re.compile(r"(?:^|(?<=[ \t]))#+$")  # "# F#" keeps its hash
_EMPTY_BULLET = re.compile(r"^\s*(?:[-*+•–]|\d+[.)])\s*$")
# As slides and Word write them: dashes and "o" before white space, the private letters of Wingdings and Symbol.
_BULLET_SIGN = re.compile(r"^(\s*)(?:[•▪◦‣●○■➢➤✓✔∙\uf0a7\uf0b7\uf0d8\uf0fc](?=\s|\w)|[–—](?=\s)|[o·](?=\t))[ \t]*")
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_LINE_BREAKS = str.maketrans(dict.fromkeys("\r\n\v\f\u00a0\u0085\u2028\u2029", " "))
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_CONTINUED = re.compile(
    r"\s*(?:\(\s*(?:cont(?:inued|['’]?d|\.)?|\d+\s*(?:/|of)\s*\d+)\s*\)|[-–—]\s*cont(?:inued|['’]?d|\.)?)\s*$", re.I
)
_CONTENTS_ENTRY = re.compile(r"^\s*(\S.{1,80}?)(?:\t+|\s*\.{3,}\s*|\s{3,})\d{1,4}\s*$")
_CONTENTS_ENTRY_CHARACTERS = 300
_CONTENTS_TITLE = re.compile(r"^\s*(?:#+\s*)?(?:table of )?contents\s*:?\s*$", re.I)

_PICTURE_OPENING = re.compile(
    r"^\s*(?:the background of the (?:slide|page|image)|(?:an?|the|this) (?:[\w-]+ ){0,3}"
    r"(?:illustration|image|picture|photo|photograph|icon|logo|graphic|drawing|background)s?\b)",
    re.I,
)
_PICTURE_WORD = re.compile(
    r"\b(?:silhouettes?|background|beige|gr[ae]y|orange|blue|green|red|black|white|stylized|abstract|icons?|gears?"
    r"|illustrations?|palette|depict(?:s|ed|ing)|circles?|circular|arrows?|left|right|cent(?:er|re)|hand|sleeve)\b",
    re.I,
)
_COLOUR = re.compile(r"beige|gr[ae]y|orange|blue|green|red|black|white", re.I)
_PICTURE_WORDS_NEEDED = 3
_PICTURE_MOST_WORDS = 150

_LINED = ("text/markdown", "text/plain")  # formats whose text is the file, line by line
_MARKED_UP = (*_LINED, "application/x-ipynb+json")  # what other readers return is marked up in its lines only


def clean(document: Document) -> Document:
    """Return the document without furniture, its inline markup made plain, its tables as pipe tables.

    Dropped are repeated titles of consecutive slides, descriptions of pictures, page marks (kept as `pages`),
    running headers, tables of contents (their entries become headings), empty bullets, tags, comments and what is
    made invisible. Where the reader named pages, its pages and its layout are carried over instead.
    Code inside fences is left alone; so is what looks like inline markup in a format that has none of Markdown's, as
    the stars of a PDF. The title is the heading that the text begins with, if it does.
    """
    text = document.text.replace("Â\u00a0", " ").replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
    marked_up = document.media_type in _MARKED_UP
    lines, unit = _paged(document, without_hidden(text) if marked_up else text)
    lines = _without_running_lines(_contents_to_headings(lines))
    prose = _prose if marked_up else _literal
    lines = [line for fenced, run in _by_fence(lines) for line in (run if fenced else prose(run))]
    lines = list(_single_blank_lines(_without_repeated_titles(lines)))
    return _assemble(document, lines, unit)


def _paged(document: Document, text: str) -> tuple[list[Line], str]:
    """Return the lines of `text` with their pages: those that the reader named, else those that marks tell of."""
    if document.media_type in _LINED and not document.pages:
        return split_pages(text)
    numbers = [0, *(page.number for page in document.pages)]
    offsets = [page.offset for page in document.pages]
    begins = accumulate((len(line) + 1 for line in document.text.split("\n")), initial=0)
    lines = [
        Line(number, numbers[bisect_right(offsets, begin)], line)
        for number, (begin, line) in enumerate(zip(begins, text.split("\n"), strict=False), 1)
    ]
    return lines, document.page_unit


def _by_fence(lines: Iterable[Line]) -> Iterator[tuple[bool, list[Line]]]:
    """Part lines into runs inside and outside code fences; an unclosed fence runs to the end."""
    run: list[Line] = []
    fence = ""
    for line in lines:
        match = _FENCE.match(line.text)
        if match and not fence:
            yield False, run
            run, fence = [line], match.group(1)
        elif match and match.group(1).startswith(fence) and not line.text.strip().strip(fence[0]):
            yield True, [*run, line]
            run, fence = [], ""
        else:
            run.append(line)
    yield bool(fence), run


def _prose(lines: list[Line]) -> list[Line]:
    return tabs_to_pipes(_literal([line._replace(text=_plain(line.text)) for line in html_tables_to_pipes(lines)]))


def _literal(lines: Iterable[Line]) -> list[Line]:
    tidied = ((line, _tidy(line.text)) for line in lines)
    return _without_pictures([line._replace(text=text) for line, text in tidied if text is not None])


def _plain(text: str) -> str:
    """Return a line without inline markup."""
    if "\\|" in text and _UNESCAPED_PIPE.search(text):  # in a table an escaped pipe is no cell's end
        text = text.replace("\\|", "/")
    text = plain_inline(text)
    if "&" in text:
        text = html.unescape(text).translate(_LINE_BREAKS)
    return text


def _tidy(text: str) -> str | None:
    """Return a line, its bullet a dash, its heading tidy; None if nothing is left of it but a mark."""
    if not text or text.isspace():
        return ""
    if _EMPTY_BULLET.match(text) or _RULE.match(text):
        return None
    return _tidy_heading(_BULLET_SIGN.sub(r"\1- ", text))


def _tidy_heading(text: str) -> str:
    match = _HEADING.match(text)
    if match is None:
        return text
    title = _CLOSING_HASHES.sub("", " ".join(match.group(2).split())).strip(" •:*").strip()
    return f"{match.group(1)} {title}" if title else ""


def _without_pictures(lines: list[Line]) -> list[Line]:
    """Drop paragraphs that describe how a picture looks."""
    kept: list[Line] = []
    for blank, run in groupby(lines, key=lambda line: not line.text.strip()):
        paragraph = list(run)
        words = " ".join(line.text for line in paragraph)
        if blank or not is_picture_description(words):
            kept.extend(paragraph)
    return kept


def is_picture_description(paragraph: str) -> bool:
    """Whether a paragraph describes the look of a picture, as converters write for slide artwork."""
    if not _PICTURE_OPENING.match(paragraph) or len(paragraph.split()) > _PICTURE_MOST_WORDS:
        return False
    found = {word.lower() for word in _PICTURE_WORD.findall(paragraph)}
    # Colours alone do not tell: "An image has a red, a green and a blue channel" is a lesson.
    return len(found) >= _PICTURE_WORDS_NEEDED and not all(map(_COLOUR.fullmatch, found))


def _contents_to_headings(lines: list[Line]) -> list[Line]:
    """Drop a table of contents; where the text has no heading marks, its entries become headings."""
    start = next((at for at, line in enumerate(lines) if _CONTENTS_TITLE.match(line.text)), None)
    if start is None:
        return lines
    end, titles = start + 1, set()
    while end < len(lines):
        text = lines[end].text
        match = _CONTENTS_ENTRY.match(text) if len(text) <= _CONTENTS_ENTRY_CHARACTERS else None
        if text.strip() and not match:
            break
        if match:
            titles.add(match.group(1).strip().lower())
        end += 1
    if len(titles) < 2:
        return lines
    rest = lines[:start] + lines[end:]
    if any(_HEADING.match(line.text) for line in rest):
        return rest
    return [line._replace(text=f"# {line.text.strip()}") if _is_title(rest, at, titles) else line
            for at, line in enumerate(rest)]  # fmt: skip


def _is_title(lines: list[Line], at: int, titles: set[str]) -> bool:
    def blank(index: int) -> bool:
        return not 0 <= index < len(lines) or not lines[index].text.strip()

    return lines[at].text.strip().lower() in titles and blank(at - 1) and blank(at + 1)


def _without_running_lines(lines: list[Line]) -> list[Line]:
    """Drop short lines that stand first or last on more than half of three or more pages: headers and footers.

    Not headings, bullets, rows, tags, fences and labels, which many pages may have alike, and nothing in code.
    """
    pages = {line.page for line in lines}
    if len(pages) < 3:
        return lines
    edges = _at_page_edges([line for fenced, run in _by_fence(lines) if not fenced for line in run])
    seen = Counter(text for text, _ in {(line.text.strip(), line.page) for line in edges})
    running = {text for text, count in seen.items() if count * 2 > len(pages) and _may_run(text)}
    dropped = {id(line) for line in edges if line.text.strip() in running} if running else set()
    return [line for line in lines if id(line) not in dropped]


def _may_run(text: str) -> bool:
    return len(text) <= 120 and not text.endswith(":") and "\t" not in text and not re.match(r"[-*+|<#`~•]", text)


def _at_page_edges(lines: list[Line]) -> list[Line]:
    """Return the first and last two lines with text of each page."""
    kept: list[Line] = []
    for _, run in groupby((line for line in lines if line.text.strip()), key=lambda line: line.page):
        page = list(run)
        kept += page if len(page) <= 4 else [*page[:2], *page[-2:]]
    return kept


def _without_repeated_titles(lines: list[Line]) -> list[Line]:
    """Drop a heading that repeats the one before it at the same level: slides of one title are one section."""
    kept: list[Line] = []
    former: tuple[str, str] | None = None
    for fenced, run in _by_fence(lines):
        for line in run:
            match = None if fenced else _HEADING.match(line.text)
            if match is None:
                kept.append(line)
                continue
            title = _CONTINUED.sub("", match.group(2)).strip() or match.group(2)
            current = (match.group(1), title.lower())
            if current != former:
                kept.append(line._replace(text=f"{match.group(1)} {title}"))
            former = current
    return kept


def _single_blank_lines(lines: Iterable[Line]) -> Iterator[Line]:
    blank = True
    for line in lines:
        text = line.text.rstrip()
        if text or not blank:
            yield line._replace(text=text)
        blank = not text


def _assemble(document: Document, lines: list[Line], unit: str) -> Document:
    while lines and not lines[-1].text:
        lines.pop()
    pages, layout = carried(document, lines) if document.pages else (_page_starts(lines), Layout())
    lined = document.media_type in _LINED
    heading = _HEADING.match(lines[0].text) if lines else None
    return replace(
        document,
        title=heading.group(2) if heading else document.title,
        text="\n".join(line.text for line in lines),
        pages=pages,
        page_unit=unit if pages else "",
        lines=tuple(line.number if lined else 0 for line in lines),
        layout=layout,
    )


def _page_starts(lines: Iterable[Line]) -> tuple[PageStart, ...]:
    pages: list[PageStart] = []
    offset, current = 0, 0
    for line in lines:
        if line.page != current and line.page:
            pages.append(PageStart(offset, line.page))
            current = line.page
        offset += len(line.text) + 1
    return tuple(pages)
