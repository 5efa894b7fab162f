"""The child process that parses: it has no credentials, opens no sockets, and takes only so much memory and time.

Run as `python -m ingest.parse.child MEMORY_MB TIMEOUT_S`; it answers requests on its standard input until that ends.
Memory is limited where the system can (Linux); the parent's deadline holds everywhere.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from ingest.parse.frames import Head, job_from, parsed_message, receive, send
from ingest.parse.parse import parse
from rag.errors import IngestError

_MB = 1_000_000
_GRACE_S = 10  # beyond the parent's deadline, for a child whose parent is gone
_WORN = 0.25  # share of its memory by which a child may have grown before it is replaced
_STATM = Path("/proc/self/statm")  # proc(5): the first number is the address space in pages


def main() -> None:
    """Answer requests until there are no more."""
    memory, timeout_s = int(sys.argv[1]) * _MB, float(sys.argv[2])
    requests, replies = _private_streams()
    start = _address_space()
    _limit_memory(start + memory)
    sys.addaudithook(_refuse_sockets)
    send(replies, {"ready": True})
    _to_nowhere(2)  # what fails from here on is told in a reply
    while message := receive(requests):
        _end_in(timeout_s + _GRACE_S)
        head, body = _answer(*message)
        _end_in(0)
        worn = "memory" in head or _address_space() > start + _WORN * memory
        send(replies, {**head, "last": worn}, body)
        del message, head, body


def _answer(head: Head, raw: bytes) -> tuple[Head, bytes]:
    try:
        return parsed_message(parse(job_from(head), raw))
    except IngestError as error:
        return {"reason": error.reason, "page": error.page}, b""
    except MemoryError:
        return {"memory": True}, b""


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the streams to the parent; what libraries and their programs read and print goes nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _to_nowhere(0)
    _to_nowhere(1)
    return requests, replies


def _to_nowhere(stream: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, stream)
    os.close(nothing)


def _address_space() -> int:
    """Return the address space of this process in bytes; 0 where the system does not say."""
    if not _STATM.exists():
        return 0
    return int(_STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _limit_memory(limit: int) -> None:
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _end_in(seconds: float) -> None:
    """Have the system end this process; 0 for never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _refuse_sockets(event: str, _: object) -> None:
    if event.startswith("socket."):
        raise PermissionError("a file that is parsed may not open connections")


if __name__ == "__main__":
    main()
