"""S3 over HTTP on this machine: moto's server, and one that replies what a test wrote down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3

from ingest.sources import S3Access

BUCKET = "texts"


@contextmanager
def moto_server() -> Iterator[str]:
    """Yield the address of an S3 server that holds no buckets."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


class Store:
    """A bucket to put objects into."""

    def __init__(self, url: str) -> None:
        self.access = S3Access(region="us-east-1", endpoint_url=url)
        self._client: Any = boto3.client("s3", region_name="us-east-1", endpoint_url=url)

    def put(self, **texts: str | bytes) -> None:
        """Store objects by key."""
        for key, text in texts.items():
            self._client.put_object(Bucket=BUCKET, Key=key, Body=text)

    def delete(self, key: str) -> None:
        """Remove an object."""
        self._client.delete_object(Bucket=BUCKET, Key=key)

    def empty(self) -> None:
        """Make the bucket if it is not there, and remove what it holds."""
        self._client.create_bucket(Bucket=BUCKET)
        for one in self._client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
            self.delete(one["Key"])


@contextmanager
def scripted_server(*replies: tuple[int, bytes, int]) -> Iterator[S3Access]:
    """Yield access to a server that gives these replies in turn: status, body, and the length it claims to have."""
    waiting = list(replies)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, length = waiting.pop(0)
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield S3Access(region="us-east-1", endpoint_url=f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
