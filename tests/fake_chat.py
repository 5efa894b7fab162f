"""A chat model that says what it is told to: a real subclass of LangChain's, with a queue of replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import Field

_PIECE = 7  # characters that arrive at a time
TOKENS = {"input_tokens": 1000, "output_tokens": 50, "total_tokens": 1050}


class QueueChatModel(BaseChatModel):
    """Replies with the next of `replies`; one that is an error is raised, after what stands before it.

    Attributes:
        calls: the messages of each call.
        sent: how many characters have left it.
        counted: whether it says how many tokens it used.
        in_pieces: whether it streams.
    """

    replies: list[Any] = Field(default_factory=list)
    calls: list[list[BaseMessage]] = Field(default_factory=list)
    sent: int = 0
    counted: bool = True
    in_pieces: bool = True

    @property
    def _llm_type(self) -> str:
        return "queue"

    def _next(self, messages: list[BaseMessage]) -> Iterator[str]:
        self.calls.append(messages)
        assert self.replies, "the model was called once more than expected"
        for part in self.replies.pop(0) if isinstance(self.replies[0], tuple) else (self.replies.pop(0),):
            if isinstance(part, Exception):
                raise part
            yield part

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = self._whole("".join(self._next(messages)), **kwargs)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _whole(self, text: str, **_: Any) -> AIMessage:
        return AIMessage(text, usage_metadata=TOKENS if self.counted else None)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for part in self._next(messages):
            for at in range(0, len(part), _PIECE):
                self.sent += len(part[at : at + _PIECE])
                yield ChatGenerationChunk(message=self._piece(part[at : at + _PIECE], **kwargs))
        yield ChatGenerationChunk(message=AIMessageChunk("", usage_metadata=TOKENS if self.counted else None))

    def _piece(self, text: str, **_: Any) -> AIMessageChunk:
        return AIMessageChunk(text)

    def _should_stream(self, **kwargs: Any) -> bool:
        return self.in_pieces and super()._should_stream(**kwargs)


class ToolChatModel(QueueChatModel):
    """The same for a model with structured output: what it says are the arguments of the tool that it must call."""

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[Any, AIMessage]:
        return self.bind(tools=tools)

    def _piece(self, text: str, **bound: Any) -> AIMessageChunk:
        if "tools" not in bound:
            return super()._piece(text)
        call = {"name": "answer", "args": text, "id": "1", "index": 0, "type": "tool_call_chunk"}
        return AIMessageChunk("", tool_call_chunks=[call])

    def _whole(self, text: str, **bound: Any) -> AIMessage:
        if "tools" not in bound:
            return super()._whole(text)
        calls = [{"name": "answer", "args": json.loads(text), "id": "1", "type": "tool_call"}]
        return AIMessage("", tool_calls=calls, usage_metadata=TOKENS if self.counted else None)


def reply(*statements: tuple[object, str, str]) -> str:
    """Return the JSON of statements, each a source, a quote and a text."""
    made = [{"source": source, "quote": quote, "text": text} for source, quote, text in statements]
    return json.dumps({"statements": made})
