"""How far stated probabilities are kept."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from evals.reliability import Bin, bins_of, calibration_error, diagram


def test_answers_of_about_the_same_probability_are_taken_together() -> None:
    assert bins_of([0.02, 0.08, 0.95, 1.0], [False, True, True, True]) == [
        Bin(pytest.approx(0.05), 0.5, 2),
        Bin(pytest.approx(0.975), 1.0, 2),
    ]


def test_the_error_is_the_mean_distance_of_what_was_stated_and_what_was_right() -> None:
    assert calibration_error([Bin(0.5, 0.5, 90), Bin(0.9, 0.4, 10)]) == pytest.approx(0.05)
    assert calibration_error([]) == 0


def test_the_picture_shows_every_bin_where_it_belongs() -> None:
    picture = fromstring(diagram([Bin(0.0, 1.0, 3), Bin(1.0, 0.0, 5)], "Reader"))
    circles = [one for one in picture if one.tag.endswith("circle")]
    assert [(one.get("cx"), one.get("cy")) for one in circles] == [("44.0", "44.0"), ("364.0", "364.0")]
