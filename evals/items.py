"""Labelled questions: what is asked, what a right answer holds, and where the texts say so.

One JSON object a line. The JSON Schema of a line is `evals/gold/schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rag.errors import ConfigError

Text = Annotated[str, Field(min_length=1)]


class Kind(StrEnum):
    """What sort of question an item is: the slices of a report."""

    FACT = "fact"
    NUMBER = "number"
    LIST = "list"
    COMPARISON = "comparison"
    PROCEDURE = "procedure"
    DEFINITION = "definition"
    YESNO = "yesno"
    REASON = "reason"
    CHOICE = "choice"  # which of several things
    MULTI_HOP = "multi-hop"
    FOLLOW_UP = "follow-up"
    UNANSWERABLE = "unanswerable"
    CONTRADICTION = "contradiction"
    PLANTED = "planted"
    INJECTION = "injection"
    PUBLIC = "public"  # of a public question set, which says where the answer stands and not what it must hold


class Split(StrEnum):
    """DEV tunes thresholds; LOCKED is only ever reported on."""

    DEV = "dev"
    LOCKED = "locked"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Model):
    """Words of a document that say what is asked, or, of a near miss, seem to."""

    document: Text = Field(description="File name as the library shows it.")
    quote: Text = Field(description="Verbatim words of that document; white space may differ.")
    page: int | None = Field(default=None, ge=1, description="Page or slide that the words stand on, where it has any.")


class Turn(_Model):
    """An earlier question of the conversation with its answer."""

    question: Text
    answer: Text


class Item(_Model):
    """One labelled question."""

    id: Text
    kind: Kind
    question: Text = Field(description="As a student would type it.")
    split: Split = Split.DEV
    course: str = Field(default="", description="The course that is asked; empty: all of the suite's texts.")
    history: tuple[Turn, ...] = Field(default=(), description="Earlier turns, oldest first, of a follow-up.")
    reference: str = Field(
        default="", description="A right answer in full sentences; empty where the texts do not say."
    )
    facts: tuple[tuple[Text, ...], ...] = Field(
        default=(), description="Key facts of a right answer, each as alternative wordings. None: unanswerable."
    )
    wrong: tuple[Text, ...] = Field(default=(), description="Words that make an answer wrong.")
    evidence: tuple[Evidence, ...] = Field(default=(), description="Where the texts say so.")
    near: tuple[Evidence, ...] = Field(
        default=(), description="Of an unanswerable near miss: real words that it shares, and that do not answer."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind is Kind.UNANSWERABLE and (self.facts or self.evidence or self.reference):
            raise ValueError("an unanswerable item has no facts, evidence or reference")
        if self.kind not in (Kind.UNANSWERABLE, Kind.PUBLIC) and not self.facts:
            raise ValueError("an item that is neither unanswerable nor public needs facts")
        if self.kind is Kind.PUBLIC and not self.evidence:
            raise ValueError("a public item needs evidence")
        if (self.kind is Kind.FOLLOW_UP) != bool(self.history):
            raise ValueError("a follow-up, and nothing else, has a history")
        if self.near and self.kind is not Kind.UNANSWERABLE:
            raise ValueError("only an unanswerable item has near misses")
        return self

    @property
    def answerable(self) -> bool:
        """Whether the texts say."""
        return self.kind is not Kind.UNANSWERABLE

    @property
    def group(self) -> str:
        """The document that the item is about: questions about one document err together."""
        return next((one.document for one in (*self.evidence, *self.near)), self.id)


def load_items(path: Path, split: str = "") -> list[Item]:
    """Read items from JSON lines, those of `split` only where it is given.

    Raises:
        ConfigError: the file or some of its lines cannot be read; the message names every such line.
    """
    items, faults = read_items(path)
    if faults:
        raise ConfigError("\n".join(faults))
    return [item for item in items if not split or item.split == split]


def read_items(path: Path) -> tuple[list[Item], list[str]]:
    """Return the items of a file and what is wrong with the lines that hold none.

    Raises:
        ConfigError: the file cannot be read.
    """
    items: list[Item] = []
    faults: list[str] = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            items.append(Item.model_validate_json(line))
        except ValidationError as error:
            faults.append(f"{path}, line {number}: {_reasons(error)}")
    return items, faults


def _reasons(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'item'}: {one['msg']}" for one in error.errors())


def write_items(path: Path, items: Sequence[Item]) -> None:
    """Write items as JSON lines, fields that hold their default left out."""
    lines = (item.model_dump_json(exclude_defaults=True) for item in items)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def item_schema() -> str:
    """Return the JSON Schema of a line."""
    return json.dumps(Item.model_json_schema(), indent=1) + "\n"
