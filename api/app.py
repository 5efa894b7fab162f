"""The application: `create_app(settings)`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.guard import Guard, problem_from, request_id
from api.metrics import Metrics
from api.openapi import DESCRIPTION, document_of
from api.problems import MEDIA_TYPE, Problem, problem_of_status
from api.rates import Rates
from api.routes import ask, conversations, health, library, search
from api.state import State
from api.streams import Streams
from api.work import Opening, Workroom
from rag.answer import Assistant
from rag.bootstrap import build_assistant, make_api_keys, make_conversations
from rag.errors import OpenbookError
from rag.settings import Settings


def create_app(
    settings: Settings, *, auth: bool = True, open_assistant: Callable[[Settings], Assistant] = build_assistant
) -> FastAPI:
    """Return the API as an ASGI application; its library and stores are opened when it starts.

    Args:
        settings: of the core and of the API.
        auth: whether keys are asked for. Without, it must be served on loopback only.
        open_assistant: what makes the assistant; another one in tests.

    Raises:
        ConfigError: a setting of the API cannot be read.
    """
    metrics = Metrics()
    state = State(
        settings, auth, metrics, Rates(settings.api_rate), Workroom(settings.api_threads, settings.api_wait_s, metrics),
        Opening(partial(open_assistant, settings)), Streams(settings.api_stream_kept_s),
    )  # fmt: skip
    app = FastAPI(
        title="Openbook", version=_version(), description=DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url="/v1/openapi.json", lifespan=_lifespan, redirect_slashes=False,
    )  # fmt: skip
    app.state.openbook = state
    for routes in (ask, search, library, conversations, health):
        app.include_router(routes.router)
    app.add_middleware(Guard, max_body_bytes=settings.api_max_body_kb * 1024, metrics=metrics)
    for error in (Problem, OpenbookError):
        app.add_exception_handler(error, _refused)
    app.add_exception_handler(HTTPException, _refused_by_status)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.openapi = partial(document_of, app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: State = app.state.openbook
    state.conversations = await asyncio.to_thread(make_conversations, state.settings)
    state.keys = await asyncio.to_thread(make_api_keys, state.settings)
    state.opening.begin()
    try:
        yield
    finally:
        await state.streams.finish()
        await asyncio.to_thread(state.workroom.close)
        await state.opening.close()
        for store in (state.conversations, state.keys):
            await asyncio.to_thread(store.close)


async def _refused(_: Request, error: Exception) -> Response:
    return _reply(problem_from(error))


async def _refused_by_status(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _reply(problem_of_status(error.status_code, error.headers))


async def _invalid(_: Request, error: Exception) -> Response:
    """Say which values are wrong and why, without repeating them."""
    assert isinstance(error, RequestValidationError)
    wrong = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
    return _reply(Problem("invalid-request", f"{len(wrong)} values are wrong." if len(wrong) > 1 else "", errors=wrong))


def _reply(problem: Problem) -> Response:
    return JSONResponse(problem.document(request_id.get()), problem.kind.status, problem.headers, media_type=MEDIA_TYPE)


def _version() -> str:
    try:
        return version("openbook")
    except PackageNotFoundError:  # a checkout that is not installed
        return "0"
