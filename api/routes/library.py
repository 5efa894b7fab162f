"""Courses and documents."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api import present
from api.caller import Asking, no_course, visible
from api.openapi import problems
from api.problems import Problem
from api.schemas import Course, CourseList, Document, DocumentPage, Identifier, Name
from api.state import state_of
from rag.access.keys import ApiKey
from rag.types import DocumentInfo, Scope

router = APIRouter(prefix="/v1", tags=["library"])


@router.get("/courses", responses=problems(), summary="List courses")
def courses(key: Asking, request: Request) -> CourseList:
    """List the courses that the key may see."""
    counted = Counter(name for info in _seen(request, key) for name in {source.course for source in info.sources})
    return CourseList(courses=[Course(name=name, documents=number) for name, number in sorted(counted.items())])


@router.get("/documents", responses=problems(404), summary="List documents")
def documents(
    key: Asking,
    request: Request,
    course: Annotated[Name, Query(description="Only those of this course.")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[Identifier | None, Query(description="`next` of the page before.")] = None,
) -> DocumentPage:
    """List documents that the key may see, by id, without their text."""
    if course and not key.may_see(course):
        raise no_course(course)
    found = sorted(_seen(request, key, course), key=lambda info: info.id)
    if course and not found:
        raise no_course(course)
    rest = [info for info in found if cursor is None or info.id > cursor]
    following = rest[limit - 1].id if len(rest) > limit else None
    return DocumentPage(documents=[present.document(info) for info in rest[:limit]], next=following)


@router.get("/documents/{document_id}", responses=problems(404), summary="Get a document")
def document(document_id: Annotated[Identifier, Path()], key: Asking, request: Request) -> Document:
    """Return what is known of a document, without its text."""
    found = next((info for info in _seen(request, key) if info.id == document_id), None)
    if found is None:
        raise Problem("not-found", f"There is no document {document_id}.")
    return present.document(found)


def _seen(request: Request, key: ApiKey, course: str = "") -> list[DocumentInfo]:
    """Return the documents that a key may see."""
    infos = state_of(request).opening.assistant.library.documents(Scope(course))
    seen = [visible(info, key) for info in infos]
    return [info for info in seen if info.sources]
