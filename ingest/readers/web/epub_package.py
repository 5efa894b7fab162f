"""What an EPUB file says of itself: title, reading order, table of contents and list of pages.

EPUB 3 (https://www.w3.org/TR/epub-33/) and EPUB 2, whose contents stand in an NCX file.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import lxml.etree

from ingest.readers.web.page import decode_html, parse_html
from ingest.zips import DAMAGE, is_bomb, is_encrypted, is_readable, read_member
from rag.errors import IngestError

_MOST_EXPANDED = 256_000_000  # bytes of text in all; the pictures of a book are never expanded
_CHAPTER_TYPES = ("application/xhtml+xml", "text/html")
# Fonts are scrambled in books that anyone may read: https://www.w3.org/TR/epub-33/#sec-font-obfuscation
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGE_WORD = re.compile(r"^\W*(?:page|pg|p)\b[\s.]*", re.IGNORECASE)

Place = tuple[str, str]  # a file of the book and the id of an element in it


@dataclass(frozen=True, slots=True)
class Package:
    """A book.

    Attributes:
        chapters: files of the book in reading order.
        headings: what the table of contents calls a file.
        pages: the labels of printed pages by where they begin.
        missing: files that the reading order names and the book lacks.
    """

    title: str
    chapters: dict[str, bytes]
    headings: dict[str, str] = field(default_factory=dict)
    pages: dict[Place, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def open_package(raw: bytes, path: str) -> Package:
    """Return what the bytes of an EPUB file hold.

    Raises:
        IngestError: it is damaged, protected, or would expand beyond the limits.
    """
    members = _Members(raw, path)
    _refuse_protected(members)
    at = _package_path(members)
    root = members.xml(at)
    base = posixpath.dirname(at)
    items = {item.get("id"): item for item in _all(root, "item")}
    spine = [items[ref] for entry in _all(root, "itemref") if (ref := entry.get("idref")) in items]
    wanted = dict.fromkeys(_resolved(base, item.get("href")) for item in spine if _is_chapter(item))
    found = {name: content for name in wanted if (content := members.read(name)) is not None}
    headings, pages = _contents(members, base, root, list(items.values()))
    return Package(
        title=next((text for one in _all(root, "title") if (text := _words(one))), ""),
        chapters=found,
        headings=headings,
        pages=pages,
        missing=tuple(name for name in wanted if name not in found),
    )


def page_label(text: str) -> str:
    """Return a page label without the word: "Page 12" is 12."""
    return _PAGE_WORD.sub("", " ".join(text.split())).strip(" .")


class _Members:
    """The members of a zip file, each expanded up to the limits."""

    def __init__(self, raw: bytes, path: str) -> None:
        self.path, self.left = path, _MOST_EXPANDED
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(raw))
        except DAMAGE as error:
            raise IngestError(f"the file is damaged or no EPUB ({error})", path) from error

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a member, None where there is none of this name."""
        try:
            info = self.zip.getinfo(name)
        except KeyError:
            return None
        if is_encrypted(info):
            raise IngestError("the book is encrypted; add a copy without protection", self.path)
        if not is_readable(info):
            raise IngestError(f"the file is damaged: {name} is compressed in a way that no book is", self.path)
        self.left -= info.file_size
        if is_bomb(info) or self.left < 0:
            told = f"{name} in the book expands to {info.file_size // 1_000_000:,} MB"
            raise IngestError(f"{told}, which is too far; split the book", self.path)
        try:
            return read_member(self.zip, info)
        except DAMAGE as error:
            raise IngestError(f"the file is damaged: {name} cannot be read ({error})", self.path) from error

    def xml(self, name: str) -> Any:
        """Return the root of an XML member. Nothing is fetched and no entity is expanded.

        Raises:
            IngestError: it is missing, is no XML or declares entities of its own.
        """
        content = self.read(name)
        if content is None:
            raise IngestError(f"the file is damaged or no EPUB: {name} is missing", self.path)
        parser = lxml.etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = lxml.etree.fromstring(content, parser)
        except lxml.etree.XMLSyntaxError as error:
            raise IngestError(f"the file is damaged: {name} is no XML ({error})", self.path) from error
        if root is None:
            raise IngestError(f"the file is damaged: {name} is no XML", self.path)
        declared = root.getroottree().docinfo.internalDTD
        if declared is not None and next(declared.iterentities(), None) is not None:
            raise IngestError(f"{name} in the book declares entities, as no book needs to; refused", self.path)
        return root


def _refuse_protected(members: _Members) -> None:
    if members.read("META-INF/encryption.xml") is None:
        return
    for method in _all(members.xml("META-INF/encryption.xml"), "EncryptionMethod"):
        if method.get("Algorithm") not in _FONT_SCRAMBLING:
            raise IngestError("the book is protected (DRM) and cannot be read; add a copy without it", members.path)


def _package_path(members: _Members) -> str:
    for rootfile in _all(members.xml("META-INF/container.xml"), "rootfile"):
        if rootfile.get("full-path"):
            return str(rootfile.get("full-path"))
    raise IngestError("the file is damaged: its container.xml names no package", members.path)


def _is_chapter(item: Any) -> bool:
    return item.get("media-type") in _CHAPTER_TYPES and "nav" not in (item.get("properties") or "").split()


def _contents(members: _Members, base: str, package: Any, items: list[Any]) -> tuple[dict[str, str], dict[Place, str]]:
    """Return what the contents call each file, and where printed pages begin."""
    headings: dict[str, str] = {}
    pages: dict[Place, str] = {}
    for kind, name, fragment, label in _entries(members, base, package, items):
        if kind == "page":
            pages[(name, fragment)] = page_label(label)
        else:
            headings.setdefault(name, label)
    return headings, pages


def _entries(members: _Members, base: str, package: Any, items: list[Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (what it is, file, id, label) of each entry of the contents and of the list of pages."""
    ncx_ids = [spine.get("toc") for spine in _all(package, "spine")]
    for item in items:
        name = _resolved(base, item.get("href"))
        at = posixpath.dirname(name)
        if "nav" in (item.get("properties") or "").split():
            for kind, link in _nav_links(members, name):
                yield (kind, *_target(at, link.get("href")), _words(link))
        elif item.get("id") in ncx_ids and members.read(name) is not None:
            root = members.xml(name)
            for kind, tag in (("chapter", "navPoint"), ("page", "pageTarget")):
                for entry in _all(root, tag):
                    content, text = next(_all(entry, "content"), None), next(_all(entry, "text"), None)
                    if content is not None and text is not None:
                        yield (kind, *_target(at, content.get("src")), _words(text))


def _nav_links(members: _Members, name: str) -> Iterator[tuple[str, Any]]:
    content = members.read(name)
    if content is None:
        return
    kinds = {"toc": "chapter", "page-list": "page"}
    for nav in parse_html(decode_html(content, members.path), members.path).iter("nav"):
        kind = kinds.get(nav.get("epub:type") or "")
        if kind:
            yield from ((kind, link) for link in nav.iter("a"))


def _target(base: str, href: str | None) -> Place:
    file, _, fragment = (href or "").partition("#")
    return _resolved(base, file), unquote(fragment)


def _resolved(base: str, href: str | None) -> str:
    """Return the name in the zip file of what `href` names in a file of the folder `base`."""
    return posixpath.normpath(posixpath.join(base, unquote((href or "").partition("#")[0])))


def _all(root: Any, name: str) -> Iterator[Any]:
    """Yield elements by their name in whatever namespace."""
    return (one for one in root.iter(f"{{*}}{name}"))


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
