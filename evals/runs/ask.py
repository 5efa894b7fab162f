"""Asks the items of a suite, several at a time, and keeps what came of each."""

from __future__ import annotations

import hashlib
import traceback
from collections import defaultdict
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from evals.items import Item
from evals.record import Outcome
from evals.runs.answerers import Answerer
from evals.runs.observe import Observer, Observing, failed
from rag.answer import Assistant
from rag.asked import Asked
from rag.errors import OpenbookError
from rag.types import Scope, Turn


def asked_of(item: Item, top_k: int | None = None) -> Asked:
    """Return an item as it is put to the assistant."""
    history = tuple(Turn(turn.question, turn.answer) for turn in item.history)
    return Asked(item.question, Scope(course=item.course), top_k, history)


def run_items(
    assistant: Assistant, items: Sequence[Item], answerer: Answerer, observer: Observing, jobs: int = 1
) -> Generator[Outcome]:
    """Ask items and yield what came of each as soon as it is done, in no particular order where `jobs` > 1.

    An item that fails becomes an outcome that says so, and the others go on.
    """

    def ask(item: Item) -> Outcome:
        return _asked(item, assistant, answerer, observer)

    if jobs == 1:
        yield from map(ask, items)
        return
    pool = ThreadPoolExecutor(jobs, "evals")
    try:
        for future in as_completed([pool.submit(ask, item) for item in items]):
            yield future.result()
    finally:  # interrupted: what runs is waited for, what waits is dropped
        pool.shutdown(cancel_futures=True)


def _asked(item: Item, assistant: Assistant, answerer: Answerer, observer: Observing) -> Outcome:
    try:
        retrieved = assistant.retrieve(asked_of(item))
        answer = answerer(retrieved)
        # Retrieved again only to look deeper: the answer must rest on exactly what a student's would.
        depth = observer.depth
        alone = replace(asked_of(item, depth), text=retrieved.question.text, history=())
        deep = retrieved if len(retrieved.passages) >= depth else assistant.retrieve(alone)
        return observer.outcome(item, answer, deep.passages[:depth])
    except Exception as error:  # noqa: BLE001 - as at an entrypoint: one item must not cost the others
        return failed(item, _told(error))


def _told(error: Exception) -> str:
    """Say what failed, and for an error that nobody raised on purpose also where."""
    told = f"{type(error).__name__}: {error}"
    if isinstance(error, OpenbookError):
        return told
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{told} ({Path(last.filename).name}, line {last.lineno})"


def ask_items(assistant: Assistant, items: Sequence[Item]) -> list[Outcome]:
    """Return what the assistant's own answers to items came to; support is not scored."""
    return list(run_items(assistant, items, assistant.answer, Observer(assistant.library)))


def spread(items: Sequence[Item], limit: int | None) -> list[Item]:
    """Return `limit` items of as many kinds as there are, always the same ones, in the order of `items`."""
    kinds: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda one: hashlib.sha256(one.id.encode()).digest()):
        kinds[item.kind].append(item)
    dealt = [item for row in zip_longest(*kinds.values()) for item in row if item]
    chosen = {item.id for item in dealt[:limit]}
    return [item for item in items if item.id in chosen]
