"""The one place where the synchronous core runs: a bounded number of threads, and what waits for them."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from api.guard import log_failure
from api.metrics import Metrics
from api.problems import Problem
from rag.answer import Assistant
from rag.errors import OpenbookError

T = TypeVar("T")
OpenAssistant = Callable[[], Assistant]
log = logging.getLogger("api")
_TRY_AGAIN_S = 5.0
_WAITING_FOR_EACH = 16  # requests that may wait for one thread


class Workroom:
    """Runs calls of the core in threads, so many at a time; the others wait for a while.

    Args:
        most: calls that run at once.
        wait_s: seconds after which a call that waits is refused.
        metrics: where both are counted.
    """

    def __init__(self, most: int, wait_s: float, metrics: Metrics) -> None:
        self._slots, self._most, self._wait_s = asyncio.Semaphore(most), most, wait_s
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="answer")
        self._metrics, self._waiting = metrics, 0

    async def run(self, call: Callable[[], T]) -> T:
        """Return what a call returns, run when there is room. Raises `Problem` where none comes free."""
        await self.enter()
        try:
            return await self.run_inside(call)
        finally:
            self.leave()

    async def enter(self) -> None:
        """Take a place, which `leave` gives back. Raises `Problem` where none comes free."""
        if self._waiting >= self._most * _WAITING_FOR_EACH:
            raise Problem("busy", "Too many questions are waiting.", retry_after_s=max(1, round(self._wait_s)))
        self._waiting += 1
        self._metrics.waiting.set(self._waiting)
        try:
            await asyncio.wait_for(self._slots.acquire(), self._wait_s)
        except TimeoutError as error:
            said = f"No place came free in {self._wait_s:g} s."
            raise Problem("busy", said, retry_after_s=max(1, round(self._wait_s))) from error
        finally:
            self._waiting -= 1
            self._metrics.waiting.set(self._waiting)
        self._metrics.working.inc()

    def leave(self) -> None:
        """Give a place back."""
        self._metrics.working.dec()
        self._slots.release()

    def run_inside(self, call: Callable[[], T]) -> Awaitable[T]:
        """Run a call in a thread; the caller has a place."""
        run = partial(contextvars.copy_context().run, call)
        return asyncio.get_running_loop().run_in_executor(self._threads, run)

    def close(self) -> None:
        """Wait for what still runs."""
        self._threads.shutdown()


class Opening:
    """An assistant that is opened beside the first requests, again and again until it is open."""

    def __init__(self, open_assistant: OpenAssistant) -> None:
        self._open = open_assistant
        self._assistant: Assistant | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def assistant(self) -> Assistant:
        """What answers. Raises `Problem` until it is open."""
        if self._assistant is None:
            raise Problem("not-ready", retry_after_s=2)
        return self._assistant

    def begin(self) -> None:
        """Begin to open it."""
        self._task = asyncio.create_task(self._until_open())

    async def _until_open(self) -> None:
        while self._assistant is None:
            try:
                self._assistant = await asyncio.to_thread(self._open)
            except OpenbookError as error:
                log_failure(error)
                await asyncio.sleep(_TRY_AGAIN_S)
        log.info("The library is open.")

    async def close(self) -> None:
        """Stop opening, or close what is open."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._assistant is not None:
            await asyncio.to_thread(self._assistant.library.close)
