"""Embedders on Bedrock: Amazon Titan v2 and Cohere, through InvokeModel.

boto3 is called without langchain-aws's `BedrockEmbeddings`: that embeds a question in another way than a
passage where a model can, while a vector of ours depends on its text alone, and it calls Titan, which takes
one text at a time, for one text after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.adapters.bedrock_client import Retries, make_client
from rag.adapters.bedrock_errors import translated
from rag.errors import ConfigError, ModelError
from rag.ports import Vectors
from rag.settings import Settings
from rag.types import EmbedderFingerprint

_LONGEST = 8000  # characters of a text that are sent: Titan refuses more than 8,192 tokens
_BLANK = "-"  # stands for a text without words, which neither model takes
_THREADS = 8  # calls at a time


@dataclass(frozen=True, slots=True)
class Model:
    """How a family of models is asked: `batch` texts a call, with `body`, and where its reply holds vectors."""

    dimension: int
    batch: int
    body: Callable[[Sequence[str]], dict[str, Any]]
    vectors: Callable[[dict[str, Any]], list[list[float]]]


def _titan_body(texts: Sequence[str]) -> dict[str, Any]:
    return {"inputText": texts[0], "dimensions": 1024, "normalize": True}


def _cohere_body(texts: Sequence[str]) -> dict[str, Any]:
    return {"texts": list(texts), "input_type": "search_document", "truncate": "END"}


def _cohere_v4_body(texts: Sequence[str]) -> dict[str, Any]:
    return {**_cohere_body(texts), "truncate": "RIGHT", "embedding_types": ["float"], "output_dimension": 1536}


_COHERE = Model(1024, 96, _cohere_body, lambda reply: reply["embeddings"])
MODELS = {
    "amazon.titan-embed-text-v2:0": Model(1024, 1, _titan_body, lambda reply: [reply["embedding"]]),
    "cohere.embed-english-v3": _COHERE,
    "cohere.embed-multilingual-v3": _COHERE,
    "cohere.embed-v4:0": Model(1536, 96, _cohere_v4_body, lambda reply: reply["embeddings"]["float"]),
}


class BedrockEmbedder:
    """An `Embedder` on Bedrock. Thread-safe.

    Args:
        client: of bedrock-runtime.
        name: one of `MODELS`, with or without the region of an inference profile before it, such as `us.`.

    Raises:
        ConfigError: another model.
    """

    def __init__(self, client: Any, name: str) -> None:
        found = next((known for known in MODELS if name == known or name.endswith(f".{known}")), None)
        if found is None:
            raise ConfigError(
                f"OPENBOOK_EMBEDDER: Bedrock has no embedder '{name}' here. Valid are: {', '.join(MODELS)}."
            )
        self._client, self._name, self._model = client, name, MODELS[found]
        # The weights cannot be seen; AWS changes a model's id when they change.
        self._fingerprint = EmbedderFingerprint(f"bedrock:{found}", found, self._model.dimension, normalised=True)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="bedrock-embed")

    @classmethod
    def named(cls, settings: Settings, name: str, retries: Retries = Retries()) -> BedrockEmbedder:
        """Make a client by the settings.

        Raises:
            ConfigError: there is no such model.
            ModelError: no region, no such profile.
        """
        return cls(make_client(settings, "bedrock-runtime", retries), name)

    @property
    def fingerprint(self) -> EmbedderFingerprint:
        """Name, id, dimension and normalisation of the vectors."""
        return self._fingerprint

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, d) float32`, rows L2-normalised; texts are cut at 8,000 characters."""
        sent = [text[:_LONGEST] if text.strip() else _BLANK for text in texts]
        batches = [sent[at : at + self._model.batch] for at in range(0, len(sent), self._model.batch)]
        rows = [row for vectors in self._pool.map(self._embed, batches) for row in vectors]
        made: Vectors = np.array(rows, np.float32).reshape(len(texts), self._fingerprint.dimension)
        made /= np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-12)
        return made

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        with translated(self._name):
            reply = self._client.invoke_model(modelId=self._name, body=json.dumps(self._model.body(texts)))
            raw = reply["body"].read()
        try:
            vectors = self._model.vectors(json.loads(raw))
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"Bedrock, {self._name}: the reply holds no vectors. Check the model's id.") from error
        if [len(vector) for vector in vectors] != [self._model.dimension] * len(texts):
            raise ModelError(f"Bedrock, {self._name}: the reply holds other vectors than were asked for.")
        return vectors
