"""Parsing children: started when they are needed, ended at a deadline, replaced when they fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Timer, local
from typing import Self

from ingest.parse.frames import Head, Job, Parsed, job_head, parsed_from, receive, send
from rag.errors import IngestError

# What a child has of the environment: no credentials among it.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH",
                "TESSDATA_PREFIX")  # fmt: skip
# One thread each: children run side by side, and the stacks of threads count as memory.
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: megabytes of memory beside what a child has at its start, and seconds."""

    memory_mb: int = 1024
    timeout_s: float = 300.0


class Parsers:
    """A pool of children, each of which parses one file at a time.

    Args:
        workers: most children at a time; 0 for one less than the cores, at most four.
        limits: what one file may take.
    """

    def __init__(self, workers: int = 0, limits: Limits = Limits()) -> None:
        self.workers = workers or max(1, min(4, (os.cpu_count() or 1) - 1))
        self.limits = limits
        self._executor = ThreadPoolExecutor(self.workers, thread_name_prefix="parse")
        self._own = local()  # the child of each thread of the executor
        self._children: set[_Child] = set()
        self._lock, self._closed = Lock(), False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all children, whatever they are doing; what waits is given up."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.kill()
        self._executor.shutdown(cancel_futures=True)
        for child in self._children:
            child.end()

    def submit(self, job: Job, raw: bytes) -> Future[Parsed]:
        """Parse a file as soon as a child is free.

        The future raises IngestError where the file cannot be read, or takes more memory or time than it may. A
        child that has parsed other files may fail for what they left behind, so a new one then tries again.
        """
        return self._executor.submit(self._parse, job, raw)

    def _parse(self, job: Job, raw: bytes) -> Parsed:
        used: _Child | None = getattr(self._own, "child", None)
        if used is not None and not used.ended:
            with suppress(_ChildFailed):
                return used.parse(job, raw)
        self._own.child = child = self._start(job)
        return child.parse(job, raw)

    def _start(self, job: Job) -> _Child:
        with self._lock:
            if self._closed:
                raise IngestError("the ingest was stopped", job.name)
            self._children = {child for child in self._children if not child.ended}
            child = _Child(self.limits)
            self._children.add(child)
            return child


class _ChildFailed(IngestError):
    """The child crashed or ran out of memory."""


class _Child:
    def __init__(self, limits: Limits) -> None:
        self.limits, self.ended, self._ready = limits, False, False
        command = [sys.executable, "-P", "-m", "ingest.parse.child", str(limits.memory_mb), str(limits.timeout_s)]
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._replies = self._process.stdin, self._process.stdout

    def parse(self, job: Job, raw: bytes) -> Parsed:
        overran = Event()
        timer = Timer(self.limits.timeout_s, self._overrun, [overran])
        timer.start()
        try:
            message = self._ask(job, raw)
        finally:
            timer.cancel()
        if message is None:
            raise self._failure(job, late=overran.is_set())
        head, body = message
        if head.get("last"):
            self.end()
        return self._parsed(job, head, body)

    def _ask(self, job: Job, raw: bytes) -> tuple[Head, bytes] | None:
        try:
            self._ready = self._ready or receive(self._replies) is not None
            if not self._ready:
                return None
            send(self._requests, job_head(job), raw)
            return receive(self._replies)
        except (OSError, ValueError, RecursionError):  # the child is gone, or what it sent is no JSON
            return None

    def _parsed(self, job: Job, head: Head, body: bytes) -> Parsed:
        if "memory" in head:
            raise _ChildFailed(
                f"reading it takes more than {self.limits.memory_mb} MB of memory; split it, or set"
                " OPENBOOK_PARSE_MEMORY_MB higher", job.name,
            )  # fmt: skip
        if "reason" in head:
            raise IngestError(str(head["reason"]), job.name, head.get("page"))
        try:
            return parsed_from(head, body)
        except Exception as error:  # a hostile file may own the child, and have it say anything
            self.end()
            raise IngestError("the parser gave back what cannot be understood; leave the file out", job.name) from error

    def _failure(self, job: Job, *, late: bool) -> IngestError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self.end()
        if late:
            return IngestError(
                f"reading it took longer than {self.limits.timeout_s:g} s; split it, or set OPENBOOK_PARSE_TIMEOUT_S"
                " higher", job.name,
            )  # fmt: skip
        told = _exit(self._process.returncode)
        if not self._ready:
            return IngestError(f"the process that parses files does not start ({told})", job.name)
        return _ChildFailed(
            f"its parser crashed ({told}); the file is damaged or takes too much memory: save it anew, or leave it out",
            job.name,
        )

    def _overrun(self, overran: Event) -> None:
        overran.set()
        self.kill()

    def kill(self) -> None:
        """End the process and what it started; whoever waits for its reply sees that it is gone."""
        if self._process.returncode is None:
            with suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    def end(self) -> None:
        """Kill the process, wait for its end and close what led to it."""
        self.ended = True
        self.kill()
        self._process.wait()
        for stream in (self._requests, self._replies):
            with suppress(OSError):
                stream.close()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return {**kept, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)}


def _exit(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"
