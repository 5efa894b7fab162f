"""What a model is asked to write: questions in JSON, of which nothing is known to be true."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.quiz.items import ItemType

TYPES: tuple[ItemType, ...] = (
    ItemType.MULTIPLE_CHOICE,
    ItemType.MULTIPLE_RESPONSE,
    ItemType.TRUE_FALSE,
    ItemType.SHORT_ANSWER,
    ItemType.FLASHCARD,
)  # that stand by themselves; a case study has a request of its own
WRITABLE = (*TYPES, ItemType.CASE_STUDY)
QUESTIONS, SCENARIO = "questions", "scenario"
_SCENARIO = re.compile(rf'"{SCENARIO}"\s*:\s*("(?:[^"\\]|\\.)*")')


class Draft(BaseModel):
    """A question as a model wrote it."""

    model_config = ConfigDict(frozen=True)

    type: Literal[
        ItemType.MULTIPLE_CHOICE,
        ItemType.MULTIPLE_RESPONSE,
        ItemType.TRUE_FALSE,
        ItemType.SHORT_ANSWER,
        ItemType.FLASHCARD,
    ]
    quote: str = Field(min_length=1, max_length=1500)
    stem: str = Field(min_length=1, max_length=600)
    keys: tuple[str, ...] = Field(min_length=1, max_length=5)
    wrong: tuple[str, ...] = Field(default=(), max_length=8)
    rationale: str = Field(default="", max_length=800)


_QUESTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": [one.value for one in TYPES]},
        "quote": {"type": "string", "description": "Words of the passage, copied, that hold every key."},
        "stem": {"type": "string", "description": "The question, or for true_false a true statement."},
        "keys": {"type": "array", "items": {"type": "string"}, "description": "Right answers, copied from the quote."},
        "wrong": {"type": "array", "items": {"type": "string"}, "description": "Wrong answers of the same kind."},
        "rationale": {"type": "string", "description": "One sentence: why the keys are right."},
    },
    "required": ["type", "quote", "stem", "keys", "wrong", "rationale"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "title": QUESTIONS,
    "description": "Questions for students, each with the quote that holds its key.",
    "type": "object",
    "properties": {QUESTIONS: {"type": "array", "items": _QUESTION}},
    "required": [QUESTIONS],
    "additionalProperties": False,
}
_KEYS = {ItemType.MULTIPLE_RESPONSE: (2, 3), ItemType.SHORT_ANSWER: (1, 2)}  # how many there may be; else one


def _narrowed(kind: ItemType) -> dict[str, Any]:
    """Return the schema of a question of a type, with as many keys as that has."""
    least, most = _KEYS.get(kind, (1, 1))
    fields = _QUESTION["properties"]
    narrowed = {
        "type": {"type": "string", "enum": [kind.value]},
        "keys": {**fields["keys"], "minItems": least, "maxItems": most},
    }
    return {**_QUESTION, "properties": {**fields, **narrowed}}


def schema_of(kind: ItemType) -> dict[str, Any]:
    """Return the schema of one question of a type, for small models."""
    return {**SCHEMA, "properties": {QUESTIONS: {"type": "array", "items": _narrowed(kind), "maxItems": 1}}}


CASE_SCHEMA: dict[str, Any] = {
    **SCHEMA,
    "title": "case",
    "description": "A scenario and questions about it, each with the quote that holds its key.",
    "properties": {
        SCENARIO: {"type": "string", "description": "Two to four sentences."},
        QUESTIONS: {"type": "array", "items": _narrowed(ItemType.MULTIPLE_CHOICE)},
    },
    "required": [SCENARIO, QUESTIONS],
}


def read_scenario(reply: str) -> str:
    """Return the scenario of a reply, "" where it has none."""
    found = _SCENARIO.search(reply)
    try:
        return str(json.loads(found[1], strict=False)).strip() if found else ""
    except json.JSONDecodeError:
        return ""
