"""Conversations of the learner whom a key belongs to."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import present
from api.caller import Asking, no_course
from api.looking import no_conversation
from api.openapi import problems
from api.problems import Problem
from api.schemas import Conversation, ConversationPage, ConversationWhole, Identifier, Name, RenameRequest
from api.state import State, state_of
from rag.access.keys import ApiKey
from rag.conversation import exchanges
from rag.conversation.exchanges import Position, as_of_now

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])
Id = Annotated[Identifier, Path()]


@router.get("", responses=problems(404), summary="List conversations")
def conversations(
    key: Asking,
    request: Request,
    course: Annotated[Name, Query(description="Only those about this course.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
) -> ConversationPage:
    """List the learner's conversations, the latest first."""
    if course and not key.may_see(course):
        raise no_course(course)
    after = _position(cursor) if cursor else None
    store = state_of(request).conversations
    found = store.conversations(key.learner, (course,) if course else key.courses, limit + 1, after)
    following = _cursor(found[limit - 1].position) if len(found) > limit else None
    return ConversationPage(conversations=[present.conversation(one) for one in found[:limit]], next=following)


@router.get("/{conversation_id}", responses=problems(404), summary="Get a conversation")
def conversation(conversation_id: Id, key: Asking, request: Request) -> ConversationWhole:
    """Return a conversation with all that was said, without quotes of documents that were removed since."""
    found, said = _said(state_of(request), conversation_id, key)
    shown = [present.exchange(one) for one in said]
    return ConversationWhole(**present.conversation(found).model_dump(), exchanges=shown)


@router.get(
    "/{conversation_id}/export",
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}, **problems(404)},
    response_class=Response,
    summary="Export a conversation",
)
def export(conversation_id: Id, key: Asking, request: Request) -> Response:
    """Return a conversation as a Markdown document with its sources."""
    found, said = _said(state_of(request), conversation_id, key)
    headers = {"Content-Disposition": f'attachment; filename="conversation-{conversation_id[:8]}.md"'}
    text = present.as_markdown(found, said).encode("utf-8", "replace")
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


@router.patch("/{conversation_id}", responses=problems(404), summary="Rename a conversation")
def rename(conversation_id: Id, wanted: RenameRequest, key: Asking, request: Request) -> Conversation:
    """Give a conversation another title."""
    store = state_of(request).conversations
    _find(state_of(request), conversation_id, key)
    store.rename(key.learner, conversation_id, wanted.title)
    return present.conversation(_find(state_of(request), conversation_id, key))


@router.delete("/{conversation_id}", status_code=204, responses=problems(404), summary="Delete a conversation")
def delete(conversation_id: Id, key: Asking, request: Request) -> None:
    """Remove a conversation with all that was said."""
    _find(state_of(request), conversation_id, key)
    state_of(request).conversations.delete(key.learner, conversation_id)


def _find(state: State, conversation_id: str, key: ApiKey) -> exchanges.Conversation:
    found = state.conversations.conversation(key.learner, conversation_id)
    if found is None or not key.may_see(found.course):
        raise no_conversation(conversation_id)
    return found


def _said(state: State, conversation_id: str, key: ApiKey) -> tuple[exchanges.Conversation, list[exchanges.Exchange]]:
    found = _find(state, conversation_id, key)
    said = state.conversations.exchanges(key.learner, conversation_id)
    has_document = state.opening.assistant.collection.has_document
    return found, [as_of_now(one, has_document) for one in said]


def _cursor(position: Position) -> str:
    updated, created, conversation_id = position
    return base64.urlsafe_b64encode(
        json.dumps([updated.isoformat(), created.isoformat(), conversation_id]).encode()
    ).decode()


def _position(cursor: str) -> Position:
    try:
        updated, created, conversation_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        position = datetime.fromisoformat(updated), datetime.fromisoformat(created), str(conversation_id)
    except (binascii.Error, ValueError, TypeError) as error:
        raise _no_cursor() from error
    if any(one.tzinfo is None for one in position[:2]) or "\0" in position[2]:
        raise _no_cursor()
    return position


def _no_cursor() -> Problem:
    wrong = {"where": "query.cursor", "what": "not a cursor that a list gave"}
    return Problem("invalid-request", "The cursor is none.", errors=[wrong])
