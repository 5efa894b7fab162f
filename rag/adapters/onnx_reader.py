"""The reader of our own in ONNX: a small cross-encoder that sees question and statement together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.adapters.onnx_embedder import available_cores
from rag.adapters.weights import MINILM_INT8, locate
from rag.errors import ModelError
from rag.memory import Memory
from rag.ports import Scores

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

WEIGHTS, CARD = "reader.onnx", "reader.json"
FORMAT = 1  # of the file: its inputs, outputs and what they mean
MAX_TOKENS = 192  # of question and statement, or claim and source; the longer of the two is cut
_REMEMBERED = 4096  # pairs whose scores are kept: a question's statements are read to rerank and again to answer
_AGAIN = "Make it: python -m evals.reader.train --work FOLDER, then python -m evals.reader.export --work FOLDER"


class OnnxReader:
    """A `Reader` over a network exported by `python -m evals.reader.export`."""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        self._card, self._weights = _read_card(folder), _read_weights(folder)
        if hashlib.sha256(self._weights).hexdigest() != self._card["sha256"]:
            raise ModelError(f"The reader's weights are damaged: {folder / WEIGHTS} is not that of {CARD}. {_AGAIN}")
        self._pool = ThreadPoolExecutor(threads or available_cores(), thread_name_prefix="read")
        self._loading = Lock()
        self._memory: Memory[tuple[str, str], tuple[Scores, ...]] = Memory(_REMEMBERED)
        self._loaded: tuple[onnxruntime.InferenceSession, Tokenizer] | None = None

    @property
    def fingerprint(self) -> str:
        """Name and checksum of the weights."""
        return f"reader@{self._card['sha256'][:12]}"

    def relevance(self, question: str, texts: Sequence[str]) -> Scores:
        """Return `(n,) float32`: the log-odds that each text answers the question.

        Each pair is read by itself: under int8 a score would otherwise depend on its neighbours.
        """
        return self._read([(question, text) for text in texts], output=0).reshape(-1)

    def support(self, claim: str, sources: Sequence[str]) -> Scores:
        """Return `(n, 3) float32`: the log-odds that each source supports, contradicts or says nothing of a claim."""
        return self._read([(claim, source) for source in sources], output=1)

    def _read(self, pairs: Sequence[tuple[str, str]], output: int) -> Scores:
        if not pairs:
            return np.empty((0, 3) if output else (0,), np.float32)
        session, tokenizer = self._model()

        def read_one(pair: tuple[str, str]) -> tuple[Scores, ...]:
            # A token is at least one character, and words past the limit cost time to tokenise for nothing.
            encoded = tokenizer.encode(pair[0][: MAX_TOKENS * 20], pair[1][: MAX_TOKENS * 20])
            ids = np.array([encoded.ids], np.int64)
            types = np.array([encoded.type_ids], np.int64)
            inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
            return tuple(found[0] for found in session.run(None, inputs))

        read = self._memory.values(pairs, lambda missing: self._pool.map(read_one, missing))
        return np.stack([outputs[output] for outputs in read]).astype(np.float32)

    def _model(self) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        vocabulary = locate(MINILM_INT8)[1]
        try:
            tokenizer = Tokenizer.from_file(str(vocabulary))
            session = onnxruntime.InferenceSession(self._weights, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise bare Exception subclasses of their own
            raise ModelError(f"The reader cannot be loaded: {error}. {_AGAIN}") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return session, tokenizer


def _read_weights(folder: Path) -> bytes:
    try:
        return (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ModelError(f"The reader's weights are not there: {folder / WEIGHTS}. {_AGAIN}") from error


def _read_card(folder: Path) -> dict[str, Any]:
    path = folder / CARD
    try:
        card: dict[str, Any] = dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(f"The reader's card cannot be read: {path} ({error}). {_AGAIN}") from error
    if card.get("format") != FORMAT or "sha256" not in card:
        raise ModelError(f"{path} is of another version: format {card.get('format')}, not {FORMAT}. {_AGAIN}")
    return card
