"""Errors as RFC 9457 problem documents, each of a kind with a stable type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import (
    Blocked,
    ConfigError,
    IndexMismatch,
    IngestError,
    LibraryError,
    ModelError,
    OpenbookError,
    QuestionError,
    QuizError,
    StateError,
)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:openbook:problem:"
_IN_LOG = "What exactly is in the server's log, under the request id; whoever runs the server can look it up."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the status it has, what it is, and what to do."""

    status: int
    title: str
    advice: str


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, "The request cannot be read", "Send a request as the OpenAPI document describes it."),
    "unauthenticated": Kind(
        401, "A valid key is needed", "Send `Authorization: Bearer KEY`; `openbook keys create` makes one."
    ),
    "forbidden": Kind(403, "The key may not do this", "Use a key of a wider scope."),
    "not-found": Kind(
        404, "There is no such thing", "Check the address and ids; the lists show what this key may see."
    ),
    "method-not-allowed": Kind(405, "This address has no such method", "The header Allow names those there are."),
    "too-large": Kind(413, "The request is too large", "Send less at once; long material belongs into course texts."),
    "invalid-request": Kind(422, "Values of the request are wrong", "`errors` names each value and what is wrong."),
    "question": Kind(422, "The question cannot be answered as put", "Ask one thing, in words."),
    "course-needed": Kind(422, "A course must be named", "Name one of those that /v1/courses lists."),
    "texts-too-few": Kind(422, "The texts hold too little for this", "Ask for less, or add course texts."),
    "unreadable-text": Kind(422, "A course text cannot be read", "Fix the file and add it again."),
    "blocked": Kind(422, "A guardrail stopped this", "Put the question in another way."),
    "too-many-requests": Kind(429, "Too many requests with this key", "Wait as long as Retry-After says."),
    "internal": Kind(500, "The server failed", _IN_LOG),
    "configuration": Kind(500, "The server is set up wrongly", _IN_LOG),
    "model-failed": Kind(502, "A model failed", _IN_LOG),
    "model-unavailable": Kind(503, "A model cannot be reached now", "Try again after Retry-After."),
    "busy": Kind(503, "The server is answering as many questions as it can", "Try again after Retry-After."),
    "not-ready": Kind(503, "The library is not open yet", "Try again after Retry-After; /readyz says when it is."),
    "library-unavailable": Kind(503, "The library cannot be used", _IN_LOG),
    "index-mismatch": Kind(503, "The library needs a new index", "Whoever runs the server runs: openbook reindex"),
    "state-unavailable": Kind(503, "What is stored cannot be read or written", _IN_LOG),
}
# The first that fits; what is not `True` may say more than a stranger should read: paths, addresses, prompts.
_ERRORS: Sequence[tuple[type[OpenbookError], str, bool]] = (
    (Blocked, "blocked", True),
    (ModelError, "model-failed", False),
    (QuestionError, "question", True),
    (QuizError, "texts-too-few", True),
    (IngestError, "unreadable-text", True),
    (IndexMismatch, "index-mismatch", False),
    (LibraryError, "library-unavailable", False),
    (StateError, "state-unavailable", False),
    (ConfigError, "configuration", False),
)
_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}


class Problem(Exception):
    """A request that cannot be done.

    Args:
        name: one of `KINDS`.
        detail: what happened; "" for the title of the kind.
        retry_after_s: after how many seconds to try again; 0 for none.
        errors: which values are wrong, each with where it stands and why.
        headers: of the reply.
    """

    def __init__(
        self,
        name: str,
        detail: str = "",
        *,
        retry_after_s: int = 0,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.kind, self.errors = name, KINDS[name], errors
        self.detail = detail or f"{self.kind.title}."
        self.headers = dict(headers or {})
        if retry_after_s:
            self.headers["Retry-After"] = str(retry_after_s)
        super().__init__(f"{name}: {self.detail}")

    def document(self, request_id: str) -> dict[str, Any]:
        """Return the problem as RFC 9457 has it, with what to do."""
        kind = self.kind
        body = {"type": TYPE_PREFIX + self.name, "title": kind.title, "status": kind.status, "detail": self.detail}
        listed = {"errors": list(self.errors)} if self.errors else {}
        return {**body, "advice": kind.advice, "request_id": request_id, **listed}


def problem_of(error: OpenbookError) -> Problem:
    """Return an error of the core as a problem."""
    name, is_shown = next(((name, shown) for of, name, shown in _ERRORS if isinstance(error, of)), ("internal", False))
    if isinstance(error, ModelError) and error.retryable:
        return Problem("model-unavailable", retry_after_s=5)
    return Problem(name, str(error) if is_shown else "", retry_after_s=5 if KINDS[name].status == 503 else 0)


def problem_of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """Return what the framework refuses by a status alone as a problem."""
    name = _BY_STATUS.get(status, "bad-request" if status < 500 else "internal")
    return Problem(name, headers=headers)
