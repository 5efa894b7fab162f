"""Passages that a question finds."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from api import looking, present
from api.caller import Asking, visible_passage
from api.openapi import problems
from api.schemas import QUESTION, Name, SearchReply, SearchRequest, Text
from api.state import State, state_of
from rag.access.keys import ApiKey

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/search", responses=problems(404, 502), summary="Find passages")
async def search(asked: SearchRequest, key: Asking, request: Request) -> SearchReply:
    """Return the passages that an answer would rest on, best first."""
    state = state_of(request)
    return await state.workroom.run(partial(_found, state, asked, key))


@router.get("/search", responses=problems(404, 502), summary="Find passages, by a link")
async def search_by_link(
    key: Asking,
    request: Request,
    q: Annotated[Text, Query(description="The question; proxies may log it, POST keeps it out.", examples=[QUESTION])],
    course: Annotated[Name, Query()] = "",
    top_k: Annotated[int | None, Query(ge=1, le=100)] = None,
) -> SearchReply:
    """Return the passages that an answer would rest on, best first."""
    return await search(SearchRequest(question=q, course=course, top_k=top_k), key, request)


def _found(state: State, asked: SearchRequest, key: ApiKey) -> SearchReply:
    assistant = state.opening.assistant
    scope = looking.scope_of(assistant, asked, key)
    passages = assistant.search(asked.question, scope, asked.top_k)
    return SearchReply(passages=[present.passage(visible_passage(one, key)) for one in passages])
