"""The plain grounding scorer, with the shipped model and a hash embedder."""

import pytest

from rag.bootstrap import make_embedder
from rag.grounding.ground import GroundingModel, PlainGrounding
from rag.logistic import Logistic
from rag.settings import Settings
from tests.fakes import HashEmbedder

SOURCE = (
    "A Kinesis shard accepts 1 MB or 1,000 records a second. Records are kept for 24 hours by default, and at most "
    "365 days. Amazon MSK does not use shards."
)


@pytest.fixture(scope="module")
def scorer():
    return PlainGrounding(make_embedder(Settings()))


def test_a_claim_that_stands_in_a_source_word_for_word_is_supported(scorer):
    found = scorer.score("Records are kept for **24 hours** by default", [SOURCE])
    assert (found.score, found.supported, found.reason) == (1.0, True, "")


def test_a_claim_in_other_words_with_the_same_content_is_supported(scorer):
    assert scorer.score("By default, a shard's records are kept 24 hours.", [SOURCE]).supported


def test_a_claim_about_something_else_is_not_supported_and_says_what_is_missing(scorer):
    found = scorer.score("Lambda functions time out after fifteen minutes.", [SOURCE])
    assert not found.supported
    assert "lambda" in found.reason


def test_a_swapped_number_lowers_the_score_and_is_named(scorer):
    right = scorer.score("A shard accepts 1,000 records each second.", [SOURCE])
    swapped = scorer.score("A shard accepts 5,000 records each second.", [SOURCE])
    assert swapped.score < right.score
    assert swapped.reason == "not in what is cited: 5,000 records"


def test_a_number_counts_with_and_without_its_thousands_separator(scorer):
    assert scorer.score("A shard takes 1000 records a second.", [SOURCE]).reason != "not in what is cited: 1000 records"


def test_a_negated_claim_scores_lower_than_the_claim(scorer):
    claim = "MSK brokers do not use any shards"
    assert scorer.score(claim.replace("do not use any", "use"), [SOURCE]).score < scorer.score(claim, [SOURCE]).score


@pytest.mark.parametrize(("claim", "sources"), [("A claim.", []), ("  ", [SOURCE])])
def test_nothing_is_supported_by_nothing(scorer, claim, sources):
    assert scorer.score(claim, sources) == scorer.score("", [])


def test_sources_support_a_claim_together(scorer):
    parts = ["A Kinesis shard accepts 1 MB a second.", "Records are kept for 24 hours."]
    claim = "A Kinesis shard accepts 1 MB a second and its records are kept for 24 hours."
    assert scorer.score(claim, parts).score > max(scorer.score(claim, [part]).score for part in parts)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Records are kept for 24 days by default.", "24 days"),
        ("Records are kept for 365 hours by default.", "365 hours"),
        ("A Kinesis shard accepts 1 MB or 1,000 records a minute, as of 2024-05.", "2024-05"),
        ("Records are not kept for 24 hours by default.", "otherwise"),
        ("Records are kept for 24 hours by default, and at least 365 days.", "atmost"),
        ("A MSK shard accepts 1 MB or 1,000 records a second.", "Kinesis"),
    ],
)
def test_what_the_source_speaks_against_is_not_supported_whatever_the_score(claim, reason):
    found = generous().score(claim, [SOURCE])
    assert not found.supported
    assert reason in found.reason


def generous() -> PlainGrounding:
    """Return a scorer whose model believes everything."""
    return PlainGrounding(HashEmbedder(), GroundingModel(Logistic({}, 5.0), 0.5, {}))


def test_a_small_number_in_words_may_be_counted_by_the_reader():
    assert generous().score("Two limits hold for a Kinesis shard.", [SOURCE]).supported
