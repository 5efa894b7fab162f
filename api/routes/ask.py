"""Questions, answered at once or as the answer is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from api import looking, present
from api.caller import Asking
from api.guard import problem_from, request_id
from api.openapi import problems
from api.problems import Problem
from api.schemas import AskReply, AskRequest
from api.state import State, state_of
from api.streams import Emit, Stream
from rag.access.keys import ApiKey
from rag.asked import Retrieved
from rag.conversation.dialogue import Dialogue
from rag.types import Answer, AnswerStatement, Scope, Unverified

EVENTS = (
    "passages", "unverified", "statement", "withdrawn", "citation", "refusal", "usage", "done", "error",
)  # fmt: skip
router = APIRouter(prefix="/v1", tags=["questions"])
_SENT = """Server-sent events. `passages`: what was found. `unverified`: what a model is writing at this moment; the
texts may not support it, and each replaces the one before. `statement`: supported. `withdrawn`: none of the statements
before it stands. `citation`: one of the answer's sources. `refusal`: the texts do not say. `usage`: tokens, cost,
timings. `done`: the whole answer, kept if it is part of a conversation. `error`: a problem document, the last event. A
stream that broke off goes on when the same request is sent with the id of the last event as `Last-Event-ID`, for a
minute or so."""

_EVENT = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "description": "For Last-Event-ID."},
        "event": {"enum": list(EVENTS)},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}


@router.post("/ask", responses=problems(404, 502), summary="Answer a question")
async def ask(asked: AskRequest, key: Asking, request: Request) -> AskReply:
    """Answer a question from the texts, with a citation for every statement, or refuse with what comes closest.

    A refusal is an answer (200). With `conversation`, the question is read in the light of those before it, and what is
    replied has been stored.
    """
    state = state_of(request)
    return await state.workroom.run(partial(_answered, state, asked, key))


def _answered(state: State, asked: AskRequest, key: ApiKey) -> AskReply:
    at = datetime.now(UTC)
    dialogue, scope = looking.begin(state, asked, key)
    try:
        answer = dialogue.assistant.answer(looking.read(dialogue, asked, scope, key))
        kept = _keep(dialogue, asked, answer, scope, at)
    except Exception:
        state.metrics.answers.labels("failed").inc()
        raise
    state.metrics.answers.labels("refused" if answer.refusal else "answered").inc()
    return AskReply(answer=present.answer(answer), conversation=kept)


def _keep(dialogue: Dialogue, asked: AskRequest, answer: Answer, scope: Scope, at: datetime) -> str | None:
    """Store what was said, if it is part of a conversation; return its id."""
    if asked.conversation is None:
        return None
    dialogue.keep(asked.question, answer, scope, at)
    return dialogue.conversation.id if dialogue.conversation else None


@router.post(
    "/ask/stream",
    responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}, **problems(404, 502)},
    response_class=StreamingResponse,
    summary="Answer a question as it is written",
    description=_SENT,
)
async def ask_stream(
    asked: AskRequest, key: Asking, request: Request, last_event_id: Annotated[str | None, Header(max_length=80)] = None
) -> StreamingResponse:
    """Answer a question and send the answer in parts."""
    state = state_of(request)
    if last_event_id:
        found = state.streams.find(key.id, last_event_id)
        if found is None:
            raise Problem("not-found", "That stream is over for too long. Ask again, without Last-Event-ID.")
        return _sent(*found)
    at = datetime.now(UTC)
    await state.workroom.enter()
    try:
        dialogue, scope = await state.workroom.run_inside(partial(looking.begin, state, asked, key))
        retrieved = await state.workroom.run_inside(partial(looking.read, dialogue, asked, scope, key))
    except BaseException:
        state.workroom.leave()
        raise
    stream = state.streams.begin(key.id)
    keep = partial(_keep, dialogue, asked, scope=scope, at=at)
    work = partial(_write, state, dialogue, retrieved, keep)
    state.streams.write(asyncio.create_task(_written(state, stream, work)))
    return _sent(stream)


def _sent(stream: Stream, after: int = 0) -> StreamingResponse:
    headers = {"X-Accel-Buffering": "no"}  # else some proxies keep events back
    return StreamingResponse(stream.follow(after), media_type="text/event-stream", headers=headers)


async def _written(state: State, stream: Stream, work: Callable[[Emit], None]) -> None:
    """Write a stream to its end, whoever reads it; the place in the workroom is given back."""
    loop = asyncio.get_running_loop()

    def emit(name: str, data: Any) -> None:
        loop.call_soon_threadsafe(stream.add, name, data)

    try:
        await state.workroom.run_inside(partial(work, emit))
    except Exception as error:  # noqa: BLE001 - the reply has begun: its last event says what happened
        state.metrics.answers.labels("failed").inc()
        stream.add("error", problem_from(error).document(request_id.get()))
    finally:
        stream.end()
        state.workroom.leave()


def _write(
    state: State, dialogue: Dialogue, retrieved: Retrieved, keep: Callable[[Answer], str | None], emit: Emit
) -> None:
    """Emit the events of an answer."""
    emit("passages", {
        "question": retrieved.question.text,
        "passages": [present.passage(one).model_dump() for one in retrieved.passages],
    })  # fmt: skip
    shown: list[AnswerStatement] = []
    for one in dialogue.assistant.stream_answer(retrieved):
        if isinstance(one, Unverified):
            emit("unverified", {"text": one.text, "verified": False})
        elif isinstance(one, AnswerStatement):
            emit("statement", _statement(len(shown), one))
            shown.append(one)
        else:
            _emit_rest(one, shown, emit)
            kept = keep(one)
            state.metrics.answers.labels("refused" if one.refusal else "answered").inc()
            done = present.answer(one)
            emit("usage", {"usage": done.usage, "cost_usd": done.cost_usd, "timings_ms": done.timings_ms})
            emit("done", {"answer": done.model_dump(), "conversation": kept})


def _emit_rest(answer: Answer, shown: list[AnswerStatement], emit: Emit) -> None:
    """Emit what the whole answer says beyond its statements, and take back those that it does not hold."""
    if tuple(shown) != answer.statements:
        if shown:
            emit("withdrawn", {"statements": len(shown), "reason": answer.refusal.reason if answer.refusal else ""})
        for at, one in enumerate(answer.statements):
            emit("statement", _statement(at, one))
    for cited in answer.citations:
        emit("citation", present.citation(cited).model_dump())
    if refusal := present.answer(answer).refusal:
        emit("refusal", refusal.model_dump())


def _statement(at: int, one: AnswerStatement) -> dict[str, Any]:
    return {"index": at, **present.statement(one).model_dump()}
