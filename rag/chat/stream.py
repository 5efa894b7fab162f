"""Any LangChain chat model as a stream of text, with the tokens it used; its errors become ours."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableSequence

from rag.chat.prompt import SCHEMA
from rag.errors import ModelError, OpenbookError

_NO_SCHEMA = (400, 422)  # what servers answer that do not know structured output
_RETRYABLE = (408, 409, 425, 429)
_CUT = "LengthFinishReasonError"  # OpenAI's client raises it where others end the stream: the reply is too long
_log = logging.getLogger(__name__)


class ModelStream:
    """A chat model that is asked for an answer in JSON, or for plain text. May be used by many threads.

    Args:
        model: any chat model; one without structured output is trusted to write the JSON that the prompt asks for.
        name: as it stands in the settings.
        schema: of what it writes.
    """

    def __init__(self, model: BaseChatModel, name: str, schema: Mapping[str, Any] = SCHEMA) -> None:
        self.name = name
        self._plain: Runnable[list[BaseMessage], AIMessage] = model
        self._structured = _structured(model, schema)

    def answer(self, messages: list[BaseMessage], usage: Counter[str]) -> Generator[str]:
        """Yield the JSON of a reply in pieces as they come, and count tokens in `usage`.

        Raises:
            ModelError: the model failed.
        """
        structured = self._structured
        if structured is None:
            yield from self._pieces(self._plain, messages, usage)
            return
        try:
            yield from self._pieces(structured, messages, usage)
        except ModelError as error:
            if getattr(error.__cause__, "status_code", None) not in _NO_SCHEMA:
                raise
            _log.info("%s has no structured output: its text is read as JSON", self.name)
            yield from self._pieces(self._plain, messages, usage)  # if that was not the reason, it fails again
            self._structured = None

    def text(self, messages: list[BaseMessage], usage: Counter[str]) -> str:
        """Return a reply as text, counting tokens in `usage`. Raises as `answer` does."""
        return "".join(self._pieces(self._plain, messages, usage))

    def _pieces(
        self, model: Runnable[list[BaseMessage], AIMessage], messages: list[BaseMessage], usage: Counter[str]
    ) -> Iterator[str]:
        spent: Counter[str] = Counter()
        try:
            for message in model.stream(messages):
                spent |= _tokens(message)  # the greatest of each: some clients say the same sum twice
                if piece := _said(message):
                    yield piece
        except OpenbookError:
            raise
        except Exception as error:  # each provider's client has errors of its own, with no base in common
            if type(error).__name__ != _CUT:
                raise self._failed(error) from error
        finally:
            usage.update(spent)

    def _failed(self, error: Exception) -> ModelError:
        status = getattr(error, "status_code", None)
        retryable = not isinstance(status, int) or status in _RETRYABLE or status >= 500
        return ModelError(f"{self.name} failed: {type(error).__name__}: {error}", retryable=retryable)


def cost_usd(price: tuple[float, float] | None, usage: Mapping[str, int]) -> float | None:
    """Return what tokens cost at a price for 1,000 read and 1,000 written; None where either is not known."""
    if price is None or not usage:
        return None
    read, written = price
    return (usage.get("input_tokens", 0) * read + usage.get("output_tokens", 0) * written) / 1000


def _structured(model: BaseChatModel, schema: Mapping[str, Any]) -> Runnable[list[BaseMessage], AIMessage] | None:
    """Return the model bound to the schema, before the parser that LangChain puts behind it; None if it cannot be.

    The parser would give no statement before the last, nor the tokens used.
    """
    try:
        asked = model.with_structured_output(dict(schema))
    except NotImplementedError:
        return None
    assert isinstance(asked, RunnableSequence)
    return asked.first


def _said(message: AIMessage) -> str:
    """Return the text of a message or a piece of one, whether it was written as such or as a tool's arguments."""
    if isinstance(message, AIMessageChunk):
        return message.text + "".join(call["args"] or "" for call in message.tool_call_chunks)
    return message.text + "".join(json.dumps(call["args"]) for call in message.tool_calls)


def _tokens(message: AIMessage) -> Counter[str]:
    counted = message.usage_metadata
    if not counted:
        return Counter()
    return Counter({"input_tokens": counted["input_tokens"], "output_tokens": counted["output_tokens"]})
