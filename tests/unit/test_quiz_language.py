"""The grammar behind items: where a sentence has its verb, noun phrases, names, articles, what stands alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quiz.language import (
    agreed,
    article,
    base,
    clause,
    is_noun_phrase,
    is_plural,
    is_third_person,
    is_verb_phrase,
    listed,
    lower_first,
    names_in,
    sentence,
    stands_alone,
    with_article,
)


@pytest.mark.parametrize(
    ("text", "subject", "verb", "rest"),
    [
        ("A lens bends light.", "a lens", "bends", "light"),
        ("The Orrery Club keeps its records for 30 days.", "the Orrery Club", "keeps", "its records for 30 days"),
        ("Mirrors of glass are ground by hand.", "mirrors of glass", "are", "ground by hand"),
        ("Telescope mirrors need a coat of silver.", "telescope mirrors", "need", "a coat of silver"),
        ("A star catalogue lists the stars by place.", "a star catalogue", "lists", "the stars by place"),
        ("Retention can be extended to 90 days.", "retention", "can", "be extended to 90 days"),
        ("The Zoom Lens Mount (ZLM) holds one camera.", "the Zoom Lens Mount (ZLM)", "holds", "one camera"),
        ("Stargazer logs record each visit.", "stargazer logs", "record", "each visit"),
    ],
)
def test_a_sentence_is_parted_at_its_finite_verb(text: str, subject: str, verb: str, rest: str) -> None:
    found = clause(text)
    assert found is not None
    assert (found.subject, found.verb, found.rest) == (subject, verb, rest)


@pytest.mark.parametrize(
    ("word", "expected"), [("bends", True), ("is", True), ("bend", False), ("lens", False), ("can", False)]
)
def test_a_verb_of_one_is_told_from_other_words(word: str, expected: bool) -> None:
    assert is_third_person(word) is expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["a lens", "a prism", "a mirror"], "a lens, a prism and a mirror"),
        (["a lens", "a prism"], "a lens and a prism"),
        (["a lens"], "a lens"),
        ([], ""),
    ],
)
def test_parts_are_listed_as_in_a_sentence(parts: list[str], expected: str) -> None:
    assert listed(parts) == expected


@pytest.mark.parametrize(
    "text",
    [
        "When the dome opens, the mirror cools.",
        "Polishing",
        "A lens that is ground badly scatters light.",
        "Star charts, drawn by hand, are rare.",
        "Grind the mirror with sand.",
        "Orrery models assume. too much",
    ],
)
def test_where_the_verb_is_not_sure_nothing_is_said(text: str) -> None:
    assert clause(text) is None


@given(st.text(alphabet="aAsS3 ,.;()'the lens keeps is of", max_size=60))
def test_a_parted_sentence_holds_all_of_its_words(text: str) -> None:
    found = clause(text)
    if found is not None:
        words = f"{found.subject} {found.verb} {found.rest}".casefold().split()
        assert words == " ".join(text.split()).rstrip(".").casefold().split()


def test_a_clause_knows_what_goes_before_its_subject_in_a_question() -> None:
    helpers = [("A lens bends light.", "does"), ("Lenses bend light.", "do"), ("A lens can crack.", "can")]
    for text, helper in helpers:
        found = clause(text)
        assert found is not None
        assert found.helper == helper


def test_negation_is_seen_in_the_verb_and_after_it() -> None:
    for text in ("A lens does not bend.", "A mirror cannot bend light.", "A lens is never flat."):
        found = clause(text)
        assert found is not None
        assert found.negated


@pytest.mark.parametrize(
    "phrase", ["a set of lenses", "Amazon MSK", "the light of stars", "self-attention", "an 8-bit code"]
)
def test_noun_phrases_are_known(phrase: str) -> None:
    assert is_noun_phrase(phrase)


@pytest.mark.parametrize(
    "phrase", ["splits the light", "is a lens", "of glass", "which lens", "the lens that bends", ""]
)
def test_what_holds_a_clause_or_begins_with_a_preposition_is_no_noun_phrase(phrase: str) -> None:
    assert not is_noun_phrase(phrase)


def test_verb_phrases_begin_with_a_plain_verb() -> None:
    assert is_verb_phrase("Store records for later")
    assert is_verb_phrase("Run the pump")
    assert not is_verb_phrase("Storage of records")
    assert not is_verb_phrase("Run time")


@pytest.mark.parametrize(
    ("phrase", "plural"),
    [
        ("lenses", True),
        ("a set of lenses", False),
        ("light and shade", True),
        ("the bias", False),
        ("analysis", False),
        ("criteria", True),
        ("KMS", False),
        ("three stars", True),
    ],
)
def test_one_and_many_are_told_apart(phrase: str, plural: bool) -> None:
    assert is_plural(phrase) is plural


@pytest.mark.parametrize(
    "phrase",
    [
        "an S3 bucket",
        "a unit",
        "an hour",
        "an 8-bit code",
        "an n-gram",
        "a user",
        "a KMS key",
        "an umbrella",
        "a RAM disk",
        "an X-ray",
    ],
)
def test_articles_follow_the_sound(phrase: str) -> None:
    wanted, _, rest = phrase.partition(" ")
    assert article(rest) == wanted


def test_articles_are_given_to_single_counted_things_only() -> None:
    assert [with_article(phrase) for phrase in ("lens", "lenses", "Amazon MSK", "the lens")] == [
        "a lens",
        "lenses",
        "Amazon MSK",
        "the lens",
    ]


def test_verbs_agree() -> None:
    assert (base("stores"), base("is"), base("kept")) == ("store", "be", "keep")
    assert (agreed("store", False), agreed("stores", True), agreed("are", False), agreed("can", False)) == (
        "stores",
        "store",
        "is",
        "can",
    )


def test_names_keep_their_capital_within_a_sentence() -> None:
    names = names_in("The crew calls Lambda often. It uses the Night Watch too, and Glue. Glue is a name here.")
    assert lower_first("Lambda bends light", names) == "Lambda bends light"
    assert lower_first("Night Watch bends light", names) == "Night Watch bends light"
    assert lower_first("Glass bends light", names) == "glass bends light"
    assert lower_first("DynamoDB stores it") == "DynamoDB stores it"
    assert lower_first("Linear Learner") == "Linear Learner"
    assert lower_first("Regularisation helps") == "regularisation helps"


def test_a_sentence_gets_its_capital_and_full_stop() -> None:
    assert sentence("a lens  bends light") == "A lens bends light."
    assert sentence("k-NN is slow.") == "k-NN is slow."
    assert sentence("iPads are flat") == "iPads are flat."


@pytest.mark.parametrize(
    "text",
    [
        "It bends light.",
        "This mirror is flat.",
        "The service collects records.",
        "However, glass bends light.",
        "Mirrors of this kind are rare.",
        "Figure 3 shows a lens.",
        "Older notes give another number.",
        "The former is cheaper.",
        "The steps are these:",
        "Two of them are blue.",
    ],
)
def test_sentences_that_point_elsewhere_do_not_stand_alone(text: str) -> None:
    assert not stands_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "A lens bends light.",
        "The Orrery Club keeps its records for 30 days.",
        "The depth of a lens is its thickness, such as 3 mm.",
        "Glass bends light because it slows it.",
    ],
)
def test_sentences_that_name_what_they_are_about_stand_alone(text: str) -> None:
    assert stands_alone(text)
