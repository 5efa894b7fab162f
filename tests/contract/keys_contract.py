"""What every adapter of the `ApiKeys` port does. Inherit `ApiKeysContract` and give it a `store`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rag.access.keys import Permission, new_key
from rag.access.ports import ApiKeys
from rag.errors import StateError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


class ApiKeysContract:
    @pytest.fixture
    def store(self) -> ApiKeys:
        raise NotImplementedError

    def test_without_keys_there_is_nothing_to_find(self, store: ApiKeys) -> None:
        assert store.listed() == []
        assert store.key("none") is None
        assert not store.revoke("none", NOON)
        store.used("none", NOON)

    def test_keys_come_back_as_they_were_added_the_oldest_first(self, store: ApiKeys) -> None:
        later, _ = new_key("bot", Permission.ASK, LATER, ("physics", "naïve"), "anna")
        first, _ = new_key("mine", Permission.ADMIN, NOON)
        for one in (later, first):
            store.add(one)
        assert store.listed() == [first, later]
        assert store.key(later.id) == later

    def test_a_revoked_key_stays_revoked_since_the_first_time(self, store: ApiKeys) -> None:
        key, _ = new_key("bot", Permission.ASK, NOON)
        store.add(key)
        assert store.revoke(key.id, NOON)
        assert not store.revoke(key.id, LATER)
        assert store.key(key.id) == replace(key, revoked_at=NOON)

    def test_the_last_use_is_seen(self, store: ApiKeys) -> None:
        key, _ = new_key("bot", Permission.ASK, NOON)
        store.add(key)
        store.used(key.id, LATER)
        assert store.key(key.id) == replace(key, last_used_at=LATER)

    def test_no_two_keys_in_force_have_the_same_name(self, store: ApiKeys) -> None:
        first, second = (new_key("bot", Permission.ASK, NOON)[0] for _ in range(2))
        store.add(first)
        with pytest.raises(StateError, match="There is a key 'bot' already"):
            store.add(second)
        store.revoke(first.id, NOON)
        store.add(second)
        assert len(store.listed()) == 2

    def test_of_many_who_add_a_first_key_one_does(self, store: ApiKeys) -> None:
        keys = [new_key("admin", Permission.ADMIN, NOON)[0] for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            added = list(pool.map(store.add_first, keys))
        assert added.count(True) == 1
        assert store.listed() == [keys[added.index(True)]]

    def test_a_revoked_key_was_a_first_one_too(self, store: ApiKeys) -> None:
        key, _ = new_key("bot", Permission.ASK, NOON)
        store.add(key)
        store.revoke(key.id, NOON)
        assert not store.add_first(new_key("admin", Permission.ADMIN, NOON)[0])
