"""Retrieval alone, of whole documents: is the right section found? No answer is made.

A document counts at the rank of its first chunk.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.items import Item
from evals.metrics import RANKING, measure
from evals.record import Outcome, Verdict
from evals.runs.observe import bare, seen_passage
from rag.asked import Retrieved
from rag.types import Answer, Passage, Refusal

RETRIEVAL = "retrieval"
FOUND = 5  # a document among the first so many counts as found


def retrieval_only(retrieved: Retrieved) -> Answer:
    """Return no answer: only what was retrieved is measured."""
    return Answer(
        question=retrieved.question.text,
        statements=(),
        citations=(),
        passages=retrieved.passages,
        answerer=RETRIEVAL,
        refusal=Refusal("Only retrieval is measured."),
        timings_ms=retrieved.timings_ms,
    )


class SectionObserver:
    """Makes outcomes of what was retrieved: right where the item's document is among the first `FOUND`.

    Attributes:
        depth: passages taken; a document none of whose chunks is among them is not found.
    """

    depth = 20

    def outcome(self, item: Item, answer: Answer, passages: Sequence[Passage]) -> Outcome:
        """Measure a ranking of documents; the answer only says how long it took."""
        right = {one.document for one in item.evidence}
        firsts: dict[str, Passage] = {}
        for one in (one for passage in passages for one in (passage, *passage.also)):
            firsts.setdefault(one.document.name, one)
        seen = [seen_passage(one, (0,) if name in right else ()) for name, one in firsts.items()]
        outcome = bare(item).model_copy(
            update={"passages": tuple(seen), "relevant": len(right), "timings_ms": dict(answer.timings_ms)}
        )
        found = any(one.evidence for one in seen[:FOUND])
        return outcome.model_copy(
            update={"verdict": Verdict.RIGHT if found else Verdict.WRONG, "metrics": measure(item, outcome, RANKING)}
        )
