"""`openbook keys`: made, shown once, listed, revoked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.access.keys import opens, read_token
from rag.bootstrap import make_api_keys
from rag.settings import Settings
from tests.terminal import Openbook


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_a_key_is_printed_once_and_only_its_hash_is_kept(home: Path, openbook: Openbook) -> None:
    done = openbook("keys", "create", "bot", "--scope", "ask", "-c", "physics", "-c", "biology")
    assert done.code == 0, done.err
    token = done.out.strip()
    key_id, secret = read_token(token) or ("", "")
    listed = openbook("keys").out
    assert key_id in listed
    assert "physics, biology" in listed
    assert secret not in listed + openbook("keys", "list", "--json").out
    assert all(secret.encode() not in file.read_bytes() for file in home.glob("state.db*"))
    store = make_api_keys(Settings(home=home))
    assert opens(store.key(key_id), secret)
    store.close()


def test_a_revoked_key_is_listed_as_such(openbook: Openbook) -> None:
    openbook("keys", "create", "bot", "--scope", "manage", "--learner", "anna")
    assert openbook("keys", "revoke", "bot").code == 0
    (listed,) = json.loads(openbook("keys", "--json").out)
    assert listed["revoked_at"]
    assert (listed["scope"], listed["learner"]) == ("manage", "anna")
    assert "digest" not in listed
    assert openbook("keys", "revoke", "bot").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("create", "local", "--scope", "ask"), 2, "--learner local"),
        (("create", " ", "--scope", "ask"), 2, "needs a name"),
        (("create", "bot", "--scope", "all"), 2, "--scope"),
        (("create", "bot"), 2, "--scope"),
        (("revoke", "none"), 2, "no key 'none' in force"),
    ],
)
def test_a_wrong_argument_is_told(openbook: Openbook, arguments: tuple[str, ...], code: int, told: str) -> None:
    done = openbook("keys", *arguments)
    assert done.code == code
    assert told in done.err


def test_a_name_in_force_is_not_given_twice(openbook: Openbook) -> None:
    assert openbook("keys", "create", "bot", "--scope", "ask").code == 0
    assert "already" in openbook("keys", "create", "bot", "--scope", "ask").err
