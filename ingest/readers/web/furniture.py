"""What of a web page is its text: drops what is not shown, and what serves the site and not the reader."""

from __future__ import annotations

import re
from typing import Any

from ingest.readers.web.mathml import tex_text

_NO_TEXT = (
    "script", "style", "noscript", "template", "head", "svg", "canvas", "iframe", "object", "embed", "audio", "video",
    "button", "input", "select", "textarea", "datalist", "progress", "meter", "dialog", "del", "s", "strike", "rp",
    "rt",
)  # fmt: skip
_NO_TEXT_ROLES = ("doc-noteref", "doc-backlink")
_INVISIBLE = re.compile(
    r"\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*(?:hidden|collapse)\b"
    r"|\b(?:opacity|font-size)\s*:\s*0(?!\.?0*[1-9])",
    re.IGNORECASE,
)
_UNSEEN_NAMES = frozenset(
    "sr-only visually-hidden screen-reader-text mathjax mathjax_preview headerlink anchorjs-link mw-editsection"
    " mw-cite-backlink mw-jump-link linenos lineno linenodiv gutter".split()
)
_LINK_SIGNS = ("¶", "#", "§", "🔗", "⚓︎", "↩", "↩︎", "↑", "^")
_REFERENCE_MARK = re.compile(r"\[?(?:\d{1,4}|[a-z]|note \d+|citation needed)\]?", re.IGNORECASE)

_FURNITURE_TAGS = ("nav", "menu")
_FRAME_TAGS = ("header", "footer", "aside")  # inside an article they belong to it
_FURNITURE_ROLES = frozenset(
    "navigation banner contentinfo search menu menubar toolbar dialog alertdialog complementary".split()
)
_FURNITURE_NAMES = frozenset(
    "nav navbar navbox navigation navmenu nav-panel navheader navfooter topnav sidenav breadcrumb breadcrumbs"
    " menu cookie cookies cookie-banner cookie-bar cookie-notice cookie-consent cookiebar consent gdpr newsletter"
    " social social-share share sharing sharing-buttons sidebar sphinxsidebar related skip-link skiplink toc"
    " table-of-contents pagination pager advert advertisement ads noprint catlinks printfooter sistersitebox"
    " footer site-footer page-footer site-header".split()
)
_BLOCKS = ("div", "section", "aside", "ul", "ol", "table", "form", "header", "footer", "p", "dl")
_LINK_LIST = (4, 0.7)  # links, and their share of the letters, from which a block only leads elsewhere
_LINK_LIST_INSIDE = (20, 0.9)  # the same inside an article, which may well end in a list of links
_SHORT_TEXT = 140  # characters below which what calls itself the main part is not taken for it


def drop_unseen(root: Any) -> None:
    """Drop what a browser does not show, and marks that are no text: permalinks, reference numbers, line numbers.

    Only attributes tell; style sheets are not read. A formula that is there for those who cannot see it stays.
    """
    for element in list(root.iter()):
        if element.tag == "script" and (element.get("type") or "").startswith("math/tex"):
            element.tag, element.text = "span", tex_text(element.text or "")
            element.attrib.clear()
        elif element is not root and _unseen(element) and not _formula_inside(element):
            _drop(element)


def _unseen(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NO_TEXT:
        return True
    hidden = element.get("hidden")
    return (
        (hidden is not None and hidden != "until-found")
        or element.get("aria-hidden") == "true"
        or (element.get("role") or "") in _NO_TEXT_ROLES
        or element.get("epub:type") == "noteref"
        or _INVISIBLE.search(element.get("style") or "") is not None
        or not _UNSEEN_NAMES.isdisjoint((element.get("class") or "").lower().split())
        or (element.tag == "a" and (element.text_content().strip() in _LINK_SIGNS))
        or (element.tag == "sup" and _is_reference_mark(element))
    )


def _is_reference_mark(sup: Any) -> bool:
    return sup.find(".//a") is not None and _REFERENCE_MARK.fullmatch(sup.text_content().strip()) is not None


def _formula_inside(element: Any) -> bool:
    return element.tag in ("div", "span") and next(element.iter("math"), None) is not None


def article(body: Any) -> Any:
    """Return the element that holds the text of a page: its main part or its one article, else the whole body."""
    chosen = body
    for found in (body.xpath('.//main | .//*[@role="main"]'), body.xpath(".//article")):
        inside = [one for one in found if chosen is body or chosen in one.iterancestors()]
        longest = max(inside, key=_length, default=None)
        least = _length(chosen) / 2 if found and found[0].tag == "article" else _SHORT_TEXT
        if longest is not None and _length(longest) >= least:
            chosen = longest
    return chosen


def drop_furniture(root: Any, *, whole_page: bool) -> None:
    """Drop navigation, cookie bars, menus and the like, told by tags, roles, names and their share of links.

    What holds half of the text or the title of the page is never dropped.

    Args:
        root: what `article` found.
        whole_page: whether that is all of the page, its frame included.
    """
    elements = list(root.iter())
    sizes, links = _sizes(elements)
    for element in elements:
        useless = _is_furniture(element, whole_page) or (
            element.tag in _BLOCKS and _is_link_list(sizes[element], links[element], whole_page)
        )
        if useless and 2 * sizes[element] <= sizes[root] and next(element.iter("h1"), None) is None:
            _drop(element)


def _is_furniture(element: Any, whole_page: bool) -> bool:
    if element.tag in _FURNITURE_TAGS or (whole_page and element.tag in _FRAME_TAGS):
        return True
    if element.tag not in _BLOCKS:
        return False
    names = (element.get("class") or "").lower().split()
    if next(element.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is None:  # a section may be about sharing
        names.append((element.get("id") or "").lower())
    return (element.get("role") or "") in _FURNITURE_ROLES or not _FURNITURE_NAMES.isdisjoint(names)


def _is_link_list(size: int, links: tuple[int, int], whole_page: bool) -> bool:
    count, share = _LINK_LIST if whole_page else _LINK_LIST_INSIDE
    return links[0] >= count and links[1] > share * size


def _sizes(elements: list[Any]) -> tuple[dict[Any, int], dict[Any, tuple[int, int]]]:
    """Return for each element the letters in it, and how many links with how many letters; children before parents."""
    sizes: dict[Any, int] = {}
    links: dict[Any, tuple[int, int]] = {}
    for element in reversed(elements):
        children = list(element)
        tails = sum(_letters(child.tail) for child in children)
        size = _letters(element.text) + tails + sum(sizes[child] for child in children)
        inner = [links[child] for child in children]
        sizes[element] = size
        own = (1, size) if element.tag == "a" and element.get("href") else None
        links[element] = own or (sum(count for count, _ in inner), sum(length for _, length in inner))
    return sizes, links


def _letters(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def _length(element: Any) -> int:
    return _letters(element.text_content())


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()
