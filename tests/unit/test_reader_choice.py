"""Which reader is used, and what happens where it cannot be."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from rag.bootstrap import make_reader, make_reranker, reader_folder, reader_or_none
from rag.errors import ModelError
from rag.extractive.answerer import load_calibration
from rag.settings import Settings


def test_none_is_none_and_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    assert reader_or_none(Settings()) is None
    assert make_reranker(Settings()) is None
    assert caplog.text == ""


@pytest.mark.parametrize("damage", ["missing", "another version", "damaged"])
def test_a_reader_that_cannot_be_used_is_told_and_the_plain_way_goes_on(
    damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if damage != "missing":
        form = 99 if damage == "another version" else 1
        (tmp_path / "reader.json").write_text(json.dumps({"format": form, "sha256": "0" * 64}), "utf-8")
        (tmp_path / "reader.onnx").write_bytes(b"weights")
    settings = Settings(reader=str(tmp_path))
    with pytest.raises(ModelError, match=r"evals\.reader\.train"):
        make_reader(settings)
    with caplog.at_level(logging.WARNING):
        assert make_reranker(settings) is None
        assert reader_or_none(settings) is None
    assert len(caplog.records) == 1
    assert str(tmp_path) in caplog.text
    assert "answers are found without it" in caplog.text


def test_the_reader_that_is_shipped_is_whole() -> None:
    reader = make_reader(Settings(reader="shipped"))
    assert reader is not None
    answer, other = reader.relevance(
        "how long are records kept", ["Streams: Records are kept for 24 hours.", "Gulls eat crabs."]
    )
    assert answer > other


def test_the_calibration_that_is_shipped_was_made_for_the_reader_that_is_shipped() -> None:
    settings = Settings(reader="shipped")
    reader = make_reader(settings)
    assert reader is not None
    assert load_calibration(reader_folder(settings)).provenance["reader"] == reader.fingerprint
