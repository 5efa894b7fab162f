from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.terms import content_words, question_words, stem, stems, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Light bends, in glass!", ("light", "bends", "in", "glass")),
        ("SSE-KMS", ("sse", "kms", "ssekms")),
        ("FindMatches", ("find", "matches", "findmatches")),
        ("t-SNE/PCA", ("t", "sne", "pca", "tsnepca")),
        ("snake_case.name", ("snake", "case", "name", "snakecasename")),
        ("the lens's and lens’s", ("the", "lens", "and", "lens")),
        ("don't", ("don't",)),
        ("IPv6 5GB 3.5", ("ipv6", "5gb", "3", "5", "35")),
        ("naïve CAFÉ 漢字", ("naïve", "café", "漢字")),
        ("…—!", ()),
        ("", ()),
    ],
)
def test_words_are_lower_case_and_joined_ones_count_in_parts_and_whole(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_a_question_is_parted_at_joints_not_at_capitals() -> None:
    assert question_words("What is FindMatches in SSE-C?") == ["what", "is", "findmatches", "in", "sse", "c"]


@pytest.mark.parametrize(("one", "two"), [("encrypted", "encryption"), ("limits", "limit"), ("training", "trained")])
def test_forms_of_one_word_have_one_stem(one: str, two: str) -> None:
    assert stem(one) == stem(two)


def test_content_words_leave_out_stop_words_repeats_and_single_letters_but_not_digits() -> None:
    assert content_words(["what", "is", "a", "lens", "x", "lens", "5"]) == ["lens", "5"]


def test_the_stems_of_a_text_are_those_of_its_content_words() -> None:
    assert stems("What are the lenses?") == frozenset({stem("lenses")})


@given(st.text())
def test_any_text_gives_lower_case_words_without_white_space(text: str) -> None:
    for word in (*words(text), *question_words(text), *stems(text)):
        assert word == word.lower() or word != word.upper()
        assert word.split() == [word]


@given(st.text())
def test_the_stem_of_any_word_is_a_word(text: str) -> None:
    assert all(stem(word) for word in words(text))
