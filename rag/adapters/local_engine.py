"""A GGUF model run by llama.cpp inside this process, reached over loopback by one caller at a time."""

from __future__ import annotations

import atexit
import importlib
import math
import os
import secrets
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from rag.adapters.model_store import find_model, verify_model
from rag.adapters.onnx_embedder import available_cores
from rag.errors import ModelError
from rag.settings import Settings

if TYPE_CHECKING:
    import xllamacpp

_WAIT_POLICY = "OMP_WAIT_POLICY"  # https://www.openmp.org/spec-html/5.0/openmpse55.html
_EXIT_PATIENCE_S = 30.0  # how long the end of the process waits for an answer that is being written


class LocalEngine:
    """Loads a model at the first turn, unloads it when idle, and lets callers in one by one.

    Loading holds up the other threads of the process (the runtime keeps Python's lock); loading again
    after an idle time does not.

    Args:
        name: a model of the table, or the path of a GGUF file.
        settings: context, threads, queue and idle time.

    Raises:
        ConfigError: there is no such model.
        ModelError: the model's file is not here.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        self.api_key = secrets.token_urlsafe()
        self._name, self._settings = name, settings
        self._path = find_model(name, settings)
        self._places = threading.BoundedSemaphore(1 + settings.local_queue)
        self._turn = threading.Lock()
        self._server: xllamacpp.Server | None = None
        self._closed = False
        atexit.register(_close, weakref.ref(self))

    @contextmanager
    def turn(self) -> Iterator[str]:
        """Wait for the model to be free, and yield its address; it is this caller's until the block ends.

        Raises:
            ModelError: too many wait already (retryable), it took too long (retryable), or the model cannot be loaded.
        """
        if not self._places.acquire(blocking=False):
            waiting = self._settings.local_queue
            raise ModelError(
                f"The local model is busy and {waiting} more wait for it. Try again in a few seconds, "
                "or let more wait: OPENBOOK_LOCAL_QUEUE",
                retryable=True,
            )
        try:
            if not self._turn.acquire(timeout=self._settings.chat_timeout_s):
                raise ModelError(
                    f"The local model was busy for {self._settings.chat_timeout_s:g} s. Try again later, "
                    "or wait longer: OPENBOOK_CHAT_TIMEOUT_S",
                    retryable=True,
                )
            try:
                yield self._address()
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def check_open(self) -> None:
        """Let the caller whose turn it is know that the process is ending.

        Raises:
            ModelError: it is; the answer is to be given up.
        """
        if self._closed:
            raise ModelError("The local model was stopped.")

    def close(self) -> None:
        """Stop the model and free its memory; an answer that is being written is given up."""
        self._closed = True
        # The runtime must not be torn down under a request: that waits for its last token, or crashes at exit.
        if self._turn.acquire(timeout=_EXIT_PATIENCE_S):
            self._server = None
            self._turn.release()

    def _address(self) -> str:
        self.check_open()
        if self._server is None:
            verify_model(self._name, self._path)
            self._server = _start(self._path, self.api_key, self._settings)
        return f"{self._server.listening_address}/v1"


def _start(path: Path, api_key: str, settings: Settings) -> xllamacpp.Server:
    llama = runtime()
    params = llama.CommonParams()
    params.model.path = str(path)
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [api_key]
    params.ui = params.endpoint_slots = False
    params.verbosity = 0
    params.n_ctx, params.n_parallel = settings.local_context_tokens, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads or available_cores()
    params.warmup = False  # the first question would wait for it
    # The last prompt's prefix stays cached with the model; earlier prompts are not kept beside it.
    params.cache_prompt, params.cache_ram_mib = True, 0
    params.sleep_idle_seconds = max(1, math.ceil(settings.local_idle_s))
    try:
        return llama.Server(params)
    except RuntimeError as error:  # the runtime gives no reason
        raise ModelError(
            f"The model {path} cannot be loaded: it is damaged, of a kind that this version of xllamacpp does not "
            "know, or there is too little memory. Get the file again, or lower OPENBOOK_LOCAL_CONTEXT_TOKENS"
        ) from error


def runtime() -> ModuleType:
    """Import llama.cpp with threads that sleep while they wait for each other.

    By default they spin, and where another program wants the same cores most of the time is lost to it:
    half a token a second instead of fourteen was seen. OpenMP reads the variable when it is loaded, once.
    """
    chosen = os.environ.get(_WAIT_POLICY)
    os.environ[_WAIT_POLICY] = chosen or "passive"
    try:
        return importlib.import_module("xllamacpp")
    finally:
        if chosen is None:
            del os.environ[_WAIT_POLICY]


def _close(reference: weakref.ref[LocalEngine]) -> None:
    engine = reference()
    if engine is not None:
        engine.close()
