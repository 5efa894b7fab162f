"""Where items belong: the domain and objective of a blueprint, or else the document and section they come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from rag.errors import ConfigError
from rag.ports import Vectorise
from rag.quiz.blueprint import Blueprint, Domain, blueprint_names, read_blueprint
from rag.quiz.items import Item, Placement
from rag.quiz.material import Section
from rag.types import HEADING_SEPARATOR, DocumentInfo

# Cosine under all-MiniLM-L6-v2 of a section's headings and what is nearest of a blueprint, below which it belongs to no
# domain. With the names of its documents hidden, one section in 30 of our course lies below, of those of a textbook of
# anatomy 10 in 12; 72 in 100 of our course are placed in the domain that names their document.
_FLOOR = 0.25
_NUMBER = re.compile(r"^\d+-")
_MOSTLY = 0.5  # share of a course's documents that a blueprint must name to be that of the course

_Place: TypeAlias = tuple[str, str, str]  # the document an item is from, its title, and the headings of the section


def choose_blueprint(name: str, documents: Sequence[DocumentInfo]) -> Blueprint | None:
    """Return the blueprint of a name; for "" the one that names most of the documents, if it names half of them.

    Raises:
        ConfigError: there is none of that name.
    """
    if name:
        return read_blueprint(name)
    found = [(_named(one, documents), one) for one in map(read_blueprint, blueprint_names())]
    share, best = max(found, key=lambda one: one[0], default=(0.0, None))
    return best if share >= _MOSTLY else None


def _named(blueprint: Blueprint, documents: Sequence[DocumentInfo]) -> float:
    known = [bool(blueprint.domain_of(one.name)) or blueprint.leaves_out(one.name) for one in documents]
    return sum(known) / len(known) if known else 0.0


def placed(items: Sequence[Item], blueprint: Blueprint | None, vectors: Vectorise) -> list[Item]:
    """Return items with their placement; one that belongs to no domain of the blueprint has none ("").

    Args:
        items: what is to be placed.
        blueprint: None for the texts' own titles and headings.
        vectors: turns texts into vectors.
    """
    first = [one.citations[0] for one in items]
    found = _placements([_place(one.document, one.title, one.heading_path) for one in first], blueprint, vectors)
    return [one.model_copy(update={"placement": where}) for one, where in zip(items, found, strict=True)]


def sections_placed(sections: Sequence[Section], blueprint: Blueprint | None, vectors: Vectorise) -> list[Placement]:
    """Return where items about sections belong; the arguments are those of `placed`."""
    places = [_place(one.document.name, one.document.title, one.path) for one in sections]
    return _placements(places, blueprint, vectors)


def _placements(wanted: Sequence[_Place], blueprint: Blueprint | None, vectors: Vectorise) -> list[Placement]:
    if blueprint is None or not wanted:
        return [Placement(domain=title, objective=headings) for _, title, headings in wanted]
    places = list(dict.fromkeys(wanted))
    found = dict(zip(places, _nearest(places, blueprint, vectors), strict=True))
    return [found[one] for one in wanted]


def _place(document: str, title: str, path: Sequence[str]) -> _Place:
    headings = path[1:] if path and path[0] == title else path
    return document, title, HEADING_SEPARATOR.join(headings)


def _nearest(places: Sequence[_Place], blueprint: Blueprint, vectors: Vectorise) -> list[Placement]:
    """Place sections: in the domain that names their document, else in that of the nearest objective or such name."""
    signs = [(domain, sign) for domain in blueprint.domains for sign in (*domain.objectives, *_subjects(domain))]
    likeness = vectors([f"{title}: {headings}" for _, title, headings in places]) @ vectors([one for _, one in signs]).T
    made = []
    for (document, _, _), row in zip(places, likeness.tolist(), strict=True):
        like = {(domain.name, sign): score for (domain, sign), score in zip(signs, row, strict=True)}
        domain = blueprint.domain_of(document)
        if domain is None and max(row) >= _FLOOR:
            domain = signs[row.index(max(row))][0]
        outside = domain is None or blueprint.leaves_out(document)
        made.append(Placement() if domain is None or outside else _placement(blueprint, domain, like))
    return made


def _placement(blueprint: Blueprint, domain: Domain, like: Mapping[tuple[str, str], float]) -> Placement:
    nearest = max(domain.objectives, key=lambda one: like[domain.name, one])
    return Placement(blueprint=blueprint.id, domain=domain.name, objective=nearest)


def _subjects(domain: Domain) -> list[str]:
    """Return what the names of a domain's documents say they are about: "01-s3-storage.md" is "s3 storage"."""
    return [_NUMBER.sub("", name).partition(".")[0].replace("-", " ") for name in domain.documents if "*" not in name]


def match_domains(wanted: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the domains whose name, part of the name or 1-based number is wanted; all for none.

    Raises:
        ConfigError: one matches none.
    """
    matched: list[str] = []
    for one in wanted:
        found = [known[int(one) - 1]] if one.isdecimal() and 0 < int(one) <= len(known) else [
            name for name in known if one.casefold() in name.casefold()
        ]  # fmt: skip
        if not found:
            listed = "; ".join(f"{number} {name}" for number, name in enumerate(known, 1)) or "none"
            raise ConfigError(f"There is no domain '{one}'. There are: {listed}.")
        matched += found
    return list(dict.fromkeys(matched or known))
