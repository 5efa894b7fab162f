"""What documents say of one thing that they disagree on: their versions, with the dates as of which they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from textwrap import shorten

from rag.extractive.compose import Composer, Selected
from rag.text.quantities import dates
from rag.text.statements import Statement
from rag.types import Passage

_AS_OF = re.compile(
    r"\b(?:as (?:of|at)|valid from|updated(?: on)?|revised(?: on)?|dated?|version|edition|published(?: on)?)\b"
    r"[\s:*_\"']*$",
    re.I,
)
_REACH = 24  # characters before a date in which it is said to be one
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?!\d)")
_SHOWN = 120  # characters of a value
_CORRECTS = re.compile(r"\b(?:errat(?:um|a)|corrections?|corrigend(?:um|a))\b", re.I)


@dataclass(frozen=True, slots=True)
class Version:
    """What one document says: a statement, its value as written, and the date as of which it holds, if known."""

    statement: Statement
    value: str
    document: str
    as_of: str
    corrects: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Statements of different documents that give different values for one thing, corrections and newest first."""

    versions: tuple[Version, ...]

    @classmethod
    def of(cls, versions: Iterable[Version]) -> Disagreement:
        """Order versions."""
        return cls(tuple(sorted(versions, key=lambda one: (one.corrects, one.as_of), reverse=True)))

    @property
    def note(self) -> str:
        """What a reader is told."""
        said = []
        dated = any(one.as_of for one in self.versions)
        for _, group in groupby(self.versions, key=lambda one: one.value.lower()):
            found = list(group)
            value = shorten(found[0].value, _SHOWN, placeholder=" …").rstrip(".")
            said.append(f"{' and '.join(_source(one, dated) for one in found)}: {value}")
        first, *rest = self.versions
        if first.corrects and not all(one.corrects for one in rest):
            newest = f" {first.document} is a correction."
        elif first.as_of and any(one.as_of and one.as_of < first.as_of for one in rest):
            newest = f" {first.document} is newer."
        else:
            newest = ""
        return f"The sources disagree. {'; '.join(said)}.{newest}"


def _source(one: Version, dated: bool) -> str:
    """Return the name of a document with its date; where others have one, it is said that it has none."""
    if one.as_of:
        return f"{one.document} (as of {one.as_of})"
    return f"{one.document} (undated)" if dated else one.document


def version_of(statement: Statement, value: str, passage: Passage, opening: str) -> Version:
    """Return what a document says.

    Args:
        statement: says it.
        value: as it is written.
        passage: where it stands.
        opening: the first characters of the document, where its date may be.
    """
    named = " ".join((passage.document.name, passage.document.title))
    as_of = date_of(statement.text, opening, named)
    return Version(statement, value, passage.document.name, as_of, bool(_CORRECTS.search(named.replace("-", " "))))


def date_of(statement: str, opening: str, named: str) -> str:
    """Return the date as of which a statement holds, as "2026-05": its own, its document's, or a year in its name."""
    for text in (statement, opening):
        told = [one for one in dates(text) if _AS_OF.search(text[max(one.start - _REACH, 0) : one.start])]
        if iso := max((one.iso for one in told), default=""):
            return iso
    years = _YEAR.findall(named) or _YEAR.findall(opening.strip().split("\n")[0])
    return max(years, default="")


def said_in(chosen: Sequence[Selected], statements: Sequence[Statement]) -> list[Statement]:
    """Return the statements that an answer says; for a question, what follows it."""
    found = [one for said in chosen for one in statements if _says_it(said, one)]
    asked = {one for one in statements if one.text.endswith("?") and any(_says_it(said, one) for said in chosen)}
    found += [one for one in statements if one.former >= 0 and statements[one.former] in asked]
    return list(dict.fromkeys(one for one in found if says(one)))


def _says_it(said: Selected, one: Statement) -> bool:
    inside = said.passage == one.passage and said.start <= one.start and one.end <= said.end
    return inside and (one.text in said.text or said.text in one.text)


def versions_said(chosen: Sequence[Selected], found: Disagreement, composer: Composer) -> list[Selected]:
    """Return all versions of what the documents disagree on, newest first, as an answer says them."""
    index = {one: at for at, one in enumerate(composer.statements)}
    said: list[Selected] = []
    for version in found.versions:
        one = version.statement
        known = next((each for each in chosen if _says_it(each, one)), None)
        said.append(replace(known, also=()) if known else composer.brief(index[one]))
    return said


def with_versions(chosen: Sequence[Selected], said: Sequence[Selected]) -> list[Selected]:
    """Return an answer with all versions of what the documents disagree on in front; a list keeps its place."""
    places = {(each.passage, each.start) for each in said}
    others = [each for each in chosen if (each.passage, each.start) not in places]
    if any(each.is_item for each in chosen):
        shown = {(each.passage, each.start) for each in chosen}
        return [*chosen, *(each for each in said if (each.passage, each.start) not in shown)]
    return [*dict.fromkeys(said), *others]


def says(statement: Statement) -> bool:
    """Whether a statement claims something."""
    return statement.form not in ("heading", "code") and not statement.text.endswith("?")
