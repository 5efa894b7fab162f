"""What is measured of a bank: places of keys, longest keys, guessing from options; what the solver makes of stems."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from evals.quiz import Bar, Made, bars, even, repeated
from evals.quiz_show import sample, told
from evals.quiz_textbook import Judged, fit, is_held, table
from rag.quiz.guesser import chosen, guess, is_sure
from rag.quiz.items import Item, MultipleChoice, Option, TrueFalse
from rag.quiz.solver import Solver, claim
from tests.unit.quiz_text import cited, evidence

WIRE = cited("A coil spring stores energy in a wound wire.")


def choice(stem: str, *texts: str, key: int = 0) -> MultipleChoice:
    made = tuple(Option(text=text, right=at == key, rationale=f"{text}.") for at, text in enumerate(texts))
    return MultipleChoice(stem=stem, options=made, rationale="It is.", citations=(WIRE,), facts=(stem,), generator="g")


def made(*items: Item, shipped: bool = False) -> Made:
    return Made(1, items, Counter({("options alike", "g"): 2}), 3.0, 2.0, None, shipped)


def bar(found: list[Bar], name: str) -> Bar:
    return next(one for one in found if one.name == name)


EVEN = [choice(f"Which is it of {at}?", "abcd", "efgh", "ijkl", "mnop", key=at % 4) for at in range(40)]


def test_even_places_are_likely_and_uneven_ones_are_not() -> None:
    assert even([10, 10, 10, 10]) == pytest.approx(1.0)
    assert even([15, 5, 10, 10]) == pytest.approx(0.1718, abs=1e-3)  # chi-square 5.0 with 3 degrees of freedom
    assert even([40, 0, 0, 0]) < 1e-6


def test_a_bank_whose_keys_stand_anywhere_reaches_the_bars() -> None:
    assert [one.name for one in bars(made(*EVEN)) if not one.reached] == []


def test_keys_in_one_place_longest_keys_and_repeats_miss_them() -> None:
    long = [choice(f"Which is it of {at}?", "the longest by far", "two", "six", "ten") for at in range(40)]

    missed = {one.name for one in bars(made(*long, long[0])) if not one.reached}

    assert missed == {"key position", "key longest", "options only: all cues", "options only: length", "repeated stems"}


def test_statements_that_are_always_true_miss_a_bar() -> None:
    why = {"rationale": "It is.", "citations": (WIRE,), "facts": ("f",), "generator": "g"}
    true = [TrueFalse(stem=f"It is {at}.", answer=True, **why) for at in range(9)]  # type: ignore[arg-type]

    assert not bar(bars(made(*true)), "true as often as false").reached
    assert bar(bars(made(*EVEN)), "true as often as false").reached


def test_the_course_we_ship_needs_items_of_every_type() -> None:
    found = bars(made(*EVEN, shipped=True))

    assert not bar(found, "items").reached
    assert "cloze" in bar(found, "types").told
    assert bar(found, "time").reached


def test_stems_are_repeated_whatever_their_capitals() -> None:
    assert len(repeated([choice("Which is it?", "a", "b", "c", "d"), choice("which IS it", "e", "f", "g", "h")])) == 1


def test_a_guesser_takes_the_longest_that_says_what_the_stem_says() -> None:
    scores = guess("Which wire stores energy?", ["A wound wire of steel that stores", "Glass", "Oil", "Never tin"])

    assert (chosen(scores), is_sure(scores)) == ([0], True)
    assert chosen(guess("Which is it?", ["abcd", "efgh", "ijkl", "mnop"])) == [0, 1, 2, 3]


def test_a_solver_reads_which_option_the_text_says_of_the_stem() -> None:
    held = evidence()
    names = ["Coil spring", "Leaf spring", "Gas spring", "Torsion spring"]

    for stem, key in (("Which spring carries the weight of a cart?", 1), ("What holds a lid open?", 2)):
        scores = Solver(held.reading, held.vectors).scores(stem, names)
        assert scores.index(max(scores)) == key
        assert Solver(held.reading, held.vectors).scores(stem, names[::-1]) == pytest.approx(scores[::-1])


def test_a_negative_stem_turns_the_scores() -> None:
    held = evidence()
    solver = Solver(held.reading, held.vectors)
    names = ["Coil spring", "Marble slab"]

    assert np.argmax(solver.scores("Which of these is a spring?", names)) == 0
    assert np.argmax(solver.scores("Which of these is NOT a spring?", names)) == 1


@pytest.mark.parametrize(
    ("stem", "said"),
    [
        ("A ____ stores energy.", "A coil stores energy."),
        ("Which of the following springs is wound?", "coil is wound"),
        ("Where is energy stored?", "Where is energy stored coil"),
    ],
)
def test_stem_and_option_make_a_statement(stem: str, said: str) -> None:
    assert claim(stem, "coil") == said


def test_the_fit_finds_what_tells_keys() -> None:
    drawn = np.random.default_rng(0).normal(size=(200, 4, 2)).astype(np.float32)
    keys = drawn[:, :, 0].argmax(axis=1).tolist()

    weights = fit(list(drawn), keys)

    assert weights[0] > 10 * abs(weights[1])


def test_half_of_the_questions_is_kept_out_of_the_fit() -> None:
    assert 430 < sum(is_held(f"book/{at}") for at in range(1000)) < 570


def test_balanced_accuracy_is_told() -> None:
    text = table([Judged(0, (0.7, 0.1, 0.1, 0.1)), Judged(1, (0.6, 0.2, 0.1, 0.1))])

    assert "true keys accepted: 50.0% of 2" in text
    assert "wrong options put as key rejected: 83.3% of 6" in text
    assert "balanced accuracy: 66.7%" in text


def test_figures_and_a_sample_can_be_read() -> None:
    bank = made(*EVEN)
    lines = "\n".join(told(bank, bars(bank)))
    page = sample(bank.items, 3, 1)

    assert "40 items of 1 documents" in lines
    assert "2 options alike (g 2)" in lines
    assert page.count("\n## ") == 3
    assert page.count("✓") == 4  # three keys, and what the mark means
    assert page == sample(bank.items, 3, 1)
