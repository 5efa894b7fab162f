"""Agreement of a judge with our labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from evals.judge.agreement import Agreement, Rated, agreement
from evals.judge.prompt import CORRECTNESS, Label

LABELS = st.sampled_from(CORRECTNESS.labels)


def rated(*pairs: tuple[Label, Label]) -> list[Rated]:
    return [
        Rated(id=str(number), task="correctness", truth=truth, said=said, group=f"{number % 7}.md")
        for number, (truth, said) in enumerate(pairs)
    ]


def kappa(measured: Agreement) -> float:
    assert measured.kappa
    return measured.kappa.value


def test_kappa_is_the_agreement_beyond_chance() -> None:
    """By hand: 35 of 50 agree, 0.7; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5; (0.7 - 0.5) / (1 - 0.5) = 0.4."""
    yes, no = Label.SUPPORTED, Label.UNSUPPORTED
    pairs = [(yes, yes)] * 20 + [(yes, no)] * 5 + [(no, yes)] * 10 + [(no, no)] * 15
    assert kappa(agreement(rated(*pairs))) == pytest.approx(0.4)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(LABELS, LABELS), min_size=2, max_size=40))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[Label, Label]]) -> None:
    assume(len({truth for truth, _ in pairs}) > 1)
    truth, said = zip(*pairs, strict=True)
    expected = cohen_kappa_score([str(one) for one in truth], [str(one) for one in said])
    assert kappa(agreement(rated(*pairs))) == pytest.approx(expected, abs=1e-9)


def test_the_interval_of_kappa_holds_it_and_is_narrower_for_more_labels() -> None:
    pairs = [(Label.RIGHT, Label.RIGHT), (Label.WRONG, Label.WRONG), (Label.WRONG, Label.RIGHT)] * 10
    few, many = agreement(rated(*pairs)).kappa, agreement(rated(*pairs * 10)).kappa
    assert few
    assert many
    assert few.low < few.value < few.high
    widths = np.asarray([few.high - few.low, many.high - many.low])
    assert widths[1] < widths[0]


def test_what_the_judge_left_open_is_counted_and_not_held_against_it() -> None:
    pairs = [(Label.RIGHT, Label.RIGHT), (Label.WRONG, Label.WRONG), (Label.RIGHT, Label.UNSURE)]
    measured = agreement(rated(*pairs, (Label.WRONG, Label.UNSCORED)))
    assert measured.accuracy
    assert (measured.accuracy.value, measured.accuracy.n) == (1.0, 2)
    assert measured.confusion[Label.RIGHT, Label.UNSURE] == 1
    assert measured.confusion[Label.WRONG, Label.UNSCORED] == 1


def test_of_one_label_there_is_no_kappa() -> None:
    assert agreement(rated(*[(Label.RIGHT, Label.RIGHT)] * 5)).kappa is None


def test_of_nothing_decided_there_is_no_agreement() -> None:
    measured = agreement(rated((Label.RIGHT, Label.UNSURE)))
    assert measured.accuracy is None
    assert measured.kappa is None
