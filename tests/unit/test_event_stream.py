"""Event-stream frames: AWS's published vectors, and whatever boto3's own decoder reads back."""

from __future__ import annotations

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from rag.dev.event_stream import event, exception, frame

# From the test vectors of botocore, tests/unit/test_eventstream.py.
VECTORS = [
    ({}, b"", b"\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2H\xeb}\x98\xc8\xff"),
    ({}, b"{'foo':'bar'}", b"\x00\x00\x00\x1d\x00\x00\x00\x00\xfdR\x8cZ{'foo':'bar'}\xc3e96"),
    (
        {"content-type": "application/json"},
        b"{'foo':'bar'}",
        b"\x00\x00\x00=\x00\x00\x00 \x07\xfd\x83\x96\x0ccontent-type\x07\x00\x10application/json{'foo':'bar'}"
        b"\x8d\x9c\x08\xb1",
    ),
]


@pytest.mark.parametrize(("headers", "payload", "expected"), VECTORS)
def test_frames_are_those_of_the_published_vectors(headers: dict[str, str], payload: bytes, expected: bytes) -> None:
    assert frame(headers, payload) == expected


@given(
    headers=st.dictionaries(st.text(min_size=1, max_size=60), st.text(max_size=200), max_size=5),
    payloads=st.lists(st.binary(max_size=500), min_size=1, max_size=3),
)
def test_the_decoder_of_boto3_reads_back_what_was_framed(headers: dict[str, str], payloads: list[bytes]) -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(frame(headers, payload) for payload in payloads))
    read = list(buffer)
    assert [one.payload for one in read] == payloads
    assert all(one.headers == headers for one in read)


@given(at=st.integers(0, 60), flipped=st.integers(1, 255))
def test_the_decoder_sees_any_changed_byte_behind_the_length(at: int, flipped: int) -> None:
    raw = bytearray(event("messageStop", {"stopReason": "end_turn"}))
    raw[8 + at] ^= flipped
    buffer = EventStreamBuffer()
    buffer.add_data(bytes(raw))
    with pytest.raises(ChecksumMismatch):
        list(buffer)


def test_an_exception_is_marked_as_one_and_an_event_is_not() -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(event("metadata", {"a": 1}) + exception("throttlingException", {"message": "slow down"}))
    said, failed = list(buffer)
    assert said.headers[":message-type"] == "event"
    assert said.headers[":event-type"] == "metadata"
    assert failed.headers[":message-type"] == "exception"
    assert failed.headers[":exception-type"] == "throttlingException"
    assert failed.payload == b'{"message": "slow down"}'
