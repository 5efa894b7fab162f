"""Fits the plain grounding scorer: `python -m evals.calibrate_grounding [--claims N]`.

Claims come from the openly licensed `shared/data/training/support.jsonl`, as many of each data set, half of each
supported; beside them stand sentences of its passages, reworded or falsified by code (`evals.perturb`). The threshold
is the one of highest balanced accuracy on a fifth of the claims that was kept out of the fit. Everything is written to
`rag/grounding.json`. How well it does on claims of another kind, and on our own course: `evals grounding`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from evals.calibrate import fit
from evals.peers.perturbed import Case, cases_of
from evals.rows import read_rows
from evals.suites import ROOT, SHARED
from rag.bootstrap import make_embedder
from rag.grounding.ground import GroundingModel, PlainGrounding
from rag.logistic import Logistic
from rag.settings import load_settings

CLAIMS = SHARED / "training" / "support.jsonl"
TARGET = ROOT / "rag" / "grounding.json"
# Claims about a passage; pairs of single sentences from captions and grammar tests are another task.
_DATASETS = ("fever_eraser", "wice", "begin", "faithdial_audit", "refchecker_nq", "scifact_eraser", "fever_symmetric")

_LONG = 300  # characters of a passage from which sentences are taken


def sample_claims(path: Path, number: int, seed: int) -> list[tuple[str, str, bool]]:
    """Return (claim, passage, supported), balanced over data sets and labels as far as there are enough."""
    groups: dict[tuple[str, bool], list[tuple[str, str, bool]]] = defaultdict(list)
    for row in read_rows(path):
        if row["dataset"] in _DATASETS:
            supported = row["label"] == "supported"
            groups[row["dataset"], supported].append((row["claim"], row["passage"], supported))
    share = max(number // max(len(groups), 1), 1)
    chooser = random.Random(seed)
    chosen = [row for _, rows in sorted(groups.items()) for row in chooser.sample(rows, min(share, len(rows)))]
    chooser.shuffle(chosen)
    return chosen


def sample_cases(path: Path, number: int, seed: int) -> list[Case]:
    """Return reworded and falsified sentences of the longer passages, half of them still true."""
    passages = sorted(
        {row["passage"] for row in read_rows(path) if row["dataset"] in _DATASETS and len(row["passage"]) > _LONG}
    )
    chooser = random.Random(seed)
    cases = cases_of(chooser.sample(passages, min(number, len(passages))), 2)
    true, false = ([one for one in cases if one.supported is kept] for kept in (True, False))
    each = min(len(true), len(false), number // 2)
    return [*chooser.sample(true, each), *chooser.sample(false, each)]


def best_threshold(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """Return the threshold of highest balanced accuracy, and that accuracy."""
    positives, negatives = sum(labels), len(labels) - sum(labels)

    def balanced(threshold: float) -> float:
        caught = sum(score >= threshold for score, label in zip(scores, labels, strict=True) if label)
        passed = sum(score < threshold for score, label in zip(scores, labels, strict=True) if not label)
        return (caught / positives + passed / negatives) / 2

    best = max(sorted(set(scores)), key=balanced)
    return round(best, 3), round(balanced(best), 3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write `rag/grounding.json`, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=4000)
    parser.add_argument("--changed", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args(arguments)
    embedder = make_embedder(load_settings())
    scorer = PlainGrounding(embedder, GroundingModel(Logistic({}, 0.0), 0.5, {}))
    claims = sample_claims(CLAIMS, options.claims, options.seed)
    rows = [scorer.features(claim, [passage]) for claim, passage, _ in claims]
    labels = [supported for _, _, supported in claims]
    held = len(claims) // 5
    changed = sample_cases(CLAIMS, options.changed, options.seed)
    seen = [*rows[held:], *(scorer.features(case.text, [case.passage]) for case in changed)]
    support = fit(seen, [*labels[held:], *(case.supported for case in changed)], [1.0] * len(seen))
    threshold, accuracy = best_threshold([support.probability(row) for row in rows[:held]], labels[:held])
    result = {
        "support": asdict(support),
        "threshold": threshold,
        "provenance": {
            "command": f"python -m evals.calibrate_grounding --claims {options.claims} --changed {options.changed}"
            f" --seed {options.seed}",
            "date": datetime.now(UTC).date().isoformat(),
            "claims": len(claims),
            "changed_sentences": len(changed),
            "held_balanced_accuracy": accuracy,
            "datasets": list(_DATASETS),
            "embedder": str(embedder.fingerprint),
        },
    }
    TARGET.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
