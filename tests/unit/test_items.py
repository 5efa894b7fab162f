from __future__ import annotations

from pathlib import Path

import pytest

from evals.items import Item, Kind, item_schema, load_items, read_items, write_items
from evals.suites import GOLD
from rag.errors import ConfigError

FACT = '{"id": "a", "kind": "fact", "question": "who?", "facts": [["she"]], "split": "%s"}'
NOT_SAID = '{"id": "b", "kind": "unanswerable", "question": "when?"}'


def test_items_are_read_line_by_line_and_written_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(f"{FACT % 'locked'}\n\n{NOT_SAID}\n", "utf-8")
    items = load_items(path)
    assert [item.id for item in items] == ["a", "b"]
    write_items(tmp_path / "again.jsonl", items)
    assert load_items(tmp_path / "again.jsonl") == items
    assert "reference" not in (tmp_path / "again.jsonl").read_text("utf-8")


def test_a_split_is_read_alone(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(f"{FACT % 'locked'}\n{NOT_SAID}\n", "utf-8")
    assert [item.id for item in load_items(path, "locked")] == ["a"]


def test_every_bad_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(f'{{"id": "x"\n{NOT_SAID}\n{{"id": "c", "kind": "joke", "question": "?"}}\n[]\n', "utf-8")
    items, faults = read_items(path)
    assert [item.id for item in items] == ["b"]
    assert [fault.split(":")[0].removeprefix(f"{path}, ") for fault in faults] == ["line 1", "line 3", "line 4"]
    assert "kind" in faults[1]
    with pytest.raises(ConfigError, match=r"line 1(.|\n)*line 3"):
        load_items(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.jsonl"):
        load_items(tmp_path / "nowhere.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"latin\.jsonl"):
        load_items(tmp_path / "latin.jsonl")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "fact"}, "needs facts"),
        ({"kind": "unanswerable", "facts": [["x"]]}, "has no facts"),
        ({"kind": "follow-up", "facts": [["x"]]}, "history"),
        ({"kind": "fact", "facts": [["x"]], "history": [{"question": "a", "answer": "b"}]}, "history"),
        ({"kind": "fact", "facts": [["x"]], "near": [{"document": "d", "quote": "q"}]}, "near misses"),
        ({"kind": "fact", "facts": [["x"]], "must": []}, "must"),
        ({"kind": "fact", "facts": [[""]]}, "at least 1 character"),
        ({"kind": "fact", "facts": [["x"]], "question": ""}, "at least 1 character"),
    ],
)
def test_a_line_that_contradicts_itself_is_no_item(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Item.model_validate({"id": "a", "question": "?", **fields})


def test_an_item_is_grouped_by_the_document_it_is_about() -> None:
    near = Item.model_validate(
        {"id": "a", "kind": "unanswerable", "question": "?", "near": [{"document": "d.md", "quote": "q"}]}
    )
    assert near.group == "d.md"
    assert not near.answerable
    assert Item(id="b", kind=Kind.UNANSWERABLE, question="?").group == "b"


def test_the_published_schema_is_current() -> None:
    published = (GOLD / "schema.json").read_text("utf-8")
    assert published == item_schema(), "write evals.items.item_schema() to evals/gold/schema.json"
