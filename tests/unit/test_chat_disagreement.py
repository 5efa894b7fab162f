"""A chat model that tells one side of what the sources disagree on: the other side is added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.sqlite_library import SqliteLibrary
from rag.answer import Assistant
from rag.chat.answerer import Chat
from rag.chat.stream import ModelStream
from rag.extractive.answerer import load_calibration
from rag.grounding.ground import PlainGrounding
from rag.settings import Settings
from rag.types import Answer
from tests.fake_chat import QueueChatModel, reply
from tests.fakes import HashEmbedder, sample_document, sample_source, stamp

OLD, NEW = "queues-2024.md", "queues-2026.md"
TEXTS = {
    OLD: "A message is kept in Harbour Queue for at most 14 days.",
    NEW: "In Harbour Queue, a message is kept for at most 30 days.",
}
QUESTION = "How long is a message kept in Harbour Queue?"
NUMBERS = {name: number for number, name in enumerate((OLD, NEW), 1)}


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    embedder = HashEmbedder()
    with SqliteLibrary(tmp_path / "library.db", stamp(embedder)) as library:
        for name, text in TEXTS.items():
            document, chunks = sample_document(name, (text,))
            library.put(document, sample_source(name), chunks, embedder.embed([one.embed_text for one in chunks]))
        surely = replace(load_calibration(), threshold=0.0)
        yield Assistant(library, embedder, Settings(home=tmp_path, _env_file=None)).calibrated(surely)


def saying(assistant: Assistant, *names: str) -> Assistant:
    said = [(NUMBERS[name], TEXTS[name], TEXTS[name]) for name in names]
    model = QueueChatModel(replies=[reply(*said)])
    return assistant.answering_by(Chat(ModelStream(model, "fake:model"), PlainGrounding(HashEmbedder()), 10_000))


@pytest.mark.parametrize(("names", "order"), [((OLD,), [OLD, NEW]), ((NEW,), [NEW, OLD]), ((OLD, NEW), [OLD, NEW])])
def test_both_sides_are_cited_each_once_whichever_the_model_told(assistant: Assistant, names, order) -> None:
    answer = saying(assistant, *names).ask(QUESTION)
    assert [one.document for one in answer.citations] == order
    assert [one.text for one in answer.statements] == [TEXTS[name] for name in order]
    assert [one.citations for one in answer.statements] == [(1,), (2,)]
    assert answer.notes == (
        f"The sources disagree. {NEW} (as of 2026): 30 days; {OLD} (as of 2024): 14 days. {NEW} is newer.",
    )


def test_what_is_added_is_streamed_too(assistant: Assistant) -> None:
    *statements, answer = saying(assistant, OLD).stream(QUESTION)
    assert isinstance(answer, Answer)
    assert tuple(statements) == answer.statements
    assert len(statements) == 2


def test_nothing_is_added_to_a_refusal(assistant: Assistant) -> None:
    model = QueueChatModel(replies=[reply((1, "Whales sing.", "Whales sing at night."))])
    chat = Chat(ModelStream(model, "fake:model"), PlainGrounding(HashEmbedder()), 10_000)
    answer = assistant.answering_by(chat).ask(QUESTION)
    assert answer.refusal is not None
    assert answer.statements == ()
