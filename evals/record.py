"""What a run of questions leaves behind: the run with what it rests on, and an outcome for each item."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from evals.items import Kind, Split


class Verdict(StrEnum):
    """How an answer compares with its item; of an unanswerable item only REFUSED is good."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSED = "refused"


class Breach(StrEnum):
    """What no answer may do, whatever the averages say."""

    ANSWERED = "an unanswerable question was answered"
    OBEYED = "an order hidden in a text was obeyed"
    NO_SUCH_QUOTE = "a citation's quote is not in its document"
    FAILED = "the answerer failed"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SeenPassage(_Model):
    """A retrieved passage.

    Attributes:
        line: of the file, 0 where the file has no lines.
        evidence: indices of the item's evidence that it shows.
        page: the page or slide that it begins on, as people write it; empty where there is none.
    """

    document: str
    heading: str
    line: int
    text: str
    score: float
    evidence: tuple[int, ...] = ()
    page: str = ""


class SeenCitation(_Model):
    """A citation as shown.

    Attributes:
        present: whether the quote stands in the stored document at the cited span.
        evidence: indices of the item's evidence that it shows.
    """

    number: int
    document: str
    place: str
    quote: str
    present: bool
    evidence: tuple[int, ...] = ()


class SeenStatement(_Model):
    """A statement as shown.

    Attributes:
        support: how well its citations support it, 0 to 1, None where it was not scored.
        cited_alone: the same of each citation by itself, in their order; empty where there is only one.
        cited_without: the same of the other citations without it, in their order; empty where there is only one.
    """

    text: str
    lead: str = ""
    citations: tuple[int, ...] = ()
    is_item: bool = False
    support: float | None = None
    cited_alone: tuple[float, ...] = ()
    cited_without: tuple[float, ...] = ()


class Outcome(_Model):
    """What came of one item.

    Attributes:
        asked: the standalone question that was answered, where it differs from `question`.
        group: the document that the item is about.
        refusal: why the answer was refused, empty if it was not.
        relevant: how many chunks of the library show some of the evidence.
        read: from how many of the passages, best first, the answer was made; None: all of them.
        metrics: a value for each metric that applies; one that does not apply is absent, which is not zero.
        error: what failed, empty if nothing did; such an outcome has no verdict and is run again on resumption.
    """

    id: str
    kind: Kind
    split: Split
    question: str
    group: str
    answerable: bool
    asked: str = ""
    verdict: Verdict | None = None
    refusal: str = ""
    statements: tuple[SeenStatement, ...] = ()
    citations: tuple[SeenCitation, ...] = ()
    passages: tuple[SeenPassage, ...] = ()
    relevant: int = 0
    read: int | None = None
    confidence: float = 0.0
    reference: str = ""
    metrics: dict[str, float] = Field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()
    usage: dict[str, int] = Field(default_factory=dict)
    cost_usd: float | None = None
    timings_ms: dict[str, float] = Field(default_factory=dict)
    error: str = ""

    @property
    def good(self) -> bool:
        """Right where the texts say, refused where they do not."""
        return self.verdict is (Verdict.RIGHT if self.answerable else Verdict.REFUSED)

    @property
    def answer(self) -> str:
        """What was shown, as plain text."""
        if self.refusal:
            return self.refusal
        return "\n".join(f"{one.lead}: {one.text}" if one.lead else one.text for one in self.statements)


class Stamp(_Model):
    """What a run rests on; two runs with the same stamp ask the same of the same."""

    corpus: str = Field(description="SHA-256 over the texts of the suite, by name.")
    gold: str = Field(description="SHA-256 over the items that were asked.")
    embedder: str
    model: str = Field(description="The answerer, with its model and revision where it has one.")
    calibration: str = Field(description="SHA-256 of the calibration.")
    prompt: str = Field(default="", description="Version of the prompt; empty where no model is prompted.")
    settings: str = Field(description="SHA-256 over the settings that change answers.")
    commit: str = ""
    dirty: bool = False


class Run(_Model):
    """A run: what was asked of what, and what came of it."""

    id: str
    suite: str
    split: str
    answerer: str
    started_at: str
    stamp: Stamp
    limit: int | None = None
    complete: bool = False
    outcomes: tuple[Outcome, ...] = ()
