"""The in-process llama.cpp model as a LangChain chat model, with JSON schemas, streaming and usage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, SecretStr

from rag.adapters.local_engine import LocalEngine, runtime
from rag.errors import ModelError
from rag.settings import Settings


def make_local_chat(settings: Settings, name: str) -> BaseChatModel:
    """Return the chat model that `name` names: of the table, or the path of a GGUF file. It is loaded when first used.

    Raises:
        ConfigError: there is no such model.
        ModelError: the model's file is not here.
    """
    engine = LocalEngine(name, settings)
    chat = LocalChat(
        model=name,
        api_key=SecretStr(engine.api_key),
        base_url="http://127.0.0.1",
        temperature=0,
        max_completion_tokens=settings.chat_max_tokens,
        timeout=settings.chat_timeout_s,
        max_retries=0,
        stream_usage=True,
        # A proxy set in the environment is not for this machine.
        http_client=openai.DefaultHttpxClient(trust_env=False),
        openai_proxy=None,
        http_socket_options=(),
    )
    chat._engine, chat._settings = engine, settings
    return chat


class LocalChat(ChatOpenAI):
    """Speaks to a `LocalEngine`. Every call is a stream, so that the model stops once nobody reads on."""

    _engine: LocalEngine = PrivateAttr()
    _settings: Settings = PrivateAttr()

    def with_structured_output(self, schema: Any = None, **_: Any) -> Runnable[LanguageModelInput, Any]:
        """Bind what is written to a schema, as a grammar, without white space, which costs time.

        As `response_format` the server would drop what says so.
        https://github.com/guidance-ai/llguidance/blob/main/docs/json_schema.md#whitespace-handling
        """
        compact = {**convert_to_json_schema(schema), "x-guidance": {"whitespace_flexible": False}}
        grammar = runtime().json_schema_to_grammar(json.dumps(compact))
        return self.bind(extra_body={"grammar": grammar}) | JsonOutputParser()

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with self._engine.turn() as address, _translated(self._settings):
            self.root_client.base_url = address
            for chunk in super()._stream(messages, stop, run_manager, **kwargs):
                self._engine.check_open()
                yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, None, **kwargs))

    # Those of ChatOpenAI would go past the queue; these run the two above in a thread.
    _agenerate = BaseChatModel._agenerate
    _astream = BaseChatModel._astream


@contextmanager
def _translated(settings: Settings) -> Iterator[None]:
    try:
        yield
    except openai.APITimeoutError as error:
        raise ModelError(
            f"The local model was silent for {settings.chat_timeout_s:g} s. Wait longer "
            "(OPENBOOK_CHAT_TIMEOUT_S) or let it read less (OPENBOOK_CHAT_CONTEXT_CHARACTERS)",
            retryable=True,
        ) from error
    except openai.APIError as error:
        if "context size" in str(error):
            raise ModelError(
                f"Question and passages do not fit into the {settings.local_context_tokens} tokens of the local "
                "model. Raise OPENBOOK_LOCAL_CONTEXT_TOKENS, or let it read less: OPENBOOK_CHAT_CONTEXT_CHARACTERS"
            ) from error
        raise ModelError(f"The local model failed: {error}") from error
