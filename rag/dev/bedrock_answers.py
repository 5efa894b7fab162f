"""How the Bedrock stand-in answers: it quotes the sentences that share most words with the question."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from rag.dev.bedrock_call import Json
from rag.dev.bedrock_prompts import Prompt, Shown
from rag.dev.bedrock_questions import QUESTIONS, questions_for, scenario_for
from rag.dev.bedrock_scenarios import Scenario, Statements

BLOCKED = "Sorry, the guardrail of this stand-in does not let this answer through."
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s|$)|$)", re.MULTILINE)
_COMMON = frozenset(
    "a an and are as at be by can do does for from how i if in is it its many may much of on or that the this to was"
    " what when where which who why will with you your".split()
)
_MOST = 3  # statements of an answer


@dataclass(frozen=True, slots=True)
class Reply:
    """One content block of an answer: text, the input of a tool, or quotes with their places."""

    text: str
    stop_reason: str = "end_turn"
    tool: str = ""
    citations: tuple[Json, ...] = ()


def reply_to(prompt: Prompt, scenario: Scenario) -> list[Reply]:
    """Answer a prompt as the scenario has it: a guardrail puts a text of its own in place of an answer, or after it."""
    written = [] if scenario.blocked in ("question", "answer") else _written(prompt, scenario)
    return [*written, Reply(BLOCKED, "guardrail_intervened")] if scenario.blocked else written


def _written(prompt: Prompt, scenario: Scenario) -> list[Reply]:
    if prompt.schema is not None and QUESTIONS in prompt.schema["properties"]:
        return [_questioned(prompt, prompt.schema, scenario)]
    statements = scenario.spoil_statements(statements_for(prompt))
    if prompt.schema is not None:
        text = scenario.spoil_text(json.dumps(_shaped(prompt.schema, statements, prompt.question)))
        return [Reply(text, "tool_use" if prompt.tool else "end_turn", prompt.tool)]
    if not prompt.passages:  # a follow-up to be made standalone: it stays as it is
        return [Reply(prompt.question)]
    if prompt.cites:
        return [_cited(one, prompt.passages) for one in statements] or [Reply("The sources do not say.")]
    return [Reply("\n".join(f"{one['text']} [{one['source']}]" for one in statements) or "The passages do not say.")]


def _questioned(prompt: Prompt, schema: Json, scenario: Scenario) -> Reply:
    """Write questions, with a scenario where the schema has one."""
    made: dict[str, Any] = {QUESTIONS: scenario.spoil_statements(questions_for(prompt, prompt.asked))}
    if "scenario" in schema["properties"]:
        made = {"scenario": scenario_for(prompt), **made}
    return Reply(scenario.spoil_text(json.dumps(made)), "tool_use" if prompt.tool else "end_turn", prompt.tool)


def statements_for(prompt: Prompt) -> Statements:
    """Return `{source, quote, text}` of the sentences that hold half of the question's words, the best first."""
    wanted = words(prompt.question)
    scored = [
        (len(wanted & words(found[0])), shown.number, found[0])
        for shown in prompt.passages
        for found in _SENTENCE.finditer(shown.text)
    ]
    most = max((score for score, _, _ in scored), default=0)
    enough = max(1, -(-len(wanted) // 2), most // 2 + 1)
    best = sorted((one for one in scored if one[0] >= enough), key=lambda one: -one[0])[:_MOST]
    return [{"source": number, "quote": sentence, "text": sentence} for _, number, sentence in best]


def words(text: str) -> frozenset[str]:
    """Return the words of a text that tell texts apart, a plural as its singular."""
    found = set(re.findall(r"\w+", text.lower())) - _COMMON
    return frozenset(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in found)


def _shaped(schema: Json, statements: Statements, question: str) -> dict[str, Any]:
    """Return an object of the schema: statements where it has a list, the question where it has a text."""
    made: dict[str, Any] = {}
    for name, part in schema["properties"].items():
        if part.get("type") == "array":
            item = _resolved(part.get("items", {}), schema).get("properties", {})
            made[name] = [_item(item, one) for one in statements]
        else:
            made[name] = {"boolean": bool(statements), "integer": 0, "number": 0.0}.get(part.get("type"), question)
    return made


def _item(properties: Json, statement: Json) -> dict[str, Any]:
    kept = {name: value for name, value in statement.items() if not properties or name in properties}
    return {
        name: str(value) if properties.get(name, {}).get("type") == "string" else value for name, value in kept.items()
    }


def _resolved(part: Json, schema: Json) -> Json:
    found: Json = schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    return found


def _cited(statement: Json, passages: tuple[Shown, ...]) -> Reply:
    at = statement["source"] - 1
    shown = passages[at] if at < len(passages) else Shown(0, "")
    place = {"searchResultLocation": {"searchResultIndex": at, "start": 0, "end": 1}}
    quoted = [{"text": statement["quote"]}] if "quote" in statement else []
    citation = {"title": shown.title, "source": shown.source, "sourceContent": quoted, "location": place}
    return Reply(statement["text"], citations=(citation,))
