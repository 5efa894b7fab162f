from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.quotes import locate

TEXT = (
    "The *largest* message\nis 256 KB.\n\n| Boat  | Speed |\n| Barge |  16 knots |\nIt isn’t “free” – `max_depth` is 6."
)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("The *largest* message\nis 256 KB.", "The *largest* message\nis 256 KB"),
        ("the largest message is 256 kb", "The *largest* message\nis 256 KB"),
        ('"The largest   message is 256 KB..."', "The *largest* message\nis 256 KB"),
        ("Barge | 16 knots", "Barge |  16 knots"),
        ("Barge 16 knots", "Barge |  16 knots"),
        ('It isn\'t "free" - max_depth is 6.', "It isn’t “free” – `max_depth` is 6"),
        ("The smallest message is 256 KB.", None),
        ("6 knots", None),
        ("largest mess", None),
        ("message is 256 KB. Boat costs", None),
        ("the is", None),
        ("", None),
        ("...", None),
    ],
)
def test_a_quote_is_found_by_its_words_and_never_by_half_a_word(quote: str, found: str | None) -> None:
    span = locate(quote, TEXT)
    assert (TEXT[slice(*span)] if span else None) == found


WORDS = st.lists(
    st.sampled_from(["lens", "İstanbul", "ﬁeld", "14", "KB,", "**bold**", "ß", "“so”"]), min_size=2, max_size=9
)


@given(WORDS, st.data(), st.sampled_from([" ", "\n", "  ", " | "]))
def test_any_run_of_words_is_found_again_however_it_was_spaced(words: list[str], data: st.DataObject, gap: str) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    text = gap.join(words)
    span = locate(" ".join(words[start:end]), text)
    if span is None:
        assert locate(" ".join(words[start:end]), " ".join(words)) is None
        return
    assert locate(text[slice(*span)], text) == span


@given(st.text(max_size=60), st.text(max_size=200))
def test_no_text_is_too_odd(quote: str, text: str) -> None:
    span = locate(quote, text)
    assert span is None or text[slice(*span)].strip()
