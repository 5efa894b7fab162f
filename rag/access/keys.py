"""Keys of the API: what one may do, and how one is known again without being stored.

A key is `ob_ID_SECRET`. The id finds its row; the secret is 256 random bits, of which only the SHA-256 is stored. A
slow hash (bcrypt, Argon2) protects passwords, since those can be guessed; 256 random bits cannot, and a slow hash
would only make each request slow. Digests are compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

_PREFIX = "ob"
_ID_BYTES, _SECRET_BYTES = 6, 32
_TOKEN = re.compile(rf"{_PREFIX}_([0-9a-f]{{{2 * _ID_BYTES}}})_([\w-]{{43}})", re.ASCII)


class Permission(StrEnum):
    """What a key may do; each may do what those before it may."""

    ASK = "ask"
    MANAGE = "manage"
    ADMIN = "admin"

    def covers(self, needed: Permission) -> bool:
        """Whether this is enough where `needed` is asked for."""
        ranks = list(Permission)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; times are aware.

    Attributes:
        name: what people call it; no two keys that are in force have the same.
        digest: SHA-256 of the secret, in hexadecimal.
        courses: those it may see; empty means all.
        learner: whose conversations, quizzes and cards it sees.
        last_used_at: to about a minute.
    """

    id: str
    name: str
    digest: str = field(repr=False)
    permission: Permission
    courses: tuple[str, ...]
    learner: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def may_see(self, course: str) -> bool:
        """Whether it may see a course; "" stands for all courses."""
        return not self.courses or course in self.courses


def new_key(
    name: str, permission: Permission, at: datetime, courses: tuple[str, ...] = (), learner: str = ""
) -> tuple[ApiKey, str]:
    """Return a new key and the token that opens with it, which cannot be had again.

    Args:
        name: what people call it.
        permission: what it may do.
        at: now.
        courses: those it may see; empty means all.
        learner: whose conversations it sees; "" for a learner of the key's name.
    """
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    key = ApiKey(key_id, name, _digest(secret), permission, courses, learner or name, at)
    return key, f"{_PREFIX}_{key_id}_{secret}"


def read_token(token: str) -> tuple[str, str] | None:
    """Return the id and the secret of a token; None if it has not the form of one."""
    match = _TOKEN.fullmatch(token)
    return (match[1], match[2]) if match else None


def opens(key: ApiKey | None, secret: str) -> bool:
    """Whether a secret is that of a key in force; without a key the same work is done, and the answer is no."""
    same = hmac.compare_digest(_digest(secret), key.digest if key else _digest(""))
    return same and key is not None and key.revoked_at is None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
