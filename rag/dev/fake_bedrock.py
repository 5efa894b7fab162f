"""A stand-in for Amazon Bedrock on this machine: its HTTP protocol for the real boto3 client, and no model.

`openbook dev fake-bedrock` runs it, so that the Bedrock path can be tried without an account. It speaks
Converse, ConverseStream, InvokeModel (embeddings), Rerank, ApplyGuardrail, Retrieve and
GetInferenceProfile. Signatures are not verified; a request without one is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

from rag.dev.bedrock_http import Handler, Request
from rag.dev.bedrock_scenarios import SCENARIOS, Scenario
from rag.errors import ConfigError

PORT = 8199


class FakeBedrock(ThreadingHTTPServer):
    """The server; `requests` keeps what it was sent.

    Args:
        port: on 127.0.0.1; 0 takes a free one.
        scenario: a name of `SCENARIOS`.

    Raises:
        ConfigError: there is no such scenario, or the port is taken.
    """

    daemon_threads = True

    def __init__(self, port: int = PORT, scenario: str = "normal") -> None:
        if scenario not in SCENARIOS:
            raise ConfigError(f"There is no scenario '{scenario}'. There are: {', '.join(SCENARIOS)}.")
        self.scenario: Scenario = SCENARIOS[scenario]
        self.requests: list[Request] = []
        self.closing = threading.Event()
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except OSError as error:
            raise ConfigError(f"Port {port} cannot be used: {error.strerror}. Choose another with --port.") from error

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def server_close(self) -> None:
        """Stop listening, and let replies that wait go."""
        self.closing.set()
        super().server_close()


def serve(port: int = PORT, scenario: str = "normal", ready: Callable[[str], object] = str) -> None:
    """Run until interrupted; `ready` is told the address. Raises as `FakeBedrock` does."""
    with FakeBedrock(port, scenario) as server:
        ready(server.url)
        server.serve_forever()


@contextmanager
def running(scenario: str = "normal") -> Iterator[FakeBedrock]:
    """Run in a thread on a free port."""
    with FakeBedrock(0, scenario) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
