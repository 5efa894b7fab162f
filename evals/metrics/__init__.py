"""The metrics, each a name and a short function of an item and what came of it.

Names follow the RAG evaluations of Amazon Bedrock where those have one:
https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-evaluation-metrics.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from evals.items import Item
from evals.metrics import answer, retrieval
from evals.metrics.retrieval import over_passages
from evals.record import Outcome, Verdict
from evals.statistics import Statistic, mean, median

Measure: TypeAlias = Callable[[Item, Outcome], float | None]

UNITS = {"share": "{:.3f}", "score": "{:+.3f}", "words": "{:.1f}", "ms": "{:.0f} ms"}
UNITS |= {"tokens": "{:.0f} tokens", "usd": "${:.4f}"}


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured of every outcome that it applies to.

    Attributes:
        says: what it says, with its source.
        value: the measure of one outcome; None where it does not apply, which is not zero.
        floor: the worst figure of a run that is accepted (the highest one where lower is better), if any.
        aim: the figure that we want to reach; the floor rises to it as answers get better.
        unit: a key of `UNITS`.
        over: how the values of a run become its figure.
        judged: whether the gate minds that a run does worse than its baseline.
    """

    name: str
    title: str
    says: str
    value: Measure
    floor: float | None = None
    higher_is_better: bool = True
    unit: str = "share"
    over: Statistic = mean
    judged: bool = True
    aim: float | None = None

    def show(self, value: float) -> str:
        """Return a figure as people read it."""
        return UNITS[self.unit].format(value)


def _hit(k: int, floor: float | None = None, aim: float | None = None) -> Metric:
    says = f"Does any of the first {k} passages show the evidence (success@k of TREC)?"
    return Metric(f"hit@{k}", f"Hit@{k}", says, over_passages(partial(retrieval.hit_at_k, k=k)), floor, aim=aim)


def _recall(k: int) -> Metric:
    says = f"The share of the chunks with evidence that is among the first {k} passages (Manning et al. 2008, ch. 8)."
    return Metric(f"recall@{k}", f"Recall@{k}", says, over_passages(partial(retrieval.recall_at_k, k=k)))


def _came_out(verdict: Verdict, answerable: bool) -> Measure:
    return partial(answer.verdict_is, verdict=verdict, answerable=answerable)


_RANKING = (
    _hit(1),
    _hit(3),
    _hit(5, floor=0.85, aim=0.95),
    _hit(10),
    _recall(5),
    _recall(10),
    Metric(
        "mrr",
        "MRR",
        "1 / rank of the first passage that shows the evidence (Voorhees 1999).",
        over_passages(retrieval.reciprocal_rank),
    ),
    Metric(
        "ndcg@10",
        "nDCG@10",
        "Discounted gain of the first 10 passages over the best possible (Järvelin and Kekäläinen 2002).",
        over_passages(partial(retrieval.ndcg_at_k, k=10)),
    ),
)
_ALL = (
    *_RANKING,
    Metric(
        "context_relevance",
        "Context relevance",
        "The share of the passages read that show some of the evidence (Bedrock's name, by labels).",
        retrieval.context_relevance,
    ),
    Metric(
        "context_coverage",
        "Context coverage",
        "The share of the key facts that stands in the passages read (Bedrock's name, by labels).",
        retrieval.context_coverage,
    ),
    Metric(
        "correctness",
        "Correctness",
        "Is the answer right, or refused where the texts do not say (Bedrock's name, by key facts)?",
        answer.correctness,
        floor=0.45,
        aim=0.75,
    ),
    Metric(
        "right_answer",
        "Right answers",
        "The share of the answerable questions that are answered rightly.",
        _came_out(Verdict.RIGHT, answerable=True),
        floor=0.40,
        aim=0.75,
    ),
    Metric(
        "wrong_answer",
        "Wrong answers",
        "The share of the answerable questions that are answered wrongly.",
        _came_out(Verdict.WRONG, answerable=True),
        floor=0.33,
        aim=0.08,
        higher_is_better=False,
    ),
    Metric(
        "false_refusal",
        "False refusals",
        "The share of the answerable questions that are refused.",
        _came_out(Verdict.REFUSED, answerable=True),
        floor=0.33,
        aim=0.1,
        higher_is_better=False,
    ),
    Metric(
        "right_refusal",
        "Right refusals",
        "The share of the unanswerable questions that are refused.",
        _came_out(Verdict.REFUSED, answerable=False),
        floor=0.65,
        aim=0.85,
    ),
    Metric(
        "decision",
        "Decision",
        "Is a question answered where the texts say, and refused where not? The balanced accuracy if half of them do.",
        answer.decision,
    ),
    Metric(
        "crag",
        "CRAG score",
        "+1 right, 0 refused, -1 wrong (Yang et al. 2024); unanswerable: +1 refused, -1 answered.",
        answer.crag,
        unit="score",
    ),
    Metric(
        "completeness",
        "Completeness",
        "The share of the key facts that an answer holds (Bedrock's name, by key facts).",
        answer.completeness,
    ),
    Metric(
        "faithfulness",
        "Faithfulness",
        "The share of the statements that what they cite supports (Bedrock's name, by the grounding scorer).",
        answer.faithfulness,
        floor=0.95,
    ),
    Metric(
        "citation_precision",
        "Citation precision",
        "The share of the citations that support their statement or are needed to (ALCE, Gao et al. 2023).",
        answer.citation_precision,
    ),
    Metric(
        "citation_coverage",
        "Citation coverage",
        "The share of the statements that their citations support (citation recall of ALCE, Gao et al. 2023).",
        answer.citation_coverage,
    ),
    Metric(
        "evidence_precision",
        "Evidence precision",
        "The share of the citations that show the evidence of the gold set.",
        answer.evidence_precision,
    ),
    Metric(
        "evidence_coverage",
        "Evidence coverage",
        "Do citations show the gold evidence; where several pieces are needed, which share of the key facts?",
        answer.evidence_coverage,
    ),
    Metric(
        "citation_exists",
        "Citations that exist",
        "The share of the citations whose quote stands in the document.",
        answer.citation_exists,
        floor=1.0,
    ),
    Metric(
        "on_evidence",
        "Statements on evidence",
        "The share of the statements that cite evidence of the gold set: padding counts against an answer.",
        answer.on_evidence,
    ),
    Metric(
        "sentence_precision",
        "Sentence precision",
        "The share of the statements that are among the sentences annotators chose (public sets).",
        answer.sentence_precision,
    ),
    Metric(
        "sentence_recall",
        "Sentence recall",
        "The share of the sentences annotators chose that the statements show (public sets).",
        answer.sentence_recall,
    ),
    Metric(
        "words",
        "Words",
        "The median length of the answers.",
        answer.words,
        floor=59.5,  # under 60 words; a median of whole numbers moves by halves
        higher_is_better=False,
        unit="words",
        over=median,
    ),
    # What these three come to depends on the machine and the provider, not on the answers.
    Metric(
        "latency_ms",
        "Latency",
        "The median time to an answer.",
        answer.latency_ms,
        higher_is_better=False,
        unit="ms",
        over=median,
        judged=False,
    ),
    Metric(
        "tokens",
        "Tokens",
        "What a model read and wrote, where it says so.",
        answer.tokens,
        higher_is_better=False,
        unit="tokens",
        judged=False,
    ),
    Metric(
        "cost_usd",
        "Cost",
        "What an answer cost, where the model says so.",
        answer.cost_usd,
        higher_is_better=False,
        unit="usd",
        judged=False,
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
RANKING: dict[str, Metric] = {metric.name: metric for metric in _RANKING}  # those of retrieval alone
WITHOUT_FLOORS: dict[str, Metric] = {name: replace(metric, floor=None) for name, metric in METRICS.items()}


def measure(item: Item, outcome: Outcome, metrics: Mapping[str, Metric] = METRICS) -> dict[str, float]:
    """Return the value of each metric that applies; none does to an item that failed."""
    if outcome.error:
        return {}
    values = {name: metric.value(item, outcome) for name, metric in metrics.items()}
    return {name: value for name, value in values.items() if value is not None}
