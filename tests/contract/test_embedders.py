"""Every embedder against the contract, and what is particular to each."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from rag.adapters.onnx_embedder import OnnxEmbedder
from rag.adapters.weights import MINILM, MINILM_INT8, locate
from rag.bootstrap import EMBEDDERS, make_embedder
from rag.errors import ConfigError, ModelError
from rag.ports import Embedder
from rag.settings import Settings
from tests.contract.embedder_contract import TEXTS, EmbedderContract
from tests.fakes import HashEmbedder


class TestHashEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return HashEmbedder()


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls) -> Embedder:
        return OnnxEmbedder.minilm()

    def test_its_revision_is_the_checksum_of_its_weights(self, embedder: Embedder) -> None:
        assert embedder.fingerprint.revision == MINILM_INT8.revision

    def test_texts_that_mean_the_same_are_closer_than_texts_that_do_not(self, embedder: Embedder) -> None:
        one, same, other = embedder.embed(
            ["How fast may a shard be written?", "The write limit of a shard", "A recipe for onion soup"]
        )
        assert one @ same > one @ other + 0.2


class TestSentenceTransformersEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls) -> Embedder:
        return sentence_transformers_minilm()

    def test_its_revision_is_the_checksum_of_its_weights(self, embedder: Embedder) -> None:
        assert embedder.fingerprint.revision == MINILM.revision

    def test_the_quantised_embedder_sees_nearly_the_same(self, embedder: Embedder) -> None:
        agreement = (embedder.embed(TEXTS[:3]) * OnnxEmbedder.minilm().embed(TEXTS[:3])).sum(axis=1)
        assert agreement.min() > 0.95

    def test_a_folder_is_loaded_as_its_name_is(self, embedder: Embedder) -> None:
        folder = locate(MINILM)[0].parent
        again = make_embedder(Settings(embedder=f"sentence-transformers:{folder}"))
        assert again.fingerprint.revision == embedder.fingerprint.revision
        assert np.array_equal(again.embed(TEXTS[:1]), embedder.embed(TEXTS[:1]))


def sentence_transformers_minilm() -> Embedder:
    for package in ("torch", "sentence_transformers"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    try:
        locate(MINILM)
    except ModelError as error:
        pytest.skip(str(error))
    return make_embedder(Settings(embedder="sentence-transformers:minilm"))


@pytest.mark.parametrize("name", ["minilm", "", "minilm-int8:", "minilm-int8:x", "sentence-transformers", "openai:x"])
def test_an_unknown_embedder_is_refused_with_the_names_of_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_embedder(Settings(embedder=name))
    assert all(known in str(caught.value) for known in EMBEDDERS)


def test_a_model_that_is_not_on_this_machine_is_not_fetched(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(ModelError, match="does not download"):
        make_embedder(Settings(embedder=f"sentence-transformers:nobody/{tmp_path.name}"))


def test_a_folder_without_safe_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickled")
    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        make_embedder(Settings(embedder=f"sentence-transformers:{tmp_path}"))
