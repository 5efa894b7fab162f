"""Converse and ConverseStream as the Bedrock stand-in speaks them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rag.dev import event_stream
from rag.dev.bedrock_answers import Reply, reply_to
from rag.dev.bedrock_call import Call, Json
from rag.dev.bedrock_prompts import read_prompt

_PIECE = 24  # characters of a streamed delta


def converse(call: Call) -> Json:
    """Converse."""
    replies = reply_to(read_prompt(call.body), call.scenario)
    return {
        "output": {"message": {"role": "assistant", "content": [_block(reply) for reply in replies]}},
        "stopReason": replies[-1].stop_reason,
        "usage": _usage(call, replies),
        "metrics": {"latencyMs": 1},
    }


def converse_stream(call: Call) -> Iterator[bytes]:
    """ConverseStream, as frames."""
    replies = reply_to(read_prompt(call.body), call.scenario)
    yield event_stream.event("messageStart", {"role": "assistant"})
    for at, reply in enumerate(replies):
        start = {"toolUse": {"toolUseId": "tooluse_1", "name": reply.tool}}
        if reply.tool:
            yield event_stream.event("contentBlockStart", {"start": start, "contentBlockIndex": at})
        for delta in _deltas(reply):
            yield event_stream.event("contentBlockDelta", {"delta": delta, "contentBlockIndex": at})
        yield event_stream.event("contentBlockStop", {"contentBlockIndex": at})
    yield event_stream.event("messageStop", {"stopReason": replies[-1].stop_reason})
    yield event_stream.event("metadata", {"usage": _usage(call, replies), "metrics": {"latencyMs": 1}})


def _block(reply: Reply) -> Json:
    if reply.tool:
        return {"toolUse": {"toolUseId": "tooluse_1", "name": reply.tool, "input": _tool_input(reply.text)}}
    if reply.citations:
        return {"citationsContent": {"content": [{"text": reply.text}], "citations": list(reply.citations)}}
    return {"text": reply.text}


def _tool_input(text: str) -> Any:
    """Return what the text says; text that is no JSON stands where the statements should."""
    try:
        return json.loads(text)
    except ValueError:
        return {"statements": text}


def _deltas(reply: Reply) -> Iterator[Json]:
    for start in range(0, len(reply.text), _PIECE):
        piece = reply.text[start : start + _PIECE]
        yield {"toolUse": {"input": piece}} if reply.tool else {"text": piece}
    for citation in reply.citations:
        yield {"citation": citation}


def _usage(call: Call, replies: list[Reply]) -> Json:
    """Return tokens, four characters each; no model writes an answer to a question that is blocked."""
    read = len(json.dumps([call.body.get("system", []), call.body["messages"]])) // 4
    written = 0 if call.scenario.blocked == "question" else sum(len(reply.text) for reply in replies) // 4
    return {"inputTokens": read, "outputTokens": written, "totalTokens": read + written}
