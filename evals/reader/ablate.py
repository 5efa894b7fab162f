"""What does each part of the reader's training bring? `python -m evals.reader.ablate --work FOLDER`.

Trains each variant of `ablation.toml`, exports it and measures it on what it did not learn from. What is done is kept
in the folder, so that a command that was stopped goes on; a training that has ended there is measured too, as int8 and
as fp32. Prints one Markdown table. The variants have a small budget of steps: they compare with each other only.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.pages import markdown_table
from evals.reader.examples import Group, bare_public
from evals.reader.export import export, trained
from evals.reader.held import Figures, Held, measure_reader, read_held
from evals.reader.network import Network
from evals.reader.own import bare_own
from evals.reader.plan import Config, Examples, batches, read_config
from evals.reader.train import Trainer, read_examples, read_options, told
from evals.statistics import Estimate
from rag.adapters.onnx_reader import WEIGHTS, OnnxReader
from rag.errors import ConfigError, OpenbookError

PLAN = Path(__file__).with_name("ablation.toml")
Tell = Callable[[str], None]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Variant(_Model):
    """A training that differs from the others in what it names."""

    name: str
    config: dict[str, Any] = {}
    stage: dict[str, Any] = {}
    headings: bool = True

    @property
    def folder(self) -> str:
        """The name as that of a folder."""
        return re.sub(r"\W+", "-", self.name).strip("-")


class Plan(_Model):
    """The variants, and what all of them share."""

    config: dict[str, Any]
    stage: dict[str, Any]
    variants: tuple[Variant, ...]

    def config_of(self, variant: Variant) -> Config:
        """Return the configuration of a variant."""
        shared = read_config().model_dump(exclude={"stages"})
        stages = [{**self.stage, **variant.stage}]
        return Config.model_validate({**shared, **self.config, **variant.config, "stages": stages})


def read_plan(path: Path = PLAN) -> Plan:
    """Read the variants.

    Raises:
        ConfigError: the file cannot be read, or some variant is none.
    """
    try:
        plan = Plan.model_validate(tomllib.loads(path.read_text("utf-8")))
        for variant in plan.variants:
            plan.config_of(variant)
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ConfigError(f"{path} is no plan of an ablation: {error}") from error
    return plan


@dataclass(frozen=True, slots=True)
class Ablation:
    """Variants in a working folder: what they learn from and what they are measured on."""

    work: Path
    plan: Plan
    examples: Examples
    held: Held
    tell: Tell

    def figures(self) -> Iterator[tuple[str, Figures]]:
        """Yield each variant with its figures, trained and measured where it was not yet."""
        for variant in self.plan.variants:
            yield variant.name, self._kept(self.work / variant.folder, partial(self._made, variant))

    def shipped(self, network: Network, config: Config) -> Iterator[tuple[str, Figures]]:
        """Yield the figures of a training that has ended, as it is shipped and before it was made smaller."""
        for name, int8 in (("the reader as shipped, int8", True), ("the same, fp32", False)):
            folder = self.work / ("shipped-int8" if int8 else "shipped-fp32")
            yield name, self._kept(folder, partial(self._measured, network, config, int8=int8))

    def _kept(self, folder: Path, make: Callable[[Path], Figures]) -> Figures:
        path = folder / "figures.json"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(make(folder).model_dump_json(), "utf-8")
        return Figures.model_validate_json(path.read_text("utf-8"))

    def _made(self, variant: Variant, folder: Path) -> Figures:
        config = self.plan.config_of(variant)
        examples = self.examples if variant.headings else self._without_headings()
        trainer = Trainer(config, folder)
        trainer.run([batches(config, 0, examples)], lambda text: self.tell(f"{variant.name}: {text}"), lambda: "")
        return self._measured(trainer.network, config, folder, headings=variant.headings)

    def _without_headings(self) -> Examples:
        known = bare_public() | bare_own(self.work.parent)

        def bare(group: Group) -> Group:
            changed = {of: tuple(known.get(one, one) for one in getattr(group, of)) for of in ("right", "near", "far")}
            return group.model_copy(update=changed)

        return replace(
            self.examples, public=list(map(bare, self.examples.public)), own=list(map(bare, self.examples.own))
        )

    def _measured(
        self, network: Network, config: Config, folder: Path, *, int8: bool = True, headings: bool = True
    ) -> Figures:
        export(network, folder, config, int8=int8)
        megabytes = (folder / WEIGHTS).stat().st_size / 1e6
        return measure_reader(OnnxReader(folder), self.held, megabytes, headings=headings)


def table(figures: Mapping[str, Figures]) -> str:
    """Return the figures as a Markdown table; shares of first statements that are right stand under their suites."""
    suites = list(next(iter(figures.values())).first)
    header = (
        "variant", "MB", *suites, "held claims, AUROC", "changed caught at 5 % false alarms", "AttributionBench, AUROC",
    )  # fmt: skip
    return markdown_table(header, ([name, *_row(one, suites)] for name, one in figures.items()))


def _row(one: Figures, suites: Sequence[str]) -> list[str]:
    first = [_shown(one.first[suite]) if suite == "together" else f"{one.first[suite].value:.2f}" for suite in suites]
    return [f"{one.megabytes:.1f}", *first, _shown(one.claims), f"{one.caught:.2f}", _shown(one.attribution)]


def _shown(one: Estimate) -> str:
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and measure what is left, and print the table."""
    options = read_options(__doc__, "--plan", PLAN, arguments)
    try:
        plan, shipped = read_plan(options.plan), read_config()
        needs = shipped.model_copy(update={"stages": [plan.config_of(one).stages[0] for one in plan.variants]})
        examples, _ = read_examples(options.work, needs, told)
        ablation = Ablation(options.work / "ablation", plan, examples, read_held(options.work, told), told)
        ended = trained(options.work, shipped) if (options.work / "checkpoint.pt").exists() else None
        found = dict(ablation.shipped(ended, shipped)) if ended else {}
        found |= ablation.figures()
    except OpenbookError as error:
        told(str(error))
        return 1
    print(table(found))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
