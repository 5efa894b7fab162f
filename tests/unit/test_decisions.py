"""Answering or refusing: how well it is decided."""

from __future__ import annotations

import pytest

from evals.peers.decisions import Decision, decisions_table, figures_of


def decided(*confidences: float, answerable: bool) -> list[Decision]:
    return [Decision(answerable, one, one >= 0.5, f"{answerable} {at}") for at, one in enumerate(confidences)]


def test_accuracy_is_the_mean_of_what_is_answered_and_what_is_refused_rightly() -> None:
    found = figures_of([*decided(0.9, 0.8, 0.6, 0.4, answerable=True), *decided(0.7, 0.1, answerable=False)])
    assert (found.answered, found.refused) == (0.75, 0.5)
    assert found.accuracy.value == 0.625
    assert found.auroc.value == pytest.approx(6 / 8)
    assert found.best == 0.75


def test_a_threshold_that_does_not_suit_is_seen_beside_the_one_that_does() -> None:
    found = figures_of([*decided(0.3, 0.4, answerable=True), *decided(0.1, 0.2, answerable=False)])
    assert (found.accuracy.value, found.auroc.value, found.best) == (0.5, 1.0, 1.0)


def test_the_table_has_a_row_for_each_way() -> None:
    found = figures_of([*decided(0.9, answerable=True), *decided(0.1, answerable=False)])
    rows = decisions_table({"plain": found, "reader": found}).splitlines()
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| plain", "| reader"]
    assert "1.00 | 1.00" in rows[2]
