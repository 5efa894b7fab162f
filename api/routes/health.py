"""Whether the server lives, is ready, and how it does."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.caller import Managing
from api.metrics import MEDIA_TYPE
from api.openapi import problems
from api.schemas import Readiness
from api.state import state_of

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Whether the server lives")
async def healthz() -> dict[str, bool]:
    """Say that the process answers; no key is needed."""
    return {"alive": True}


@router.get("/readyz", responses={503: problems()[503]}, summary="Whether questions can be answered")
async def readyz(request: Request) -> Readiness:
    """Say whether the library is open; no key is needed."""
    _ = state_of(request).opening.assistant
    return Readiness(ready=True)


@router.get(
    "/metrics",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems()},
    response_class=Response,
    summary="Figures for Prometheus",
)
def metrics(key: Managing, request: Request) -> Response:  # noqa: ARG001 - the key is what lets in
    """Return counts and times of requests and answers, in Prometheus's text format."""
    return Response(state_of(request).metrics.text(), headers={"Content-Type": MEDIA_TYPE})
