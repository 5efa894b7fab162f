"""Streams: read from anywhere, by their owner only, for a while."""

from __future__ import annotations

import asyncio

from api.streams import Stream, Streams
from api.transport import Event, EventReader


def events(texts: list[str]) -> list[Event]:
    reader = EventReader()
    return [event for text in texts for line in text.split("\n")[:-1] for event in reader.feed(line)]


async def read(stream: Stream, after: int = 0) -> list[Event]:
    return events([text async for text in stream.follow(after)])


def ended(streams: Streams, owner: str, *data: object) -> Stream:
    stream = streams.begin(owner)
    for one in data:
        stream.add("said", one)
    stream.end()
    return stream


def test_events_come_back_as_they_were_added() -> None:
    odd = {"text": "a\nb\r\n\u2028 é \ud800", "none": None}
    stream = ended(Streams(60), "anna", odd, [1])
    assert [(one.name, one.data) for one in asyncio.run(read(stream))] == [("said", odd), ("said", [1])]


def test_a_reader_who_comes_early_gets_events_as_they_come() -> None:
    async def both() -> list[Event]:
        stream = Streams(60).begin("anna")
        reading = asyncio.create_task(read(stream))
        for number in range(3):
            await asyncio.sleep(0)
            stream.add("said", number)
        await asyncio.sleep(0)
        stream.end()
        return await reading

    assert [one.data for one in asyncio.run(both())] == [0, 1, 2]


def test_a_stream_goes_on_after_any_of_its_events_for_its_owner() -> None:
    streams = Streams(60)
    stream = ended(streams, "anna", 1, 2, 3)
    whole = asyncio.run(read(stream))
    for at, event in enumerate(whole, 1):
        assert streams.find("anna", event.id) == (stream, at)
        assert asyncio.run(read(stream, at)) == whole[at:]
        assert streams.find("ben", event.id) is None


def test_what_is_no_event_of_a_stream_is_not_found() -> None:
    streams = Streams(60)
    stream = ended(streams, "anna", 1)
    for wrong in ("", "-", stream.id, f"{stream.id}-", f"{stream.id}-2", f"{stream.id}--1", f"{stream.id}-²", "x-1"):
        assert streams.find("anna", wrong) is None


def test_a_stream_is_forgotten_after_a_while_but_not_while_it_is_written() -> None:
    streams = Streams(0)
    over, going = ended(streams, "anna", 1), streams.begin("anna")
    going.add("said", 1)
    assert streams.find("anna", f"{over.id}-1") is None
    assert streams.find("anna", f"{going.id}-1") == (going, 1)


def test_of_very_many_streams_the_oldest_leave_first() -> None:
    streams = Streams(60)
    first = ended(streams, "anna", 1)
    for _ in range(600):
        last = ended(streams, "anna", 1)
    assert streams.find("anna", f"{first.id}-1") is None
    assert streams.find("anna", f"{last.id}-1") == (last, 1)
