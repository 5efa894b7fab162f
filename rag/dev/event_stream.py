"""Frames of `application/vnd.amazon.eventstream`, the encoding in which AWS streams events.

A frame is: its length and the length of its headers (big-endian, 4 bytes each), the CRC32 of these eight
bytes, the headers, the payload, and the CRC32 of all that stands before.
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any
from zlib import crc32

_STRING = 7  # the type of a header value; the other types are not used by Bedrock
_OVERHEAD = 16  # bytes of a frame beside headers and payload


def event(name: str, body: Mapping[str, Any]) -> bytes:
    """Return the frame of an event of a modelled stream."""
    return _message({":message-type": "event", ":event-type": name}, body)


def exception(name: str, body: Mapping[str, Any]) -> bytes:
    """Return the frame of an error that ends a stream."""
    return _message({":message-type": "exception", ":exception-type": name}, body)


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return the bytes of one frame.

    Args:
        headers: names of at most 255 bytes, values of at most 32,767.
        payload: the body.
    """
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", _OVERHEAD + len(encoded) + len(payload), len(encoded))
    checked = prelude + struct.pack("!I", crc32(prelude)) + encoded + payload
    return checked + struct.pack("!I", crc32(checked))


def _message(headers: Mapping[str, str], body: Mapping[str, Any]) -> bytes:
    return frame({**headers, ":content-type": "application/json"}, json.dumps(body).encode())


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(text)) + text
