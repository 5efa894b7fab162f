"""Embedders of the sentence-transformers library, on torch: for comparison, and for models of one's own.

Only folders on this machine and the ordinary hub cache are read; nothing is ever downloaded, no
pickled weights are opened, and no code of a model is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.adapters.weights import MINILM, locate, sha256_of
from rag.errors import ModelError
from rag.ports import Vectors
from rag.types import EmbedderFingerprint

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

INSTALL_COMMAND = 'pip install torch==2.13.0 "sentence-transformers>=5.1"'
WEIGHTS_FILE = "model.safetensors"
BATCH = 32  # texts in one forward pass; the library sorts them by length, so little is padding


class SentenceTransformersEmbedder:
    """An `Embedder` over a sentence-transformers folder."""

    def __init__(self, folder: Path, name: str, *, threads: int = 0) -> None:
        """Load a model.

        Args:
            folder: with `modules.json` and `model.safetensors`.
            name: what libraries are stamped with, beside the checksum of the weights.
            threads: for torch, in the whole process; 0 leaves its choice.

        Raises:
            ModelError: the packages are not installed, or the folder holds no model that can be loaded.
        """
        self._model = _load(folder, threads)
        # The method that tells the dimension has another name in each major version.
        dimension = self._encode(["dimension"]).shape[1]
        self._fingerprint = EmbedderFingerprint(name, sha256_of(folder / WEIGHTS_FILE), dimension, normalised=True)

    @classmethod
    def named(cls, name: str, *, threads: int = 0) -> SentenceTransformersEmbedder:
        """Load `minilm` from its package, a folder, or a model by its name in the hub cache.

        Raises:
            ModelError: there is no such model on this machine, or it cannot be loaded.
        """
        folder = find_model(name)
        return cls(folder, folder.name if Path(name).expanduser().is_dir() else name, threads=threads)

    @property
    def fingerprint(self) -> EmbedderFingerprint:
        """Name, checksum, dimension and normalisation of the vectors."""
        return self._fingerprint

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, d) float32`, rows L2-normalised; texts are cut at the model's length."""
        if not texts:
            return np.empty((0, self._fingerprint.dimension), np.float32)
        try:
            return self._encode(texts)
        except RuntimeError as error:
            raise ModelError(f"{self._fingerprint.name} failed: {error}", retryable=True) from error

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode(
            list(texts),
            batch_size=BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def find_model(name: str) -> Path:
    """Return the folder of `minilm` (verified), of a path, or of a name in the hub cache.

    Raises:
        ModelError: there is none on this machine.
    """
    if name == "minilm":
        return locate(MINILM)[0].parent
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _cached(name)
    if not (folder / WEIGHTS_FILE).is_file():
        raise ModelError(f"{folder} has no {WEIGHTS_FILE}; other forms of weights are not opened.")
    return folder


def _cached(name: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise _not_installed(error) from error
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise ModelError(
            f"{name} is neither a folder nor a model in the hub cache of this machine. Openbook does not download "
            "models by itself: name a folder, or fetch the model into the cache first."
        ) from error


def _load(folder: Path, threads: int) -> SentenceTransformer:
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise _not_installed(error) from error
    if threads:
        torch.set_num_threads(threads)
    try:
        return SentenceTransformer(
            str(folder), local_files_only=True, trust_remote_code=False, model_kwargs={"use_safetensors": True}
        )
    except Exception as error:  # torch, transformers, safetensors and json each raise their own
        raise ModelError(f"{folder} cannot be loaded as a sentence-transformers model: {error}") from error


def _not_installed(error: ImportError) -> ModelError:
    return ModelError(f"This embedder needs packages that are not installed ({error}). Run: {INSTALL_COMMAND}")
