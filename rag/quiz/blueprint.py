"""The blueprint of an exam: its domains with their weights and objectives, its length and its pass mark.

Blueprints are data files: those shipped stand in `rag/quiz/blueprints`, others are named by path.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rag.errors import ConfigError
from rag.quiz.items import ItemType

FOLDER = "quiz/blueprints"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Domain(_Frozen):
    """A domain of an exam.

    Attributes:
        weight: share of the scored questions, in percent.
        objectives: what a candidate must be able to do, each in a sentence; texts are placed by what is nearest.
        documents: names, or patterns of names, of texts that belong here whatever they are nearest to.
    """

    name: str
    weight: float = Field(gt=0, le=100)
    objectives: tuple[str, ...] = Field(min_length=1)
    documents: tuple[str, ...] = ()


class Blueprint(_Frozen):
    """How an exam is made up.

    Attributes:
        id: as it is named in commands.
        minutes: time for all questions.
        questions: how many are asked, of which `scored` count.
        pass_mark: on the scale of `lowest` to `highest`.
        types: which types of items it asks, with their shares in percent.
        left_out: names, or patterns of names, of texts that the exam does not ask about, such as a guide to it.
        note: what a learner must know of it, such as that it is retired.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    minutes: int = Field(gt=0)
    questions: int = Field(gt=0)
    scored: int = Field(gt=0)
    pass_mark: int
    lowest: int = 100
    highest: int = 1000
    types: dict[ItemType, float]
    domains: tuple[Domain, ...] = Field(min_length=1)
    left_out: tuple[str, ...] = ()
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _adds_up(self) -> Blueprint:
        total = sum(domain.weight for domain in self.domains)
        if abs(total - 100) > 0.5:
            raise ValueError(f"the weights of the domains add up to {total:g}, not 100")
        if self.scored > self.questions:
            raise ValueError("more questions are scored than asked")
        if not self.lowest < self.pass_mark <= self.highest:
            raise ValueError("the pass mark lies outside the scale")
        return self

    def domain_of(self, document: str) -> Domain | None:
        """Return the domain that names a document by its file name, or None."""
        return next((one for one in self.domains if _named(document, one.documents)), None)

    def leaves_out(self, document: str) -> bool:
        """Whether the exam does not ask about a document of this file name."""
        return _named(document, self.left_out)


def _named(document: str, masks: Iterable[str]) -> bool:
    name = document.replace("\\", "/").rpartition("/")[2]
    return any(fnmatch(name, mask) for mask in masks)


def blueprint_names() -> list[str]:
    """Return the ids of the blueprints that are shipped."""
    return sorted(
        file.name.removesuffix(".json") for file in (files("rag") / FOLDER).iterdir() if file.name.endswith(".json")
    )


def read_blueprint(name: str) -> Blueprint:
    """Return the blueprint of an id, or of a file.

    Raises:
        ConfigError: there is none, or the file does not say what it must.
    """
    shipped = blueprint_names()
    if name.lower() in shipped:
        where, raw = name.lower(), (files("rag") / FOLDER / f"{name.lower()}.json").read_text("utf-8")
    else:
        where = name
        try:
            raw = Path(name).expanduser().read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"There is no exam '{name}'. Valid are: {', '.join(shipped)}, or the path of a blueprint file."
            ) from error
    try:
        return Blueprint.model_validate_json(raw)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors()[:3])
        raise ConfigError(f"{where} is no blueprint of an exam: {wrong}") from error
