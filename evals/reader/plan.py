"""The plan of a training: stages of batches, always the same for one seed, so that training can be taken up again."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.reader.examples import Claim, Group
from rag.errors import ConfigError

CONFIG = Path(__file__).with_name("config.toml")
Row = TypeVar("Row")
Pair: TypeAlias = tuple[str, str, bool]  # question, statement, whether it answers


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Model):
    """A pass over some of the data: shares of the public groups, of our own, and of the claims."""

    public: float = Field(ge=0, description="Share of the public groups.")
    own: float = Field(ge=0, description="Our own questions; 2 takes each of them twice.")
    claims: float = Field(ge=0, description="Share of the claims.")
    own_claims: float = Field(default=0, ge=0, description="Share of the claims of our own (`evals.reader.claims`).")
    learning_rate: float = Field(gt=0)
    steps: int = Field(default=0, ge=0, description="Batches learned from, of those that the shares make; 0: all.")
    near: int = Field(default=1, description="Statements of the same passage that do not answer, for each question.")
    far: int = Field(default=1, description="Statements of other passages.")
    none: float = Field(default=0, ge=0, le=1, description="Share of questions whose answer is taken away.")


class Config(_Model):
    """Everything that decides what comes out of a training."""

    seed: int
    layers: tuple[int, ...] = Field(min_length=1, description="Layers of the backbone that are kept, from 1.")
    bfloat16: bool = Field(description="Multiply in half precision: less than half the time where the processor can.")
    max_tokens: int
    max_claim_tokens: int
    groups_in_batch: int
    claims_in_batch: int
    claims: int
    warm_up_steps: int
    head_learning_rate: float
    weight_decay: float
    stages: tuple[Stage, ...]


def read_config(path: Path = CONFIG) -> Config:
    """Read the configuration of a training.

    Raises:
        ConfigError: the file cannot be read or does not say what it must.
    """
    try:
        return Config.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ConfigError(f"{path} is no configuration of a training: {error}") from error


@dataclass(frozen=True, slots=True)
class Examples:
    """Everything that there is to learn from."""

    public: Sequence[Group] = ()
    own: Sequence[Group] = ()
    claims: Sequence[Claim] = ()
    own_claims: Sequence[Claim] = ()


class Batch(_Model):
    """What is learned from at one step: either groups of pairs, or claims."""

    groups: tuple[tuple[Pair, ...], ...] = ()
    claims: tuple[Claim, ...] = ()


def batches(config: Config, stage: int, examples: Examples) -> list[Batch]:
    """Return the batches of a stage in their order."""
    plan, chooser = config.stages[stage], random.Random(config.seed * 1000 + stage)
    groups = [*_share(examples.public, plan.public, chooser), *_share(examples.own, plan.own, chooser)]
    chooser.shuffle(groups)
    pairs = [pairs for group in groups if (pairs := tuple(_pairs(group, plan, chooser)))]
    found = [Batch(groups=tuple(part)) for part in _parts(pairs, config.groups_in_batch)]
    claims = [*_share(examples.claims, plan.claims, chooser), *_share(examples.own_claims, plan.own_claims, chooser)]
    claims.sort(key=lambda one: len(one.source))
    found += [Batch(claims=tuple(part)) for part in _parts(claims, config.claims_in_batch)]
    chooser.shuffle(found)
    return found[: plan.steps or None]


def _pairs(group: Group, stage: Stage, chooser: random.Random) -> Iterator[Pair]:
    """Yield the pair that answers first, if there is one.

    Where the answer is taken away, the question cannot tell by its style that it has none.
    """
    wrongs = len(group.near) + len(group.far)
    right = group.right if chooser.random() >= stage.none or not wrongs else ()
    if right:
        yield group.question, chooser.choice(right), True
    near = stage.near if right and group.far else stage.near + stage.far
    wrong = [*chooser.sample(group.near, min(near, len(group.near)))]
    wrong += chooser.sample(group.far, min(stage.far, len(group.far)))
    yield from ((group.question, text, False) for text in wrong)


def _share(rows: Sequence[Row], share: float, chooser: random.Random) -> list[Row]:
    times, rest = divmod(share, 1)
    return [*list(rows) * int(times), *chooser.sample(list(rows), round(rest * len(rows)))]


def _parts(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))
