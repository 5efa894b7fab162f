"""What was computed is computed once, and forgotten in time."""

from __future__ import annotations

from rag.memory import Memory


def test_a_value_is_made_once_however_often_its_key_is_asked_for() -> None:
    memory: Memory[str, int] = Memory(10)
    made: list[list[str]] = []

    def lengths(keys: list[str]) -> list[int]:
        made.append(keys)
        return [len(key) for key in keys]

    assert memory.values(["pier", "gull", "pier"], lengths) == [4, 4, 4]
    assert memory.values(["oak", "pier"], lengths) == [3, 4]
    assert made == [["pier", "gull"], ["oak"]]


def test_the_oldest_value_is_forgotten_first() -> None:
    memory: Memory[int, int] = Memory(2)
    memory.values([1, 2, 3], lambda keys: keys)
    made: list[int] = []
    memory.values([3, 2, 1], lambda keys: made.extend(keys) or keys)
    assert made == [1]
