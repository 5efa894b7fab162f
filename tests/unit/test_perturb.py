"""True sentences made false by code, the same way each time, and the scorer that must tell."""

import pytest

from evals.perturb import perturb, true_variants
from rag.grounding.discord import discords
from rag.text.quantities import quantities

SENTENCE = "By default, Amazon MSK keeps at least 1,200 records for 24 hours because it does not use shards."
PASSAGE = f"The service Kinesis Firehose is another. {SENTENCE} Others hold 300 records."


def changed(change: str) -> str:
    return next(one.text for one in perturb(SENTENCE, PASSAGE, seed=3) if one.change == change)


def test_the_same_seed_gives_the_same_changes():
    assert perturb(SENTENCE, PASSAGE, seed=3) == perturb(SENTENCE, PASSAGE, seed=3)


def test_a_number_change_changes_one_amount():
    before, after = ({(one.amount, one.unit) for one in quantities(text)} for text in (SENTENCE, changed("number")))
    assert len(before - after) == 1


def test_a_negation_change_takes_the_negation_away_or_puts_one_in():
    assert changed("negation").count("not") == SENTENCE.count("not") - 1
    assert [one.text for one in perturb("The shard is kept.", "", 1)] == ["The shard is not kept."]


def test_an_entity_change_names_another_thing_of_the_passage():
    text = changed("entity")
    assert text != SENTENCE
    assert "Kinesis" in text or "Firehose" in text


def test_a_comparison_is_turned_round():
    assert "at most 1,200" in changed("comparative")


def test_a_sentence_without_anything_to_change_stays_as_it_is():
    assert perturb("We went there yesterday.", "We went there yesterday.") == []


@pytest.mark.parametrize("change", ["number", "unit", "negation", "entity", "comparative"])
def test_each_change_is_a_discord_with_its_source(change):
    assert any(one.hard for one in discords(changed(change), [PASSAGE]))


def test_rewordings_are_no_discord():
    variants = true_variants(SENTENCE)
    assert len(variants) >= 3
    assert not [one for text in variants for one in discords(text, [PASSAGE]) if one.hard]
