"""Who makes a request: the key that came with it, what it may do, what it may see."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from api.problems import Problem
from api.state import State, state_of
from rag.access.keys import ApiKey, Permission, opens, read_token
from rag.types import LOCAL, DocumentInfo, Passage

_USE_SEEN_EVERY = timedelta(minutes=1)
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="openbook"'}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_bearer = HTTPBearer(auto_error=False, description="A key that `openbook keys create` made.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def needs(permission: Permission) -> Callable[[Request, HTTPAuthorizationCredentials | None], ApiKey]:
    """Return the dependency of a route that takes a key of some permission."""

    def caller(request: Request, credentials: Credentials = None) -> ApiKey:
        state = state_of(request)
        key = _key(state, credentials.credentials if credentials else "") if state.auth else _local(request)
        state.rates.count(key.id)
        if not key.permission.covers(permission):
            raise Problem("forbidden", f"This needs the scope {permission}; the key has {key.permission}.")
        return key

    return caller


Asking = Annotated[ApiKey, Depends(needs(Permission.ASK))]
Managing = Annotated[ApiKey, Depends(needs(Permission.MANAGE))]


def _key(state: State, token: str) -> ApiKey:
    """Return the key of a token; whatever is wrong with it, the reply is the same."""
    key_id, secret = read_token(token) or ("", "")
    key = state.keys.key(key_id) if key_id else None
    if not opens(key, secret) or key is None:
        raise Problem("unauthenticated", "There is no key in force in the header Authorization.", headers=_CHALLENGE)
    now = datetime.now(UTC)
    if key.last_used_at is None or now - key.last_used_at > _USE_SEEN_EVERY:
        state.keys.used(key.id, now)
    return key


def _local(request: Request) -> ApiKey:
    """Return what stands for a key where none is asked for, to those on this machine who know that they are.

    A page in a browser can be made to send here what it believes to be its own server; its Host header tells.
    """
    if not is_loopback(request.url.hostname or ""):
        raise Problem("forbidden", "Without keys, only http://127.0.0.1 and http://localhost are answered.")
    return ApiKey(LOCAL, LOCAL, "", Permission.ADMIN, (), LOCAL, _EPOCH)


def is_loopback(host: str) -> bool:
    """Whether a name or an address stands for this machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def course_of(key: ApiKey, course: str) -> str:
    """Return the course that a request is about, given the one it names.

    Raises:
        Problem: the key may not see it, or must name one.
    """
    if not course and len(key.courses) == 1:
        return key.courses[0]
    if not course and key.courses:
        raise Problem("course-needed", f"This key may see {len(key.courses)} courses; name the one that is meant.")
    if not key.may_see(course):
        raise no_course(course)
    return course


def no_course(course: str) -> Problem:
    """Return what is said of a course that is not there, or that a key may not see: the same."""
    return Problem("not-found", f"There is no course '{course}'.")


def visible(info: DocumentInfo, key: ApiKey) -> DocumentInfo:
    """Return a document with those of its names that stand in courses which a key may see."""
    return replace(info, sources=tuple(one for one in info.sources if key.may_see(one.course)))


def visible_passage(passage: Passage, key: ApiKey) -> Passage:
    """Return a passage without names of courses that a key may not see."""
    also = [visible_passage(one, key) for one in passage.also]
    seen = tuple(one for one in also if one.document.sources)
    return replace(passage, document=visible(passage.document, key), also=seen)
