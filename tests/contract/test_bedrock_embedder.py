"""Embedders on Bedrock against the contract, over the wire to the stand-in."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from rag.adapters.bedrock_embedder import MODELS, BedrockEmbedder
from rag.bootstrap import make_embedder
from rag.dev.fake_bedrock import running
from rag.errors import ConfigError, ModelError
from rag.ports import Embedder
from rag.settings import Settings
from tests.bedrock import client_of
from tests.contract.embedder_contract import EmbedderContract

pytestmark = pytest.mark.usefixtures("stand_in_credentials")
TITAN = "amazon.titan-embed-text-v2:0"
COHERE = "cohere.embed-multilingual-v3"


class _OnBedrock(EmbedderContract):
    name: str

    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls) -> Iterator[Embedder]:
        with running() as server, client_of(server, "bedrock-runtime") as client:
            yield BedrockEmbedder(client, cls.name)


class TestTitan(_OnBedrock):
    name = TITAN


class TestCohere(_OnBedrock):
    name = "us.cohere.embed-v4:0"


def test_titan_is_asked_for_one_text_at_a_time_and_cohere_for_many() -> None:
    texts = [f"text {number}" for number in range(100)]
    with running() as server, client_of(server, "bedrock-runtime") as client:
        one_by_one = BedrockEmbedder(client, TITAN).embed(texts)
        assert len(server.requests) == 100
        in_batches = BedrockEmbedder(client, COHERE).embed(texts)
        assert [len(request.body["texts"]) for request in server.requests[100:]] in ([96, 4], [4, 96])
    # The stand-in embeds alike for both, so that rows out of order would show.
    assert np.array_equal(one_by_one, in_batches)


def test_a_throttled_batch_is_embedded_all_the_same() -> None:
    with running("throttled-then-fine") as server, client_of(server, "bedrock-runtime") as client:
        assert BedrockEmbedder(client, TITAN).embed(["one", "two"]).shape == (2, 1024)
        assert sorted(request.attempt for request in server.requests) == [1, 1, 2, 2, 3, 3]


def test_a_failure_says_which_model_failed() -> None:
    with (
        running("model-not-enabled") as server,
        client_of(server, "bedrock-runtime") as client,
        pytest.raises(ModelError, match=f"{TITAN}: AccessDenied"),
    ):
        BedrockEmbedder(client, TITAN).embed(["one"])


def test_a_fingerprint_names_the_model_whatever_region_serves_it() -> None:
    local, across = BedrockEmbedder(None, "cohere.embed-v4:0"), BedrockEmbedder(None, "eu.cohere.embed-v4:0")
    assert local.fingerprint == across.fingerprint
    assert local.fingerprint != BedrockEmbedder(None, TITAN).fingerprint
    assert local.fingerprint.name == "bedrock:cohere.embed-v4:0"


def test_settings_choose_it_and_another_model_is_refused_with_those_there_are() -> None:
    chosen = make_embedder(Settings(embedder=f"bedrock:{TITAN}", aws_region="us-east-1"))
    assert chosen.fingerprint.dimension == 1024
    with pytest.raises(ConfigError) as caught:
        make_embedder(Settings(embedder="bedrock:amazon.titan-text", aws_region="us-east-1"))
    assert all(known in str(caught.value) for known in MODELS)


def test_without_its_packages_the_command_that_installs_them_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "rag.adapters.bedrock_client")
    monkeypatch.delitem(sys.modules, "rag.adapters.bedrock_embedder")
    with pytest.raises(ConfigError, match=r"pip install 'openbook\[bedrock\]'"):
        make_embedder(Settings(embedder=f"bedrock:{TITAN}", aws_region="us-east-1"))
