"""Items and outcomes for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from evals.gate import breaches
from evals.items import Evidence, Item, Kind, Split, Turn
from evals.metrics import METRICS, measure
from evals.record import Outcome, Run, SeenCitation, SeenPassage, SeenStatement, Stamp, Verdict

STAMP = Stamp(corpus="c", gold="g", embedder="e", model="m", calibration="k", settings="s")


def item(id: str = "one", kind: Kind = Kind.FACT, **fields: Any) -> Item:
    """Make an item; an answerable one asks for a fact that one document shows."""
    made: dict[str, Any] = {"id": id, "kind": kind, "question": f"What about {id}?"}
    if kind is not Kind.UNANSWERABLE:
        made |= {"facts": (("five",),), "evidence": (Evidence(document="lenses.md", quote="There are five."),)}
    if kind is Kind.FOLLOW_UP:
        made["history"] = (Turn(question="What is a lens?", answer="A disc."),)
    return Item(**(made | fields))


def statement(text: str = "There are five.", citations: tuple[int, ...] = (1,), **fields: Any) -> SeenStatement:
    return SeenStatement(text=text, citations=citations, **({"support": 1.0} | fields))


def citation(number: int = 1, evidence: tuple[int, ...] = (0,), present: bool = True) -> SeenCitation:
    return SeenCitation(
        number=number, document="lenses.md", place="line 1", quote="There are five.", present=present, evidence=evidence
    )


def passages(*evidence: tuple[int, ...], text: str = "There are five.") -> tuple[SeenPassage, ...]:
    """Make a passage for each of what they show, best first."""
    return tuple(
        SeenPassage(document="lenses.md", heading="Lenses", line=1, text=text, score=1.0, evidence=shown)
        for shown in evidence
    )


def outcome(of: Item, verdict: Verdict | None = Verdict.RIGHT, **fields: Any) -> Outcome:
    """Make the measured outcome of an item: an answer of one cited statement, or a refusal."""
    made: dict[str, Any] = {
        "id": of.id, "kind": of.kind, "split": Split.DEV, "question": of.question, "group": of.group,
        "answerable": of.answerable, "verdict": verdict, "passages": passages((0,), ()), "relevant": 1,
    }  # fmt: skip
    if verdict is Verdict.REFUSED:
        made["refusal"] = "The texts do not say."
    elif verdict is not None:
        made |= {"statements": (statement(),), "citations": (citation(),)}
    bare = Outcome(**(made | fields))
    return bare.model_copy(update={"metrics": measure(of, bare), "breaches": breaches(of, bare)})


def run(outcomes: Iterable[Outcome], id: str = "run", **fields: Any) -> Run:
    made: dict[str, Any] = {"suite": "gold", "split": "dev", "answerer": "extractive", "complete": True}
    made |= {"id": id, "started_at": "2026-11-20T10:15:00Z", "stamp": STAMP, "outcomes": tuple(outcomes)}
    return Run(**(made | fields))


# The metrics with what we aim at as floors: tests must not move when a floor is raised.
STRICT = {name: replace(one, floor=one.aim) if one.aim is not None else one for name, one in METRICS.items()}
