from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.sentences import first_sentence, sentence_spans
from tests.unit.test_blocks import TEXTS


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


GOLDEN = [
    ("Light bends. It slows! Why? Glass.", ["Light bends.", "It slows!", "Why?", "Glass."]),
    ("no end at all", ["no end at all"]),
    ("", []),
    (" \n ", []),
    # abbreviations, initials, numbers and names are no ends
    ("Use lenses, e.g. Convex ones. Done.", ["Use lenses, e.g. Convex ones.", "Done."]),
    ("See Fig. 3 and Dr. Ray. Then go.", ["See Fig. 3 and Dr. Ray.", "Then go."]),
    ("Built by A. B. Lens in glass. Sold.", ["Built by A. B. Lens in glass.", "Sold."]),
    ("It costs 3.5 units at v1.2.3 of lens.io today. Buy.", ["It costs 3.5 units at v1.2.3 of lens.io today.", "Buy."]),
    ("It holds 5 MB. 10 are free.", ["It holds 5 MB.", "10 are free."]),
    # what closes a sentence belongs to it
    ('He said "stop." Then (he left.) So', ['He said "stop."', "Then (he left.)", "So"]),
    ("Wait... What?! Yes.", ["Wait...", "What?!", "Yes."]),
    # where a converter lost the space
    ("Light bends.Glass slows it.A lens focuses.", ["Light bends.", "Glass slows it.", "A lens focuses."]),
    ("Call lens.Focus() in optics.Lens.", ["Call lens.Focus() in optics.Lens."]),
    ("The optics.glass.Lens class bends.", ["The optics.glass.Lens class bends."]),
    # blank lines part, single ones do not
    ("one\n\ntwo\nthree", ["one", "two\nthree"]),
    ("lower case. follows here", ["lower case. follows here"]),
]


@pytest.mark.parametrize(("text", "expected"), GOLDEN)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_the_first_sentence_stands_without_its_full_stop() -> None:
    assert first_sentence(" Light bends, e.g. in glass. It slows.") == "Light bends, e.g. in glass"
    assert first_sentence("Why? Glass.") == "Why?"
    assert first_sentence(" \n ") == ""


def test_only_the_part_asked_for_is_read() -> None:
    text = "One. Two. Three. Four."
    assert [text[start:end] for start, end in sentence_spans(text, 5, 16)] == ["Two.", "Three."]


@settings(max_examples=500, deadline=None)
@given(TEXTS, st.integers(0, 50), st.integers(0, 300))
def test_sentences_part_a_text_leaving_out_only_white_space_between_them(text: str, start: int, length: int) -> None:
    end = min(start + length, len(text))
    start = min(start, end)
    spans = sentence_spans(text, start, end)
    for begin, stop in spans:
        assert start <= begin < stop <= end
        assert text[begin:stop] == text[begin:stop].strip()
    for one, two in pairwise(spans):
        assert one[1] <= two[0]
    assert "".join("".join(text[b:s].split()) for b, s in spans) == "".join(text[start:end].split())


@pytest.mark.parametrize(
    "shape", ["." * 10**6, ("!" + '"' * 999) * 1000, ("." + " " * 999) * 1000, ".A" * 5 * 10**5, ". " * 5 * 10**5]
)
def test_a_million_characters_of_any_shape_take_linear_time(shape: str) -> None:
    began = time.process_time()
    sentence_spans(shape)
    assert time.process_time() - began < 4.0
