"""Variants of the reader's training: they are data, what is done is kept, and the table shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.items import Evidence, Item, Kind
from evals.reader.ablate import PLAN, Ablation, Plan, Variant, read_plan, table
from evals.reader.examples import Claim
from evals.reader.held import Choice, Figures, Held, caught, choice_of, measure_reader, support_scores
from evals.reader.plan import Examples, read_config
from evals.statistics import Estimate
from evals.suites import Course, Suite, assistant_over
from rag.errors import ConfigError
from tests.fakes import HashEmbedder, ListReader

CHOICES = [
    Choice(
        suite="gold", question="what does a pier carry?", texts=("Piers: 40 tonnes.", "Piers: It is of oak."),
        bare=("40 tonnes.", "It is of oak."), answers=(True, False),
    ),
    Choice(
        suite="manuals", question="what is it of?", texts=("Piers: 40 tonnes.", "Piers: It is of oak."),
        bare=("40 tonnes.", "It is of oak."), answers=(False, True),
    ),
]  # fmt: skip
CLAIMS = [
    Claim(text="Oak floats.", source="Oak floats.", label="supported", made="word for word"),
    Claim(text="Oak sinks.", source="Oak floats.", label="not_enough", made="comparative"),
]


def figures(value: float = 0.5) -> Figures:
    one = Estimate(value, value - 0.1, value + 0.1, 10)
    return Figures(megabytes=23.0, first={"gold": one, "together": one}, claims=one, caught=0.25, attribution=one)


def test_a_variant_differs_from_the_others_in_what_it_names_only() -> None:
    plan = read_plan()
    first, *others = (plan.config_of(one) for one in plan.variants)
    assert (first.seed, first.layers) == (read_config().seed, (1, 2, 3, 4, 5, 6))
    assert {(one.seed, one.stages[0].steps, one.warm_up_steps) for one in (first, *others)} == {
        (first.seed, first.stages[0].steps, first.warm_up_steps)
    }
    changed = {one.name: plan.config_of(one) for one in plan.variants}
    assert changed["3 layers, the first"].layers == (1, 2, 3)
    assert changed["without claims (relevance only)"].stages[0].claims == 0
    assert changed["without claims (relevance only)"].stages[0].own == first.stages[0].own
    assert len({one.folder for one in plan.variants}) == len(plan.variants)


def test_a_plan_with_a_misspelt_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ablation.toml"
    path.write_text(PLAN.read_text("utf-8").replace("headings = false", "headngs = false"), "utf-8")
    with pytest.raises(ConfigError, match="headngs"):
        read_plan(path)
    path.write_text(PLAN.read_text("utf-8").replace("stage = { claims = 0.0 }", "stage = { claim = 0.0 }"), "utf-8")
    with pytest.raises(ConfigError, match="claim"):
        read_plan(path)


def test_a_variant_that_was_measured_is_not_trained_again(tmp_path: Path) -> None:
    plan = Plan(config={}, stage={}, variants=(Variant(name="without oak"),))  # no configuration: it cannot be trained
    ablation = Ablation(tmp_path, plan, Examples(), Held(CHOICES, CLAIMS, CLAIMS), lambda _: None)
    (tmp_path / "without-oak").mkdir()
    (tmp_path / "without-oak" / "figures.json").write_text(figures().model_dump_json(), "utf-8")
    assert list(ablation.figures()) == [("without oak", figures())]


def test_the_first_statement_is_the_one_that_the_reader_scores_highest_with_headings_or_without() -> None:
    held = Held(CHOICES, CLAIMS, CLAIMS)
    reader = ListReader("40 tonnes")
    found = measure_reader(reader, held, 1.0)
    assert {suite: one.value for suite, one in found.first.items()} == {"gold": 1.0, "manuals": 0.0, "together": 0.5}
    assert (found.claims.value, found.attribution.value, found.caught) == (1.0, 1.0, 1.0)
    assert all(text.startswith("Piers: ") for text in reader.read)
    reader = ListReader("40 tonnes")
    assert measure_reader(reader, held, 1.0, headings=False).first["gold"].value == 1.0
    assert not any("Piers" in text for text in reader.read)


def test_support_is_weighed_against_both_other_labels() -> None:
    supported, changed = support_scores(ListReader(), CLAIMS)
    assert supported == pytest.approx(8 - np.log(2))
    assert changed < 0 < supported


def test_a_changed_sentence_is_caught_below_what_nineteen_of_twenty_true_ones_reach() -> None:
    true = [Claim(text=str(at), source="s", label="supported", made="reworded") for at in range(100)]
    changed = [Claim(text="c", source="s", label="not_enough", made="number")] * 2
    key = Claim(text="k", source="s", label="supported", made="key")  # no sentence of the text: it sets no threshold
    scores = np.array([*range(100), 4.0, 6.0, -100.0])
    assert caught(scores, [*true, *changed, key]) == 0.5


def test_what_is_chosen_from_is_labelled_and_kept_with_headings_and_without(tmp_path: Path) -> None:
    (texts := tmp_path / "texts").mkdir()
    (texts / "pier.md").write_text("# Piers\n\nA pier carries 40 tonnes. It is built of oak.\n", "utf-8")
    (texts / "gull.md").write_text("# Gulls\n\nGulls carry crabs.\n", "utf-8")
    asked = Item(
        id="a", kind=Kind.NUMBER, question="what does a pier carry?", facts=(("40 tonnes",),),
        evidence=(Evidence(document="pier.md", quote="carries 40 tonnes"),),
    )  # fmt: skip
    with assistant_over(Suite("test", (Course("main", texts),)), HashEmbedder()) as assistant:
        choice = choice_of(assistant, asked, "test")
        lacking = choice_of(
            assistant, asked.model_copy(update={"evidence": (Evidence(document="x.md", quote="y"),)}), ""
        )
    assert choice is not None
    right = choice.answers.index(True)
    assert (choice.texts[right], choice.bare[right]) == (
        "Piers: A pier carries 40 tonnes.",
        "A pier carries 40 tonnes.",
    )
    assert sum(choice.answers) == 1
    assert lacking is None


def test_the_table_has_a_row_for_each_variant() -> None:
    rows = table({"all of it": figures(), "half of it": figures(0.25)}).splitlines()
    assert rows[0].startswith("| variant | MB | gold | together | held claims, AUROC | changed caught")
    assert rows[2] == (
        "| all of it | 23.0 | 0.50 | 0.50 (0.40 to 0.60) | 0.50 (0.40 to 0.60) | 0.25 | 0.50 (0.40 to 0.60) |"
    )
    assert rows[3].startswith("| half of it | 23.0 | 0.25 |")
