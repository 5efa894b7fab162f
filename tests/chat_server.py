"""A server on this machine that speaks OpenAI's chat completions protocol, with replies from a script."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Request = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What the server sends: the text of a message, or another status; after a while, if it is slow."""

    text: str = ""
    status: int = 200
    after_s: float = 0.0


class ChatServer:
    """Replies with the next of `script`, or with what `otherwise` makes of a request once that is used up."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: list[Said] = []
        self.otherwise: Callable[[Request], Said] = lambda _: Said(status=500)
        self.requests: list[Request] = []
        self._lock = threading.Lock()

    def reply(self, request: Request) -> Said:
        with self._lock:
            self.requests.append(request)
            return self.script.pop(0) if self.script else self.otherwise(request)


def verdict(label: str, reason: str = "It says so.") -> Said:
    return Said(json.dumps({"reason": reason, "label": label}))


def system(request: Request) -> str:
    return str(request["messages"][0]["content"])


def shown(request: Request) -> dict[str, Any]:
    """Return the material that a request shows, in its order."""
    return dict(json.loads(request["messages"][1]["content"]))


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    server = http.chat = ChatServer(f"http://127.0.0.1:{http.server_port}/v1")  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.server.chat.reply(request)  # type: ignore[attr-defined]
        time.sleep(said.after_s)
        streams = request.get("stream") and said.status == 200
        whole = _completion(said.text) if said.status == 200 else {"error": {"message": "no"}}
        body = _events(said.text).encode() if streams else json.dumps(whole).encode()
        try:
            self.send_response(said.status)
            self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client gave up, which is what a slow reply is for

    def log_message(self, format: str, *args: object) -> None:
        pass


def _completion(text: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stub",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }  # fmt: skip


def _events(text: str) -> str:
    """Return a reply as it is streamed: a few characters an event, the tokens last."""
    common = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": piece}, None) for piece in pieces]
    deltas += [({}, "stop")]
    events: list[dict[str, Any]] = [
        {**common, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]} for delta, reason in deltas
    ]
    events += [{**common, "choices": [], "usage": _completion("")["usage"]}]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
