"""What a reader is measured on and did not learn from: questions with the statements to choose from, and claims."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from evals.calibrate import label
from evals.items import Item
from evals.peers import grounding
from evals.peers.grounding import auroc
from evals.perturb import CHANGES
from evals.reader.claims import nearest_window, own_claims
from evals.reader.examples import Claim
from evals.reader.own import without_headings
from evals.reader.written import judging
from evals.runs.ask import asked_of
from evals.statistics import Estimate, Floats, estimate, resample
from evals.suites import SUITES, assistant_over
from rag.answer import Assistant
from rag.bootstrap import make_embedder
from rag.extractive.answerer import load_calibration
from rag.ports import Reader
from rag.settings import load_settings, without_reader
from rag.text.statements import in_full, statements_of

_MOST = 150  # questions of a suite
FALSE_ALARMS = 0.05  # share of true statements that are called changed


class Choice(BaseModel):
    """A question with the statements that the answerer chooses from, as they are read and without their headings."""

    model_config = ConfigDict(frozen=True)

    suite: str
    question: str
    texts: tuple[str, ...]
    bare: tuple[str, ...]
    answers: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that variants are measured on: choices, our own claims, and those of AttributionBench."""

    choices: Sequence[Choice]
    claims: Sequence[Claim]
    attribution: Sequence[Claim]


class Figures(BaseModel):
    """How a reader does: shares of choices whose first statement is right, by suite, and what it makes of claims."""

    model_config = ConfigDict(frozen=True)

    megabytes: float
    first: dict[str, Estimate]
    claims: Estimate
    caught: float
    attribution: Estimate


def read_held(work: Path, told: Callable[[str], None]) -> Held:
    """Return what is measured on; the choices are kept in the folder."""
    path = work / "choices.jsonl"
    if not path.exists():
        path.write_text("".join(f"{one.model_dump_json()}\n" for one in _choices(work, told)), "utf-8")
    choices = [Choice.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]
    return Held(choices, own_claims(held=True), attribution_claims())


def _choices(work: Path, told: Callable[[str], None]) -> Iterable[Choice]:
    settings = without_reader(load_settings())
    embedder = make_embedder(settings)
    for name, suite in SUITES.items():
        if not (suite.ours and suite.available):
            continue
        with assistant_over(suite, embedder, settings, work / "libraries" / name) as assistant:
            items = [item for item in judging(suite) if item.evidence]
            items = random.Random(5).sample(items, min(_MOST, len(items)))
            told(f"{name}: {len(items)} questions")
            plain = assistant.calibrated(load_calibration())
            yield from filter(None, (choice_of(plain, item, name) for item in items))


def choice_of(assistant: Assistant, item: Item, suite: str) -> Choice | None:
    """Return what the answerer chooses from; None where nothing of it answers."""
    retrieved = assistant.retrieve(asked_of(item))
    statements = statements_of(retrieved.passages)
    _, scored = assistant.answerer.score(retrieved.question, statements, retrieved.passages)
    labels = [(one.statement, label(one.statement, retrieved.passages, item)) for one in scored]
    labelled = [(statement, bool(answers)) for statement, answers in labels if answers is not None]
    if not any(answers for _, answers in labelled):
        return None
    return Choice(
        suite=suite,
        question=retrieved.question.text,
        texts=tuple(in_full(one, statements) for one, _ in labelled),
        bare=tuple(without_headings(one, statements) for one, _ in labelled),
        answers=tuple(answers for _, answers in labelled),
    )


def attribution_claims() -> list[Claim]:
    """Return the claims of AttributionBench, each with the window of its sources that is nearest to it."""
    return [
        Claim(
            text=one.text,
            source=nearest_window(one.text, "\n\n".join(one.sources)),
            label="supported" if one.supported else "not_enough",
            binary=True,
            made=one.question,
        )
        for one in grounding.read_claims()
    ]


def measure_reader(reader: Reader, held: Held, megabytes: float, *, headings: bool = True) -> Figures:
    """Return the figures of a reader; `headings` says whether it reads statements with what stands above them."""
    hits: dict[str, list[float]] = {}
    for one in held.choices:
        scores = reader.relevance(one.question, one.texts if headings else one.bare)
        hits.setdefault(one.suite, []).append(float(one.answers[int(scores.argmax())]))
    hits["together"] = [hit for found in hits.values() for hit in found]
    support = support_scores(reader, held.claims)
    return Figures(
        megabytes=megabytes,
        first={suite: estimate(np.array(found), _draws(found)) for suite, found in hits.items()},
        claims=_auroc(support, held.claims, [one.source for one in held.claims]),
        caught=caught(support, held.claims),
        attribution=_auroc(
            support_scores(reader, held.attribution), held.attribution, [one.made for one in held.attribution]
        ),
    )


def support_scores(reader: Reader, claims: Sequence[Claim]) -> Floats:
    """Return `(n,)` log-odds that the source of each claim supports it."""
    logits = np.stack([reader.support(one.text, [one.source])[0] for one in claims]).astype(np.float64)
    return logits[:, 0] - np.logaddexp(logits[:, 1], logits[:, 2])


def caught(scores: Floats, claims: Sequence[Claim]) -> float:
    """Return the share of changed sentences below the score under which one true sentence in twenty falls."""
    changed = np.array([one.made in CHANGES for one in claims])
    true = np.array([one.label == "supported" and one.made != "key" for one in claims])
    return float((scores[changed] < np.quantile(scores[true], FALSE_ALARMS)).mean())


def _auroc(scores: Floats, claims: Sequence[Claim], groups: Sequence[str]) -> Estimate:
    labels = np.array([one.label == "supported" for one in claims])
    return estimate(scores, resample(groups), lambda values, weights: auroc(values, weights, labels))


def _draws(found: Sequence[float]) -> Floats:
    return resample([str(at) for at in range(len(found))])
