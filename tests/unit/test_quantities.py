"""Amounts with their units, and dates, as they are read from a text."""

import pytest

from rag.text.quantities import dates, quantities


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("at most 4,096 MB", "B", 4 * 1024**3),
        ("Sixty days after the end", "s", 60 * 86400),
        ("a 24-hour window", "s", 86400),
        ("≥3 shards", "shard", 3),
        ("45 % of them", "%", 45),
        ("$5 for each", "$", 5),
        ("3 million users", "user", 3e6),
        ("two hundred thousand users", "user", 2e5),
    ],
)
def test_an_amount_is_read_with_its_unit(text, unit, amount):
    (found,) = quantities(text)
    assert (found.unit, found.amount) == (unit, pytest.approx(amount))


def test_the_unit_of_a_range_stands_for_both_ends():
    assert [(one.amount, one.unit) for one in quantities("2-5 containers")] == [(2, "contain"), (5, "contain")]


def test_digits_in_names_are_no_amounts():
    assert quantities("An ml.m4.4xlarge reads from S3 on EC2 P4d") == ()


@pytest.mark.parametrize(("one", "two", "same"), [
    ("4 GB", "4,096 MB", True), ("a 24-hour window", "1 day", True), ("24 hours", "24 days", False),
    ("7 days", "8 days", False), ("500 rows", "5,000 rows", False),
])  # fmt: skip
def test_amounts_are_compared_across_units(one, two, same):
    assert quantities(one)[-1].same(quantities(two)[-1]) is same


@pytest.mark.parametrize(
    ("text", "iso"),
    [("as of 2026-05", "2026-05"), ("on June 5, 1993", "1993-06-05"), ("on 12 March 2024", "2024-03-12")],
)
def test_a_date_is_read_in_the_usual_forms(text, iso):
    assert [one.iso for one in dates(text)] == [iso]


def test_may_is_a_month_only_with_a_capital():
    assert dates("A student may 8 times a day") == ()
