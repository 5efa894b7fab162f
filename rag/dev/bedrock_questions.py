"""How the Bedrock stand-in writes questions: it asks for the subject of a sentence of the passages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rag.dev.bedrock_prompts import Prompt

QUESTIONS = "questions"
_SENTENCE = re.compile(r"(?<![^\n.!?] )(?:(?<=\n)|(?<=[.!?] )|^)[A-Z][^\n|.!?]*\.(?=\s|$)", re.MULTILINE)
_PARTED = re.compile(
    r"^(?P<subject>(?!You|As |If |When |The following)(?:An? |The )?[\w-]+(?: (?!or |and |of )[\w-]+){0,3}?)"
    r" (?P<verb>is|are|stores|holds|keeps|carries|closes|lasts|protects|hides|stops|turns|runs|takes|reads|writes"
    r"|creates|contains|supports|provides|returns|produces|compiles|consists|grips|connects) (?P<rest>.+)\.$"
)
_ORDER = re.compile(r"^Write (?P<count>\d+) questions?: (?P<types>[\w, ]+)\.$", re.MULTILINE)
_DEFAULT = ("multiple_choice", "multiple_choice")  # of a case study


def questions_for(prompt: Prompt, asked: str) -> list[dict[str, Any]]:
    """Return questions of the types that a request asks for, each on a sentence of its own; none is told twice.

    Args:
        prompt: the request, read.
        asked: all of its text, which has the types and what is not to be asked again.
    """
    order = _ORDER.search(asked)
    types = [one.strip() for one in order["types"].split(",")] if order else [*_DEFAULT]
    found = [one for one in _sentences(prompt) if one["stem"] not in asked]
    if not order:  # of a case study each question is about another passage
        found = list({one["passage"]: one for one in reversed(found)}.values())[::-1]
    return [_typed(kind, one) for kind, one in zip(types, found, strict=False)]


def scenario_for(prompt: Prompt) -> str:
    """Return a scenario that tells nothing."""
    return (
        f"A small team begins a new project next week and has only {len(prompt.asked)} minutes for it. Its members "
        f"want to choose well before they begin, and they ask you {len(prompt.passages)} things."
    )


def _sentences(prompt: Prompt) -> Iterator[dict[str, Any]]:
    for shown in prompt.passages:
        for match in _SENTENCE.finditer(shown.text):
            parted = _PARTED.match(match.group())
            if parted:
                said = f"{parted['verb']} {parted['rest']}"
                key = re.sub(r"^(?:An?|The) ", "", parted["subject"])
                yield {"passage": shown.number, "quote": match.group(), "stem": f"What {said}?", "key": key}


def _typed(kind: str, one: dict[str, Any]) -> dict[str, Any]:
    stem = one["quote"] if kind == "true_false" else one["stem"]
    return {
        "type": kind, "quote": one["quote"], "stem": stem, "keys": [one["key"]], "wrong": [],
        "rationale": one["quote"],
    }  # fmt: skip
