"""Reading question and statement together: what is remembered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rag.reading import ReadMemory
from tests.fakes import ListReader


def test_a_pair_is_read_once() -> None:
    reader = ListReader("light")
    memory = ReadMemory(reader)
    assert memory.relevance("q", ["light", "dark", "light"]).tolist() == [4.0, -4.0, 4.0]
    assert memory.relevance("q", ["dark", "light", "grey"]).tolist() == [-4.0, 4.0, -4.0]
    assert reader.read == ["light", "dark", "grey"]
    assert memory.relevance("another q", ["dark"]).tolist() == [-4.0]
    assert reader.read[-1] == "dark"


def test_what_was_read_longest_ago_is_forgotten_first() -> None:
    reader = ListReader()
    memory = ReadMemory(reader, size=2)
    memory.relevance("q", ["one", "two", "three"])
    memory.relevance("q", ["two", "three"])
    assert reader.read == ["one", "two", "three"]
    memory.relevance("q", ["one"])
    assert reader.read[-1] == "one"


def test_nothing_is_read_of_nothing() -> None:
    assert ReadMemory(ListReader()).relevance("q", []).shape == (0,)


def test_threads_get_their_own_scores() -> None:
    memory = ReadMemory(ListReader("7"), size=3)
    with ThreadPoolExecutor(4) as pool:
        for at, score in enumerate(pool.map(lambda at: memory.relevance("q", [str(at)])[0], range(60))):
            assert score == (4.0 if "7" in str(at) else -4.0)
