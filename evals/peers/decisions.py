"""Does the answerer know when to answer? Questions that texts answer beside as many that they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from evals.calibrate_grounding import best_threshold
from evals.items import Item
from evals.pages import markdown_table
from evals.peers.grounding import auroc, balanced_accuracy
from evals.runs.ask import asked_of
from evals.runs.start import home_of
from evals.statistics import Estimate, estimate, resample
from evals.suites import Suite, assistant_over, items_of
from rag.answer import Assistant
from rag.settings import SHIPPED, Settings, without_reader

_HEADER = ("", "balanced accuracy", "answered where it can be", "refused where not", "AUROC", "best threshold")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a question has an answer, how sure one is found for it, and whether that was sure enough."""

    answerable: bool
    confidence: float
    answered: bool
    group: str


def decide(assistant: Assistant, items: Sequence[Item]) -> list[Decision]:
    """Put questions to the extractive answerer and return what it decides."""
    found = []
    for item in items:
        retrieved = assistant.retrieve(asked_of(item))
        selection = assistant.answerer.select(retrieved.question, retrieved.passages)
        found.append(Decision(item.answerable, selection.confidence, selection.answers, item.group))
    return found


def measure_decisions(suite: Suite, settings: Settings) -> dict[str, DecisionFigures]:
    """Return what is decided without a reader and with that of the settings, or else the one that is shipped."""
    reader = SHIPPED if settings.reader == "none" else settings.reader
    ways = {
        "without a reader": without_reader(settings),
        f"with the reader ({reader})": settings.model_copy(update={"reader": reader}),
    }
    kept, items = home_of(settings) / "libraries" / suite.name, items_of(suite)
    found = {}
    for name, one in ways.items():
        with assistant_over(suite, settings=one, kept=kept) as assistant:
            found[name] = figures_of(decide(assistant, items))
    return found


@dataclass(frozen=True, slots=True)
class DecisionFigures:
    """How well a way of answering decides.

    Attributes:
        accuracy: balanced, at its own threshold.
        answered, refused: the two shares of which that is the mean.
        auroc: how likely it is surer of a question that has an answer than of one that has none.
        best: balanced accuracy at the threshold that suits these very questions best, which nobody knows beforehand.
    """

    accuracy: Estimate
    answered: float
    refused: float
    auroc: Estimate
    best: float


def figures_of(decisions: Sequence[Decision]) -> DecisionFigures:
    """Measure decisions."""
    labels = np.array([one.answerable for one in decisions])
    answered = np.array([one.answered for one in decisions], dtype=np.float64)
    confidence = np.array([one.confidence for one in decisions])
    draws = resample([one.group for one in decisions])
    return DecisionFigures(
        estimate(answered, draws, partial(balanced_accuracy, labels=labels)),
        float(answered[labels].mean()),
        float(1 - answered[~labels].mean()),
        estimate(confidence, draws, partial(auroc, labels=labels)),
        best_threshold(list(confidence), list(labels))[1],
    )


def decisions_table(figures: Mapping[str, DecisionFigures]) -> str:
    """Return the figures of each way of answering as a Markdown table."""
    rows = [
        (name, _shown(one.accuracy), f"{one.answered:.2f}", f"{one.refused:.2f}", _shown(one.auroc), f"{one.best:.2f}")
        for name, one in figures.items()
    ]
    return markdown_table(_HEADER, rows)


def _shown(one: Estimate) -> str:
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"
