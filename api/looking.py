"""Reading a request's question: where it may look, and what it finds."""

from __future__ import annotations

from dataclasses import replace

from api.caller import course_of, no_course, visible_passage
from api.problems import Problem
from api.schemas import AskRequest, SearchRequest
from api.state import State
from rag.access.keys import ApiKey
from rag.answer import Assistant
from rag.asked import Retrieved
from rag.conversation.dialogue import Dialogue
from rag.settings import LIBRARY
from rag.types import Scope


def scope_of(assistant: Assistant, asked: SearchRequest, key: ApiKey, of_conversation: str = "") -> Scope:
    """Return where a question may look.

    Raises:
        Problem: the course or a document is not there, or the key may not see it.
    """
    course = course_of(key, asked.course or of_conversation)
    scope = Scope(course, tuple(asked.documents), tuple(asked.tags))
    if assistant.settings.retriever == LIBRARY and (course or asked.documents):
        held = {info.id for info in assistant.library.documents(Scope(course))}
        if course and not held and not key.courses:
            raise no_course(course)
        if gone := [one for one in asked.documents if one not in held]:
            raise Problem(
                "not-found", f"There is no document {gone[0]}" + (f" in the course '{course}'." if course else ".")
            )
    return scope


def begin(state: State, asked: AskRequest, key: ApiKey) -> tuple[Dialogue, Scope]:
    """Return the dialogue that a question is part of, and where it may look.

    Raises:
        Problem: as `scope_of`, or the learner has no such conversation.
    """
    assistant = state.opening.assistant
    found = None
    if asked.conversation and asked.conversation != "new":
        found = state.conversations.conversation(key.learner, asked.conversation)
        if found is None or not key.may_see(found.course):
            raise no_conversation(asked.conversation)
    scope = scope_of(assistant, asked, key, found.course if found else "")
    return Dialogue(assistant, state.conversations, found, key.learner), scope


def no_conversation(conversation_id: str) -> Problem:
    """Return what is said of a conversation that is not there, or is another's: the same."""
    return Problem("not-found", f"There is no conversation {conversation_id}.")


def read(dialogue: Dialogue, asked: AskRequest, scope: Scope, key: ApiKey) -> Retrieved:
    """Read a question and find its passages, without names that the key may not see."""
    found = dialogue.read(asked.question, scope, asked.top_k)
    return replace(found, passages=tuple(visible_passage(one, key) for one in found.passages)) if key.courses else found
