"""The HTTP protocol of the Bedrock stand-in: routes, replies, errors and streams as the real service sends them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Protocol, cast
from urllib.parse import unquote

from rag.dev import bedrock_converse, bedrock_operations, event_stream
from rag.dev.bedrock_call import Call, Json, Refused
from rag.dev.bedrock_scenarios import Fault, Scenario

DELAY_S = 600.0  # longer than any client waits
_MIDDLE = 3  # the frame of a stream at which something goes wrong
_UNSIGNED = Fault(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
_UNKNOWN = Fault(404, "UnknownOperationException", "The stand-in does not know this operation.")
_ROUTES: dict[str, Callable[[Call], Json]] = {
    r"POST /model/([^/]+)/converse": bedrock_converse.converse,
    r"POST /model/([^/]+)/invoke": bedrock_operations.invoke_model,
    r"POST /rerank": bedrock_operations.rerank,
    r"POST /guardrail/([^/]+)/version/([^/]+)/apply": bedrock_operations.apply_guardrail,
    r"POST /knowledgebases/([^/]+)/retrieve": bedrock_operations.retrieve,
    r"GET /inference-profiles/([^/]+)": bedrock_operations.get_inference_profile,
}
_STREAM = r"POST /model/([^/]+)/converse-stream"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent: the path without escapes, the headers in lower case, the body."""

    path: str
    headers: Json
    body: Json

    @property
    def attempt(self) -> int:
        """Which attempt of a call this is, from 1, as the client counts."""
        found = re.search(r"attempt=(\d+)", self.headers.get("amz-sdk-request", ""))
        return int(found[1]) if found else 1


class Served(Protocol):
    """What a handler needs of its server."""

    scenario: Scenario
    requests: list[Request]
    closing: threading.Event


class Handler(BaseHTTPRequestHandler):
    """Answers one connection of a `Served` server."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a request without a body."""
        self._reply(b"{}")

    def do_POST(self) -> None:
        """Answer a request with a body."""
        self._reply(self.rfile.read(int(self.headers["Content-Length"])))

    def _reply(self, body: bytes) -> None:
        server = cast(Served, self.server)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(unquote(self.path), headers, json.loads(body))
        server.requests.append(request)
        if server.scenario.delayed:
            server.closing.wait(DELAY_S)
        try:
            self._answer(request, server.scenario)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client gave up

    def _answer(self, request: Request, scenario: Scenario) -> None:
        fault = scenario.fails(request.attempt)
        if "authorization" not in request.headers:
            fault = _UNSIGNED
        target = f"{self.command} {self.path}"
        if fault:
            self._send_fault(fault)
        elif found := re.fullmatch(_STREAM, target):
            frames = bedrock_converse.converse_stream(Call(_unquoted(found), request.body, scenario))
            self._send_stream(frames, scenario)
        else:
            self._send_result(target, request.body, scenario)

    def _send_result(self, target: str, body: Json, scenario: Scenario) -> None:
        for route, operation in _ROUTES.items():
            if found := re.fullmatch(route, target):
                try:
                    self._send(200, operation(Call(_unquoted(found), body, scenario)))
                except Refused as refused:
                    self._send_fault(refused.fault)
                return
        self._send_fault(_UNKNOWN)

    def _send_fault(self, fault: Fault) -> None:
        self._send(fault.status, {"message": fault.message}, {"x-amzn-ErrorType": fault.name})

    def _send(self, status: int, body: Json, headers: Json | None = None) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        described = {"Content-Type": "application/json", "Content-Length": str(len(raw)), **(headers or {})}
        for name, value in described.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def _send_stream(self, frames: Iterator[bytes], scenario: Scenario) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at, sent in enumerate(frames):
            if at == _MIDDLE and scenario.stall_stream:
                cast(Served, self.server).closing.wait(DELAY_S)
            if at == _MIDDLE and scenario.cut_stream:
                self._send_half(sent)
                return
            if at == _MIDDLE and (fault := scenario.stream_fault):
                name = fault.name[0].lower() + fault.name[1:]  # as members of the stream are written
                self._send_chunk(event_stream.exception(name, {"message": fault.message}))
                break
            self._send_chunk(sent)
        self._send_chunk(b"")

    def _send_chunk(self, sent: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(sent), sent))

    def _send_half(self, sent: bytes) -> None:
        """Close the connection within a frame, as a network does."""
        self.wfile.write(b"%x\r\n%b" % (len(sent), sent[: len(sent) // 2]))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: what is asked is nobody else's business."""


def _unquoted(found: re.Match[str]) -> tuple[str, ...]:
    return tuple(unquote(part) for part in found.groups())
