from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.items import Evidence, Item, Kind
from evals.record import Breach, Outcome, Verdict
from evals.runs.observe import Observer, failed
from rag.adapters.sqlite_library import SqliteLibrary
from rag.types import Answer, AnswerStatement, Chunk, Citation, Grounding, Passage, Refusal
from tests.fakes import HashEmbedder, sample_document, sample_source, stamp

LENS = "A lens focuses light by refraction at its two surfaces."
PRISM = "A prism parts white light into colours."
ITEM = Item(
    id="lens", kind=Kind.FACT, question="What does a lens do?", course="optics", facts=(("focuses",),),
    evidence=(Evidence(document="lens.md", quote=LENS), Evidence(document="prism.md", quote=PRISM)),
)  # fmt: skip


class WordForWord:
    """Supports a claim by the share of its words that the sources hold."""

    name = "words"

    def score(self, claim: str, sources: Sequence[str]) -> Grounding:
        words = claim.lower().split()
        share = sum(word in " ".join(sources).lower().split() for word in words) / len(words)
        return Grounding(share, share == 1.0)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with SqliteLibrary(tmp_path / "library.db", stamp()) as library:
        yield library


@pytest.fixture
def found(library: SqliteLibrary) -> dict[str, Passage]:
    """Put three texts, of which one stands in another course; return their only passages by name."""
    put(library, "lens.md", LENS)
    put(library, "prism.md", PRISM)
    put(library, "secret.md", "A secret of another course.", course="other")
    return {name: passage(library, name) for name in ("lens.md", "prism.md", "secret.md")}


def put(library: SqliteLibrary, name: str, *paragraphs: str, course: str = "optics") -> list[Chunk]:
    document, chunks = sample_document(name, paragraphs)
    vectors = HashEmbedder().embed([chunk.embed_text for chunk in chunks])
    library.put(document, sample_source(name, course), chunks, vectors)
    return chunks


def passage(library: SqliteLibrary, name: str) -> Passage:
    (info,) = (one for one in library.documents() if one.name == name)
    return Passage(library.document_chunks(info.id)[0], info, 0.5)


def cite(found: Passage, number: int = 1) -> Citation:
    chunk = found.chunk
    return Citation(
        number, chunk.document_id, found.document.name, found.document.title, chunk.heading_path,
        chunk.text, chunk.start, chunk.end, chunk.line,
    )  # fmt: skip


def answer(statements: Sequence[AnswerStatement], *citations: Citation, **values: object) -> Answer:
    whole = Answer(ITEM.question, tuple(statements), citations, (), "test", confidence=0.7)
    return replace(whole, **values)  # type: ignore[arg-type]


def observed(library: SqliteLibrary, given: Answer, passages: Sequence[Passage] = ()) -> Outcome:
    return Observer(library, WordForWord()).outcome(ITEM, given, passages)


def test_a_right_answer_is_judged_measured_and_its_citations_told_by_the_evidence_that_they_show(
    library: SqliteLibrary, found: dict[str, Passage]
) -> None:
    said = [AnswerStatement("A lens focuses light", (1,)), AnswerStatement("in colours.", (2, 1), lead="Prism")]
    given = answer(said, cite(found["lens.md"]), cite(found["prism.md"], 2), timings_ms={"total": 12.0})
    outcome = observed(library, given, [found["prism.md"], found["lens.md"]])
    assert outcome.verdict is Verdict.RIGHT
    assert [(one.present, one.evidence) for one in outcome.citations] == [(True, (0,)), (True, (1,))]
    assert [one.evidence for one in outcome.passages] == [(1,), (0,)]
    assert outcome.metrics["correctness"] == 1.0
    assert outcome.metrics["latency_ms"] == 12.0
    assert outcome.breaches == ()
    assert outcome.asked == ""
    assert (outcome.group, outcome.confidence, outcome.read) == ("lens.md", 0.7, 0)


def test_support_is_scored_for_all_that_a_statement_cites_for_each_alone_and_without_each(
    library: SqliteLibrary, found: dict[str, Passage]
) -> None:
    said = [AnswerStatement("lens parts", (2, 1)), AnswerStatement("lens parts", (1,)), AnswerStatement("lens", ())]
    outcome = observed(library, answer(said, cite(found["lens.md"]), cite(found["prism.md"], 2)))
    both, one, none = outcome.statements
    assert (both.support, both.cited_alone, both.cited_without) == (1.0, (0.5, 0.5), (0.5, 0.5))
    assert (one.support, one.cited_alone, one.cited_without) == (0.5, (), ())
    assert none.support == 0.0


def test_a_row_of_a_table_is_read_under_the_head_of_the_table(library: SqliteLibrary) -> None:
    (chunk,) = put(library, "glass.md", "| Glass | Index |\n|---|---|\n| Crown | 1.5 |\n| Flint | 1.6 |")
    start = chunk.text.index("| Flint")
    row = replace(
        cite(passage(library, "glass.md")), quote=chunk.text[start:], start=chunk.start + start, end=chunk.end
    )
    said = [AnswerStatement(text, (1,)) for text in ("Glass Flint Index 1.6", "Crown")]
    outcome = observed(library, answer(said, row))
    assert outcome.citations[0].present
    assert [one.support for one in outcome.statements] == [1.0, 0.0]


def test_without_a_scorer_support_is_not_scored_which_is_not_zero(
    library: SqliteLibrary, found: dict[str, Passage]
) -> None:
    given = answer([AnswerStatement("A lens focuses light", (1,))], cite(found["lens.md"]))
    outcome = Observer(library).outcome(ITEM, given, ())
    assert outcome.statements[0].support is None
    assert "faithfulness" not in outcome.metrics


@pytest.mark.parametrize(
    "change",
    [
        {"start": 3, "end": 10},
        {"quote": "A lens gathers light."},
        {"quote": "", "start": 5, "end": 5},
        {"document": "prism.md"},
        {"document_id": "0" * 32},
    ],
    ids=["span moved", "words changed", "nothing quoted", "another document named", "no such document"],
)
def test_a_citation_that_does_not_open_its_quote_is_a_breach(
    library: SqliteLibrary, found: dict[str, Passage], change: dict[str, object]
) -> None:
    good = cite(found["lens.md"])
    bad = replace(good, **change)  # type: ignore[arg-type]
    said = [AnswerStatement("A lens focuses light", (1,))]
    assert observed(library, answer(said, good)).breaches == ()
    assert observed(library, answer(said, bad)).breaches == (Breach.NO_SUCH_QUOTE,)


def test_a_citation_from_outside_the_course_that_was_asked_is_a_breach(
    library: SqliteLibrary, found: dict[str, Passage]
) -> None:
    said = [AnswerStatement("A lens focuses light", (1,))]
    assert observed(library, answer(said, cite(found["secret.md"]))).breaches == (Breach.NO_SUCH_QUOTE,)


def test_a_number_that_no_citation_has_is_a_breach(library: SqliteLibrary, found: dict[str, Passage]) -> None:
    said = [AnswerStatement("A lens focuses light", (1, 7))]
    outcome = observed(library, answer(said, cite(found["lens.md"])))
    assert outcome.breaches == (Breach.NO_SUCH_QUOTE,)
    assert [(one.number, one.present) for one in outcome.citations] == [(1, True), (7, False)]


def test_what_a_refusal_shows_as_closest_is_checked_as_well(library: SqliteLibrary, found: dict[str, Passage]) -> None:
    good = cite(found["lens.md"])
    for quoted, breaches in ((good, ()), (replace(good, quote="Another."), (Breach.NO_SUCH_QUOTE,))):
        outcome = observed(library, answer([], refusal=Refusal("The texts do not say.", (quoted,))))
        assert outcome.verdict is Verdict.REFUSED
        assert outcome.refusal == "The texts do not say."
        assert outcome.breaches == breaches


def test_near_duplicates_of_a_chunk_with_evidence_are_one_relevant_chunk_and_show_it_for_each_other(
    library: SqliteLibrary, found: dict[str, Passage]
) -> None:
    assert observed(library, answer([])).relevant == 2
    put(library, "lens.md", LENS, f"{LENS} Indeed.", "Nothing of it.")
    assert observed(library, answer([])).relevant == 2
    stranger = replace(found["secret.md"], also=(found["lens.md"],))
    assert observed(library, answer([]), [stranger]).passages[0].evidence == (0,)


def test_a_follow_up_that_was_made_to_stand_alone_is_kept_as_it_was_asked(library: SqliteLibrary) -> None:
    assert observed(library, answer([], question="What does a convex lens do?")).asked == "What does a convex lens do?"


def test_a_failure_is_a_breach_without_a_verdict_or_figures() -> None:
    outcome = failed(ITEM, "ModelError: gone")
    assert outcome.breaches == (Breach.FAILED,)
    assert outcome.verdict is None
    assert outcome.metrics == {}
