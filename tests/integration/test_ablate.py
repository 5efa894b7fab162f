"""Variants of retrieval over a tiny suite: each is what its name says."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest
from typer.testing import CliRunner

from evals.ablate import Measured, ablate, ablation_table, report_ablation
from evals.cli import app
from evals.items import Evidence, Item, Kind
from evals.record import Outcome
from evals.runs.start import find_suite
from evals.suites import Suite, items_of
from evals.variants import DEFAULT, VARIANTS, DenseOnly, LexicalOnly, Variant
from rag.errors import ConfigError
from rag.settings import Settings
from tests.fakes import HashEmbedder
from tests.integration.tiny_suite import ITEMS, write_suite

SETTINGS = Settings.model_construct(home=Path("/nowhere"))
# Only a heading says of which boat the text speaks; its words stand nowhere else.
HEADED = "# The trawler Zephyrine\n\nIt carries a crew of nine.\n"
ASKED = Item(
    id="crew", kind=Kind.NUMBER, question="Zephyrine?", facts=(("nine",),),
    evidence=(Evidence(document="trawler.md", quote="It carries a crew of nine."),),
)  # fmt: skip


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    folder = write_suite(tmp_path)
    (folder / "texts" / "trawler.md").write_text(HEADED, "utf-8")
    return find_suite(str(folder))


def measured(suite: Suite, *variants: Variant, items: list[Item] | None = None) -> list[Measured]:
    return ablate(suite, items or items_of(suite), HashEmbedder(512), SETTINGS, variants)


def texts(outcome: Outcome) -> list[str]:
    return [one.text for one in outcome.passages]


def test_every_question_with_evidence_is_asked_of_every_variant(suite: Suite) -> None:
    answerable = {item.id for item in ITEMS if item.answerable}
    for one in ablate(suite, items_of(suite), HashEmbedder(), SETTINGS):
        assert {outcome.id for outcome in one.outcomes} == answerable
        assert not any(outcome.error for outcome in one.outcomes)
        assert all(0 <= outcome.metrics["ndcg@10"] <= 1 for outcome in one.outcomes)


def test_a_ranking_that_is_left_out_finds_nothing(suite: Suite) -> None:
    dense, lexical = measured(suite, Variant("v", DenseOnly), Variant("l", LexicalOnly), items=[ASKED])
    assert texts(lexical.outcomes[0]) == ["It carries a crew of nine."]
    assert len(texts(dense.outcomes[0])) == 10


@pytest.mark.parametrize(
    ("variant", "found"),
    [
        (Variant("BM25", LexicalOnly), True),
        (Variant("BM25", LexicalOnly, lexical_headings=False), False),
        (Variant("BM25", LexicalOnly, dense_headings=False), True),
        (Variant("vectors", DenseOnly), True),
        (Variant("vectors", DenseOnly, dense_headings=False), False),
        (Variant("vectors", DenseOnly, lexical_headings=False), True),
    ],
)
def test_without_headings_a_ranking_does_not_know_what_they_say(suite: Suite, variant: Variant, found: bool) -> None:
    (one,) = measured(suite, variant, items=[ASKED])
    assert one.outcomes[0].metrics["hit@1"] == found


def test_smaller_chunks_are_more_and_each_form_is_indexed_once(suite: Suite) -> None:
    (suite.texts[0].texts / "long.md").write_text("# Nets\n\n" + "The net is mended with twine. " * 45, "utf-8")
    forms = Variant("small", chunk_characters=450), Variant("large", chunk_characters=1500)
    default, fewer, small, large = measured(suite, DEFAULT, Variant("few", candidates=20), *forms)
    assert small.chunks > default.chunks > large.chunks
    assert (fewer.chunks, fewer.index_s) == (default.chunks, default.index_s)
    assert small.index_s != default.index_s


def test_fewer_candidates_reach_less_deep(suite: Suite) -> None:
    two, many = measured(suite, Variant("two", candidates=10), Variant("many", candidates=100), items=[ASKED])
    scored = [{one.text: one.score for one in variant.outcomes[0].passages} for variant in (two, many)]
    assert scored[0] != scored[1]


def test_the_table_compares_each_variant_with_the_first(suite: Suite) -> None:
    base, other = Variant("base", DenseOnly), Variant("other", DenseOnly, dense_headings=False)
    one, two = measured(suite, base, other, items=[*items_of(suite), ASKED])
    head, _, first, second = ablation_table([one, two]).splitlines()
    assert head.split(" | ")[3:] == ["Hit@1", "Hit@5", "Recall@10", "MRR", "nDCG@10", "nDCG@10 against the first |"]
    assert first.startswith(f"| base | {one.chunks} | 1.00 | ")
    assert first.endswith("|  |")
    mean, other_mean = (fmean(outcome.metrics["ndcg@10"] for outcome in each.outcomes) for each in (one, two))
    change = other_mean - mean
    assert change < -0.01
    assert f"{mean:.3f} (" in first
    assert f"| {change:+.3f} (" in second


def test_variants_have_different_names() -> None:
    assert len({one.name for one in VARIANTS}) == len(VARIANTS)


def test_the_table_is_written_with_its_command_unless_items_were_left_out(suite: Suite, tmp_path: Path) -> None:
    page = tmp_path / "why.md"
    few = report_ablation(suite.name, "locked", 3, SETTINGS, page=page, embedder=HashEmbedder())
    assert "| both without headings |" in few
    assert not page.exists()
    told = report_ablation(suite.name, "locked", None, SETTINGS, page=page, embedder=HashEmbedder())
    assert told.startswith(f"Printed by `evals ablate --suite {suite.name} --split locked`: 7 questions with evidence")
    assert page.read_text("utf-8") == f"<!-- ablate:{suite.name} -->\n{told}\n<!-- /ablate:{suite.name} -->\n"


def test_a_split_without_items_is_an_error(suite: Suite, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no items of split 'dev'"):
        report_ablation(suite.name, "dev", None, SETTINGS, page=tmp_path / "why.md", embedder=HashEmbedder())


def test_the_command_passes_on_which_suite_is_meant() -> None:
    found = CliRunner().invoke(app, ["ablate", "--suite", "nowhere", "--limit", "3"])
    assert isinstance(found.exception, ConfigError)
    assert "There is no suite 'nowhere'. Valid are: gold, " in str(found.exception)
