"""What both clients have in common: requests, replies, retries, server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import httpx

from api.schemas import ProblemDocument

RETRIES = 3
TIMEOUT = httpx.Timeout(60.0, connect=10.0)  # a stream says something every 15 seconds
_TRY_AGAIN = (429, 503)
_LONGEST_WAIT_S = 60.0
ENDED_EARLY = "The stream ended before the answer did. Ask again."
BROKEN_OFF = (httpx.RemoteProtocolError, httpx.ReadError, httpx.ReadTimeout)


class ApiError(Exception):
    """The server refused, or could not; `problem` says what and what to do.

    Attributes:
        problem: the problem document.
    """

    def __init__(self, problem: ProblemDocument) -> None:
        self.problem = problem
        super().__init__(f"{problem.title} ({problem.status}): {problem.detail} {problem.advice}")

    @property
    def name(self) -> str:
        """The kind of problem, such as "not-found"."""
        return self.problem.type.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a streamed answer: `id` resumes after it, `data` is what docs/api.md says of `name`."""

    id: str
    name: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class EventReader:
    """Lines of a stream to events."""

    _id: str = ""
    _name: str = ""
    _data: list[str] = field(default_factory=list)

    def feed(self, line: str) -> Iterator[Event]:
        """Yield the event that a line ends, if it ends one."""
        if not line:
            if self._data:
                yield Event(self._id, self._name, json.loads("\n".join(self._data)))
            self._id, self._name, self._data = "", "", []
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            self._id = value
        elif name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)


def headers(key: str) -> dict[str, str]:
    """Return the headers of every request."""
    return {"Authorization": f"Bearer {key}"} if key else {}


def wait_of(response: httpx.Response, attempt: int) -> float | None:
    """Return after how many seconds a request is to be sent again; None if it is not."""
    if response.status_code not in _TRY_AGAIN:
        return None
    try:
        told = float(response.headers.get("Retry-After", ""))
    except ValueError:
        told = float(2**attempt)
    return min(max(told, 0.0), _LONGEST_WAIT_S)


def checked(response: httpx.Response) -> httpx.Response:
    """Return a reply that was read, or raise `ApiError`."""
    if response.is_success:
        return response
    raise ApiError(_problem(response))


def given(**values: Any) -> dict[str, Any]:
    """Return the values that are not None."""
    return {name: list(one) if isinstance(one, tuple) else one for name, one in values.items() if one is not None}


class Narrowing(TypedDict, total=False):
    """What a question may be narrowed to; see docs/api.md."""

    course: str
    documents: Sequence[str]
    tags: Sequence[str]
    top_k: int | None


class Asking(Narrowing, total=False):
    """How a question may be asked."""

    conversation: str | None


def asked(question: str, more: Asking | Narrowing) -> dict[str, Any]:
    """Return the body of a question."""
    lists = {"documents": tuple(more.get("documents", ())), "tags": tuple(more.get("tags", ()))}
    return given(**{"question": question, "course": "", **more, **lists})


class Resuming:
    """How far a stream was read, and whether it may be taken up again.

    Args:
        retries: how often.
    """

    def __init__(self, retries: int) -> None:
        self.last, self._left = "", retries

    def read(self, event: Event) -> Event:
        """Return an event that came. Raises `ApiError` where it says that the answer failed."""
        if event.name == "error":
            raise ApiError(ProblemDocument.model_validate(event.data))
        self.last = event.id
        return event

    def may_go_on(self) -> bool:
        """Whether to ask for the rest once more."""
        if not self.last or not self._left:
            return False
        self._left -= 1
        return True


def _problem(response: httpx.Response) -> ProblemDocument:
    try:
        return ProblemDocument.model_validate_json(response.content)
    except ValueError:  # not of this API: a proxy, another server
        return ProblemDocument(
            type="about:blank", title=response.reason_phrase or "Error", status=response.status_code,
            detail=f"{response.request.url.host} replied without a problem document.",
            advice="Check the address; something between here and the API may have answered.", request_id="",
        )  # fmt: skip
