"""The typed client of the API: `Openbook`, and `AsyncOpenbook` with the same methods.

    with Openbook("http://127.0.0.1:8000", key) as openbook:
        reply = openbook.ask("What does Glue FindMatches do?", course="aws-ml")
        print(reply.answer.text)

What the server is too busy for (429, 503) is sent again after as long as it says; a stream that breaks off is resumed.
Every method raises `ApiError` where the server refuses, and `httpx.HTTPError` where it cannot be reached.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from api import schemas
from api.transport import (
    BROKEN_OFF,
    ENDED_EARLY,
    RETRIES,
    TIMEOUT,
    ApiError,
    Asking,
    Event,
    EventReader,
    Narrowing,
    Resuming,
    asked,
    checked,
    given,
    headers,
    wait_of,
)

__all__ = ["ApiError", "AsyncOpenbook", "Event", "Openbook"]


class Openbook:
    """The API, one request after the other.

    Args:
        url: of the server, without /v1.
        key: what `openbook keys create` printed; "" where the server asks for none.
        retries: how often a request is sent again that the server was too busy for, or a stream that broke off.
        transport: what sends requests; None for the network.
    """

    def __init__(
        self, url: str, key: str = "", *, retries: int = RETRIES, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._client = httpx.Client(base_url=url, headers=headers(key), timeout=TIMEOUT, transport=transport)
        self._retries = retries

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release connections."""
        self._client.close()

    def ask(self, question: str, **more: Unpack[Asking]) -> schemas.AskReply:
        """Return an answer, or a refusal; with `conversation`, an id or "new", it is kept."""
        body = asked(question, more)
        return schemas.AskReply.model_validate_json(self._send("POST", "/v1/ask", json=body))

    def stream(self, question: str, **more: Unpack[Asking]) -> Iterator[Event]:
        """Yield the events of an answer as it is written; the last is `done`."""
        body, resuming = asked(question, more), Resuming(self._retries)
        while True:
            try:
                for event in self._events(body, resuming.last):
                    yield resuming.read(event)
                    if event.name == "done":
                        return
            except BROKEN_OFF:
                if not resuming.may_go_on():
                    raise
            else:
                if not resuming.may_go_on():
                    raise httpx.RemoteProtocolError(ENDED_EARLY)

    def search(self, question: str, **more: Unpack[Narrowing]) -> list[schemas.Passage]:
        """Return the passages that a question finds, best first."""
        body = asked(question, more)
        return schemas.SearchReply.model_validate_json(self._send("POST", "/v1/search", json=body)).passages

    def courses(self) -> list[schemas.Course]:
        """List the courses that the key may see."""
        return schemas.CourseList.model_validate_json(self._send("GET", "/v1/courses")).courses

    def documents(self, course: str = "") -> Iterator[schemas.Document]:
        """Yield all documents, of a course or of all."""
        cursor: str | None = ""
        while cursor is not None:
            params = given(course=course, cursor=cursor or None)
            page = schemas.DocumentPage.model_validate_json(self._send("GET", "/v1/documents", params=params))
            yield from page.documents
            cursor = page.next

    def document(self, document_id: str) -> schemas.Document:
        """Return what is known of a document."""
        return schemas.Document.model_validate_json(self._send("GET", f"/v1/documents/{document_id}"))

    def conversations(self, course: str = "") -> Iterator[schemas.Conversation]:
        """Yield all conversations, the latest first."""
        cursor: str | None = ""
        while cursor is not None:
            params = given(course=course, cursor=cursor or None)
            body = self._send("GET", "/v1/conversations", params=params)
            page = schemas.ConversationPage.model_validate_json(body)
            yield from page.conversations
            cursor = page.next

    def conversation(self, conversation_id: str) -> schemas.ConversationWhole:
        """Return a conversation with all that was said."""
        body = self._send("GET", f"/v1/conversations/{conversation_id}")
        return schemas.ConversationWhole.model_validate_json(body)

    def rename(self, conversation_id: str, title: str) -> schemas.Conversation:
        """Give a conversation another title."""
        body = self._send("PATCH", f"/v1/conversations/{conversation_id}", json={"title": title})
        return schemas.Conversation.model_validate_json(body)

    def delete(self, conversation_id: str) -> None:
        """Remove a conversation with all that was said."""
        self._send("DELETE", f"/v1/conversations/{conversation_id}")

    def export(self, conversation_id: str) -> str:
        """Return a conversation as Markdown."""
        return (self._send("GET", f"/v1/conversations/{conversation_id}/export")).decode()

    def _send(self, method: str, path: str, **more: Any) -> bytes:
        for attempt in range(self._retries + 1):
            response = self._client.request(method, path, **more)
            wait_s = wait_of(response, attempt)
            if wait_s is None or attempt == self._retries:
                break
            time.sleep(wait_s)
        return checked(response).content

    def _events(self, body: dict[str, Any], last: str) -> Iterator[Event]:
        more = {"Last-Event-ID": last} if last else {}
        for attempt in range(self._retries + 1):
            with self._client.stream("POST", "/v1/ask/stream", json=body, headers=more) as response:
                wait_s = wait_of(response, attempt)
                if wait_s is None or attempt == self._retries:
                    if not response.is_success:
                        response.read()
                    checked(response)
                    reader = EventReader()
                    for line in response.iter_lines():
                        yield from reader.feed(line)
                    return
            time.sleep(wait_s)


class AsyncOpenbook:
    """The API in asynchronous programs.

    Args:
        url: of the server, without /v1.
        key: what `openbook keys create` printed; "" where the server asks for none.
        retries: how often a request is sent again that the server was too busy for, or a stream that broke off.
        transport: what sends requests; None for the network.
    """

    def __init__(
        self, url: str, key: str = "", *, retries: int = RETRIES, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(base_url=url, headers=headers(key), timeout=TIMEOUT, transport=transport)
        self._retries = retries

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Release connections."""
        await self._client.aclose()

    async def ask(self, question: str, **more: Unpack[Asking]) -> schemas.AskReply:
        """Return an answer, or a refusal; with `conversation`, an id or "new", it is kept."""
        body = asked(question, more)
        return schemas.AskReply.model_validate_json(await self._send("POST", "/v1/ask", json=body))

    async def stream(self, question: str, **more: Unpack[Asking]) -> AsyncIterator[Event]:
        """Yield the events of an answer as it is written; the last is `done`."""
        body, resuming = asked(question, more), Resuming(self._retries)
        while True:
            try:
                async for event in self._events(body, resuming.last):
                    yield resuming.read(event)
                    if event.name == "done":
                        return
            except BROKEN_OFF:
                if not resuming.may_go_on():
                    raise
            else:
                if not resuming.may_go_on():
                    raise httpx.RemoteProtocolError(ENDED_EARLY)

    async def search(self, question: str, **more: Unpack[Narrowing]) -> list[schemas.Passage]:
        """Return the passages that a question finds, best first."""
        body = asked(question, more)
        return schemas.SearchReply.model_validate_json(await self._send("POST", "/v1/search", json=body)).passages

    async def courses(self) -> list[schemas.Course]:
        """List the courses that the key may see."""
        return schemas.CourseList.model_validate_json(await self._send("GET", "/v1/courses")).courses

    async def documents(self, course: str = "") -> AsyncIterator[schemas.Document]:
        """Yield all documents, of a course or of all."""
        cursor: str | None = ""
        while cursor is not None:
            params = given(course=course, cursor=cursor or None)
            page = schemas.DocumentPage.model_validate_json(await self._send("GET", "/v1/documents", params=params))
            for one in page.documents:
                yield one
            cursor = page.next

    async def document(self, document_id: str) -> schemas.Document:
        """Return what is known of a document."""
        return schemas.Document.model_validate_json(await self._send("GET", f"/v1/documents/{document_id}"))

    async def conversations(self, course: str = "") -> AsyncIterator[schemas.Conversation]:
        """Yield all conversations, the latest first."""
        cursor: str | None = ""
        while cursor is not None:
            params = given(course=course, cursor=cursor or None)
            body = await self._send("GET", "/v1/conversations", params=params)
            page = schemas.ConversationPage.model_validate_json(body)
            for one in page.conversations:
                yield one
            cursor = page.next

    async def conversation(self, conversation_id: str) -> schemas.ConversationWhole:
        """Return a conversation with all that was said."""
        body = await self._send("GET", f"/v1/conversations/{conversation_id}")
        return schemas.ConversationWhole.model_validate_json(body)

    async def rename(self, conversation_id: str, title: str) -> schemas.Conversation:
        """Give a conversation another title."""
        body = await self._send("PATCH", f"/v1/conversations/{conversation_id}", json={"title": title})
        return schemas.Conversation.model_validate_json(body)

    async def delete(self, conversation_id: str) -> None:
        """Remove a conversation with all that was said."""
        await self._send("DELETE", f"/v1/conversations/{conversation_id}")

    async def export(self, conversation_id: str) -> str:
        """Return a conversation as Markdown."""
        return (await self._send("GET", f"/v1/conversations/{conversation_id}/export")).decode()

    async def _send(self, method: str, path: str, **more: Any) -> bytes:
        for attempt in range(self._retries + 1):
            response = await self._client.request(method, path, **more)
            wait_s = wait_of(response, attempt)
            if wait_s is None or attempt == self._retries:
                break
            await asyncio.sleep(wait_s)
        return checked(response).content

    async def _events(self, body: dict[str, Any], last: str) -> AsyncIterator[Event]:
        more = {"Last-Event-ID": last} if last else {}
        for attempt in range(self._retries + 1):
            async with self._client.stream("POST", "/v1/ask/stream", json=body, headers=more) as response:
                wait_s = wait_of(response, attempt)
                if wait_s is None or attempt == self._retries:
                    if not response.is_success:
                        await response.aread()
                    checked(response)
                    reader = EventReader()
                    async for line in response.aiter_lines():
                        for event in reader.feed(line):
                            yield event
                    return
            await asyncio.sleep(wait_s)
