"""Is the answer right, whole, supported and short? Metrics of an outcome; None where a metric does not apply.

What depends on support uses the verdict of the grounding scorer, what depends on evidence the gold set.
"""

from __future__ import annotations

from collections.abc import Iterable

from evals.items import Item, Kind
from evals.record import Outcome, SeenStatement, Verdict
from evals.verdict import held_facts, letters, shows
from rag.grounding.ground import load_grounding

_EACH = (Kind.MULTI_HOP, Kind.COMPARISON, Kind.CONTRADICTION)  # one piece of their evidence is not enough


def share(values: Iterable[bool]) -> float | None:
    """Return the share of true values; there is none of nothing."""
    known = list(values)
    return sum(known) / len(known) if known else None


def correctness(_item: Item, outcome: Outcome) -> float:
    """Return 1.0 if the answer is right, or was refused where the texts do not say."""
    return float(outcome.good)


def verdict_is(item: Item, outcome: Outcome, *, verdict: Verdict, answerable: bool) -> float | None:
    """Return 1.0 if the outcome has this verdict, of (un)answerable items only."""
    return float(outcome.verdict is verdict) if item.answerable is answerable else None


def crag(item: Item, outcome: Outcome) -> float:
    """Return 1 for a right answer, 0 for none, -1 for a wrong one: Yang et al. 2024, https://arxiv.org/abs/2406.04744.

    Where the texts do not say, a refusal is the right answer and counts 1, which goes beyond that paper.
    """
    if outcome.verdict is Verdict.REFUSED:
        return 0.0 if item.answerable else 1.0
    return 1.0 if outcome.good else -1.0


def decision(item: Item, outcome: Outcome) -> float:
    """Return 1.0 if an answer was given where the texts say, right or wrong, or refused where they do not."""
    return float(_answered(outcome) is item.answerable)


def completeness(item: Item, outcome: Outcome) -> float | None:
    """Return the share of the key facts that an answer holds."""
    return share(held_facts(item, outcome.answer)) if _answered(outcome) else None


def faithfulness(_item: Item, outcome: Outcome) -> float | None:
    """Return the share of the statements that are supported by what they cite."""
    return share(enough for _, enough in _scored(outcome))


def citation_coverage(_item: Item, outcome: Outcome) -> float | None:
    """Return the share of the statements that have citations which support them: the citation recall of ALCE."""
    return share(enough and bool(one.citations) for one, enough in _scored(outcome))


def citation_precision(_item: Item, outcome: Outcome) -> float | None:
    """Return the share of the citations that do something for their statement: the citation precision of ALCE."""
    return share(useful and enough for one, enough in _scored(outcome) for useful in _useful(one))


def _scored(outcome: Outcome) -> list[tuple[SeenStatement, bool]]:
    """Return each statement that was scored with whether its support is enough."""
    return [(one, _enough(one.support)) for one in outcome.statements if one.support is not None]


def _useful(one: SeenStatement) -> list[bool]:
    """Say of each citation whether it supports the statement alone, or the others do not without it.

    The only citation is useful; of several that were not scored one by one nothing is known.
    """
    if len(one.citations) == 1:
        return [True]
    return [_enough(alone) or not _enough(rest) for alone, rest in zip(one.cited_alone, one.cited_without, strict=True)]


def _enough(support: float) -> bool:
    return support >= load_grounding().threshold


def citation_exists(_item: Item, outcome: Outcome) -> float | None:
    """Return the share of the citations whose quote stands in the document."""
    return share(one.present for one in outcome.citations)


def evidence_precision(item: Item, outcome: Outcome) -> float | None:
    """Return the share of the citations that show gold evidence."""
    return share(bool(one.evidence) for one in outcome.citations) if _rests(item, outcome) else None


def evidence_coverage(item: Item, outcome: Outcome) -> float | None:
    """Return whether some citation shows gold evidence; where each piece is needed, the share of facts in the quotes.

    The pieces of evidence may be alternatives of each other, so the facts they hold are counted instead.
    """
    if not _rests(item, outcome):
        return None
    showing = [one for one in outcome.citations if one.evidence]
    if item.kind not in _EACH:
        return float(bool(showing))
    return share(held_facts(item, " ".join(one.quote for one in showing)))


def on_evidence(item: Item, outcome: Outcome) -> float | None:
    """Return the share of the statements that cite gold evidence: padding counts against an answer."""
    showing = {one.number for one in outcome.citations if one.evidence}
    cited = (not showing.isdisjoint(one.citations) for one in outcome.statements)
    return share(cited) if _rests(item, outcome) else None


def sentence_precision(item: Item, outcome: Outcome) -> float | None:
    """Return the share of the statements whose own words show a sentence that annotators chose, or a part of one."""
    return share(bool(_shown(item, one)) for one in outcome.statements) if _by_sentence(item, outcome) else None


def sentence_recall(item: Item, outcome: Outcome) -> float | None:
    """Return the share of the sentences that annotators chose which some statement shows, at least a part."""
    shown = {index for one in outcome.statements for index in _shown(item, one)}
    return len(shown) / len(item.evidence) if _by_sentence(item, outcome) else None


def _by_sentence(item: Item, outcome: Outcome) -> bool:
    return item.kind is Kind.PUBLIC and _answered(outcome)


def _shown(item: Item, said: SeenStatement) -> list[int]:
    found = letters(said.text)
    return [index for index, one in enumerate(item.evidence) if shows(letters(one.quote), found)]


def _rests(item: Item, outcome: Outcome) -> bool:
    return bool(item.evidence) and _answered(outcome)


def _answered(outcome: Outcome) -> bool:
    return outcome.verdict in (Verdict.RIGHT, Verdict.WRONG)


def words(_item: Item, outcome: Outcome) -> float | None:
    """Return how many words the answer shows."""
    return float(len(outcome.answer.split())) if _answered(outcome) else None


def latency_ms(_item: Item, outcome: Outcome) -> float | None:
    """Return how long the answer took, in milliseconds."""
    return outcome.timings_ms.get("total")


def tokens(_item: Item, outcome: Outcome) -> float | None:
    """Return how many tokens a model read and wrote."""
    return float(outcome.usage.get("total_tokens", sum(outcome.usage.values()))) if outcome.usage else None


def cost_usd(_item: Item, outcome: Outcome) -> float | None:
    """Return what the answer cost."""
    return outcome.cost_usd
