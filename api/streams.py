"""Answers as they are written, as server-sent events that can be read again from any of them for a while."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import uuid4

_KEEP_ALIVE_S = 15.0  # shorter than the patience of common proxies
_MOST = 512  # streams that are held, the oldest finished ones leave first
Emit = Callable[[str, Any], None]


@dataclass(eq=False, slots=True)
class Stream:
    """The events of one answer, which belongs to a key."""

    owner: str
    id: str = field(default_factory=lambda: uuid4().hex)
    events: list[str] = field(default_factory=list)
    ended_at: float | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, name: str, data: Any) -> None:
        """Add an event. To be called in the loop's thread."""
        body = json.dumps(data)
        self.events.append(f"id: {self.id}-{len(self.events) + 1}\nevent: {name}\ndata: {body}\n\n")
        self._wake()

    def end(self) -> None:
        """Say that no event follows."""
        self.ended_at = monotonic()
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self, after: int = 0) -> AsyncIterator[str]:
        """Yield events after the first `after`, as they come, until the last."""
        at = after
        while True:
            changed = self._changed
            while at < len(self.events):
                yield self.events[at]
                at += 1
            if self.ended_at is not None:
                return
            try:
                await asyncio.wait_for(changed.wait(), _KEEP_ALIVE_S)
            except TimeoutError:
                yield ": still here\n\n"


class Streams:
    """The streams of this process.

    Args:
        kept_s: seconds for which one that ended can be read again.
    """

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._streams: dict[str, Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, owner: str) -> Stream:
        """Return a new stream of a key."""
        self._forget()
        stream = Stream(owner)
        self._streams[stream.id] = stream
        return stream

    def find(self, owner: str, event_id: str) -> tuple[Stream, int] | None:
        """Return the stream of an event with the event's number; None if the key has none such any more."""
        self._forget()
        stream_id, _, number = event_id.partition("-")
        stream = self._streams.get(stream_id)
        known = stream is not None and stream.owner == owner and number.isascii() and number.isdigit()
        return (stream, int(number)) if stream and known and int(number) <= len(stream.events) else None

    def write(self, task: asyncio.Task[None]) -> None:
        """Hold on to what writes a stream, whether or not anyone still reads it."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait until all that is being written is written."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self) -> None:
        ended = {one.id: one.ended_at for one in self._streams.values() if one.ended_at is not None}
        excess = len(self._streams) - _MOST + 1
        for at, (stream_id, ended_at) in enumerate(ended.items()):
            if at < excess or monotonic() - ended_at > self._kept_s:
                del self._streams[stream_id]
