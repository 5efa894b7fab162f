"""A reader in ONNX: exported, read back, and what is said of a file that is not it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from evals.reader.export import export
from evals.reader.network import Network, backbone
from evals.reader.plan import read_config
from rag.adapters.onnx_reader import CARD, WEIGHTS, OnnxReader
from rag.errors import ModelError

QUESTION = "how long are records kept"
ANSWER = "Kinesis Data Streams: Records are kept for 24 hours by default."
OTHER = "Kinesis Data Streams: A shard accepts 1 MB of records a second."
FAR = "Vision: Semantic segmentation labels every pixel of an image."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export a network that has learned nothing: what is tested is the way to it, not what it says."""
    torch.manual_seed(1)
    made = tmp_path_factory.mktemp("reader")
    export(Network(backbone(), layers=(1,)), made, read_config())
    return made


@pytest.fixture
def reader(folder: Path) -> OnnxReader:
    return OnnxReader(folder)


def test_the_small_file_says_what_the_network_says(folder: Path, reader: OnnxReader) -> None:
    card = json.loads((folder / CARD).read_text("utf-8"))
    assert card["mean_difference_to_fp32"] < 0.1
    assert card["bytes"] == (folder / WEIGHTS).stat().st_size
    assert reader.fingerprint == f"reader@{card['sha256'][:12]}"
    assert len(set(reader.relevance(QUESTION, [ANSWER, OTHER, FAR]).tolist())) == 3


def test_a_score_does_not_depend_on_what_is_read_beside_it(reader: OnnxReader) -> None:
    alone = [float(reader.relevance(QUESTION, [text])[0]) for text in (ANSWER, OTHER, FAR)]
    assert reader.relevance(QUESTION, [FAR, ANSWER, OTHER]).tolist() == [alone[2], alone[0], alone[1]]


def test_nothing_is_read_of_nothing(reader: OnnxReader) -> None:
    assert reader.relevance(QUESTION, []).shape == (0,)
    assert reader.support("a claim", []).shape == (0, 3)


def test_support_has_a_figure_for_each_label_of_each_source(reader: OnnxReader) -> None:
    assert reader.support("A shard accepts 1 MB.", [ANSWER, FAR]).shape == (2, 3)


def test_long_texts_are_cut_and_not_refused(reader: OnnxReader) -> None:
    assert np.isfinite(reader.relevance("long " * 5000, ["text " * 50_000])).all()


def copied(folder: Path, to: Path) -> Path:
    for name in (CARD, WEIGHTS):
        shutil.copy(folder / name, to / name)
    return to


def test_missing_weights_are_named_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    (copied(folder, tmp_path) / WEIGHTS).unlink()
    with pytest.raises(ModelError, match=r"not there: .*reader\.onnx.*evals\.reader\.train"):
        OnnxReader(tmp_path)


def test_damaged_weights_are_never_run(folder: Path, tmp_path: Path) -> None:
    path = copied(folder, tmp_path) / WEIGHTS
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ModelError, match="damaged"):
        OnnxReader(tmp_path)


@pytest.mark.parametrize("card", ["{", "[]", json.dumps({"format": 0, "sha256": "0"}), json.dumps({"format": 1})])
def test_a_card_that_is_no_card_or_of_another_version_is_refused(folder: Path, tmp_path: Path, card: str) -> None:
    (copied(folder, tmp_path) / CARD).write_text(card, "utf-8")
    with pytest.raises(ModelError, match=r"card|version"):
        OnnxReader(tmp_path)
