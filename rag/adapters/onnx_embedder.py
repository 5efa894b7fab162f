"""The default embedder: all-MiniLM-L6-v2, int8, through ONNX Runtime.

Texts are embedded one at a time, in parallel over single-threaded runs, not in padded batches:
on CPU that is faster (no arithmetic is spent on padding) and, since int8 activations are scaled
by the largest value in a run, it is the only way in which a text's vector does not depend on the
texts beside it. docs/decisions/0001-embedder.md has the measurements.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from rag.adapters.weights import MINILM_INT8, locate
from rag.errors import ModelError
from rag.ports import Vectors
from rag.types import EmbedderFingerprint

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

MAX_TOKENS = 256
DIMENSION = 384


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class OnnxEmbedder:
    """An `Embedder` over a sentence-transformers model exported to ONNX with mean pooling."""

    def __init__(self, model: Path, tokenizer: Path, fingerprint: EmbedderFingerprint, *, threads: int = 0) -> None:
        self._fingerprint = fingerprint
        self._files = model, tokenizer
        self._pool = ThreadPoolExecutor(threads or available_cores(), thread_name_prefix="embed")
        self._loading = Lock()
        self._loaded: tuple[onnxruntime.InferenceSession, Tokenizer] | None = None

    @classmethod
    def minilm(cls, *, threads: int = 0) -> OnnxEmbedder:
        """Load the default model from its package.

        Raises:
            ModelError: its files are missing or differ from their checksums.
        """
        model, tokenizer = locate(MINILM_INT8)
        fingerprint = EmbedderFingerprint("minilm-int8", MINILM_INT8.revision, DIMENSION, normalised=True)
        return cls(model, tokenizer, fingerprint, threads=threads)

    @property
    def fingerprint(self) -> EmbedderFingerprint:
        """Name, checksum, dimension and normalisation of the vectors."""
        return self._fingerprint

    def _model(self) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
        """Load the model at the first text: what only lists, or finds nothing changed, does not wait for it."""
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(*self._files)
            return self._loaded

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, 384) float32`, rows L2-normalised; texts are cut at 256 tokens."""
        if not texts:
            return np.empty((0, self._fingerprint.dimension), np.float32)
        session, tokenizer = self._model()

        def embed_one(text: str) -> Vectors:
            return _embed(session, tokenizer, text)

        vectors = np.empty((len(texts), self._fingerprint.dimension), np.float32)
        if len(texts) == 1:
            vectors[0] = embed_one(texts[0])
        else:
            for row, vector in enumerate(self._pool.map(embed_one, texts)):
                vectors[row] = vector
        return vectors


def _load(model: Path, tokenizer: Path) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        words = Tokenizer.from_file(str(tokenizer))
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # both libraries raise bare Exception subclasses of their own
        raise ModelError(f"{model} cannot be loaded: {error}. Run: {MINILM_INT8.install_command}") from error
    words.no_padding()
    words.enable_truncation(MAX_TOKENS)
    return session, words


def _embed(session: onnxruntime.InferenceSession, tokenizer: Tokenizer, text: str) -> Vectors:
    """Mean of the last hidden states, normalised (Reimers and Gurevych 2019, arXiv:1908.10084)."""
    # A token is at least one character, and words past the limit cost time to tokenise for nothing.
    ids = np.array([tokenizer.encode(text[: MAX_TOKENS * 40]).ids], np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    pooled: Vectors = session.run(None, inputs)[0][0].mean(axis=0)
    return pooled / max(float(np.linalg.norm(pooled)), 1e-12)
