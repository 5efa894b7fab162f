"""What every request passes: an id, a limit on its size, headers of the reply, a line in the log, metrics."""

from __future__ import annotations

import json
import logging
import re
import traceback
from contextvars import ContextVar
from time import perf_counter
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import MEDIA_TYPE, Problem, problem_of
from rag.errors import ConfigError, LibraryError, OpenbookError, StateError

REQUEST_ID = "X-Request-Id"
request_id: ContextVar[str] = ContextVar("request_id", default="-")
log = logging.getLogger("api")
_GIVEN = re.compile(r"[\w.-]{1,64}", re.ASCII)
_TOLD = (ConfigError, LibraryError, StateError)  # whose messages hold no text of questions or documents
_METHODS = ("GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class WithRequestId(logging.Filter):
    """Gives each line of a log the id of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id` to a record."""
        record.request_id = request_id.get()
        return True


class Guard:
    """The outermost layer of the application.

    Args:
        app: what is guarded.
        max_body_bytes: longer requests are refused.
        metrics: where requests are counted.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, metrics: Metrics) -> None:
        self._app, self._most, self._metrics = app, max_body_bytes, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer for what goes wrong."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = request_id.set(_id_of(scope))
        try:
            await self._guarded(scope, receive, send)
        finally:
            request_id.reset(token)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status, read = perf_counter(), 0, 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(413)  # the one kind that FastAPI lets through while it reads a body
            return message

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                added = {**_HEADERS, REQUEST_ID: request_id.get()}
                raw = [(name.lower().encode(), value.encode()) for name, value in added.items()]
                message["headers"] = [*message["headers"], *raw]
            await send(message)

        try:
            declared = _header(scope, b"content-length")
            if declared.isascii() and declared.isdigit() and int(declared) > self._most:
                await send_problem(Problem("too-large", f"At most {self._most:,} bytes are read."), dressed)
            else:
                await self._app(scope, limited, dressed)
        except Exception as error:
            if status:  # the reply has begun; what is left is to break it off
                log_failure(error)
                raise
            await send_problem(problem_from(error), dressed)
        finally:
            self._tell(scope, status, perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        # The path as it was declared: neither ids nor, in the query, a question.
        path = getattr(scope.get("route"), "path", "(none)")
        method = scope["method"] if scope["method"] in _METHODS else "other"  # whoever asks shall not name our figures
        self._metrics.requests.labels(method, path, str(status)).inc()
        self._metrics.seconds.labels(path).observe(seconds)
        log.info("%s %s %d %.0f ms", scope["method"], path, status, seconds * 1000)


def problem_from(error: Exception) -> Problem:
    """Return the problem that any exception is, and log it where the server is at fault."""
    if isinstance(error, Problem):
        return error
    problem = problem_of(error) if isinstance(error, OpenbookError) else Problem("internal")
    if problem.kind.status >= 500:
        log_failure(error)
    return problem


def log_failure(error: Exception) -> None:
    """Log where an exception came from; its message only where that cannot hold what was asked or read."""
    said = f": {error}" if isinstance(error, _TOLD) else ""
    log.error("%s%s\n%s", type(error).__name__, said, "".join(traceback.format_tb(error.__traceback__)))
    log.debug("%s said: %s", type(error).__name__, error)


async def send_problem(problem: Problem, send: Send) -> None:
    """Send a problem as the whole reply."""
    body = json.dumps(problem.document(request_id.get())).encode()
    headers = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), **problem.headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.kind.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _id_of(scope: Scope) -> str:
    given = _header(scope, REQUEST_ID.lower().encode())
    return given if _GIVEN.fullmatch(given) else uuid4().hex


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
