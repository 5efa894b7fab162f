"""Which questions are about some words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.ports import Vectors
from rag.quiz.focus import Focus
from rag.quiz.items import Item
from rag.types import Chunk, DocumentInfo, Passage
from tests.quiz_items import choice, citation

INFO = DocumentInfo("id-optics.md", "Optics", "text/markdown", "", 900, 1, "", ())
FOUND = Passage(Chunk(INFO.id, 0, "about cracked mirrors and lamps", ("Light",), 0, 100, 1), INFO, 1.0)


def away(start: int, stem: str, heading: str = "Light") -> Item:
    cited = replace(citation(section=heading), start=start, end=start + 9)
    return choice(0, stem=stem, citations=(cited,))


def focus(vectors: dict[str, float] | None = None) -> Focus:
    """On "cracked mirrors"; `vectors` says how near items with such a stem are."""

    def near(texts: Sequence[str]) -> Vectors:
        found = [next((one for stem, one in (vectors or {}).items() if stem in text), 0.0) for text in texts]
        return np.array([[one, 0.0] for one in found], dtype=np.float32).reshape(len(texts), 2)

    return Focus((FOUND,), frozenset({"crack", "mirror"}), "crack", np.array([1.0, 0.0], dtype=np.float32), near)


def chosen(one: Item, **given: float) -> bool:
    return one.id in focus(given).chosen([one])


def test_a_question_that_names_all_the_words_is_about_them_wherever_it_stands() -> None:
    assert chosen(away(5000, "What becomes of cracked mirrors?"))
    assert not chosen(away(5000, "What becomes of cracked lamps?"))


def test_headings_count_as_what_a_question_names() -> None:
    assert chosen(away(5000, "What is done with a crack?", heading="Mirrors"))


def test_in_a_passage_that_was_found_the_rarest_word_is_enough() -> None:
    assert chosen(away(10, "What is done with a crack?"))
    assert not chosen(away(10, "What is done with mirrors?"))


def test_whether_an_option_is_right_is_no_word_of_it() -> None:
    numbers = Focus((FOUND,), frozenset({"1"}), "1", np.zeros(2, np.float32), lambda texts: np.zeros((len(texts), 2)))
    assert numbers.chosen([away(10, "What are mirrors?")]) == frozenset()
    assert numbers.chosen([away(10, "What is a mirror of type 1?")])


def test_forms_of_a_word_are_that_word() -> None:
    assert chosen(away(10, "How do crackings begin?"))


def test_in_such_a_passage_other_words_will_do_where_they_are_near() -> None:
    broken = away(10, "What happens to broken glass?")
    assert chosen(broken, **{"broken glass": 0.6})
    assert not chosen(broken, **{"broken glass": 0.3})
    assert not chosen(away(5000, "What happens to broken glass?"), **{"broken glass": 0.6})
