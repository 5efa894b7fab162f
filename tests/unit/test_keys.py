"""Keys: what opens them, and what they may do and see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.access.keys import Permission, new_key, opens, read_token

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASK, MANAGE, ADMIN = Permission


def test_only_its_own_secret_opens_a_key() -> None:
    key, token = new_key("bot", ASK, NOON)
    _, other = new_key("bot", ASK, NOON)
    key_id, secret = read_token(token) or ("", "")
    assert key_id == key.id
    assert opens(key, secret)
    assert not opens(key, (read_token(other) or ("", ""))[1])
    assert not opens(replace(key, revoked_at=NOON), secret)
    assert not opens(None, secret)
    assert not opens(None, "")


def test_neither_secret_nor_digest_is_shown() -> None:
    key, token = new_key("bot", ASK, NOON)
    assert token[-43:] not in str(key) + key.digest
    assert key.digest not in repr(key)


@given(st.text())
def test_what_is_no_token_is_none(text: str) -> None:
    assert read_token(text) is None


@pytest.mark.parametrize("odd", ["{} ", "{}\n", " {}", "{}x", "x{}"])
def test_a_token_has_nothing_around_it(odd: str) -> None:
    assert read_token(odd.format(new_key("bot", ASK, NOON)[1])) is None


def test_each_permission_covers_those_before_it() -> None:
    assert [[one.covers(other) for other in Permission] for one in (ASK, MANAGE, ADMIN)] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_key_sees_its_courses_or_all() -> None:
    every, _ = new_key("bot", ASK, NOON)
    some, _ = new_key("bot", ASK, NOON, ("physics",), "anna")
    assert [every.may_see(one) for one in ("physics", "")] == [True, True]
    assert [some.may_see(one) for one in ("physics", "biology", "")] == [True, False, False]
    assert (every.learner, some.learner) == ("bot", "anna")
