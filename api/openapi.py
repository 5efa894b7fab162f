"""What the OpenAPI document says beside what FastAPI knows: problems, and what this is."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import KINDS, MEDIA_TYPE
from api.schemas import ProblemDocument

_SCHEMA = {"$ref": "#/components/schemas/ProblemDocument"}
_ALWAYS = (400, 401, 403, 413, 422, 429, 500, 503)
Responses = dict[int | str, dict[str, Any]]
DESCRIPTION = """Openbook answers questions from course texts. Every statement carries a citation whose quote stands
word for word in a text; when the texts do not say, it says so.

Send `Authorization: Bearer KEY`. Errors are problem documents (RFC 9457) with a stable `type`, and say what to do.
Lists are read on with the cursor in `next`. After 429 and 503, wait as long as `Retry-After` says."""


def problems(*statuses: int) -> Responses:
    """Return what a route may refuse with, beside what every route may."""
    return {status: _response(status) for status in sorted({*_ALWAYS, *statuses})}


def _response(status: int) -> dict[str, Any]:
    titles = sorted({f"{kind.title} (`{name}`)" for name, kind in KINDS.items() if kind.status == status})
    return {"description": "; ".join(titles), "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}


def document_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas["ProblemDocument"] = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema
