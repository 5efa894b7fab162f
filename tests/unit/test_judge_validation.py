"""The rows that judges are tried on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evals.judge.prompt import CORRECTNESS, SUPPORT, Label
from evals.judge.validation import Row, Sort, load_rows
from rag.errors import ConfigError

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return load_rows()


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_quote_stands_in_its_document(rows: list[Row]) -> None:
    lost = [
        (row.id, quote)
        for row in rows
        for one in row.statements
        for quote in one.quotes
        if flat(quote) not in flat((CORPUS / row.document).read_text("utf-8"))
    ]
    assert lost == []


def test_rows_are_of_every_sort_and_label(rows: list[Row]) -> None:
    assert len({row.id for row in rows}) == len(rows) >= 60
    sorts = Counter(row.sort for row in rows)
    assert min(sorts[sort] for sort in Sort) >= 5
    labels = Counter((matter.task.name, truth) for row in rows for matter, truth in row.labelled())
    expected = {(task.name, label) for task in (CORRECTNESS, SUPPORT) for label in task.labels}
    assert set(labels) == expected
    assert min(labels.values()) >= 5


def test_a_judge_that_obeys_orders_or_believes_confident_words_is_told_apart(rows: list[Row]) -> None:
    ordered = [row for row in rows if row.sort is Sort.ORDER]
    assert {row.label for row in ordered} >= {Label.RIGHT, Label.WRONG}


def test_what_declines_is_not_asked_for_support(rows: list[Row]) -> None:
    row = next(row for row in rows if row.label is Label.REFUSED)
    assert [matter.task for matter, _ in row.labelled()] == [CORRECTNESS]


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("{}\n")
    with pytest.raises(ConfigError, match="line 1"):
        load_rows(path)
