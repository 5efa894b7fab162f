"""One text at a time over a pool of threads, against padded batches of the same model, and against torch."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from bench.frame import Bench, median, table
from ingest.load import job_for, read_bytes
from ingest.parse.parse import parse
from ingest.sources import find_sources
from rag.adapters.onnx_embedder import MAX_TOKENS, OnnxEmbedder, available_cores
from rag.adapters.sentence_transformers_embedder import SentenceTransformersEmbedder
from rag.adapters.weights import MINILM_INT8, locate
from rag.errors import ModelError
from rag.ports import Vectors
from rag.settings import Settings

if TYPE_CHECKING:
    import onnxruntime

TEXTS = 256
ROUNDS = 3
BATCHES = (8, 16, 32)
Embed = Callable[[Sequence[str]], Vectors]


class BatchedOnnx:
    """The same ONNX model over padded batches, sorted by length; one batch on each core at a time."""

    def __init__(self, batch: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model, tokenizer = locate(MINILM_INT8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._batch = batch
        self._pool = ThreadPoolExecutor(available_cores())
        self._session: onnxruntime.InferenceSession = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, d) float32`, rows L2-normalised."""
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        batches = [order[at : at + self._batch] for at in range(0, len(order), self._batch)]
        found = np.concatenate(list(self._pool.map(self._run, ([texts[at] for at in batch] for batch in batches))))
        vectors = np.empty_like(found)
        vectors[order] = found
        return vectors

    def _run(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = np.array([one.ids for one in encoded], np.int64)
        mask = np.array([one.attention_mask for one in encoded], np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, inputs)[0]
        pooled: Vectors = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), np.float32)


def run(bench: Bench) -> str:
    """Measure and return Markdown."""
    texts = _texts(bench, TEXTS // 4 if bench.quick else TEXTS)
    embedders: dict[str, Embed] = {"ONNX int8, one at a time": OnnxEmbedder.minilm().embed}
    embedders |= {f"ONNX int8, batches of {size}": BatchedOnnx(size).embed for size in BATCHES}
    note = ""
    try:
        embedders["torch fp32, batches of 32"] = SentenceTransformersEmbedder.named("minilm").embed
    except ModelError as error:
        note = f"\n\nWithout torch: {error}"
    seconds: dict[str, list[float]] = {name: [] for name in embedders}
    core_seconds: dict[str, list[float]] = {name: [] for name in embedders}
    for embed in embedders.values():
        embed(texts[:32])
    for _ in range(ROUNDS):  # taken in turns, so that a busy machine slows all
        for name, embed in embedders.items():
            began, busy = time.perf_counter(), time.process_time()
            embed(texts)
            seconds[name].append(time.perf_counter() - began)
            core_seconds[name].append(time.process_time() - busy)
    first = median(seconds["ONNX int8, one at a time"])
    rows = [
        [name, f"{len(texts) / median(taken):.0f}", f"{first / median(taken):.2f}",
         f"{len(texts) / median(core_seconds[name]):.0f}",
         f"{_loneliness(embedders[name], texts):.6f}"]
        for name, taken in seconds.items()
    ]  # fmt: skip
    columns = ("", "chunks/s", "over the first", "chunks per core-second", "smallest cosine, alone against in company")
    return f"{len(texts)} chunks of the manual, medians of {ROUNDS} rounds.\n\n{table(columns, rows)}{note}"


def _loneliness(embed: Embed, texts: Sequence[str]) -> float:
    """Return the smallest cosine between the vector of a text alone and beside all the others."""
    company = embed(texts)
    alone = np.concatenate([embed([text]) for text in texts])
    return float((company * alone).sum(axis=1).min())


def _texts(bench: Bench, wanted: int) -> list[str]:
    """Return chunks as they are embedded, from files over all of the manual."""
    settings = Settings.model_construct()
    files = list(find_sources(bench.manuals).files)
    random.Random(0).shuffle(files)
    texts: list[str] = []
    for file in files:
        content = read_bytes(file, settings.max_file_mb)
        parsed = parse(job_for(file, content, settings.chunk_characters), content.raw)
        texts += [chunk.embed_text for chunk in parsed.chunks]
        if len(texts) >= wanted:
            return texts[:wanted]
    return texts
